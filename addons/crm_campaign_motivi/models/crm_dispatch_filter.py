from odoo import api, models


class CrmDispatch(models.AbstractModel):
    """Names are asked live whether the campaign's filter wants them."""

    _inherit = "crm.dispatch"

    @api.model
    def _claim_plan(self, campaign):
        plan = super()._claim_plan(campaign)
        plan["filter"] = campaign._filter_in_use()
        plan["is_filter_pending"] = bool(campaign.is_filter_pending)
        if plan["is_filter_pending"]:
            plan["filtered_names"] = campaign._filtered_names_sql()
        return plan
