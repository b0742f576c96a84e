"""Periods of points: local days on the outside, moments in UTC on the inside."""

from datetime import datetime, time, timedelta

import pytz
from dateutil.relativedelta import relativedelta

#: How long the periods last that come round again.
STEPS = {
    "today": relativedelta(days=1),
    "week": relativedelta(weeks=1),
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
    "year": relativedelta(years=1),
}


def period_days(kind, day):
    """Return the first and the last day of the period that a day lies in.

    :param str kind: ``today``, ``week`` (Monday to Sunday), ``month``, ``quarter`` or
        ``year``
    :param datetime.date day: local
    :return: first and last day, both within the period
    :rtype: tuple[datetime.date, datetime.date]
    """
    first = day
    if kind == "week":
        first = day - timedelta(days=day.weekday())
    elif kind == "month":
        first = day.replace(day=1)
    elif kind == "quarter":
        first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    elif kind == "year":
        first = day.replace(month=1, day=1)
    return first, first + STEPS[kind] - timedelta(days=1)


def previous_period(kind, day):
    """Return the days of the last period that is over before a day.

    :param str kind: as for ``period_days``
    :param datetime.date day: local
    :rtype: tuple[datetime.date, datetime.date]
    """
    first, _last = period_days(kind, day)
    return period_days(kind, first - timedelta(days=1))


def local_midnight(day, timezone):
    """Return the moment at which a local day begins.

    :param datetime.date day: local
    :param pytz.BaseTzInfo timezone: where
    :return: naive UTC
    :rtype: datetime.datetime
    """
    local = timezone.localize(datetime.combine(day, time.min))
    return local.astimezone(pytz.utc).replace(tzinfo=None)


def day_bounds(first, last, timezone):
    """Return the moments between which local days lie.

    A day on which the clock is changed has 23 or 25 hours.

    :param datetime.date first: local
    :param datetime.date last: local, within the period
    :param pytz.BaseTzInfo timezone: where
    :return: start, and stop that is no longer within; naive UTC
    :rtype: tuple[datetime.datetime, datetime.datetime]
    """
    return (
        local_midnight(first, timezone),
        local_midnight(last + timedelta(days=1), timezone),
    )
