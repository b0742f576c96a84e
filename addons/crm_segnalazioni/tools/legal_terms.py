"""The end of a term in days, as European and Italian law count it: without Odoo."""

from datetime import timedelta

from dateutil.easter import easter

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


def is_working_day(day):
    """Tell whether a day is neither a Saturday, a Sunday nor a national holiday.

    :param datetime.date day: local
    :rtype: bool
    """
    if day.weekday() >= 5 or (day.month, day.day) in FIXED_HOLIDAYS:
        return False
    if (day.month, day.day) == SAINT_FRANCIS and day.year >= SAINT_FRANCIS_SINCE:
        return False
    return day != easter(day.year) + timedelta(days=1)


def last_day_of_term(start, days):
    """Return the last day of a term.

    The day on which it begins isn't counted, and a term that would end on a holiday,
    a Sunday or a Saturday ends with the next working day: Regulation (EEC, Euratom)
    1182/71, article 3, paragraphs 1 and 4, to which recital 41 of Directive
    2011/83/EU on consumer rights refers.

    :param datetime.date start: the day of the event from which it runs
    :param int days: calendar days
    :rtype: datetime.date
    """
    day = start + timedelta(days=days)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
