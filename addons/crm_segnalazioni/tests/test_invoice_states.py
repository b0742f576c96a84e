from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .invoicing_case import InvoicingCase


@tagged("post_install", "-at_install")
class TestInvoiceStates(InvoicingCase):
    """The state of an invoice follows the invoice, or is set by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sold(cls._three_lines())
        cls._set_lines(cls.order.order_line, "confirmed")
        cls.invoice = cls.order._create_invoices()
        cls.env.flush_all()

    def _nightly(self):
        with patch.object(
            type(self.env["ir.cron"]), "_commit_progress", return_value=60
        ):
            self.env["account.move"]._cron_invoice_states()

    def assertInvoiceState(self, key):
        self.assertEqual(self.invoice.invoice_state_id, self.invoice_states[key])

    def test_follows_the_invoice(self):
        self.assertInvoiceState("draft")
        self.invoice.action_post()
        self.assertInvoiceState("issued")
        self._pay(self.invoice, 1000)
        self.assertInvoiceState("partial")
        self._pay(self.invoice)
        self.assertIn(
            self.invoice.invoice_state_id,
            self.invoice_states["paid"] | self.invoice_states["in_payment"],
        )

    def test_overdue_by_the_nightly_run(self):
        self.invoice.action_post()
        self.invoice.invoice_date_due = fields.Date.today()
        self.assertInvoiceState("issued")
        tomorrow = fields.Date.today() + timedelta(days=1)
        with patch.object(fields.Date, "context_today", return_value=tomorrow):
            self._nightly()
        self.assertInvoiceState("overdue")
        self._nightly()
        self.assertInvoiceState("issued")

    def test_nightly_run_ends(self):
        self.invoice.action_post()
        self._nightly()
        self.assertFalse(self.env["account.move"]._stale_invoices())

    def test_set_by_hand_until_paid(self):
        self.invoice.action_post()
        disputed = self.invoice_states["disputed"]
        self.invoice.with_user(self.back_office).set_invoice_state(disputed.id)
        self.assertInvoiceState("disputed")
        self._nightly()
        self.assertInvoiceState("disputed")
        self._pay(self.invoice)
        self.assertNotEqual(self.invoice.invoice_state_id, disputed)

    def test_other_groups_do_not_set_it(self):
        self.invoice.action_post()
        salesman = self._seller()
        invoice = self.invoice.with_user(salesman)
        with self.assertRaisesRegex(AccessError, "Only"):
            invoice.set_invoice_state(self.invoice_states["disputed"].id)
        self.invoice.with_user(self.back_office).set_invoice_state(
            self.invoice_states["legal"].id
        )
        with self.assertRaisesRegex(AccessError, "Only"):
            invoice.set_invoice_state(False)
        self.assertInvoiceState("legal")

    def test_nobody_writes_it_past_its_groups(self):
        self.invoice_states["legal"].group_ids = self.env.ref(
            "crm_callcenter.group_back_office"
        )
        accountant = self._seller()
        accountant.group_ids += self.env.ref("account.group_account_invoice")
        with self.assertRaises(AccessError):
            self.invoice.with_user(accountant).write(
                {"manual_invoice_state_id": self.invoice_states["legal"].id}
            )
        self.assertInvoiceState("draft")

    def test_table_says_each_thing_once(self):
        with self.assertRaisesRegex(ValidationError, "same invoices"):
            self.invoice_states["disputed"].mapping = "paid"

    def test_renamed_and_archived_states(self):
        self.invoice.action_post()
        self.invoice_states["partial"].active = False
        self._pay(self.invoice, 1000)
        self.assertInvoiceState("issued")
        self._nightly()
        self.assertInvoiceState("issued")

    def test_other_entries_have_none(self):
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.partner.id}
        )
        self.assertFalse(bill.invoice_state_id)
