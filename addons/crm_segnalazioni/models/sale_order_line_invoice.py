from odoo import api, models


class SaleOrderLine(models.Model):
    """Only confirmed lines of a document are invoiced.

    Orders without a type never come here: each method begins with Odoo's own answer
    and takes away what lines that wait for their confirmation have in it.
    """

    _inherit = "sale.order.line"

    @api.depends("line_state_id.category", "order_id.segnalazione_type_id")
    def _compute_qty_to_invoice(self):
        result = super()._compute_qty_to_invoice()
        for line in self:
            if line._is_held():
                line.qty_to_invoice = 0
        return result

    @api.depends("line_state_id.category", "order_id.segnalazione_type_id")
    def _compute_invoice_status(self):
        result = super()._compute_invoice_status()
        for line in self:
            if line._is_held():
                line.invoice_status = "no"
        return result

    @api.depends("line_state_id.category", "order_id.segnalazione_type_id")
    def _compute_untaxed_amount_to_invoice(self):
        result = super()._compute_untaxed_amount_to_invoice()
        for line in self:
            if line._is_held():
                line.untaxed_amount_to_invoice = 0
        return result

    @api.depends("line_state_id.category", "order_id.segnalazione_type_id")
    def _compute_amount_to_invoice(self):
        result = super()._compute_amount_to_invoice()
        for line in self:
            if line._is_held():
                line.amount_to_invoice = 0
        return result


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.depends("order_line.line_state_id.category", "segnalazione_type_id")
    def _compute_invoice_status(self):
        """Refused lines don't keep a document from being wholly invoiced."""
        result = super()._compute_invoice_status()
        for order in self:
            if (
                order.segnalazione_type_id
                and order.state == "sale"
                and order.invoice_status == "no"
            ):
                order.invoice_status = order._status_without_refused()
        return result

    def _status_without_refused(self):
        """Return the invoice status of a document by the lines that count.

        :return: as in ``invoice_status``
        :rtype: str
        """
        self.ensure_one()
        lines = self.order_line.filtered(
            lambda line: (
                not line.display_type
                and not line.is_downpayment
                and line.line_state_id.category != "refused"
            )
        )
        statuses = set(lines.mapped("invoice_status"))
        if statuses and statuses <= {"invoiced"}:
            return "invoiced"
        if statuses and statuses <= {"invoiced", "upselling"}:
            return "upselling"
        return "no"

    def _get_invoiceable_lines(self, final=False):
        lines = super()._get_invoiceable_lines(final=final)
        return lines.filtered(lambda line: not line._is_held())

    def _force_lines_to_invoice_policy_order(self):
        """A payment on line has the confirmed lines invoiced, and no others."""
        result = super()._force_lines_to_invoice_policy_order()
        for line in self.order_line:
            if line._is_held():
                line.qty_to_invoice = 0
        return result

    def _nothing_to_invoice_error_message(self):
        if any(line._is_held() for line in self.order_line):
            return self.env._(
                "There is nothing to invoice: only confirmed lines are invoiced, and"
                " none that is left is confirmed. Set the state of the lines first."
            )
        return super()._nothing_to_invoice_error_message()


class AccountTax(models.Model):
    _inherit = "account.tax"

    @api.model
    def _prepare_down_payment_lines(self, base_lines, *args, **kwargs):
        """A percentage is one of the confirmed lines."""
        confirmed = [
            base_line for base_line in base_lines if not self._is_held_line(base_line)
        ]
        return super()._prepare_down_payment_lines(confirmed, *args, **kwargs)

    @api.model
    def _is_held_line(self, base_line):
        record = base_line.get("record")
        return (
            isinstance(record, models.BaseModel)
            and record._name == "sale.order.line"
            and record._is_held()
        )
