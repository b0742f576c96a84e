from odoo import fields, models


class CrmCampaignStep(models.Model):
    """The products of a sale are a step of the call."""

    _inherit = "crm.campaign.step"

    kind = fields.Selection(
        selection_add=[("cart", "Products"), ("outcome",)],
        ondelete={"cart": "cascade"},
    )
