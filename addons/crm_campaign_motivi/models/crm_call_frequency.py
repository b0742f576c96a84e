from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.claim_sql import LOCK

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
        zone = pytz.timezone(self.partner_id.tz or "Europe/Rome")
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
        zone = pytz.timezone(self.partner_id.tz or "Europe/Rome")
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


def _midnight(zone, day, days):
    """Return the beginning of the local day so many days later, in naive UTC."""
    local = zone.localize(datetime.combine(day + timedelta(days=days), time.min))
    return local.astimezone(pytz.utc).replace(tzinfo=None)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    calls_per_day_max = fields.Integer(
        related="company_id.calls_per_day_max", readonly=False
    )
    calls_per_week_max = fields.Integer(
        related="company_id.calls_per_week_max", readonly=False
    )


class CrmDispatch(models.AbstractModel):
    _inherit = "crm.dispatch"

    @api.model
    def _claim_plan(self, campaign):
        plan = super()._claim_plan(campaign)
        # sudo: the rules of one's own company
        rules = (campaign.company_id or self.env.company).sudo()._frequency_rules()
        if not rules:
            return plan
        caps = [(since, most) for _days, since, most in rules]
        return {**plan, "callable_rarely": self._callable_sql(caps)}


class CrmCallListLine(models.Model):
    _inherit = "crm.call.list.line"

    def _is_promised(self):
        """Tell whether the customer was promised the call that this line waits for.

        :rtype: bool
        """
        self.ensure_one()
        return self.category == "recall" and self.recall_scope != "automatic"

    def _earliest_try(self, outcome):
        earliest = super()._earliest_try(outcome)
        # sudo: the rules of one's own company, and the numbers of the name in hand
        company = (self.campaign_id.company_id or self.env.company).sudo()
        numbers = self.lead_id.sudo()._e164_numbers()
        allowed = company._calls_allowed_from(numbers)
        if numbers and len(allowed) == len(set(numbers)):
            earliest = max(earliest, min(allowed.values()))
        return earliest


class CrmDesk(models.AbstractModel):
    _inherit = "crm.desk"

    @api.model
    def log_dial(self, line_id, claim_token, field):
        result = super().log_dial(line_id, claim_token, field)
        self._rest_number(result["e164"])
        return result

    @api.model
    def _callable_number(self, lead, field):
        """Refuse also a number that was called too often, unless it was promised."""
        number = super()._callable_number(lead, field)
        # sudo: the line in hand, and the rules of one's own company
        line = (
            self.env["crm.call.list.line"]
            .sudo()
            .search(
                [("lead_id", "=", lead.id), ("claimed_by_id", "=", self.env.uid)],
                limit=1,
            )
        )
        if line and line._is_promised():
            return number
        company = (line.campaign_id.company_id or self.env.company).sudo()
        allowed = company._calls_allowed_from([number])
        if allowed:
            local = fields.Datetime.context_timestamp(self, allowed[number])
            raise UserError(
                self.env._(
                    "This number was called as often as is allowed. It may be called"
                    " again from %(date)s on.",
                    date=local.strftime("%d/%m/%Y"),
                )
            )
        return number

    @api.model
    def _rest_number(self, number):
        """Let the names rest that may not be called any more because of a number.

        So they don't lie in the way of names that may be called, in any queue.

        :param str number: in E.164, that was just dialled
        """
        # sudo: the rules of one's own company
        company = self.env.company.sudo()
        allowed = company._calls_allowed_from([number])
        if not allowed:
            return
        caps = [(since, most) for _days, since, most in company._frequency_rules()]
        self.env["crm.call.list.line"].flush_model()
        self.env["crm.call"].flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE crm_call_list_line SET rest_until = %(until)s
                    WHERE id IN (
                          SELECT line.id FROM crm_call_list_line line
                           WHERE line.lead_id IN (
                                 SELECT id FROM crm_lead WHERE phone_e164 = %(number)s
                                  UNION
                                 SELECT id FROM crm_lead WHERE mobile_e164 = %(number)s
                                  UNION
                                 SELECT id FROM crm_lead
                                  WHERE phone_second_e164 = %(number)s)
                             AND line.claimed_by_id IS NULL
                             AND (line.category = 'to_call'
                                  OR line.recall_scope = 'automatic')
                             AND coalesce(line.rest_until, '-infinity') < %(until)s
                             AND %(callable)s IS NOT TRUE
                             %(lock)s)""",
                until=allowed[number],
                number=number,
                callable=self.env["crm.dispatch"]._callable_sql(caps),
                lock=LOCK,
            ),
            log_exceptions=False,
        )
        self.env["crm.call.list.line"].invalidate_model(["rest_until"])
