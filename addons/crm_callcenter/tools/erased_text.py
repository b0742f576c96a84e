"""Take a person out of texts that name somebody by the way: searches, notes, logs."""

import ast
import json
import re

#: Ends of the fields in which a search looks for who somebody is.
PERSONAL_FIELDS = frozenset(
    (
        "name",
        "contact_name",
        "partner_name",
        "display_name",
        "complete_name",
        "archive_text",
        "email_from",
        "email",
        "email_normalized",
        "phone",
        "mobile",
        "phone_second",
        "phone_e164",
        "mobile_e164",
        "phone_second_e164",
        "phone_mobile_search",
        "phone_sanitized",
        "fiscal_code",
        "vat_number",
        "vat",
        "number_e164",
        "number",
        "value",
        "partner_id",
        "lead_id",
    )
)
#: Fewest letters of a word that may be somebody's name.
SHORTEST_WORD = 3
ERASED = "erased"


class Person:
    """How somebody is named: whole names, numbers and codes, and their single words.

    :param names: as they are written, without ``None``
    :param values: numbers, addresses and codes as they are written
    :param numbers: the phone numbers in E.164
    """

    def __init__(self, names, values=(), numbers=()):
        self.numbers = list(numbers)
        # A name of one word may mean something else: a town, a brand, the sun.
        whole = {name.strip() for name in names if len(name.split()) > 1}
        self.exact = _longest_first(
            whole | {text.strip() for text in values if len(text.strip()) > 2}
        )
        self.named = _longest_first({*self.exact, *map(str.strip, names)})
        self.words = {
            word.casefold()
            for name in names
            for word in re.findall(r"[^\W\d_]+", name)
            if len(word) >= SHORTEST_WORD
        }

    def out_of_log(self, text):
        """Return a text that is only read without any name of the person.

        :rtype: str
        """
        return self._without(text, self.named)

    def out_of_text(self, text):
        """Return a text without whole names, numbers and codes of the person.

        :rtype: str
        """
        return self._without(text, self.exact)

    @staticmethod
    def _without(text, names):
        for known in names:
            text = re.sub(
                rf"(?<!\w){re.escape(known)}(?!\w)", ERASED, text, flags=re.IGNORECASE
            )
        return text

    def is_named_in(self, cells):
        """Tell whether a cell of a row is a name, number or code of the person.

        :param list[str] cells: of the row
        :rtype: bool
        """
        named = {text.casefold() for text in self.named}
        return any(cell.strip().casefold() in named for cell in cells)

    def out_of_search(self, text, words=True):
        """Return a search without the person: conditions on a name or a number.

        A word of the name may be a street or a town as well, so single words go only
        out of conditions on fields that name somebody.

        :param str text: a domain, as JSON or as Python writes it
        :param bool words: also conditions on single words of the name
        :return: the domain, as it was written when the person isn't in it
        :rtype: str
        """
        try:
            domain, write = json.loads(text), json.dumps
        except ValueError:
            try:
                domain, write = ast.literal_eval(text), repr
            except (ValueError, SyntaxError):
                return self.out_of_text(text)
        known = {exact.casefold() for exact in self.exact}
        cleaned = self._clean(domain, known, words)
        return write(cleaned) if cleaned != domain else text

    def _clean(self, part, known, words):
        if not isinstance(part, (list, tuple)):
            return part
        if len(part) == 3 and isinstance(part[0], str) and isinstance(part[1], str):
            field = part[0].rpartition(".")[2]
            look = words and field in PERSONAL_FIELDS
            return type(part)([*part[:2], self._clean_value(part[2], known, look)])
        return type(part)([self._clean(item, known, words) for item in part])

    def _clean_value(self, value, known, look):
        if isinstance(value, (list, tuple)):
            cleaned = [self._clean_value(item, known, look) for item in value]
            if cleaned and all(isinstance(item, (list, tuple, str)) for item in value):
                cleaned = self._clean(cleaned, known, look)
            return type(value)(cleaned)
        if not isinstance(value, str):
            return value
        if value.strip(" %").casefold() in known:
            return ERASED
        found = {word.casefold() for word in re.findall(r"[^\W\d_]+", value)}
        return ERASED if look and not found.isdisjoint(self.words) else value


def _longest_first(texts):
    return sorted(filter(None, texts), key=len, reverse=True)
