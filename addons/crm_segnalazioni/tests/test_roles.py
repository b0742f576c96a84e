from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests.common import new_test_user, tagged
from odoo.tools import mute_logger

from .common import SegnalazioneCase

MUTED = ("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


class RolesCase(SegnalazioneCase):
    """A document of the roles under test, and one that is others' business."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["crm.team"].create(
            {"name": "Team of the tests", "user_id": cls.coordinator.id}
        )
        cls.mine = cls._document(
            "contract", operator_id=cls.operator.id, team_id=cls.team.id
        )
        cls.secret_partner = cls.env["res.partner"].create({"name": "Secret Customer"})
        cls.secret = cls._document(
            "contract",
            partner_id=cls.secret_partner.id,
            opportunity_id=False,
            operator_id=cls.operator_two.id,
            user_id=cls.agent_two.id,
            team_id=False,
        )
        cls.plain = cls.env["sale.order"].create(
            {"partner_id": cls.secret_partner.id, "user_id": cls.agent.id}
        )
        cls.narrow = cls.operator, cls.agent, cls.coordinator

    def _refused(self, attempt):
        with mute_logger(*MUTED), self.assertRaises(AccessError), self.cr.savepoint():
            attempt()
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestRoles(RolesCase):
    def _found(self, user, **kwargs):
        return self.env["sale.order"].with_user(user).search([], **kwargs)

    def test_each_role_finds_its_documents(self):
        for user in self.narrow:
            with self.subTest(role=user.login):
                self.assertIn(self.mine, self._found(user))
                self.assertNotIn(self.secret, self._found(user))
                self.assertNotIn(self.plain, self._found(user))
        for user in (self.back_office, self.manager):
            with self.subTest(role=user.login):
                self.assertLessEqual(self.mine | self.secret, self._found(user))
        # An order of Odoo is no business of the back office, but of its sales groups.
        self.assertNotIn(self.plain, self._found(self.back_office))
        self.assertIn(self.plain, self._found(self.manager))

    def test_what_others_do_is_not_learnt_by_a_detour(self):
        number = self.secret.name
        for user in self.narrow:
            orders = self.env["sale.order"].with_user(user)
            lines = self.env["sale.order.line"].with_user(user)
            moves = self.env["crm.segnalazione.move"].with_user(user)
            protocols = self.env["crm.segnalazione.protocol"].with_user(user)
            with self.subTest(role=user.login):
                self.assertFalse(orders.name_search(number, operator="="))
                self.assertFalse(orders.search_count([("name", "=", number)]))
                groups = orders._read_group([], ["partner_id"], ["__count"])
                self.assertNotIn(self.secret_partner.id, [row[0].id for row in groups])
                self.assertFalse(lines.search([("order_id", "=", self.secret.id)]))
                self.assertFalse(moves.search([("order_id", "=", self.secret.id)]))
                self.assertFalse(protocols.search([("name", "=", number)]))
                self.assertTrue(moves.search([("order_id", "=", self.mine.id)]))
                self.assertTrue(protocols.search([("name", "=", self.mine.name)]))
                self.assertFalse(
                    orders.search(
                        [("move_ids", "any", [("order_id", "=", self.secret.id)])]
                    )
                )
                self.assertFalse(
                    lines.search([("order_id", "any", [("name", "=", number)])])
                )
                self.assertFalse(
                    self.env["res.partner"]
                    .with_user(user)
                    .search([("name", "=", "Secret Customer")])
                )
                secret = self.secret.with_user(user)
                self._refused(lambda o=secret: o.read(["name"]))

    def test_a_document_shows_its_customer_to_its_agent_and_operator(self):
        customer = self.env["res.partner"].create({"name": "Only on a document"})
        self._document(
            "contract",
            partner_id=customer.id,
            opportunity_id=False,
            operator_id=self.operator.id,
        )
        for user in (self.operator, self.agent):
            with self.subTest(role=user.login):
                self.assertEqual(customer.with_user(user).name, "Only on a document")
        for user in (self.operator_two, self.agent_two):
            with self.subTest(role=user.login):
                theirs = customer.with_user(user)
                self._refused(lambda c=theirs: c.read(["name"]))

    def test_only_the_back_office_and_managers_write(self):
        for user in self.narrow:
            order = self.mine.with_user(user)
            line = order.order_line
            with self.subTest(role=user.login):
                self._refused(lambda o=order: o.write({"call_note": "Changed"}))
                self._refused(
                    lambda o=order: o.web_save({"call_note": "Changed"}, {"name": {}})
                )
                self._refused(lambda o=order: o.write({"signed_by": "Nobody"}))
                # By its sentence about steps rather than the one about rights.
                with self.assertRaises(UserError):
                    order.write({"segnalazione_state_id": self.states["confirmed"].id})
                self._refused(lambda n=line: n.write({"price_unit": 1}))
                self._refused(lambda n=line: n.unlink())
                self._refused(lambda o=order: o.unlink())
                self._refused(lambda o=order: o.copy())
                self._refused(
                    lambda u=user: (
                        self.env["sale.order"]
                        .with_user(u)
                        .create(
                            {
                                "partner_id": self.partner.id,
                                "segnalazione_type_id": self.types["contract"].id,
                            }
                        )
                    )
                )
                self._refused(
                    lambda u=user: (
                        self.env["crm.segnalazione.move"]
                        .with_user(u)
                        .create({"order_id": self.mine.id})
                    )
                )
        order = self.mine.with_user(self.back_office)
        order.write({"call_note": "Changed by the back office"})
        order.order_line.price_unit = 8500
        self.assertEqual(self.mine.amount_untaxed, 8500)
        self._refused(order.unlink)

    def test_the_trace_and_the_register_are_nobodys_to_write(self):
        for user in (self.back_office, self.manager):
            with self.subTest(role=user.login):
                self._refused(lambda u=user: self.mine.move_ids.with_user(u).unlink())
                self._refused(
                    lambda u=user: self.mine.protocol_ids.with_user(u).write(
                        {"number": 7}
                    )
                )

    def test_the_back_office_makes_a_document_by_hand(self):
        orders = self.env["sale.order"].with_user(self.back_office)
        order = orders.create(
            {
                "partner_id": self.partner.id,
                "segnalazione_type_id": self.types["quotation"].id,
                "user_id": self.agent.id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        self.assertTrue(order.name.startswith("OFF/"))
        self.assertEqual(order.segnalazione_state_id, self.states["negotiation"])
        self.assertEqual(order.order_line.price_unit, 9000)

    def test_another_company_is_not_seen(self):
        company = self.env["res.company"].create({"name": "Another company"})
        order = (
            self.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": self.partner.id,
                    "company_id": company.id,
                    "user_id": False,
                    "team_id": False,
                    "segnalazione_type_id": self.types["contract"].id,
                }
            )
        )
        moves = self.env["crm.segnalazione.move"].with_user(self.back_office)
        protocols = self.env["crm.segnalazione.protocol"].with_user(self.back_office)
        self.assertNotIn(order, self._found(self.back_office))
        self.assertFalse(moves.search([("order_id", "=", order.id)]))
        self.assertFalse(protocols.search([("order_id", "=", order.id)]))

    def test_branches_of_portfolios_narrow_the_back_office(self):
        head, other = self.env["crm.portfolio"].create(
            [{"name": "Branch of the tests"}, {"name": "Other branch of the tests"}]
        )
        self.partner.portfolio_id = head
        self.secret_partner.portfolio_id = other
        self.back_office.portfolio_ids = head
        self.assertIn(self.mine, self._found(self.back_office))
        self.assertNotIn(self.secret, self._found(self.back_office))
        moves = self.env["crm.segnalazione.move"].with_user(self.back_office)
        self.assertTrue(moves.search([("order_id", "=", self.mine.id)]))
        self.assertFalse(moves.search([("order_id", "=", self.secret.id)]))
        lines = self.env["sale.order.line"].with_user(self.back_office)
        self.assertFalse(lines.search([("order_id", "=", self.secret.id)]))

    def test_a_colleague_without_a_role_sees_no_document(self):
        employee = new_test_user(self.env, "plain_employee", groups="base.group_user")
        self._refused(lambda: self._found(employee))


@tagged("post_install", "-at_install")
class TestScreens(RolesCase):
    """Each role opens its screens, without any of Odoo's sales groups."""

    def test_each_role_opens_the_views_and_reads_all_that_they_show(self):
        for user in (*self.narrow, self.back_office, self.manager):
            orders = self.env["sale.order"].with_user(user)
            with self.subTest(role=user.login):
                if user != self.manager:
                    self.assertFalse(user.has_group("sales_team.group_sale_salesman"))
                for kind in ("form", "list", "kanban", "calendar", "activity"):
                    view = self.env.ref(
                        f"crm_segnalazioni.sale_order_view_{kind}_segnalazione"
                    )
                    result = orders.get_views([(view.id, kind)])
                    names = set(result["models"]["sale.order"]["fields"])
                    shown = {
                        name
                        for name in names
                        if f'name="{name}"' in result["views"][kind]["arch"]
                    }
                    self.assertIn("partner_id", shown)
                    specification = {
                        name: (
                            {"fields": {"display_name": {}}}
                            if orders._fields[name].type == "many2one"
                            else {}
                        )
                        for name in shown
                    }
                    (read,) = self.mine.with_user(user).web_read(specification)
                    self.assertEqual(
                        read["partner_id"]["display_name"], self.partner.display_name
                    )

    def test_lines_and_totals_are_read_without_sales_groups(self):
        for user in (*self.narrow, self.back_office):
            order = self.mine.with_user(user)
            with self.subTest(role=user.login):
                order.invalidate_recordset()
                (line,) = order.order_line.read(
                    ["product_id", "product_uom_id", "tax_ids", "line_state_id"]
                )
                self.assertEqual(line["product_id"][0], self.product.id)
                self.assertEqual(order.tax_totals["total_amount_currency"], 9000)

    def test_the_back_office_finds_all_that_a_line_needs(self):
        for model in (
            "product.product",
            "uom.uom",
            "account.tax",
            "account.payment.term",
            "product.pricelist",
            "account.fiscal.position",
            "crm.zone",
            "crm.segnalazione.line.state",
        ):
            with self.subTest(model=model):
                self.env[model].with_user(self.back_office).name_search("", limit=1)

    def test_a_document_opens_in_its_own_form(self):
        form = self.env.ref("crm_segnalazioni.sale_order_view_form_segnalazione")
        agent = self.mine.with_user(self.agent)
        self.assertEqual(agent.get_formview_id(), form.id)
        self.assertNotEqual(self.plain.get_formview_id(), form.id)

    def test_where_the_customer_lives(self):
        self.partner.write(
            {
                "street": "Via Roma 1 & C.",
                "zip": "25121",
                "city": "Brescia",
                "state_id": self.province.id,
            }
        )
        order = self.mine.with_user(self.agent)
        self.assertEqual(order.customer_address, "Via Roma 1 & C., 25121 Brescia (BS)")
        self.assertTrue(
            order.customer_map_url.endswith(
                "query=Via%20Roma%201%20%26%20C.%2C%2025121%20Brescia%20%28BS%29"
            )
        )

    def test_documents_are_counted_where_they_belong(self):
        event = self.env["calendar.event"].create(
            {"name": "Visit", "user_id": self.agent.id, "partner_ids": []}
        )
        self.mine.appointment_event_id = event
        contact = self.env["res.partner"].create(
            {"name": "Wife", "parent_id": self.partner.id}
        )
        other = self._document("appointment", partner_id=contact.id)
        for user in (self.agent, self.back_office):
            with self.subTest(role=user.login):
                self.assertEqual(self.lead.with_user(user).document_count, 2)
                self.assertEqual(self.partner.with_user(user).document_count, 2)
                self.assertEqual(contact.with_user(user).document_count, 1)
                self.assertEqual(event.with_user(user).document_count, 1)
        orders = self.env["sale.order"].with_user(self.back_office)
        for record, expected in (
            (self.lead, self.mine | other),
            (self.partner, self.mine | other),
            (event, self.mine),
        ):
            action = record.with_user(self.back_office).action_view_documents()
            self.assertEqual(orders.search(action["domain"]), expected)

    def test_the_timeline_tells_of_documents(self):
        rows = self.lead.with_user(self.agent).card_timeline(kinds=["document"])["rows"]
        (row,) = [row for row in rows if row["id"] == self.mine.id]
        self.assertEqual(row["state"], self.mine.segnalazione_state_id.name)
        self.assertIn(self.mine.name, row["title"])
        self.assertIn("Plant 6 kW", row["text"])
        self.assertTrue(row["opens"])
        rows = self.partner.with_user(self.back_office).card_timeline(
            kinds=["document"]
        )["rows"]
        self.assertIn(self.mine.id, [row["id"] for row in rows])

    def test_a_column_for_each_state_of_the_type_that_is_shown(self):
        states = self.env["crm.segnalazione.state"]
        expanded = self.env["sale.order"]._group_expand_states(
            self.states["signed"],
            [("segnalazione_type_id", "=", self.types["order"].id)],
        )
        self.assertEqual(expanded & self.states["activated"], states)
        self.assertIn(self.states["administration"], expanded)
        self.assertEqual(expanded, expanded.sorted("sequence"))
        self.assertEqual(expanded[:1], self.states["signed"])
