from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models
from odoo.tools import SQL

#: Days of the rule of a week, today included.
WEEK = 7


class ResCompany(models.Model):
    """How often one number may be called, over all campaigns."""

    _inherit = "res.company"

    calls_per_day_max = fields.Integer(
        "Calls to a Number per Day",
        help="A number that was dialled so often today is not served and not dialled"
        " again before tomorrow, whatever the campaign. Recalls that the customer asked"
        " for are made all the same. Zero: no limit.",
    )
    calls_per_week_max = fields.Integer(
        "Calls to a Number per Week",
        help="The same for seven days, today included. Zero: no limit.",
    )

    _calls_max_positive = models.Constraint(
        "CHECK (coalesce(calls_per_day_max, 0) >= 0"
        " AND coalesce(calls_per_week_max, 0) >= 0)",
        "A number is called zero (no limit) or more times.",
    )

    def _frequency_rules(self):
        """Return the rules of frequency that hold now.

        :return: days that each looks at, today included; the beginning of the first
            of them (naive UTC); and how many calls are allowed since
        :rtype: list[tuple[int, datetime.datetime, int]]
        """
        self.ensure_one()
        zone = pytz.timezone(self._local_zone())
        today = pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()
        rules = []
        for days, most in (
            (1, self.calls_per_day_max),
            (WEEK, self.calls_per_week_max),
        ):
            if most:
                rules.append((days, _midnight(zone, today, 1 - days), most))
        return rules

    def _calls_allowed_from(self, numbers):
        """Return from when on numbers may be called again that were called too often.

        :param list numbers: in E.164
        :return: naive UTC by number; those that may be called now are missing
        :rtype: dict[str, datetime.datetime]
        """
        self.ensure_one()
        allowed = {}
        zone = pytz.timezone(self._local_zone())
        for days, since, most in self._frequency_rules() if numbers else ():
            self.env["crm.call"].flush_model(["number_e164", "direction", "started_at"])
            # The call whose day must be over before another one is allowed.
            rows = self.env.execute_query(
                SQL(
                    """SELECT number_e164, started_at
                         FROM (SELECT number_e164, started_at, row_number() OVER (
                                      PARTITION BY number_e164
                                      ORDER BY started_at DESC) AS number
                                 FROM crm_call
                                WHERE number_e164 = ANY(%s) AND direction = 'out'
                                  AND started_at >= %s) AS lately
                        WHERE number = %s""",
                    list(numbers),
                    since,
                    most,
                )
            )
            for number, started_at in rows:
                day = pytz.utc.localize(started_at).astimezone(zone).date()
                moment = _midnight(zone, day, days)
                allowed[number] = max(moment, allowed.get(number, moment))
        return allowed


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    calls_per_day_max = fields.Integer(
        related="company_id.calls_per_day_max", readonly=False
    )
    calls_per_week_max = fields.Integer(
        related="company_id.calls_per_week_max", readonly=False
    )


def _midnight(zone, day, days):
    """Return the beginning of the local day so many days later, in naive UTC."""
    local = zone.localize(datetime.combine(day + timedelta(days=days), time.min))
    return local.astimezone(pytz.utc).replace(tzinfo=None)
