from odoo import api, models


class CrmDispatch(models.AbstractModel):
    """Numbers called too often are not served, unless the customer was promised it."""

    _inherit = "crm.dispatch"

    @api.model
    def _claim_plan(self, campaign):
        plan = super()._claim_plan(campaign)
        company = campaign._rule_company()
        rules = company._frequency_rules()
        if not rules:
            return plan
        caps = [(since, most) for _days, since, most in rules]
        return {**plan, "callable_rarely": self._callable_sql(company, caps)}
