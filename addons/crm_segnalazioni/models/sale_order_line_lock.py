from odoo import api, models

from ..tools.workflow import is_workflow


class SaleOrderLine(models.Model):
    """Lines of a document aren't changed while its state locks them."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_document_open()
        return lines

    def write(self, vals):
        if not set(vals) <= self._writable_when_locked():
            self._check_document_open()
        result = super().write(vals)
        if "order_id" in vals:
            self._check_document_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self._check_document_open()

    @api.model
    def _writable_when_locked(self):
        """Return what is written on lines of a locked document all the same.

        What was confirmed, delivered and invoiced is no change of what was sold; who
        may say so is checked where it is written.

        :rtype: set[str]
        """
        return {
            "line_state_id",
            "qty_delivered",
            "qty_delivered_method",
            "qty_to_invoice",
            "invoice_lines",
            "invoice_status",
            "untaxed_amount_invoiced",
            "untaxed_amount_to_invoice",
        }

    def _check_document_open(self):
        """Refuse changes to lines of a document whose state locks them.

        An advance that is invoiced stands in a line of its own, which is no change of
        what was sold either.

        :raise UserError: the state of a document locks its lines
        """
        if is_workflow(self.env):
            return
        sold = self.filtered(lambda line: not line.is_downpayment)
        # sudo: the state of the document decides, whoever may read it
        sold.order_id.sudo()._check_lines_open()
