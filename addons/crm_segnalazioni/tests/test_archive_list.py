from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .invoicing_case import InvoicingCase


@tagged("post_install", "-at_install")
class TestArchiveList(InvoicingCase):
    """Documents and invoices in one list, opened by one click."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archive = cls.env["crm.segnalazione.archive"]
        cls.order = cls._sold(
            cls._three_lines(operator_id=cls.operator.id, user_id=cls.agent.id)
        )
        cls._set_lines(cls.order.order_line[0], "confirmed")
        cls.invoice = cls.order._create_invoices()
        cls.invoice.action_post()
        cls.other = cls._document("report", user_id=cls.agent_two.id)
        cls.env.flush_all()

    def _rows(self, user=None, domain=()):
        archive = self.archive.with_user(user) if user else self.archive
        mine = ["|", ("order_id", "in", (self.order | self.other).ids)]
        return archive.search([*mine, ("move_id", "=", self.invoice.id), *domain])

    def test_documents_and_invoices(self):
        rows = {row.name: row for row in self._rows()}
        self.assertEqual(
            set(rows), {self.order.name, self.invoice.name, self.other.name}
        )
        document, invoice = rows[self.order.name], rows[self.invoice.name]
        self.assertEqual(document.kind, "document")
        self.assertEqual(document.type_id, self.types["contract"])
        self.assertEqual(document.state_name, self.order.segnalazione_state_id.name)
        self.assertEqual(document.amount, self.order.amount_total)
        self.assertEqual(invoice.kind, "invoice")
        self.assertEqual(invoice.state_name, self.invoice_states["issued"].name)
        self.assertEqual(invoice.state_color, self.invoice_states["issued"].color)
        self.assertEqual(invoice.amount, 9900)
        for row in (document, invoice):
            self.assertEqual(row.partner_id, self.partner)
            self.assertEqual(row.operator_id, self.operator)
            self.assertEqual(row.zone_id, self.zone)

    def test_credit_notes_are_negative(self):
        refund = self.invoice._reverse_moves()
        self.env.flush_all()
        row = self.archive.search([("move_id", "=", refund.id)])
        self.assertEqual((row.kind, row.amount), ("refund", -9900))
        self.assertEqual(row.order_id, self.order)

    def test_orders_without_type_and_bills_are_not_here(self):
        plain = self.env["sale.order"].create({"partner_id": self.partner.id})
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.partner.id}
        )
        self.env.flush_all()
        self.assertFalse(
            self.archive.search(
                ["|", ("order_id", "=", plain.id), ("move_id", "=", bill.id)]
            )
        )

    def test_one_click_opens_the_record(self):
        for row in self._rows(self.back_office):
            action = row.action_open()
            record = self.env[action["res_model"]].browse(action["res_id"])
            self.assertEqual(record.display_name, action["name"])
            record.with_user(self.back_office).get_view(action["views"][0][0])
        kinds = self._rows(self.back_office).mapped("kind")
        self.assertEqual(sorted(kinds), ["document", "document", "invoice"])

    def test_each_role_sees_its_own(self):
        own = {self.order.name, self.invoice.name}
        every = own | {self.other.name}
        for user, expected in (
            (self.operator, own),
            (self.operator_two, set()),
            (self.agent, own),
            (self.agent_two, {self.other.name}),
            (self.coordinator, set()),
            (self.back_office, every),
            (self.manager, every),
        ):
            self.assertEqual(set(self._rows(user).mapped("name")), expected, user.login)

    def test_nothing_before_the_quality_check(self):
        self.other.is_held_for_check = True
        self.env.flush_all()
        self.assertFalse(self._rows(self.agent_two))
        self.assertIn(self.other.name, self._rows(self.back_office).mapped("name"))
        report = self.env["crm.segnalazione.forecast.report"]
        domain = [("order_id", "=", self.other.id)]
        self.assertFalse(report.with_user(self.agent_two).search(domain))
        self.assertTrue(report.with_user(self.back_office).search(domain))

    def test_agent_is_told_that_invoices_stay_closed(self):
        row = self._rows(self.agent, [("kind", "=", "invoice")])
        with self.assertRaisesRegex(AccessError, "back office"):
            row.action_open()

    def test_nobody_else_reads_it(self):
        with self.assertRaises(AccessError):
            self.archive.with_user(self._seller()).search([], limit=1).mapped("name")

    def test_other_companies(self):
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self._document(
            "report",
            company_id=company.id,
            opportunity_id=False,
            user_id=False,
            team_id=False,
            order_line=[],
        )
        self.env.flush_all()
        rows = self.archive.with_user(self.back_office)
        self.assertFalse(rows.search([("order_id", "=", foreign.id)]))

    def test_groups_and_filters(self):
        [(agent, count)] = self.archive._read_group(
            [("move_id", "=", self.invoice.id)], ["user_id"], ["__count"]
        )
        self.assertEqual((agent, count), (self.invoice.invoice_user_id, 1))

    def test_newest_rows_come_from_the_indexes(self):
        """No sort of everything: each piece is read in the order of its index."""
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("SET LOCAL enable_bitmapscan = off")
        self.env.cr.execute("SET LOCAL enable_sort = off")
        query = self.archive.with_user(self.back_office)._search(
            [], order=self.archive._order, limit=80
        )
        plan = "\n".join(
            row[0]
            for row in self.env.execute_query(
                SQL("EXPLAIN %s", query.select("crm_segnalazione_archive.id"))
            )
        )
        self.assertIn("Merge Append", plan)
        self.assertIn("sale_order_archive_idx", plan)
        self.assertIn("account_move_archive_idx", plan)
