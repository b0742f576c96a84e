"""Pieces of SQL that the analyses of documents share."""

from odoo.tools import SQL


def local_day_sql(moment, timezone):
    """Return the local day of a moment.

    :param SQL moment: naive UTC
    :param pytz.BaseTzInfo timezone: where
    :rtype: SQL
    """
    return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, timezone.zone)


def rate_sql(part, whole):
    """Return how many of a hundred, NULL where there is nothing to compare.

    :param SQL part: aggregate
    :param SQL whole: aggregate
    :rtype: SQL
    """
    return SQL("100.0 * %s / NULLIF(%s, 0)", part, whole)
