from odoo import models
from odoo.fields import Domain

from .sale_order_quotation import SALES_DOMAIN


class UtmCampaign(models.Model):
    _inherit = "utm.campaign"

    def _compute_quotation_count(self):
        result = super()._compute_quotation_count()
        hidden = dict(
            self.env["sale.order"]
            .sudo()  # sudo: Odoo counts them so, too
            ._read_group(
                Domain("campaign_id", "in", self.ids) & ~SALES_DOMAIN,
                ["campaign_id"],
                ["__count"],
            )
        )
        for campaign in self:
            campaign.quotation_count -= hidden.get(campaign, 0)
        return result

    def action_redirect_to_quotations(self):
        action = super().action_redirect_to_quotations()
        action["domain"] = Domain.AND([action["domain"], SALES_DOMAIN])
        return action
