"""Rows of the dirty archive with the truth about which of them are one."""

import random

from . import engine
from .first_noise import FirstNoise
from .people import People
from .second_noise import SecondNoise

MatchRecord = engine.load("matching.record").MatchRecord

NOISES = {"first": FirstNoise, "second": SecondNoise}
#: How many rows an entity has: most are alone.
_COPIES = ((1, 76), (2, 16), (3, 5), (4, 2), (5, 1))
#: Entities are shuffled among so many, as a list follows the other in an archive.
_MIXED = 200_000


def rows(count, noise="first", seed=1, strength=1.0):
    """Yield so many rows ``(label, values)``; rows of one label are one.

    :param str noise: ``first`` or ``second``
    :param float strength: 1 is a list of middling care
    """
    people = People(seed)
    rng = random.Random(seed * 7919 + 1)
    spoil = NOISES[noise](rng, people, strength)
    copies, weights = zip(*_COPIES, strict=True)
    made, batch, size = 0, [], min(_MIXED, count)
    for label, entity in enumerate(people.entities(count)):
        for _each in range(rng.choices(copies, weights)[0]):
            batch.append((label, spoil.row(entity)))
        if len(batch) >= size or made + len(batch) >= count:
            rng.shuffle(batch)
            yield from batch[: count - made]
            made += len(batch)
            batch = []
            if made >= count:
                return


def records(count, noise="first", seed=1, strength=1.0):
    """Return ``MatchRecord`` and the label of each by id."""
    found, truth = [], {}
    for number, (label, values) in enumerate(rows(count, noise, seed, strength), 1):
        found.append(MatchRecord(id=number, **values))
        truth[number] = label
    return found, truth
