"""The end of a term in days, as European and Italian law count it."""

from datetime import timedelta

from odoo.addons.crm_callcenter.tools.national_holidays import is_national_holiday


def is_working_day(day):
    """Tell whether a day is neither a Saturday, a Sunday nor a national holiday.

    :param datetime.date day: local
    :rtype: bool
    """
    return day.weekday() < 5 and not is_national_holiday(day)


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
