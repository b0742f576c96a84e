"""Searches of names that somebody saved, as the web client writes them."""

from odoo import fields
from odoo.fields import Domain
from odoo.tools.safe_eval import datetime as safe_datetime
from odoo.tools.safe_eval import dateutil as safe_dateutil
from odoo.tools.safe_eval import safe_eval
from odoo.tools.safe_eval import time as safe_time

#: What a search raises that isn't written as a search is.
BROKEN_SEARCH = (ValueError, TypeError, SyntaxError, NameError)


def read_search(text, leads, user):
    """Return a saved search as a domain, evaluated for a user and for today.

    :param str text: the domain as the web client writes it
    :param crm.lead leads: the model that is searched
    :param res.users user: whom ``uid`` means, and in whose time zone today is
    :rtype: Domain
    :raise ValueError: or another of ``BROKEN_SEARCH``: it isn't written as a search is
    """
    found = safe_eval(
        text or "[]",
        {
            "uid": user.id,
            "time": safe_time,
            "datetime": safe_datetime,
            "relativedelta": safe_dateutil.relativedelta.relativedelta,
            "context_today": lambda: fields.Date.context_today(
                leads.with_context(tz=user.tz)
            ),
        },
    )
    if not isinstance(found, (list, tuple)):
        raise ValueError(leads.env._("it is no list of conditions"))
    domain = Domain(found)
    domain.validate(leads)
    return domain
