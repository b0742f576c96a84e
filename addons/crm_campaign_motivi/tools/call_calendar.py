"""Arithmetic of the hours in which people are called: without Odoo."""


def common_hours(ones, others):
    """Return the hours that lie in both of two sets of intervals, in order.

    :param list ones: pairs (from, to) of hours of a day, as floats
    :param list others: the same
    :rtype: list[tuple[float, float]]
    """
    both = [
        (max(one[0], other[0]), min(one[1], other[1]))
        for one in ones
        for other in others
    ]
    return sorted(pair for pair in both if pair[0] < pair[1])
