from odoo.exceptions import UserError
from odoo.tests import tagged

from .invoicing_case import InvoicingCase


@tagged("post_install", "-at_install")
class TestPartialInvoicing(InvoicingCase):
    """Real invoices of confirmed lines, and of no others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sold(cls._three_lines())
        cls.first, cls.second, cls.third = cls.order.order_line

    def _invoice(self, method="delivered", **values):
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=self.order.ids)
            .create({"advance_payment_method": method, **values})
        )
        before = self.order.invoice_ids
        wizard.create_invoices()
        return self.order.invoice_ids - before

    def test_nothing_confirmed_is_nothing_to_invoice(self):
        self.assertEqual(self.order.invoice_status, "no")
        self.assertEqual(set(self.order.order_line.mapped("qty_to_invoice")), {0})
        self.assertEqual(self.order.amount_to_invoice, 0)
        with self.assertRaisesRegex(UserError, "only confirmed lines are invoiced"):
            self._invoice()

    def test_confirmed_lines_first_then_the_rest(self):
        self._set_lines(self.first, "confirmed")
        self.assertEqual(self.order.invoice_status, "to invoice")
        self.assertEqual(self.order.amount_to_invoice, 9900)
        invoice = self._invoice()
        self.assertEqual(invoice.invoice_line_ids.sale_line_ids, self.first)
        self.assertEqual(invoice.amount_total, 9900)
        invoice.action_post()
        self.assertEqual(self.order.invoice_status, "no")
        self._set_lines(self.second, "confirmed")
        self._set_lines(self.third, "refused")
        rest = self._invoice()
        self.assertEqual(rest.invoice_line_ids.sale_line_ids, self.second)
        rest.action_post()
        self.assertEqual(self.order.invoice_status, "invoiced")
        self.assertEqual(self.third.qty_invoiced, 0)
        self.assertEqual(self.order.amount_to_invoice, 0)

    def test_down_payment_is_a_share_of_confirmed_lines(self):
        self._set_lines(self.first | self.third, "confirmed")
        deposit = self._invoice("percentage", amount=10)
        self.assertEqual(deposit.amount_untaxed, 1000)
        deposit.action_post()
        final = self._invoice()
        self.assertEqual(final.amount_untaxed, 9000)
        self.assertNotIn(self.second, final.invoice_line_ids.sale_line_ids)

    def test_down_payment_on_nothing_is_refused(self):
        with self.assertRaisesRegex(UserError, "No line of"):
            self._invoice("fixed", fixed_amount=500)
        self.assertFalse(self.order.invoice_ids)
        self.assertFalse(self.order.order_line.filtered("is_downpayment"))

    def test_paid_on_line_invoices_confirmed_lines(self):
        self._set_lines(self.second, "confirmed")
        self.order._force_lines_to_invoice_policy_order()
        invoice = self.order._create_invoices()
        self.assertEqual(invoice.invoice_line_ids.sale_line_ids, self.second)

    def test_invoiced_line_is_taken_back_by_credit_note_only(self):
        self._set_lines(self.first, "confirmed")
        invoice = self._invoice()
        invoice.action_post()
        with self.assertRaisesRegex(UserError, "credit note"):
            self._set_lines(self.first, "refused")
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.refund_moves()
        wizard.new_move_ids.action_post()
        self._set_lines(self.first, "refused")
        self.assertEqual(self.first.qty_to_invoice, 0)

    def test_back_office_invoices(self):
        self._set_lines(self.first, "confirmed")
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_user(self.back_office)
            .with_context(active_model="sale.order", active_ids=self.order.ids)
            .create({})
        )
        wizard.create_invoices()
        invoice = self.order.invoice_ids
        self.assertEqual(invoice.segnalazione_order_id, self.order)
        self.assertEqual(invoice.with_user(self.back_office).amount_total, 9900)
