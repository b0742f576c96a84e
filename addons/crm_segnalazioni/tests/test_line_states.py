from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .invoicing_case import InvoicingCase


@tagged("post_install", "-at_install")
class TestLineStates(InvoicingCase):
    """Lines are confirmed one by one, and only then delivered and invoiced."""

    def test_new_lines_are_pending(self):
        order = self._three_lines()
        self.assertEqual(order.order_line.line_state_id, self.line_states["pending"])
        order.order_line = [Command.create({"name": "A", "display_type": "line_note"})]
        self.assertFalse(order.order_line[-1].line_state_id)

    def test_type_names_the_first_state(self):
        self.types["contract"].line_state_id = self.line_states["confirmed"]
        order = self._three_lines()
        self.assertEqual(order.order_line.line_state_id, self.line_states["confirmed"])

    def test_orders_without_type_have_no_states(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        order.action_confirm()
        self.assertFalse(order.order_line.line_state_id)
        self.assertEqual(order.order_line.qty_to_invoice, 1)
        self.assertEqual(order.invoice_status, "to invoice")
        self.assertFalse(order.line_state_totals)

    def test_pending_lines_stay_pending_when_confirmed(self):
        order = self._three_lines()
        step = self._transition("contract", "signed", "confirmed", group_ids=False)
        order.acceptance_date = "2020-01-01"
        order.with_context(**self._workflow_context())._take_transition(step)
        self.assertEqual(order.order_line.line_state_id, self.line_states["pending"])

    def test_step_confirms_all_lines_but_refused_ones(self):
        order = self._three_lines()
        self._set_lines(order.order_line[2], "refused")
        step = self._transition(
            "contract", "signed", "administration", confirms_lines=True
        )
        order._take_transition(step)
        self.assertEqual(
            order.order_line.mapped("line_state_id.category"),
            ["confirmed", "refused"],
        )
        self.assertEqual(order.order_line[2].line_state_id.category, "refused")

    def test_type_confirms_all_lines(self):
        self.types["contract"].confirms_lines = True
        order = self._three_lines()
        step = self._transition("contract", "signed", "confirmed", group_ids=False)
        order._take_transition(step)
        self.assertEqual(order.order_line.line_state_id, self.line_states["confirmed"])

    def test_only_groups_of_the_state_set_it(self):
        order = self._three_lines()
        line = order.order_line[0]
        salesman = self._seller()
        with self.assertRaisesRegex(UserError, "Back Office"):
            line.with_user(salesman).line_state_id = self.line_states["confirmed"]
        line.with_user(self.back_office).line_state_id = self.line_states["confirmed"]
        with self.assertRaisesRegex(UserError, "Only"):
            line.with_user(salesman).line_state_id = self.line_states["pending"]
        self.assertEqual(line.line_state_id, self.line_states["confirmed"])

    def test_line_is_not_born_confirmed_by_others(self):
        order = self._three_lines()
        salesman = self._seller()
        values = {
            "order_id": order.id,
            "product_id": self.product.id,
            "line_state_id": self.line_states["confirmed"].id,
        }
        with self.assertRaisesRegex(UserError, "Only"):
            self.env["sale.order.line"].with_user(salesman).create(values)

    def test_products_of_the_type_only(self):
        self.types["contract"].product_ids = self.product
        with self.assertRaisesRegex(ValidationError, "Battery 10 kWh"):
            self._three_lines()
        order = self._document("contract")
        with self.assertRaisesRegex(ValidationError, "Plant 6 kW"):
            order.order_line.product_id = self.product_two
        report = self._three_lines("report")
        self.assertEqual(len(report.order_line), 3)

    def test_totals_by_line_state(self):
        order = self._three_lines()
        self._set_lines(order.order_line[0], "confirmed")
        self._set_lines(order.order_line[2], "refused")
        rows = [
            (state.category, count, untaxed, total)
            for state, count, untaxed, total in order._line_state_rows()
        ]
        self.assertEqual(
            rows,
            [
                ("pending", 1, 5000, 5500),
                ("confirmed", 1, 9000, 9900),
                ("refused", 1, 1000, 1100),
            ],
        )
        self.assertEqual(order.amount_confirmed, 9000)
        self.assertIn("9,900", order.line_state_totals)

    def test_used_state_keeps_its_meaning(self):
        self._three_lines()
        with self.assertRaisesRegex(UserError, "can't be changed"):
            self.line_states["pending"].category = "confirmed"

    def test_buttons_of_the_list(self):
        order = self._three_lines()
        lines = order.order_line.with_user(self.back_office)
        lines[:2].action_confirm_lines()
        lines[2].action_refuse_lines()
        self.assertEqual(order.amount_confirmed, 14000)
        lines[0].action_hold_lines()
        self.assertEqual(order.amount_confirmed, 5000)
        action = order.with_user(self.back_office).action_line_states()
        self.assertEqual(self.env["sale.order.line"].search_count(action["domain"]), 3)
