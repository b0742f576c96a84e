"""Groups of names that are one, made of pairs: each member must match the survivor."""

from collections import defaultdict


def completeness(record):
    """Return how much is known of a prepared record: the fullest one survives.

    :rtype: int
    """
    return sum(
        map(
            bool,
            (
                record.person,
                record.company,
                record.phones,
                record.email,
                record.fiscal_code,
                record.vat_number,
                record.birth,
                record.street,
                record.civic,
                record.zip,
                record.city,
            ),
        )
    ) + len(record.phones)


def connected(pairs):
    """Return the groups that pairs connect, each a list of ids.

    :param pairs: ``(first, second, score)``
    """
    parent = {}

    def top(number):
        root = number
        while parent.setdefault(root, root) != root:
            root = parent[root]
        while parent[number] != root:
            parent[number], number = root, parent[number]
        return root

    for first, second, *_score in pairs:
        first, second = top(first), top(second)
        if first != second:
            parent[max(first, second)] = min(first, second)
    groups = defaultdict(list)
    for number in list(parent):
        groups[top(number)].append(number)
    return [sorted(group) for _root, group in sorted(groups.items())]


def clusters_of(pairs, matches, worth):
    """Return the groups in which every member matches the survivor.

    Three names can be connected by pairs although the first and the last are two
    people: a chain is cut where a member doesn't match the survivor. What is cut off
    is grouped anew among itself.

    :param pairs: ``(first, second, score)`` that are one
    :param matches: function of two ids that haven't been compared: whether they match
    :param worth: function of an id: the worthiest survives
    :return: lists of ids, the survivor first; only groups of two and more
    :rtype: list[list[int]]
    """
    pairs = list(pairs)
    known = {}
    for first, second, score in pairs:
        known[first, second] = known[second, first] = score
    done = []
    open_groups = connected(pairs)
    while open_groups:
        group = open_groups.pop()
        if len(group) == 2:
            done.append(_ordered(group, worth))
            continue
        survivor, *others = _ordered(group, worth)
        kept, left = [survivor], []
        for other in others:
            near = (survivor, other) in known or matches(survivor, other)
            (kept if near else left).append(other)
        if len(kept) > 1:
            done.append(kept)
        if len(left) > 1:
            inside = set(left)
            open_groups += connected(
                pair for pair in _inside(pairs_by(known, left), inside)
            )
    return sorted(done)


def pairs_by(known, members):
    """Yield the known pairs among some members."""
    inside = set(members)
    for (first, second), score in known.items():
        if first < second and first in inside and second in inside:
            yield first, second, score


def _inside(pairs, inside):
    return (pair for pair in pairs if pair[0] in inside and pair[1] in inside)


def _ordered(group, worth):
    return sorted(group, key=lambda number: (-worth(number), number))
