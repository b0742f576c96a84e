"""A run is taken back: exact old values, where nobody has changed them since."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .mass_change_common import MassChangeCase

LINE_FIELDS = (
    "product_id",
    "name",
    "product_uom_id",
    "price_unit",
    "technical_price_unit",
    "discount",
    "product_uom_qty",
    "tax_ids",
    "line_state_id",
    "price_subtotal",
    "price_total",
)
ORDER_FIELDS = ("user_id", "team_id", "campaign_id", "amount_total", "client_order_ref")


@tagged("post_install", "-at_install")
class TestMassChangeUndo(MassChangeCase):
    def _values(self, orders):
        self.env.invalidate_all()
        return [orders.read(ORDER_FIELDS), orders.order_line.read(LINE_FIELDS)]

    def _undo(self, run):
        return run.browse(run.action_undo()["res_id"])

    def test_everything_comes_back_exactly(self):
        orders = self._documents(3)
        orders[0].order_line[0].write({"price_unit": 33.333333, "discount": 12.5})
        orders[1].order_line[0].name = "Written by hand"
        self.env.flush_all()
        before = self._values(orders)
        reference = self.env["ir.model.fields"]._get("sale.order", "client_order_ref")
        tax = self.env["account.tax"].create(
            {"name": "Undo", "amount": 10, "type_tax_use": "sale"}
        )
        run = self._run(
            self._change(
                orders,
                {"target": "product", "product_id": self.other_product.id},
                {"target": "quantity", "operation": "percent", "number": 50},
                {"target": "tax", "tax_ids": [Command.set(tax.ids)]},
                {"target": "agent", "agent_id": self.second_agent.id},
                {
                    "target": "line_state",
                    "line_state_id": self.env.ref(
                        "crm_segnalazioni.line_state_refused"
                    ).id,
                },
                {
                    "target": "order_field",
                    "field_id": reference.id,
                    "value_char": "ERP",
                },
            )
        )
        self.assertEqual((run.done, run.refused), (3, 0))
        self.assertNotEqual(self._values(orders), before)
        undo = self._undo(run)
        self.assertEqual((undo.state, undo.done, undo.refused), ("done", 3, 0))
        self.assertEqual(self._values(orders), before)

    def test_a_run_that_was_undone_does_not_go_on(self):
        orders = self._documents(2)
        value = {"target": "agent", "agent_id": self.second_agent.id}
        run = self._run(self._change(orders, value))
        run.sudo().state = "cancelled"
        self._undo(run)
        with self.assertRaisesRegex(UserError, "undone already"):
            run.action_continue()
        self.assertEqual(orders.user_id, self.agent)

    def test_what_was_changed_meanwhile_is_left_and_listed(self):
        orders = self._documents(2)
        price = {"target": "price", "operation": "set", "number": 7}
        agent = {"target": "agent", "agent_id": self.second_agent.id}
        run = self._run(self._change(orders, price, agent))
        touched = orders[0].order_line[0]
        touched.price_unit = 8
        orders[1].user_id = self.manager
        self.env.flush_all()
        undo = self._undo(run)
        self.assertEqual(touched.price_unit, 8)
        self.assertEqual(orders[0].order_line[1].price_unit, 101.0)
        self.assertEqual(orders.mapped("user_id"), self.agent | self.manager)
        refused = undo.result_ids.filtered(lambda row: row.outcome == "refused")
        self.assertEqual(refused.line_id, touched)
        self.assertEqual(refused.order_id, orders)
        self.assertIn("Changed since", refused[0].reason)

    def test_deleted_lines_and_documents_locked_since_are_left(self):
        orders = self._documents(2)
        price = {"target": "price", "operation": "set", "number": 7}
        run = self._run(self._change(orders, price))
        orders[0].order_line[0].unlink()
        self._bring(orders[1], locked=True)
        undo = self._undo(run)
        self.assertEqual((undo.done, undo.changed_lines, undo.refused), (1, 1, 2))
        self.assertEqual(orders[1].order_line.mapped("price_unit"), [7, 7])

    def test_state_comes_back_by_a_step_only(self):
        orders = self._documents(1)
        state = self._state("state_administration")
        change = self._change(orders, {"target": "state", "state_id": state.id})
        run = self._run(change)
        undo = self._undo(run)
        self.assertEqual((undo.done, undo.refused), (0, 1))
        self.assertIn("No step leads from", undo.result_ids.reason)
        self.assertEqual(orders.segnalazione_state_id, state)

        self._step("state_administration", "state_signed", is_backward=True)
        other = self._documents(1)
        run = self._run(self._change(other, {"target": "state", "state_id": state.id}))
        undo = self._undo(run)
        self.assertEqual((undo.done, undo.refused), (1, 0))
        self.assertEqual(other.segnalazione_state_id, self._state("state_signed"))
        self.assertIn("Undo of", other.move_ids.sorted("id")[-1].reason)

    def test_who_may_and_only_once(self):
        orders = self._documents(1)
        price = {"target": "price", "operation": "set", "number": 7}
        change = self._change(orders, price)
        dry = self._run(change, "dry")
        with self.assertRaisesRegex(UserError, "Only what a run has changed"):
            dry.action_undo()
        with self.assertRaisesRegex(UserError, "no run that could be undone"):
            change.action_undo()
        run = self._run(change)
        other = self._user("mass_office_2", "group_back_office")
        with self.assertRaisesRegex(UserError, "campaign managers may undo"):
            run.with_user(other).action_undo()
        self.assertTrue(run.with_user(self.manager).may_undo)
        change.with_user(self.manager).action_undo()
        self.assertEqual(orders.order_line.mapped("price_unit"), [100.0, 101.0])
        with self.assertRaisesRegex(UserError, "has been undone already"):
            run.action_undo()
