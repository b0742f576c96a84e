from odoo.exceptions import AccessError
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from .common import SegnalazioneCase
from .test_steps import DOT

MUTED = ("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


@tagged("post_install", "-at_install")
class TestBackOfficeInvoice(SegnalazioneCase):
    """The back office makes and sees invoices without accounting's groups."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.company.chart_template:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", cls.company, install_demo=False
            )
        cls.order = cls._document("contract")
        cls.order.with_user(cls.agent).take_signature("Anna Rossi", DOT)
        cls._step(cls.order, "administration")
        cls.order.order_line.line_state_id = cls.env.ref(
            "crm_segnalazioni.line_state_confirmed"
        )
        cls._step(cls.order, "confirmed")

    def _invoice(self, user):
        """Make the invoice as the button of the document does."""
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_user(user)
            .with_context(active_model="sale.order", active_ids=self.order.ids)
            .create({})
        )
        wizard.create_invoices()
        return self.order.invoice_ids

    def test_it_makes_a_draft_and_reads_it(self):
        self.assertFalse(self.back_office.has_group("account.group_account_invoice"))
        invoice = self._invoice(self.back_office).with_user(self.back_office)
        invoice.invalidate_recordset()
        self.assertEqual(invoice.state, "draft")
        self.assertEqual(invoice.invoice_line_ids.product_id, self.product)
        self.assertEqual(invoice.amount_untaxed, 9000)
        self.assertEqual(self.order.with_user(self.back_office).invoice_count, 1)
        view = invoice.get_views([(False, "form")])["models"]["account.move"]
        invoice.web_read(
            {name: {} for name in ("name", "partner_id", "amount_total", "state")}
        )
        self.assertIn("invoice_line_ids", view["fields"])

    def test_posting_stays_with_accounting(self):
        invoice = self._invoice(self.back_office).with_user(self.back_office)
        with mute_logger(*MUTED), self.assertRaises(AccessError):
            invoice.action_post()
        with mute_logger(*MUTED), self.assertRaises(AccessError):
            invoice.write({"ref": "Changed"})

    def test_a_supplier_s_bill_is_not_seen(self):
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.partner.id}
        )
        moves = self.env["account.move"].with_user(self.back_office)
        self.assertFalse(moves.search([("id", "=", bill.id)]))

    def test_nobody_else_makes_or_sees_one(self):
        invoice = self._invoice(self.manager)
        for user in (self.agent, self.operator, self.coordinator):
            with self.subTest(role=user.login), mute_logger(*MUTED):
                with self.assertRaises(AccessError):
                    invoice.with_user(user).read(["amount_total"])
                with self.assertRaises(AccessError):
                    self._invoice(user)
