"""Days on which nobody is called in Italy, and arithmetic of hours: without Odoo."""

from datetime import date, timedelta

#: Month and day of the national holidays with a fixed date (law 260/1949, changed by
#: law 54/1977, DPR 792/1985 and law 336/2000), without Easter Monday.
FIXED_HOLIDAYS = (
    (1, 1),
    (1, 6),
    (4, 25),
    (5, 1),
    (6, 2),
    (8, 15),
    (11, 1),
    (12, 8),
    (12, 25),
    (12, 26),
)
#: Saint Francis is a national holiday again since 2026 (law 151/2025).
SAINT_FRANCIS = (10, 4)
SAINT_FRANCIS_SINCE = 2026


def easter(year):
    """Return Easter Sunday of a year, by the Gregorian rule of Meeus and Butcher.

    :param int year: from 1583 on
    :rtype: datetime.date
    """
    golden = year % 19
    century, of_century = divmod(year, 100)
    leap_century, rest_century = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_century - correction + 15) % 30
    leap, rest = divmod(of_century, 4)
    weekday = (32 + 2 * rest_century + 2 * leap - epact - rest) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def is_national_holiday(day):
    """Tell whether a day is an Italian national holiday; an ordinary Sunday isn't one.

    :param datetime.date day: local
    :rtype: bool
    """
    month_day = (day.month, day.day)
    if month_day in FIXED_HOLIDAYS:
        return True
    if month_day == SAINT_FRANCIS and day.year >= SAINT_FRANCIS_SINCE:
        return True
    sunday = easter(day.year)
    return day in (sunday, sunday + timedelta(days=1))


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
