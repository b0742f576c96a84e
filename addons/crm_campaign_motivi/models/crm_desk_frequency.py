from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.claim_sql import LOCK


class CrmDesk(models.AbstractModel):
    """A number called too often is not dialled, and its names rest."""

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
        # sudo: the rules of one's own company
        allowed = self.env.company.sudo()._calls_allowed_from([number])
        if not allowed or self._has_promised(lead):
            return number
        local = fields.Datetime.context_timestamp(self, allowed[number])
        raise UserError(
            self.env._(
                "This number was called as often as is allowed. It may be called again"
                " from %(date)s on.",
                date=local.strftime("%d/%m/%Y"),
            )
        )

    @api.model
    def _has_promised(self, lead):
        """Tell whether the customer was promised the call that is made now."""
        # sudo: a line is closed to operators; the domain keeps to those in hand
        lines = self.env["crm.call.list.line"].sudo()
        held = lines.search(
            [("lead_id", "=", lead.id), ("claimed_by_id", "=", self.env.uid)], limit=1
        )
        return bool(held) and held._is_promised()

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
