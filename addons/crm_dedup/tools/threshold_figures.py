"""Precision and recall of a threshold, estimated from a stratified sample.

Plain Python without a database connection.
"""

import random
from dataclasses import dataclass

#: Draws behind an interval: enough for whole percents.
_DRAWS = 200
#: Share of the draws that lies outside of the interval, both sides together.
_OUTSIDE = 0.05


@dataclass(slots=True, frozen=True)
class LabelledPair:
    """A pair that a person labelled.

    :param str stratum: of all comparisons from which it was drawn
    :param bool is_same: the label
    :param bool is_found: what the comparison says at the threshold in question
    """

    stratum: str
    is_same: bool
    is_found: bool


@dataclass(slots=True, frozen=True)
class Figure:
    """A share with its interval of 95 %; all empty when nothing is known."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


def figures(pairs, sizes, seed=6):
    """Estimate precision and recall.

    Each stratum counts as much as it has comparisons. The interval comes from draws of
    each share's Beta distribution (Jeffreys' prior), so that a handful of labels
    without an error doesn't pass for certainty.

    :param pairs: of :class:`LabelledPair`
    :param dict sizes: comparisons of each stratum; one that is missing isn't counted
    :param int seed: the same labels give the same figures
    :return: precision and recall
    :rtype: tuple[Figure, Figure]
    """
    cells = _cells(pairs, sizes)
    if not cells:
        return Figure(), Figure()
    shares = [same / (same + other) for _size, _found, same, other in cells]
    precision, recall = _rates(cells, shares)
    rng = random.Random(seed)  # noqa: S311 - no secret
    drawn = [
        _rates(
            cells,
            [
                rng.betavariate(same + 0.5, other + 0.5)
                for _size, _found, same, other in cells
            ],
        )
        for _draw in range(_DRAWS)
    ]
    return (
        _with_interval(precision, [one for one, _other in drawn]),
        _with_interval(recall, [other for _one, other in drawn]),
    )


def _cells(pairs, sizes):
    """Return size, whether found, and labels of each part of a stratum."""
    counts, totals = {}, {}
    for pair in pairs:
        if sizes.get(pair.stratum):
            cell = counts.setdefault((pair.stratum, pair.is_found), [0, 0])
            cell[0 if pair.is_same else 1] += 1
            totals[pair.stratum] = totals.get(pair.stratum, 0) + 1
    return [
        (sizes[stratum] * (same + other) / totals[stratum], found, same, other)
        for (stratum, found), (same, other) in sorted(counts.items())
    ]


def _rates(cells, shares):
    found = right = all_same = 0.0
    for (size, is_found, _same, _other), share in zip(cells, shares, strict=True):
        all_same += size * share
        if is_found:
            found += size
            right += size * share
    return (
        right / found if found else None,
        right / all_same if all_same else None,
    )


def _with_interval(value, drawn):
    drawn = sorted(rate for rate in drawn if rate is not None)
    if value is None or not drawn:
        return Figure()
    cut = int(len(drawn) * _OUTSIDE / 2)
    # Of no error in a few labels the value itself lies at the end of the interval.
    return Figure(
        value, min(drawn[cut], value), max(drawn[len(drawn) - 1 - cut], value)
    )
