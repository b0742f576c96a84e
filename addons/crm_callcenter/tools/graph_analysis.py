"""What a manager should know of a commercial graph, from its bare nodes and arrows.

Plain Python without Odoo. The rules, in the words of the screen's legend:

* **Start**: people, macros or campaigns plan it. A type that has outcomes and that no
  *other* type leads to is a start by itself; others are named by the caller.
* **Loop**: actions that can follow one another again and again. That may be meant
  ("call again tomorrow"). What is marked is the arrow that leads back: the others of
  the circle go on from the start as in a graph without a loop.
* **Unreachable**: no path from any start leads to the type.
* **Dead end**: after this outcome nothing is planned, nothing is concluded, and the
  name becomes neither customer nor former customer nor blocked: nobody looks after it
  any more. Also a type that others lead to but that has no outcomes itself. An arrow
  to a type that is switched off plans nothing, so it counts as leading nowhere.
"""

from collections import defaultdict
from dataclasses import dataclass, field

#: Classes of commercial states after which nobody has to do anything.
FINAL_STATE_CLASSES = frozenset(("customer", "former", "blocked"))

#: Kinds of outcomes that make the next step by themselves: the operator enters when to
#: call again, fixes the appointment, or records the sale.
KINDS_WITH_NEXT_STEP = frozenset("RTC")


@dataclass(frozen=True)
class Arrow:
    """A relation: an outcome of the type ``source`` and what follows from it.

    ``target`` is the type planned next, or ``None``. ``ends`` tells that the outcome
    is a proper end: conclusive, a final state, or a next step of its own.
    """

    key: int
    source: int
    target: int | None
    ends: bool = False


@dataclass
class Findings:
    """What was found; types and arrows by their keys, in the order given."""

    starts: list = field(default_factory=list)
    unreachable: list = field(default_factory=list)
    #: the arrows that close a loop
    loop_arrows: list = field(default_factory=list)
    #: for each of them the types of its shortest circle, its target first
    loops: list = field(default_factory=list)
    dead_arrows: list = field(default_factory=list)
    dead_types: list = field(default_factory=list)
    #: how many steps from the nearest start each type lies, 0 for a start
    levels: dict = field(default_factory=dict)


def analyse(types, arrows, planned=()):
    """Find starts, loops, unreachable types and dead ends.

    :param types: keys of the types, in the order that the manager gave them
    :param list[Arrow] arrows: relations of these types; a target that is not among
        the types counts as none
    :param planned: keys of types that are known to be planned by people, macros or
        campaigns
    :rtype: Findings
    """
    types = list(dict.fromkeys(types))
    known = set(types)
    following = defaultdict(list)
    for arrow in arrows:
        if arrow.target in known:
            following[arrow.source].append(arrow.target)
    found = Findings(starts=_starts(types, arrows, following, planned))
    found.levels = _levels(found.starts, following)
    found.unreachable = [key for key in types if key not in found.levels]
    _place_unreachable(found, following)
    _mark_loops(found, types, arrows, following)
    _mark_dead_ends(found, types, arrows, known)
    return found


def _starts(types, arrows, following, planned):
    led_to = {
        target
        for source, targets in following.items()
        for target in targets
        if target != source
    }
    with_outcomes = {arrow.source for arrow in arrows}
    planned = set(planned)
    return [
        key
        for key in types
        if key in planned or (key in with_outcomes and key not in led_to)
    ]


def _levels(starts, following, first=0):
    """Return how many steps from the nearest start each type lies (breadth first)."""
    levels = dict.fromkeys(starts, first)
    front = list(starts)
    while front:
        reached = []
        for key in front:
            for target in following.get(key, ()):
                if target not in levels:
                    levels[target] = levels[key] + 1
                    reached.append(target)
        front = reached
    return levels


def _place_unreachable(found, following):
    """Give the unreachable types a level too, so that they can be drawn."""
    placed = dict(found.levels)
    for key in found.unreachable:
        if key not in placed:
            levels = _levels([key], following)
            placed.update({at: levels[at] for at in levels if at not in placed})
    found.levels = placed


def _mark_loops(found, types, arrows, following):
    """Mark the arrows that close a loop.

    They lead to a type that is no further from the start (of two as far, to the one
    that comes first), and from which their own type can be reached. Going round any
    circle the distance can't grow all the way, so each has one of them.
    """
    place = {key: (found.levels[key], number) for number, key in enumerate(types)}
    for arrow in arrows:
        if arrow.target not in place or place[arrow.target] > place[arrow.source]:
            continue
        way = _shortest_way(arrow.target, arrow.source, following)
        if way:
            found.loop_arrows.append(arrow.key)
            found.loops.append(way)


def _shortest_way(start, end, following):
    """Return the types from one to another, both included; empty without a way."""
    before = {start: None}
    front = [start]
    while front and end not in before:
        reached = []
        for key in front:
            for target in following.get(key, ()):
                if target not in before:
                    before[target] = key
                    reached.append(target)
        front = reached
    way, at = [], end if end in before else None
    while at is not None:
        way.append(at)
        at = before[at]
    return way[::-1]


def _mark_dead_ends(found, types, arrows, known):
    with_outcomes = {arrow.source for arrow in arrows}
    led_to = {arrow.target for arrow in arrows}
    found.dead_arrows = [
        arrow.key for arrow in arrows if arrow.target not in known and not arrow.ends
    ]
    found.dead_types = [
        key for key in types if key in led_to and key not in with_outcomes
    ]
