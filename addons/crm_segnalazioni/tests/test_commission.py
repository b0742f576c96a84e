from datetime import date, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SegnalazioneCase


class CommissionCase(SegnalazioneCase):
    """Contracts that are confirmed, and the rules that pay for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.commission.rule"].search([]).action_archive()
        cls.confirmed_line = cls.env.ref("crm_segnalazioni.line_state_confirmed")
        cls.refused_line = cls.env.ref("crm_segnalazioni.line_state_refused")
        cls.campaign = cls.env["utm.campaign"].create({"name": "Summer"})
        cls.steps = {
            "confirm": cls._transition("contract", "administration", "confirmed"),
            "administration": cls._transition("contract", "signed", "administration"),
            "cancel": cls._transition("contract", "confirmed", "cancelled"),
            "reopen": cls._transition(
                "contract", "cancelled", "administration", is_backward=True
            ),
            "install": cls._transition("contract", "confirmed", "installed"),
        }
        cls.steps["confirm"].group_ids = False
        # What may be changed in which state, and what other subjects ask of a step,
        # isn't looked at here.
        for state in cls.states.values():
            state.locks_lines = False
        cls.classPatch(
            type(cls.env["sale.order"]), "_transition_obstacles", lambda *_args: []
        )
        if hasattr(type(cls.env["sale.order"]), "_is_bound"):
            cls.classPatch(type(cls.env["sale.order"]), "_is_bound", lambda _self: True)

    @classmethod
    def _rule(cls, **values):
        return cls.env["crm.commission.rule"].create(
            {"name": "Agents", "percent": 5, **values}
        )

    @classmethod
    def _contract(cls, *lines, **values):
        """Return a contract in administration; lines as price and line state."""
        order = cls._document(
            "contract",
            operator_id=cls.operator.id,
            campaign_id=cls.campaign.id,
            order_line=[
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": 1,
                        "price_unit": price,
                        "line_state_id": state.id,
                    }
                )
                for product, price, state in lines
                or [(cls.product, 9000, cls.confirmed_line)]
            ],
            **values,
        )
        order._take_transition(cls.steps["administration"])
        return order

    @classmethod
    def _confirmed(cls, *lines, **values):
        order = cls._contract(*lines, **values)
        order._take_transition(cls.steps["confirm"])
        return order

    def _on_account(self, order):
        """Return what each person has on account of a document, without zeros."""
        sums = {}
        for row in order.commission_ids:
            sums[row.person_id] = sums.get(row.person_id, 0) + row.amount
        return {person: round(amount, 2) for person, amount in sums.items() if amount}


@tagged("post_install", "-at_install")
class TestCommission(CommissionCase):
    def test_due_on_the_flag_and_once(self):
        self._rule()
        self._rule(name="Operators", pay_to="operator", method="document", amount=30)
        order = self._contract(
            (self.product, 9000, self.confirmed_line),
            (self.product_two, 5000, self.refused_line),
        )
        self.assertFalse(order.commission_ids)
        order._take_transition(self.steps["confirm"])
        self.assertEqual(self._on_account(order), {self.agent: 450, self.operator: 30})
        self.assertEqual(set(order.commission_ids.mapped("kind")), {"due"})
        self.assertEqual(order.commission_ids.campaign_id, self.campaign)
        order._synchronize_commissions()
        order._take_transition(self.steps["install"])
        self.env["sale.order"]._cron_commissions()
        self.assertEqual(len(order.commission_ids), 2)

    def test_cancelled_is_taken_back_and_paid_again(self):
        self._rule()
        order = self._confirmed()
        order._take_transition(self.steps["cancel"])
        rows = order.commission_ids.sorted("id")
        self.assertEqual(rows.mapped("amount"), [450, -450])
        self.assertEqual(rows[1].kind, "reversal")
        self.assertEqual(rows[1].reason, self.states["cancelled"].name)
        self.assertFalse(order.commission_date)
        order._take_transition(self.steps["reopen"])
        self.assertFalse(self._on_account(order))
        order._take_transition(self.steps["confirm"])
        self.assertEqual(self._on_account(order), {self.agent: 450})
        self.assertEqual(len(order.commission_ids), 3)

    def test_opened_again_is_taken_back(self):
        self._rule()
        order = self._confirmed()
        back = self._transition(
            "contract", "confirmed", "administration", is_backward=True
        )
        order._take_transition(back)
        self.assertFalse(self._on_account(order))

    def test_refused_lines_and_changed_amounts_add_the_difference(self):
        self._rule()
        order = self._confirmed(
            (self.product, 9000, self.confirmed_line),
            (self.product_two, 5000, self.confirmed_line),
        )
        self.assertEqual(self._on_account(order), {self.agent: 700})
        order.order_line[1].line_state_id = self.refused_line
        self.assertEqual(self._on_account(order), {self.agent: 450})
        self.assertEqual(
            order.commission_ids.sorted("id").mapped("kind"), ["due", "correction"]
        )
        order.order_line[0].price_unit = 10000
        self.assertEqual(self._on_account(order), {self.agent: 500})
        order.order_line[0].line_state_id = self.refused_line
        self.assertFalse(self._on_account(order))
        self.assertEqual(order.commission_ids.sorted("id")[-1].kind, "reversal")

    def test_what_was_changed_in_bulk_is_found(self):
        self._rule()
        order = self._confirmed()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order_line SET price_unit = 1000, price_subtotal = 1000,"
            " price_total = 1000 WHERE order_id = %s",
            [order.id],
        )
        self.env.invalidate_all()
        self.assertIn(order.id, self.env["sale.order"]._commission_outdated())
        self.env["sale.order"]._cron_commissions()
        self.assertEqual(self._on_account(order), {self.agent: 50})
        self.assertNotIn(order.id, self.env["sale.order"]._commission_outdated())

    def test_another_agent_is_paid_instead(self):
        self._rule()
        order = self._confirmed()
        order.user_id = self.agent_two
        self.assertEqual(self._on_account(order), {self.agent_two: 450})
        self.assertEqual(len(order.commission_ids), 3)

    def test_the_most_specific_rule_wins(self):
        self._rule(name="All", percent=1)
        self._rule(name="Type", percent=2, type_id=self.types["contract"].id)
        self._rule(name="Campaign", percent=3, campaign_id=self.campaign.id)
        self._rule(
            name="Category",
            percent=4,
            product_category_id=self.product_two.categ_id.id,
            date_from=date(2000, 1, 1),
            date_to=date(2000, 12, 31),
        )
        self._rule(name="Product", percent=10, product_id=self.product.id)
        order = self._confirmed(
            (self.product, 9000, self.confirmed_line),
            (self.product_two, 5000, self.confirmed_line),
        )
        self.assertEqual(self._on_account(order), {self.agent: 900 + 150})
        self._rule(name="Other agent", percent=50, agent_id=self.agent_two.id)
        self._rule(name="This agent", percent=20, agent_id=self.agent.id)
        self._rule(
            name="Leader",
            pay_to="person",
            person_id=self.coordinator.id,
            method="unit",
            amount=7,
        )
        self._rule(name="Bonus", method="document", amount=25, is_additional=True)
        order = self._confirmed(
            (self.product, 9000, self.confirmed_line),
            (self.product_two, 5000, self.confirmed_line),
        )
        self.assertEqual(
            self._on_account(order),
            {self.agent: 2800 + 25, self.coordinator: 14},
        )

    def test_what_was_earned_as_an_earlier_type_stays(self):
        self._rule(name="All", percent=1)
        self._rule(name="Orders", percent=5, type_id=self.types["order"].id)
        job = self._rule(
            name="Jobs", method="document", amount=9, type_id=self.types["job"].id
        )
        self.states["administration"].is_commission_due = True
        order = self._document("order")
        order.order_line.line_state_id = self.confirmed_line
        order._take_transition(self._transition("order", "signed", "administration"))
        self.assertEqual(self._on_account(order), {self.agent: 450})
        order._take_transition(
            self._transition(
                "order",
                "administration",
                "confirmed",
                next_type_id=self.types["job"].id,
            )
        )
        self.assertEqual(order.segnalazione_type_id, self.types["job"])
        self.assertEqual(self._on_account(order), {self.agent: 450 + 9})
        self.assertEqual(job.commission_count, 1)

    def test_rules_of_categories_hold_below_them(self):
        above = self.env["product.category"].create({"name": "Energy"})
        below = self.env["product.category"].create(
            {"name": "Plants", "parent_id": above.id}
        )
        self.product.categ_id = below
        self._rule(name="Above", percent=1, product_category_id=above.id)
        order = self._confirmed()
        self.assertEqual(self._on_account(order), {self.agent: 90})
        self._rule(name="Below", percent=2, product_category_id=below.id)
        self.assertEqual(self._on_account(self._confirmed()), {self.agent: 180})

    def test_a_document_without_lines_pays_fixed_amounts_only(self):
        self._rule()
        self._rule(name="Visit", method="document", amount=20, is_additional=True)
        order = self._document("contract", order_line=[])
        order._take_transition(self.steps["administration"])
        order._take_transition(self.steps["confirm"])
        self.assertEqual(self._on_account(order), {self.agent: 20})

    def test_all_lines_refused_pay_nothing(self):
        self._rule(method="document", percent=0, amount=20)
        order = self._confirmed((self.product, 9000, self.refused_line))
        self.assertFalse(order.commission_ids)

    def test_sales_by_phone_wait_until_they_bind(self):
        self._rule()
        bound = [False]
        orders = type(self.env["sale.order"])
        with patch.object(orders, "_is_commission_earned", lambda _self: bound[0]):
            order = self._confirmed()
            self.env["sale.order"]._cron_commissions()
            self.assertFalse(order.commission_ids)
            bound[0] = True
            self.env["sale.order"]._cron_commissions()
        self.assertEqual(self._on_account(order), {self.agent: 450})

    def test_what_binds_is_asked_of_the_document(self):
        order = self._contract()
        orders = type(order)
        with patch.object(orders, "_is_bound", lambda _self: False, create=True):
            self.assertFalse(order._is_commission_earned())
        with patch.object(orders, "_is_bound", lambda _self: True, create=True):
            self.assertTrue(order._is_commission_earned())

    def test_a_rule_that_was_used_stays(self):
        rule = self._rule()
        rule.percent = 6
        order = self._confirmed()
        with self.assertRaisesRegex(UserError, "make a new rule"):
            rule.percent = 7
        rule.write({"percent": 6, "name": "Agents 2026"})
        rule.action_archive()
        order.order_line.price_unit = 10000
        self.assertEqual(self._on_account(order), {self.agent: 600})

    def test_rows_are_never_changed_nor_deleted(self):
        self._rule()
        row = self._confirmed().commission_ids
        with self.assertRaisesRegex(UserError, "can't be changed"):
            row.amount = 1
        with self.assertRaisesRegex(UserError, "can't be deleted"):
            row.unlink()

    def test_incomplete_rules_are_refused(self):
        for values in (
            {"percent": 0},
            {"pay_to": "person"},
            {"method": "unit"},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self._rule(**values)

    def test_orders_of_odoo_earn_nothing(self):
        self._rule()
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "line_state_id": self.confirmed_line.id,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        self.assertFalse(order.commission_ids)


@tagged("post_install", "-at_install")
class TestCommissionStatement(CommissionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._rule()
        cls.order = cls._confirmed()
        cls.statements = cls.env["crm.commission.statement"]
        cls.statements._collect_open()
        cls.statement = cls._statement()
        cls.today = cls.env["crm.points"]._today()

    @classmethod
    def _statement(cls, person=None):
        return cls.statements.search(
            [("person_id", "=", (person or cls.agent).id)], order="month"
        )

    def test_a_draft_of_the_month_takes_up_what_is_due(self):
        self.assertEqual(self.statement.month, self.today.replace(day=1))
        self.assertEqual(self.statement.state, "draft")
        self.assertEqual(self.statement.amount_total, 450)
        self._confirmed()
        self.env["sale.order"]._cron_commissions()
        self.assertEqual(self._statement(), self.statement)
        self.assertEqual(self.statement.amount_total, 900)
        self.assertEqual(self.statement.document_count, 2)

    def test_later_reversals_stand_on_the_next_month(self):
        self.statement.with_user(self.manager).action_approve()
        self.assertEqual(self.statement.approved_by_id, self.manager)
        self.order._take_transition(self.steps["cancel"])
        self.statements._collect_open()
        self.assertEqual(self.statement.amount_total, 450)
        after = self._statement() - self.statement
        self.assertEqual(
            after.month,
            (self.statement.month + timedelta(days=32)).replace(day=1),
        )
        self.assertEqual(after.amount_total, -450)
        self.assertEqual(after.amount_taken_back, -450)

    def test_approving_takes_up_what_is_open(self):
        order = self._confirmed()
        self.statement.with_user(self.manager).action_approve()
        self.assertEqual(order.commission_ids.statement_id, self.statement)
        self.assertEqual(self.statement.amount_total, 900)

    def test_approved_is_locked_and_paid_once(self):
        statement = self.statement.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "only an approved statement"):
            statement.action_pay()
        statement.action_approve()
        for locked in (
            lambda: statement.write({"note": "More"}),
            statement.unlink,
            statement.action_approve,
            lambda: self.order.commission_ids.write({"statement_id": False}),
        ):
            with self.assertRaises(UserError):
                locked()
        self.statement.with_user(self.back_office).action_pay()
        self.assertEqual(self.statement.state, "paid")
        today = fields.Date.context_today(self.statement.with_user(self.back_office))
        self.assertEqual(self.statement.paid_on, today)
        with self.assertRaisesRegex(UserError, "once"):
            statement.action_pay()

    def test_state_and_amounts_are_not_written_by_hand(self):
        for user in (self.back_office, self.manager):
            statement = self.statement.with_user(user)
            for vals in ({"state": "approved"}, {"amount_total": 9999}):
                with self.assertRaisesRegex(UserError, "by its buttons"):
                    statement.write(vals)
            statement.write({"note": "With thanks"})
        self.assertEqual(self.statement.state, "draft")
        self.assertEqual(self.statement.amount_total, 450)

    def test_a_draft_that_is_deleted_is_made_again(self):
        self.statement.with_user(self.manager).unlink()
        self.assertFalse(self.order.commission_ids.statement_id)
        self.statements._collect_open()
        self.assertEqual(self._statement().amount_total, 450)

    def test_who_sees_and_who_may(self):
        self._rule(name="Operators", pay_to="operator", method="document", amount=30)
        self._confirmed()
        self.statements._collect_open()
        for user, seen in (
            (self.agent, self.agent),
            (self.operator, self.operator),
            (self.coordinator, self.env["res.users"]),
            (self.agent_two, self.env["res.users"]),
            (self.back_office, self.agent | self.operator),
            (self.manager, self.agent | self.operator),
        ):
            with self.subTest(user=user.login):
                rows = self.env["crm.commission"].with_user(user).search([])
                self.assertEqual(rows.sudo().person_id, seen)
                statements = self.statements.with_user(user).search([])
                self.assertEqual(statements.sudo().person_id, seen)
        for user in (self.agent, self.operator, self.back_office):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                self.statement.with_user(user).action_approve()
        with self.assertRaises(AccessError):
            self.statement.with_user(self.agent).action_pay()
        with self.assertRaises(AccessError):
            self.statement.with_user(self.agent).write({"note": "More"})
        with self.assertRaises(AccessError):
            self.env["crm.commission.rule"].with_user(self.agent).search([])

    def test_it_can_be_printed_by_its_owner(self):
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.agent)
            ._render_qweb_html(
                "crm_segnalazioni.report_commission_statement", self.statement.ids
            )
        )
        html = html.decode()
        self.assertIn(self.order.name, html)
        self.assertIn("450", html)
        self.assertIn("Draft", html)

    def test_it_opens_on_screen(self):
        for user in (self.agent, self.back_office):
            views = self.statements.with_user(user).get_views([(False, "form")])
            self.assertIn("commission_ids", views["views"]["form"]["arch"])
            read = self.statement.with_user(user).web_read(
                {
                    "name": {},
                    "commission_ids": {
                        "fields": {
                            "order_id": {"fields": {"display_name": {}}},
                            "rule_id": {"fields": {"display_name": {}}},
                            "amount": {},
                        }
                    },
                }
            )
            self.assertEqual(read[0]["commission_ids"][0]["amount"], 450)
