from odoo import api, fields, models


class SaleOrder(models.Model):
    """Deliveries of a document, and when the customer has got the goods."""

    _inherit = "sale.order"

    @api.depends("picking_ids.state", "picking_ids.date_done")
    def _compute_withdrawal(self):
        return super()._compute_withdrawal()

    def _goods_received_on(self):
        """The last delivery counts, once nothing is left to deliver.

        D.Lgs. 206/2005, article 52, paragraph 2: of several goods that are delivered
        apart, the last one.
        """
        self.ensure_one()
        # sudo: the term runs whoever may see deliveries
        pickings = self.sudo().picking_ids.filtered(
            lambda picking: (
                picking.picking_type_code == "outgoing" and picking.state != "cancel"
            )
        )
        if not pickings:
            return super()._goods_received_on()
        if any(picking.state != "done" for picking in pickings):
            return False
        done = max(pickings.mapped("date_done"))
        return fields.Datetime.context_timestamp(self, done).date()
