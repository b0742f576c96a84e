"""When a next action is due: plain arithmetic, without Odoo."""

from datetime import datetime, time, timedelta

#: A year without a working day is a calendar that nobody filled in.
_LONGEST_SEARCH_DAYS = 366


def time_of_day(hours):
    """Return a float of hours (9.5) as a time of day.

    :param float hours: 0 to 24
    :rtype: datetime.time
    """
    minutes = min(max(round(hours * 60), 0), 24 * 60 - 1)
    return time(minutes // 60, minutes % 60)


def next_due(closing, days, hours, standard_time, is_working_day):
    """Return when the next action is due.

    The delay counts from the closing. Whatever falls on a later day is due at the
    standard time of that day; what falls on the same day keeps its hour. A day on
    which nobody works passes it on to the standard time of the next working day.

    :param datetime.datetime closing: local, naive
    :param int days: zero or more
    :param int hours: zero or more
    :param datetime.time standard_time: for later days
    :param callable is_working_day: tells it of a ``datetime.date``
    :return: local, naive
    :rtype: datetime.datetime
    """
    due = closing + timedelta(days=days, hours=hours)
    if due.date() > closing.date():
        due = datetime.combine(due.date(), standard_time)
    for _day in range(_LONGEST_SEARCH_DAYS):
        if is_working_day(due.date()):
            break
        due = datetime.combine(due.date() + timedelta(days=1), standard_time)
    return due
