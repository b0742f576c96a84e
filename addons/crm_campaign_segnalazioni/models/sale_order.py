from odoo import api, fields, models


class SaleOrder(models.Model):
    """What a document has of the call campaign that it came from."""

    _inherit = "sale.order"

    deal_subject_id = fields.Many2one(
        "crm.deal.subject",
        index="btree_not_null",
        ondelete="restrict",
        help="What is negotiated; the campaign's main subject by default.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("segnalazione_type_id") and vals.get("campaign_id"):
                campaign = self.env["utm.campaign"].sudo().browse(vals["campaign_id"])
                if campaign.deal_subject_id:
                    vals.setdefault("deal_subject_id", campaign.deal_subject_id.id)
        return super().create(vals_list)
