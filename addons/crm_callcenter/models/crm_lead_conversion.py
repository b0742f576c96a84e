from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError

from .crm_lead_scoring import SCORE_AFTER_COMMIT


class CrmLead(models.Model):
    """From a name to a customer with an opportunity."""

    _inherit = "crm.lead"

    def _convert_to_opportunity(
        self, salesperson, expected_revenue, date_deadline, utm_values=None, won=False
    ):
        """Make the customer and turn this name into an opportunity, in one write.

        :param res.users salesperson: who gets it, the field agent for an appointment
        :param float expected_revenue: in the company's currency, not negative
        :param datetime.date date_deadline: expected closing
        :param dict utm_values: campaign, source and medium of the opportunity
        :param bool won: the sale was closed already
        :return: the customer
        :rtype: res.partner
        :raise UserError: a value is missing
        """
        self.ensure_one()
        self._check_conversion_values(expected_revenue, date_deadline)
        # As the system: the operator has no rights on customers and salespeople; the
        # desk has checked that this is the name in the operator's hands. A sudo would
        # stamp the customer with the operator, and who counts customers by creator
        # would count operators (individual monitoring). The ledger knows who it was.
        lead = self.with_user(SUPERUSER_ID).with_company(self.env.company)
        # The operator doesn't follow the customer, and no mail is written while the
        # operator waits: the appointment in the calendar tells the agent.
        lead = lead.with_context(
            mail_auto_subscribe_no_notify=True,
            mail_create_nolog=True,
            mail_create_nosubscribe=True,
            **{SCORE_AFTER_COMMIT: True},
        )
        partner = lead.partner_id or lead._create_customer()
        team = salesperson.sudo().sale_team_id or lead.team_id
        values = {
            "user_id": salesperson.id,
            "team_id": team.id,
            "expected_revenue": expected_revenue,
            "date_deadline": date_deadline,
            **(utm_values or {}),
            **lead._convert_opportunity_data(partner, team.id),
        }
        if won:
            values["stage_id"] = lead._stage_find(
                team_id=team.id, domain=[("is_won", "=", True)]
            ).id
        lead.write(values)
        return partner.with_env(self.sudo().env)

    def _check_conversion_values(self, expected_revenue, date_deadline):
        if not self.active:
            raise UserError(
                self.env._(
                    "%(name)s is archived and can't be converted.", name=self.name
                )
            )
        if (
            expected_revenue is None
            or expected_revenue is False
            or expected_revenue < 0
        ):
            raise UserError(self.env._("Enter the expected revenue, zero or more."))
        if not date_deadline:
            raise UserError(
                self.env._("Enter the date on which the sale should be closed.")
            )
        if fields.Date.to_date(date_deadline) < fields.Date.context_today(self):
            raise UserError(
                self.env._("The expected closing lies in the past. Enter a later date.")
            )

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        values = super()._prepare_customer_values(partner_name, is_company, parent_id)
        values.update(mobile=self.mobile, phone_second=self.phone_second)
        return values
