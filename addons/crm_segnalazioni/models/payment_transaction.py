from odoo import models

from ..tools.workflow import CUSTOMER_KEY, WORKFLOW


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        # What a customer has paid is kept, whatever the document still needs.
        transactions = self.with_context(**{CUSTOMER_KEY: WORKFLOW})
        confirmed = super(
            PaymentTransaction, transactions
        )._check_amount_and_confirm_order()
        return confirmed.with_env(self.env).filtered(
            lambda order: not order.segnalazione_type_id or order.state == "sale"
        )
