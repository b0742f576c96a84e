from odoo import fields, models


class AccountMove(models.Model):
    """An invoice knows the document that it comes from, for the archive's list."""

    _inherit = "account.move"

    segnalazione_order_id = fields.Many2one(
        "sale.order", "Document", index="btree_not_null", ondelete="set null"
    )
    operator_id = fields.Many2one(
        related="segnalazione_order_id.operator_id",
        store=True,
        index="btree_not_null",
    )
    zone_id = fields.Many2one(
        related="segnalazione_order_id.zone_id", store=True, index="btree_not_null"
    )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _prepare_invoice(self):
        values = super()._prepare_invoice()
        if self.segnalazione_type_id:
            values["segnalazione_order_id"] = self.id
        return values
