from odoo import api, models


class CrmDispatch(models.AbstractModel):
    """Names are asked live whether the campaign's filter wants them."""

    _inherit = "crm.dispatch"

    @api.model
    def _claim_plan(self, campaign):
        return {
            **super()._claim_plan(campaign),
            "filter": campaign._filter_in_use(),
            "is_filter_pending": bool(campaign.is_filter_pending),
        }
