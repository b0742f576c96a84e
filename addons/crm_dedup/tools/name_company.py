"""Legal forms of companies in their one form: SRL, s.r.l. and S R L are S.r.l."""

import re
from functools import lru_cache

from .italy import LEGAL_FORMS

#: Words by which a form is written out, and its letters.
_WRITTEN_OUT = (
    (r"societ[aà]['’]?\s+a\s+responsabilit[aà]['’]?\s+limitata\s+semplificata", "srls"),
    (r"societ[aà]['’]?\s+a\s+responsabilit[aà]['’]?\s+limitata", "srl"),
    (r"societ[aà]['’]?\s+per\s+azioni", "spa"),
    (r"societ[aà]['’]?\s+in\s+nome\s+collettivo", "snc"),
    (r"societ[aà]['’]?\s+in\s+accomandita\s+semplice", "sas"),
    (r"societ[aà]['’]?\s+in\s+accomandita\s+per\s+azioni", "sapa"),
)
_LONG = [
    (re.compile(rf"\b{text}\b", re.IGNORECASE), form) for text, form in _WRITTEN_OUT
]
#: Letters with dots or blanks between them, or none; the longest first.
_FORMS = ("srls", "sapa", "scarl", "scrl", "scpa", "srl", "spa", "snc", "sas")
#: Whole words, or parts of names, when they don't stand at the end of a name.
_AMBIGUOUS = frozenset(("spa", "sas", "snc"))
_FORM = re.compile(
    r"(?<![\w.'’&])(?:"
    + "|".join(r"[.\s]{0,2}".join(form) for form in _FORMS)
    + r")(?![\w'’])\.?",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*(?:$|[-–,(;/]|&|\be\s+c\b|\bdi\b|\bdei\b|\bin\s+(?:liquid|sigla|breve)"
    r"|\bunip|\bcon\s+(?:unico\s+)?socio|\ba\s+socio|\bsoc)",
    re.IGNORECASE,
)


@lru_cache(maxsize=20_000)
def one_legal_form(text):
    """Write the legal form inside a company's name in its one form.

    :param str text: the name of a company, in any case
    :rtype: str
    """
    for pattern, form in _LONG:
        text = pattern.sub(LEGAL_FORMS[form], text)
    return _FORM.sub(_canonical, text)


def _canonical(found):
    written = found[0]
    letters = re.sub(r"[^a-z]", "", written.lower())
    text, end = found.string, found.end()
    if not found.start() and not _has_word(text[end:]):
        return written
    if letters in _AMBIGUOUS and not _TAIL.match(text, end):
        # "SPA Terme", but "S.p.A. Terme": with dots it is nothing else.
        if written.count(".") < len(letters) - 1:
            return written
    spaced = " " in written.strip() and "." not in written
    if spaced and len(written.split()) != len(letters):
        # "Rossi sp a": a word that was cut, not a form that was spaced.
        return written
    return LEGAL_FORMS[letters]


def _has_word(text):
    return any(char.isalpha() for char in text)
