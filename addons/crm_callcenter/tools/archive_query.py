"""What somebody typed into the search of the archive: a number, a code, a name."""

import re

_PHONE = re.compile(r"[+(]?[\d\s./()\-]{5,}")
_TAX_CODE = re.compile(
    r"[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]"
)
_VAT = re.compile(r"(?:IT)?\d{11}")
#: An index of trigrams finds nothing shorter.
SHORTEST_WORD = 3
_FINDABLE = re.compile(rf"[^\W_]{{{SHORTEST_WORD}}}")


def read_query(text):
    """Tell what somebody is looking for.

    :param str text: as typed
    :return: the kinds that it may be, each with its value: ``email`` (whole or its
        beginning), ``phone`` (as typed), ``code`` (codice fiscale or partita IVA, in
        capitals without blanks), ``name`` (list of words); nothing when it is empty
    :rtype: dict[str, str | list[str]]
    """
    text = " ".join((text or "").split())
    if not text:
        return {}
    if "@" in text:
        return {"email": text.lower().replace(" ", "")}
    found = {}
    compact = text.replace(" ", "").upper()
    if _TAX_CODE.fullmatch(compact) or _VAT.fullmatch(compact):
        found["code"] = compact.removeprefix("IT") if compact[2:].isdigit() else compact
    if _PHONE.fullmatch(text) and sum(map(str.isdigit, text)) >= 5:
        found["phone"] = text
    return found or {"name": text.split(" ")}


def is_findable(word):
    """Tell whether an index of trigrams finds a word.

    :rtype: bool
    """
    return bool(_FINDABLE.search(word))
