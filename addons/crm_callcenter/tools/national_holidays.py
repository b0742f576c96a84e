"""The national holidays of Italy: without Odoo."""

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
