"""Names of persons and companies in the one way in which the archive keeps them."""

import re

from .name_company import one_legal_form
from .name_text import proper_case
from .name_title import split_titles
from .plain_text import normalise
from .settled import settled

#: What is typed to fill the field.
_NO_NAME = frozenset(
    "n a|na|nd|n d|x|xx|xxx|null|none|nessuno|no|test|prova|asd|aaa|sconosciuto|ignoto"
    "|non disponibile|nome cognome|cognome nome|privato|utente|abbonato|da definire"
    .split("|")
)  # fmt: skip
_USUAL = re.compile(r"[A-Z][a-z]+(?: (?:D'|Dell')?[A-Z][a-z]+)+")
_QUOTES = str.maketrans({"`": "'", "´": "'", "‘": "'", "’": "'", "\xa0": " "})


def is_placeholder(text):
    """Tell whether a name was only typed to fill the field.

    :rtype: bool
    """
    return normalise(text) in _NO_NAME


@settled(20_000, _USUAL)
def person_name(text):
    """Write the name of a person: titles first, then the words in their order.

    :param str text: for instance ``DOTT. D'ANGELO NICOLO'``
    :return: ``Dott. D'Angelo Nicolò``
    :rtype: str
    """
    text = " ".join(text.translate(_QUOTES).split())
    titles, rest = split_titles(text)
    name = proper_case(rest.strip(" ,;"))
    name = " ".join(_shout_less(word) for word in name.split(" "))
    return " ".join(filter(None, (titles, name))) if name else text


def _shout_less(word):
    """Write one word in small letters where only the surname is in capitals."""
    if len(word) > 2 and word.isupper() and word.isalpha():
        return proper_case(word)
    if word.isupper() and "'" in word[1:-1]:
        return proper_case(word)
    return word


@settled(20_000)
def company_name(text):
    """Write the name of a company, with its legal form in the one form.

    :param str text: for instance ``ROSSI MARIO & C. SNC``
    :return: ``Rossi Mario & C. S.n.c.``
    :rtype: str
    """
    text = " ".join(text.translate(_QUOTES).split())
    return one_legal_form(proper_case(one_legal_form_again(text), "company"))


def one_legal_form_again(text):
    """Return a name without its form's dots, so that its case can be told.

    ``ROSSI S.r.l.`` is all in capitals but for a form that is always written so.
    """
    canonical = one_legal_form(text)
    from_form = canonical != text or "S." in canonical
    if not from_form:
        return text
    upper = canonical.upper()
    for form in _FORM_TEXTS:
        if form in canonical:
            bare = canonical.replace(form, "")
            if bare.isupper():
                return upper
    return text


_FORM_TEXTS = ("S.r.l.s.", "S.r.l.", "S.p.A.", "S.n.c.", "S.a.s.", "S.a.p.A.")
