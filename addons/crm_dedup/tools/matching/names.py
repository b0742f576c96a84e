"""Names against names: words are matched one to one, in whatever order they stand."""

from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from .prepare import skeleton
from .words import FOND_FORMS

#: How alike two words are: the share of the points that they bring.
EXACT, FOND, TYPO, ALIKE, SHORTENED, INITIAL = 1.0, 0.9, 0.85, 0.6, 0.6, 0.25
#: Below this two words are not alike.
LEAST_ALIKE = 0.2


@lru_cache(200_000)
def _written_alike(word, other):
    """Return how alike two different words are written, 0 when they are not."""
    shorter, longer = sorted((word, other), key=len)
    if len(shorter) == 1:
        return INITIAL if longer[0] == shorter else 0.0
    if _fond(word, other):
        return FOND
    if len(shorter) < 3:
        return 0.0
    limit = 1 if len(longer) < 6 else 2 if len(longer) < 10 else 3
    distance = OSA.distance(word, other, score_cutoff=limit)
    if distance == 1:
        return TYPO if len(longer) > 3 else ALIKE
    if distance <= limit:
        return ALIKE + 0.1 if distance == 2 and len(longer) > 6 else ALIKE
    if len(shorter) > 3 and longer.startswith(shorter):
        return SHORTENED
    if len(shorter) > 3 and skeleton(word) == skeleton(other) and word[0] == other[0]:
        return ALIKE if JaroWinkler.similarity(word, other) > 0.85 else 0.0
    if len(shorter) > 5 and JaroWinkler.similarity(word, other) > 0.92:
        return ALIKE - 0.1
    return 0.0


def _fond(word, other):
    first, second = FOND_FORMS.get(word), FOND_FORMS.get(other)
    if first and (other in first or (second and first & second)):
        return True
    return bool(second and word in second)


def alike(word, other, frequencies):
    """Return how alike two words of a name are, from 0 to 1."""
    if word == other:
        return EXACT
    degree = _written_alike(*((word, other) if word < other else (other, word)))
    if degree and degree not in (FOND, INITIAL):
        if frequencies.are_two_names(word, other):
            return 0.0
    return degree


def assign(first, second, frequencies):
    """Match the words of two names one to one, the most alike first.

    :return: pairs ``(word, other, how alike)`` and what is left over of both
    :rtype: tuple[list, list, list]
    """
    rest, others = list(first), list(second)
    matched = []
    for word in first:
        if word in others:
            matched.append((word, word, EXACT))
            rest.remove(word)
            others.remove(word)
    if rest and others:
        _join(rest, others, matched)
        _join(others, rest, matched)
    if rest and others:
        found = sorted(
            (-degree, min(word, other), max(word, other), word, other)
            for word in set(rest)
            for other in set(others)
            if (degree := alike(word, other, frequencies)) > LEAST_ALIKE
        )
        for degree, _low, _high, word, other in found:
            if word in rest and other in others:
                matched.append((word, other, -degree))
                rest.remove(word)
                others.remove(other)
    return matched, rest, others


def _join(rest, others, matched):
    """Match two words with one in which they are written together."""
    if len(others) < 2:
        return
    for word in list(rest):
        pair = _halves(word, others)
        if pair:
            matched.append((word, word, EXACT))
            rest.remove(word)
            for half in pair:
                others.remove(half)


def _halves(word, others):
    """Return the two words that make a third one, if they are there."""
    for at, left in enumerate(others):
        if len(left) < len(word) and word.startswith(left):
            right = word[len(left) :]
            if right in others[:at] or right in others[at + 1 :]:
                return left, right
    return None
