from odoo import models
from odoo.exceptions import UserError


class SaleAdvancePaymentInv(models.TransientModel):
    _inherit = "sale.advance.payment.inv"

    def _create_invoices(self, sale_orders):
        if self.advance_payment_method != "delivered":
            self._check_confirmed_lines(sale_orders)
        return super()._create_invoices(sale_orders)

    def _check_confirmed_lines(self, sale_orders):
        """Refuse a down payment on a document of which nothing is confirmed.

        :param sale.order sale_orders: what it shall be on
        :raise UserError: no line of a document is confirmed
        """
        for order in sale_orders.filtered("segnalazione_type_id"):
            lines = order.order_line.filtered(
                lambda line: not line.display_type and not line.is_downpayment
            )
            if all(line._is_held() for line in lines):
                raise UserError(
                    self.env._(
                        "No line of %(document)s is confirmed: a down payment is on"
                        " confirmed lines.",
                        document=order.name,
                    )
                )
