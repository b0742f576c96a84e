"""Names of people, companies, streets and towns: how they are written and compared."""

import re

from .italy import COMPANY_WORDS, GIVEN_NAMES, LEGAL_FORMS
from .plain_text import normalise

#: Words that stay small inside a company, a street or a town.
_SMALL_WORDS = frozenset(
    "di de del della dello dei degli delle da dal dalla dai e ed in a al alla allo ai"
    " con per tra fra sul sulla sull nel nella su".split()
)
#: Kept with their apostrophe: shortened words, not words that end in an accent.
_CUT_WORDS = frozenset("de po co ca ne mo be pie".split())
_QUOTES = ("'", "’")
_ACCENTS = str.maketrans("AEIOUaeiou", "ÀÈÌÒÙàèìòù")
_ROMAN = re.compile(r"(?=[IVX]{2,})X{0,3}(?:IX|IV|V?I{0,3})")
_ELIDED = re.compile(
    r"(?P<article>L|D|O|UN|ALL|DALL|DELL|NELL|SULL|COLL|SANT|QUATTR)(?P<cut>['’])(?=\w)"
)
_DOTTED_FORM = re.compile(r"(?:[A-Z]\.){2,}[A-Z]?\.?")
_SPACED_FORM = re.compile(
    r"\bs\.?\s(?:r\.?\sl\b|p\.?\sa\b|n\.?\sc\b|a\.?\ss\b)", re.IGNORECASE
)
_WORD = re.compile(r"[^\s\-/(]+|[\s\-/(]+")
#: Legal forms that are no words of another meaning as well.
_TELLING_FORMS = frozenset(LEGAL_FORMS) - {"ss", "sc", "arl"}
_TRADER = re.compile(r"\b\w+ (?:di|de) \w+")


def proper_case(text, kind="person"):
    """Write a text that is all in capitals, or all small, as people write it.

    Anything else is left as it is: who mixes both means it.

    :param str text: a name, a street, a town
    :param str kind: ``person``, ``company`` or ``place``
    :rtype: str
    """
    text = " ".join(text.split())
    if not (text.isupper() or text.islower()) or len(text) < 2:
        return text
    words = _WORD.findall(text.upper())
    done = [
        word
        if _is_space(word) or (at and words[at - 1] == "/" and len(word) < 3)
        else _proper_word(word, kind, first=at == 0)
        for at, word in enumerate(words)
    ]
    if "'" in text or "’" in text:
        for at in _quoted_words(words):
            done[at] = _proper_word(words[at], kind, first=at == 0, quoted=True)
    if kind == "person" and "E" in words[1:-1]:
        # Two people: "Rossi Mario e Bianchi Lucia".
        done[words.index("E", 1)] = "e"
    return "".join(done)


def _quoted_words(words):
    """Return which words end in a quote that closes one opened before.

    :rtype: list[int]
    """
    closed, is_open = [], False
    for at, word in enumerate(words):
        is_open = is_open or word.startswith(_QUOTES)
        if is_open and len(word) > 1 and word.rstrip(".,;:)").endswith(_QUOTES):
            closed.append(at)
            is_open = False
    return closed


def _is_space(word):
    return not word.strip(" \t-/(")


def _proper_word(word, kind, first, quoted=False):
    bare = word.strip(".,;:)'’\"")
    plain = bare.casefold()
    if kind == "company" and (form := _legal_form(word, plain)):
        return form
    if kind != "person":
        if plain in _SMALL_WORDS and not first and not word.endswith((*_QUOTES, ".")):
            return word.lower()
        if _ROMAN.fullmatch(bare):
            return word
    elided = _ELIDED.match(word)
    if elided:
        head, cut, tail = elided["article"], elided["cut"], word[elided.end() :]
        small = kind != "person" and not first and head not in ("SANT", "O")
        head = head.lower() if small else head.capitalize()
        return head + cut + _proper_word(tail, kind, first=True, quoted=quoted)
    if word.endswith(_QUOTES) and not quoted and len(bare) > 1 and bare[-1] in "AEIOU":
        if plain not in _CUT_WORDS:
            return (bare[:-1] + bare[-1].translate(_ACCENTS)).capitalize()
    if _DOTTED_FORM.fullmatch(word):
        return word
    if kind == "company" and len(bare) > 1 and not re.search("[AEIOUÀÈÉÌÒÙY]", bare):
        return "F.lli" if bare == "F.LLI" else word
    return word.capitalize() if word[0].isalpha() else _capitalise_inside(word)


def _capitalise_inside(word):
    """Capitalise after a sign or digits: ``(VIA``, ``12BIS`` stays small."""
    if word[0].isdigit():
        return word if len(word) < 4 else word.lower()
    return word[0] + word[1:].capitalize()


def _legal_form(word, plain):
    letters = plain.replace(".", "").replace(" ", "")
    if letters not in LEGAL_FORMS:
        return "F.lli" if letters == "flli" else None
    if "." in plain:
        return LEGAL_FORMS[letters]
    return None if letters in ("ss", "sc", "coop", "arl") else word


def is_company(name, tax_code=""):
    """Tell whether a name is a company's, by its form, its words and its tax code.

    :param str name: as written in the list
    :param str tax_code: partita IVA or codice fiscale beside it, maybe empty
    :rtype: bool
    """
    words = set(_words_of(name))
    if not words.isdisjoint(_TELLING_FORMS) or not words.isdisjoint(COMPANY_WORDS):
        return True
    if "&" in name or re.search(r"\bf\.?lli\b", name, re.IGNORECASE):
        return True
    if re.fullmatch(r"(?:IT)?\d{11}", tax_code.replace(" ", ""), re.IGNORECASE):
        return True
    # "Vetreria di Rossi Mario", but not "Di Pietro Mario" or "Rossi di Palma Ada".
    trade = _TRADER.search(normalise(name))
    return bool(trade and trade.start() == 0 and len(words) >= 4)


def _words_of(name):
    """Return the words of a name for comparison; ``S. r. l.`` is one word."""
    joined = _SPACED_FORM.sub(_without_spaces, name.replace("’", "'"))
    return normalise(joined.replace(".", "").replace("'", "")).split()


def _without_spaces(found):
    return found[0].replace(" ", "")


def name_key(name):
    """Return the words of a name that tell it apart, in the order of writing.

    Legal forms, titles and small words are dropped.

    :rtype: tuple[str, ...]
    """
    words = _words_of(name)
    kept = tuple(
        word
        for word in words
        if word not in LEGAL_FORMS and word not in _SMALL_WORDS and word not in _TITLES
    )
    return kept or tuple(words)


_TITLES = frozenset(
    "sig signor signora sigra dott dottssa dottor dottoressa ing arch avv geom rag prof"
    " profssa spett spettle gent".split()
)


def same_name(first, second):
    """Tell whether two keys of names are one name, in any order or with a typo.

    Two different given names are two people, even when one letter parts them:
    Mario and Maria live in one household and share one telephone.

    :param tuple first: a key from :func:`name_key`
    :param tuple second: another one
    :rtype: bool
    """
    if not first or not second:
        return False
    if sorted(first) == sorted(second) or "".join(first) == "".join(second):
        return True
    shorter, longer = sorted((first, second), key=len)
    rest = list(longer)
    unmatched = []
    for word in shorter:
        if word in rest:
            rest.remove(word)
        else:
            unmatched.append(word)
    for word in unmatched:
        alike = [other for other in rest if _is_typo(word, other)]
        if not alike:
            return False
        rest.remove(alike[0])
    # A word too few is a shortened name only if enough of it is left.
    return not rest or (len(shorter) >= 2 and len(rest) == 1)


def _is_typo(word, other):
    if word in GIVEN_NAMES and other in GIVEN_NAMES:
        return False
    if min(len(word), len(other)) < 3:
        return False
    return _distance(word, other, 1 if max(len(word), len(other)) < 9 else 2)


def _distance(word, other, limit):
    """Tell whether at most ``limit`` edits, or swaps of neighbours, part two words."""
    if abs(len(word) - len(other)) > limit:
        return False
    before, row = [], list(range(len(other) + 1))
    for at, char in enumerate(word, start=1):
        older, before, row = before, row, [at]
        for to, letter in enumerate(other, start=1):
            cost = min(
                row[to - 1] + 1, before[to] + 1, before[to - 1] + (char != letter)
            )
            if older and to > 1 and char == other[to - 2] and word[at - 2] == letter:
                cost = min(cost, older[to - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return False
    return row[-1] <= limit
