from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    line_state_id = fields.Many2one(
        "crm.segnalazione.line.state", ondelete="restrict", index="btree_not_null"
    )
