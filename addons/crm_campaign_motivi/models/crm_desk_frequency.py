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
        # sudo: a line is closed to operators; this one is in hand
        line = self.env["crm.call.list.line"].sudo().browse(line_id)
        self._rest_number(result["e164"], line.campaign_id._rule_company())
        return result

    @api.model
    def _callable_number(self, line, field):
        """Refuse also a number that was called too often, unless it was promised."""
        number = super()._callable_number(line, field)
        allowed = line.campaign_id._rule_company()._calls_allowed_from([number])
        if not allowed or line._is_promised():
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
    def _rest_number(self, number, company):
        """Let the names rest that may not be called any more because of a number.

        So they don't lie in the way of names that may be called, in any queue of the
        company.

        :param str number: in E.164, that was just dialled
        :param res.company company: whose rules hold
        """
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
                             AND EXISTS (
                                 SELECT 1 FROM utm_campaign campaign
                                  WHERE campaign.id = line.campaign_id
                                    AND coalesce(campaign.company_id, %(company)s)
                                        = %(company)s)
                             %(lock)s)""",
                until=allowed[number],
                number=number,
                callable=self.env["crm.dispatch"]._callable_sql(company, caps),
                company=company.id,
                lock=LOCK,
            ),
            log_exceptions=False,
        )
        self.env["crm.call.list.line"].invalidate_model(["rest_until"])
