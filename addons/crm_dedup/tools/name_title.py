"""Titles before a name: Dott., Ing., Sig.ra, each in its one form."""

import re
from functools import lru_cache

#: How a title is written, by its letters. Those of courtesy are left out of a name.
_TITLES = {
    "dott": "Dott.",
    "dr": "Dott.",
    "dottor": "Dott.",
    "dottore": "Dott.",
    "dottssa": "Dott.ssa",
    "drssa": "Dott.ssa",
    "dottoressa": "Dott.ssa",
    "ing": "Ing.",
    "ingegner": "Ing.",
    "ingegnere": "Ing.",
    "avv": "Avv.",
    "avvocato": "Avv.",
    "arch": "Arch.",
    "architetto": "Arch.",
    "geom": "Geom.",
    "geometra": "Geom.",
    "rag": "Rag.",
    "ragionier": "Rag.",
    "ragioniere": "Rag.",
    "prof": "Prof.",
    "professor": "Prof.",
    "professore": "Prof.",
    "profssa": "Prof.ssa",
    "professoressa": "Prof.ssa",
    "perind": "Per. Ind.",
    "cav": "Cav.",
    "cavaliere": "Cav.",
    "comm": "Comm.",
    "notaio": "Notaio",
}
_COURTESY = frozenset(
    "sig signor signore sigra signora signa sigrina signorina spett spettle spettabile"
    " egr egregio gent gentmo gentma gentile gentilissimo gentilissima illmo".split()
)
#: Courtesy that can be a surname.
_KEPT_ALONE = frozenset(("gentile", "signore", "signor"))
#: Written out they are surnames or given names, too, unless more follows.
_WRITTEN_OUT = frozenset(
    "cavaliere notaio professore comm rag cav architetto avvocato ingegnere".split()
)
_HEAD = re.compile(r"\s*(per\.?\s?ind\.?|[^\W\d_]+(?:\.\s?(?:ssa|ra|na|le|mo|ma)\b)?)"
                   r"(\.?)\s*", re.IGNORECASE)  # fmt: skip


@lru_cache(maxsize=4096)
def _read_head(word):
    """Return the title that a word is, empty for courtesy, ``None`` for neither."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    if letters in _COURTESY:
        return ""
    return _TITLES.get(letters)


def split_titles(text):
    """Split the titles off that stand before a name.

    ``Sig.`` and other words of courtesy say nothing of a person and are left out;
    a title alone is no title but the name itself.

    :param str text: for instance ``DOTT.SSA ing ROSSI ADA``
    :return: the titles in their one form, and what follows
    :rtype: tuple[str, str]
    """
    titles, rest = [], text.strip()
    while found := _HEAD.match(rest):
        title = _read_head(found[1])
        dotted = found[2] or "." in found[1]
        if title is None or not (dotted or found[0][-1:].isspace()):
            break
        after = rest[found.end() :]
        words = after.split()
        plain = found[1].casefold()
        if not any(word[:1].isalpha() for word in words):
            break
        # "Gentile Marco" is a person of that surname.
        if plain in _KEPT_ALONE | _WRITTEN_OUT and not dotted and len(words) < 2:
            break
        if title and title not in titles:
            titles.append(title)
        rest = after
    return " ".join(titles), rest
