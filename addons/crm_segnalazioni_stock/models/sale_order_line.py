from odoo import models

from odoo.addons.crm_segnalazioni.tools.workflow import WORKFLOW, WORKFLOW_KEY


class SaleOrderLine(models.Model):
    """Only confirmed lines of a document are delivered."""

    _inherit = "sale.order.line"

    def _action_launch_stock_rule(self, *, previous_product_uom_qty=False):
        # Orders without a type have no lines that wait: all go the way of Odoo.
        lines = self.filtered(lambda line: not line._is_held())
        return super(SaleOrderLine, lines)._action_launch_stock_rule(
            previous_product_uom_qty=previous_product_uom_qty
        )

    def _lines_confirmed(self):
        result = super()._lines_confirmed()
        # sudo: whoever may confirm lines has them delivered; the right to transfers
        # is the warehouse's
        lines = self.sudo().filtered(lambda line: line.state == "sale")
        for order, own in lines.grouped("order_id").items():
            own._launch_in(order)
        return result

    def _lines_taken_back(self):
        result = super()._lines_taken_back()
        # sudo: whoever may refuse lines has their delivery stopped; the right to
        # transfers is the warehouse's
        moves = self.sudo().move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        moves._action_cancel()
        return result

    def _launch_in(self, order):
        """Launch the deliveries of lines that were confirmed after their document.

        Odoo launches nothing for a locked order, and a confirmed document is locked:
        its lock is taken off for the moment, by the workflow.

        :param sale.order order: the document of all these lines
        """
        if not order.locked:
            self._action_launch_stock_rule()
            return
        open_order = order.with_context(
            **{WORKFLOW_KEY: WORKFLOW}, tracking_disable=True
        )
        open_order.locked = False
        self._action_launch_stock_rule()
        open_order.locked = True
