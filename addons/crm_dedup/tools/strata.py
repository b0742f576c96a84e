"""Comparisons of a full search counted by their points, with some of each to label."""

import random

from .duplicate_rule import RULE
from .matching.settings import VETO

#: Points of one stratum of the sample.
STRATUM_WIDTH = 3
#: Comparisons below it say "different" so clearly that they are one stratum.
LOWEST = 0
HIGHEST = 60
#: Pairs that a run keeps of each stratum, for people to label.
KEPT = 40


def stratum_of(comparison):
    """Return the stratum of a comparison: its points, or the verdict of a rule.

    :param Comparison comparison: what was found
    :rtype: str
    """
    if comparison.reasons and comparison.reasons[0].code.startswith(RULE):
        return f"{RULE}{comparison.verdict}"
    score = comparison.score
    if any(reason.points <= VETO for reason in comparison.reasons):
        # A quick comparison ends there, so that its points say nothing.
        score = LOWEST
    steps = int(min(max(score, LOWEST), HIGHEST) // STRATUM_WIDTH)
    return str(steps * STRATUM_WIDTH)


def count(strata, first, second, comparison):
    """Count a comparison, and keep it with the chance that all of its stratum have.

    Algorithm R of Vitter's reservoir sampling.

    :param dict strata: by stratum how many ``pairs``, and which are ``kept``; changed
    :param int first: holder
    :param int second: the other holder
    """
    stratum = strata.setdefault(stratum_of(comparison), {"pairs": 0, "kept": []})
    stratum["pairs"] += 1
    kept = stratum["kept"]
    if len(kept) < KEPT:
        kept.append([first, second])
        return
    place = random.randrange(stratum["pairs"])  # noqa: S311 - no secret
    if place < KEPT:
        kept[place] = [first, second]


def merged(strata, others):
    """Return the counts of two parts of a search as one.

    A pair of either part is kept with the same chance.

    :rtype: dict
    """
    result = dict(strata)
    for name, other in others.items():
        mine = result.get(name)
        if mine is None:
            result[name] = other
            continue
        result[name] = {
            "pairs": mine["pairs"] + other["pairs"],
            "kept": _drawn(mine, other),
        }
    return result


def _drawn(one, other):
    """Return pairs drawn from two strata, each as often as it has comparisons."""
    pools = [random.sample(part["kept"], len(part["kept"])) for part in (one, other)]
    left = [one["pairs"], other["pairs"]]
    kept = []
    while len(kept) < KEPT and any(pools):
        side = random.randrange(sum(left)) >= left[0]  # noqa: S311 - no secret
        if not pools[side]:
            side = not side
        kept.append(pools[side].pop())
        left[side] -= left[side] > 0
    return kept
