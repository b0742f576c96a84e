from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SegnalazioneCase


@tagged("post_install", "-at_install")
class TestProtocol(SegnalazioneCase):
    """A document begins with a number of its series, a state and a movement."""

    def test_a_document_begins_with_number_state_and_movement(self):
        first = self._document("contract")
        second = self._document("contract")
        code, year, number = first.name.split("/")
        self.assertEqual(code, "CON")
        self.assertEqual(second.name, f"CON/{year}/{int(number) + 1:05}")
        self.assertEqual(first.segnalazione_state_id, self.states["signed"])
        self.assertEqual(first.move_ids.to_state_id, self.states["signed"])
        self.assertFalse(first.move_ids.from_state_id)
        self.assertEqual(first.protocol_ids.name, first.name)

    def test_each_type_has_its_own_series(self):
        self._document("contract")
        before = self._document("appointment")
        self._document("contract")
        after = self._document("appointment")
        self.assertEqual(
            int(after.name.split("/")[2]), int(before.name.split("/")[2]) + 1
        )

    def test_many_at_once_are_numbered_in_their_order(self):
        orders = self.env["sale.order"]._create_segnalazioni(
            self.types["report"], [{"partner_id": self.partner.id}] * 5
        )
        numbers = [int(order.name.split("/")[2]) for order in orders]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 5)))

    def test_a_savepoint_rolled_back_leaves_no_hole(self):
        before = self._document("contract")
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self._document("contract")
            raise ZeroDivisionError
        after = self._document("contract")
        self.assertEqual(
            int(after.name.split("/")[2]), int(before.name.split("/")[2]) + 1
        )

    def test_the_year_is_that_of_the_company_and_begins_with_one(self):
        self.company.resource_calendar_id.tz = "Europe/Rome"
        before = fields.Datetime.to_datetime("2031-12-31 22:30:00")
        after = fields.Datetime.to_datetime("2031-12-31 23:30:00")
        names = []
        for now in (before, after, after, before):
            with patch.object(fields.Datetime, "now", return_value=now):
                names.append(self._document("contract").name)
        self.assertEqual(
            names,
            ["CON/2031/00001", "CON/2032/00001", "CON/2032/00002", "CON/2031/00002"],
        )

    def test_an_order_without_a_type_is_odoos_own(self):
        order = self.env["sale.order"].create({"partner_id": self.partner.id})
        self.assertFalse(order.move_ids or order.protocol_ids)
        self.assertNotIn("/", order.name)

    def test_a_document_is_not_born_in_the_middle_of_its_way(self):
        for values in (
            {"segnalazione_state_id": self.states["confirmed"].id},
            {"state": "sale"},
        ):
            with self.assertRaisesRegex(UserError, "begins in the first state"):
                self._document("contract", **values)

    def test_the_copy_is_a_new_document(self):
        order = self._document("contract")
        copy = order.copy()
        self.assertEqual(copy.segnalazione_type_id, self.types["contract"])
        self.assertNotEqual(copy.name, order.name)
        self.assertEqual(copy.segnalazione_state_id, self.states["signed"])
