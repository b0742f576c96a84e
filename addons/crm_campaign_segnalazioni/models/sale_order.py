from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SaleOrder(models.Model):
    """What a document has of the call campaign that it came from."""

    _inherit = "sale.order"

    deal_subject_id = fields.Many2one(
        "crm.deal.subject",
        index="btree_not_null",
        ondelete="restrict",
        help="What is negotiated; the campaign's main subject by default.",
    )

    allowed_product_ids = fields.Many2many(
        "product.product",
        related=None,
        compute="_compute_allowed_product_ids",
        string="Products of Type and Campaign",
    )

    @api.depends("segnalazione_type_id", "campaign_id")
    def _compute_allowed_product_ids(self):
        """Offer what the campaign sells, among what the type allows."""
        for order in self:
            products = order._products_of_campaign()
            of_type = order.segnalazione_type_id.product_ids
            order.allowed_product_ids = (
                products & of_type if products and of_type else products or of_type
            )

    @api.depends("campaign_id")
    def _compute_takes_any_product(self):
        result = super()._compute_takes_any_product()
        for order in self:
            if order._products_of_campaign():
                order.takes_any_product = False
        return result

    def _products_of_campaign(self):
        """Return the products that the campaign of this document sells.

        :return: empty: all that may be sold
        :rtype: product.product
        """
        # sudo: what a campaign sells, for whoever sees its documents
        campaign = self.campaign_id.sudo()
        return (
            campaign.product_ids
            if campaign.is_call_campaign
            else campaign.browse().product_ids
        )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("segnalazione_type_id") and vals.get("campaign_id"):
                campaign = self.env["utm.campaign"].sudo().browse(vals["campaign_id"])
                if campaign.deal_subject_id:
                    vals.setdefault("deal_subject_id", campaign.deal_subject_id.id)
        return super().create(vals_list)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.constrains("product_id", "order_id")
    def _check_product_of_campaign(self):
        """Let documents of a campaign have the products that it sells only."""
        for line in self.filtered("order_id.segnalazione_type_id"):
            allowed = line.order_id._products_of_campaign()
            if (
                not allowed
                or not line.product_id
                or line.is_downpayment
                or line._is_discount_line()
                or line.combo_item_id
                or line.product_id in allowed
            ):
                continue
            raise ValidationError(
                self.env._(
                    "%(product)s is not sold in the campaign %(campaign)s. It sells:"
                    " %(products)s.",
                    product=line.product_id.display_name,
                    campaign=line.order_id.campaign_id.sudo().title,
                    products=", ".join(allowed[:10].mapped("display_name")),
                )
            )
