from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.crm_segnalazioni.tests.invoicing_case import InvoicingCase


@tagged("post_install", "-at_install")
class TestDeliveries(InvoicingCase):
    """Confirmed lines are delivered; deliveries are rows of the archive."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.panel, cls.inverter = cls.env["product.product"].create(
            [
                {"name": name, "type": "consu", "list_price": 100}
                for name in ("Panel", "Inverter")
            ]
        )
        cls.order = cls._document(
            "contract",
            operator_id=cls.operator.id,
            order_line=[
                Command.create({"product_id": product.id, "product_uom_qty": quantity})
                for product, quantity in ((cls.panel, 10), (cls.inverter, 1))
            ],
        )
        cls.panels, cls.inverters = cls.order.order_line

    def _deliver(self, pickings):
        for picking in pickings:
            for move in picking.move_ids:
                move.quantity = move.product_uom_qty
                move.picked = True
            picking.button_validate()

    def test_confirmed_lines_only(self):
        self._set_lines(self.panels, "confirmed")
        self._sold(self.order)
        moves = self.order.picking_ids.move_ids
        self.assertEqual(moves.product_id, self.panel)
        self.assertEqual(moves.product_uom_qty, 10)

    def test_nothing_confirmed_nothing_delivered(self):
        self._sold(self.order)
        self.assertFalse(self.order.picking_ids)

    def test_line_confirmed_later_has_its_delivery(self):
        self._set_lines(self.panels, "confirmed")
        self._sold(self.order)
        first = self.order.picking_ids
        self._deliver(first)
        line = self.inverters.with_user(self.back_office)
        line.line_state_id = self.line_states["confirmed"]
        second = self.order.picking_ids - first
        self.assertEqual(second.move_ids.product_id, self.inverter)
        self.assertEqual(first.move_ids.product_uom_qty, 10)

    def test_line_confirmed_on_a_locked_document(self):
        self._set_lines(self.panels, "confirmed")
        self._sold(self.order)
        self.order.with_context(**self._workflow_context()).locked = True
        self.inverters.with_user(self.back_office).action_confirm_lines()
        self.assertIn(self.inverter, self.order.picking_ids.move_ids.product_id)
        self.assertTrue(self.order.locked)

    def test_more_of_a_pending_line_moves_nothing(self):
        self._set_lines(self.panels, "confirmed")
        self._sold(self.order)
        self.inverters.product_uom_qty = 3
        self.assertNotIn(self.inverter, self.order.picking_ids.move_ids.product_id)
        self.panels.product_uom_qty = 12
        self.assertEqual(
            sum(self.order.picking_ids.move_ids.mapped("product_uom_qty")), 12
        )

    def test_delivered_line_is_not_taken_back(self):
        self._set_lines(self.panels, "confirmed")
        self._sold(self.order)
        self._deliver(self.order.picking_ids)
        with self.assertRaisesRegex(UserError, "is delivered"):
            self._set_lines(self.panels, "refused")

    def test_line_refused_later_is_not_delivered(self):
        self._set_lines(self.order.order_line, "confirmed")
        self._sold(self.order)
        self._set_lines(self.inverters, "refused")
        self.assertEqual(self.inverters.move_ids.mapped("state"), ["cancel"])
        self.assertNotIn("cancel", self.panels.move_ids.mapped("state"))
        self._set_lines(self.inverters, "confirmed")
        waiting = self.inverters.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(sum(waiting.mapped("product_uom_qty")), 1)

    def test_back_office_that_is_of_the_warehouse_sees_all_transfers(self):
        picking_type = self.env["stock.picking.type"].search(
            [("code", "=", "incoming"), ("company_id", "=", self.env.company.id)],
            limit=1,
        )
        receipt = self.env["stock.picking"].create(
            {"picking_type_id": picking_type.id, "partner_id": self.partner.id}
        )
        pickings = self.env["stock.picking"].with_user(self.back_office)
        domain = [("id", "=", receipt.id)]
        self.assertFalse(pickings.search(domain))
        self.back_office.group_ids += self.env.ref("stock.group_stock_user")
        self.assertEqual(pickings.search(domain), receipt)

    def test_orders_without_type_are_delivered_as_ever(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [Command.create({"product_id": self.panel.id})],
            }
        )
        order.action_confirm()
        self.assertEqual(order.picking_ids.move_ids.product_id, self.panel)
        self.assertFalse(order.picking_ids.segnalazione_order_id)

    def test_deliveries_are_rows_of_the_archive(self):
        self._set_lines(self.panels, "confirmed")
        self._sold(self.order)
        picking = self.order.picking_ids
        self._deliver(picking)
        self.env.flush_all()
        archive = self.env["crm.segnalazione.archive"]
        row = archive.search([("picking_id", "=", picking.id)])
        self.assertEqual((row.kind, row.name), ("delivery", picking.name))
        self.assertEqual(row.order_id, self.order)
        self.assertEqual(row.operator_id, self.operator)
        self.assertEqual(row.date, fields.Datetime.now().date())
        self.assertEqual(row.state_name, "Done")
        for user, seen in (
            (self.back_office, 1),
            (self.agent, 1),
            (self.agent_two, 0),
            (self.operator, 1),
            (self.operator_two, 0),
        ):
            found = archive.with_user(user).search_count([("id", "=", row.id)])
            self.assertEqual(found, seen, user.login)
        action = row.with_user(self.back_office).action_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("stock.picking", picking.id)
        )
        self.assertTrue(picking.with_user(self.back_office).read(["name", "state"]))

    def test_term_of_withdrawal_runs_from_the_last_delivery(self):
        self.order.acceptance_date = fields.Date.today() - timedelta(days=60)
        self._set_lines(self.order.order_line, "confirmed")
        self._sold(self.order)
        self.assertEqual(self.order.withdrawal_state, "open")
        self.assertFalse(self.order.withdrawal_until)
        self._deliver(self.order.picking_ids)
        self.assertGreaterEqual(
            self.order.withdrawal_until, fields.Date.today() + timedelta(days=13)
        )
        self.assertEqual(self.order.withdrawal_state, "running")
