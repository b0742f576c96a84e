from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestConversionUndo(CallcenterCommon):
    """The back office takes a conversion back, unless something builds on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.leads[0]
        cls.lead.write(
            {
                "partner_name": "Rossi Srl",
                "function": "Owner",
                "portfolio_2_id": cls.env["crm.portfolio"]
                .create({"name": "Solar", "unit": 2})
                .id,
            }
        )
        cls.seen = [
            "type",
            "partner_id",
            "contact_name",
            "partner_name",
            "function",
            "phone",
            "mobile",
            "phone_e164",
            "email_from",
            "street",
            "user_id",
            "stage_id",
            "expected_revenue",
            "date_deadline",
            "portfolio_id",
            "portfolio_2_id",
            "zone_id",
        ]
        cls.before = cls.lead.read(cls.seen, load=None)

    def _convert(self, lead=None, revenue=9000):
        lead = lead or self.lead
        lead._register_outcome(self.outcomes["T"], user=self.operator)
        partner = lead._convert_to_opportunity(
            self.agent, revenue, fields.Date.today() + timedelta(days=30)
        )
        self.env.cr.precommit.run()
        return partner

    def test_the_name_is_what_it_was(self):
        partner = self._convert()
        self.assertEqual(self.lead.type, "opportunity")
        history = self.lead.interaction_ids
        self.assertEqual(history.partner_id, partner)
        self.lead.with_user(self.back_office).action_undo_conversion()
        self.env.invalidate_all()
        self.assertEqual(self.lead.read(self.seen, load=None), self.before)
        self.assertFalse(partner.active)
        self.assertEqual(self.lead.interaction_ids, history)
        self.assertFalse(history.partner_id)
        conversion = self.lead.conversion_ids
        self.assertEqual(conversion.undone_by_id, self.back_office)

    def test_a_name_can_be_converted_and_taken_back_again(self):
        for _round in range(2):
            self._convert()
            self.assertTrue(self.lead.with_user(self.back_office).can_undo_conversion)
            self.lead.action_undo_conversion()
            self.env.invalidate_all()
        self.assertEqual(self.lead.read(self.seen, load=None), self.before)
        self.assertEqual(len(self.lead.conversion_ids), 2)
        with self.assertRaisesRegex(UserError, "has taken this conversion back"):
            self.lead.action_undo_conversion()

    def test_a_customer_that_was_there_before_stays(self):
        known = self.env["res.partner"].create({"name": "Known"})
        self.lead.partner_id = known
        self._convert()
        self.lead.action_undo_conversion()
        self.assertTrue(known.active)
        self.assertEqual(self.lead.partner_id, known)

    def test_a_later_outcome_stands_in_the_way_and_is_named(self):
        self._convert()
        self.lead._register_outcome(self.outcomes["N"], user=self.agent)
        with self.assertRaisesRegex(
            UserError, f"there is the outcome {self.outcomes['N'].name} of"
        ):
            self.lead.with_user(self.back_office).action_undo_conversion()
        self.assertEqual(self.lead.type, "opportunity")

    def test_a_later_outcome_that_was_taken_back_is_no_obstacle(self):
        self._convert()
        self.lead._register_outcome(self.outcomes["N"], user=self.agent)
        lead = self.lead.with_user(self.back_office)
        with self.assertRaises(UserError):
            lead.action_undo_conversion()
        self.lead.interaction_ids.sorted("id")[-1]._reverse("Wrong name")
        lead.action_undo_conversion()
        self.assertEqual(self.lead.type, "lead")

    def test_a_signed_order_stands_in_the_way_and_is_named(self):
        if "sale.order" not in self.env:
            self.skipTest("needs orders")
        partner = self._convert()
        order = self.env["sale.order"].create({"partner_id": partner.id})
        order.state = "sale"
        with self.assertRaisesRegex(UserError, f"order {order.name}"):
            self.lead.action_undo_conversion()
        order.state = "cancel"
        self.lead.action_undo_conversion()

    def test_odoos_own_conversion_is_taken_back_as_well(self):
        lead = self.leads[1]
        before = lead.read(self.seen, load=None)
        lead = lead.with_user(self.manager)
        lead._handle_partner_assignment()
        lead.convert_opportunity(lead.partner_id, user_ids=self.manager.ids)
        self.env.cr.precommit.run()
        self.assertEqual(len(lead.sudo().conversion_ids), 1)
        lead.action_undo_conversion()
        self.env.invalidate_all()
        self.assertEqual(self.leads[1].read(self.seen, load=None), before)

    def test_nobody_else_takes_it_back(self):
        self._convert()
        for user in (self.operator, self.coordinator, self.agent):
            lead = self.lead.with_user(user)
            with self.assertRaisesRegex(AccessError, "Only the back office"):
                lead.action_undo_conversion()
            with self.assertRaises(AccessError):
                self.env["crm.conversion"].with_user(user).search([])

    # ------------------------------------------------------------
    # WHERE IT LEADS, AND FROM WHERE
    # ------------------------------------------------------------

    def _next(self, action):
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn(self.lead.name, action["params"]["message"])
        return action["params"]["next"]

    def test_everybody_lands_where_there_is_something_to_see(self):
        self._convert()
        lead = self.lead.with_user(self.back_office)
        following = self._next(lead.action_undo_conversion())
        self.assertFalse(lead.has_access("read"))
        self.assertEqual(following["type"], "ir.actions.act_window")
        self.assertEqual(following["target"], "main")
        self._convert()
        lead = self.lead.with_user(self.manager)
        following = self._next(lead.action_undo_conversion())
        self.assertTrue(lead.has_access("read"))
        self.assertEqual(following["type"], "ir.actions.act_window_close")

    def test_the_second_who_presses_is_told_of_the_first(self):
        self._convert()
        self.lead.with_user(self.manager).action_undo_conversion()
        with self.assertRaisesRegex(
            UserError, f"{self.manager.name} has taken this conversion back already"
        ):
            self.lead.with_user(self.back_office).action_undo_conversion()

    def test_from_the_customers_card(self):
        partner = self._convert()
        head = partner.commercial_partner_id
        self.assertNotEqual(partner, head)
        for record in (partner, head):
            for user in (self.back_office, self.manager):
                self.assertTrue(record.with_user(user).can_undo_conversion)
            for user in (self.operator, self.coordinator, self.agent):
                self.assertFalse(record.with_user(user).sudo(False).can_undo_conversion)
        head.with_user(self.back_office).action_undo_conversion()
        self.env.invalidate_all()
        self.assertEqual(self.lead.read(self.seen, load=None), self.before)
        self.assertFalse(head.with_user(self.manager).can_undo_conversion)
        with self.assertRaisesRegex(UserError, "already"):
            partner.with_user(self.manager).action_undo_conversion()
        other = self.env["res.partner"].create({"name": "Never a name"})
        with self.assertRaisesRegex(UserError, "Never a name was not converted here"):
            other.with_user(self.manager).action_undo_conversion()
        with self.assertRaises(AccessError):
            other.with_user(self.agent).action_undo_conversion()

    def test_company_and_contact_go_together(self):
        partner = self._convert()
        head = partner.commercial_partner_id
        self.assertTrue(head.is_company)
        self.lead.action_undo_conversion()
        self.assertFalse(partner.active)
        self.assertFalse(head.active)

    # ------------------------------------------------------------
    # A CUSTOMER WITH TWO NAMES
    # ------------------------------------------------------------

    def test_a_customer_that_got_a_second_name_stays_with_it(self):
        partner = self._convert()
        second = self.leads[2]
        second.partner_id = partner
        self.lead.with_user(self.back_office).action_undo_conversion()
        self.env.invalidate_all()
        self.assertFalse(self.lead.partner_id)
        self.assertTrue(partner.active)
        self.assertTrue(partner.commercial_partner_id.active)
        self.assertEqual(second.partner_id, partner)

    def test_of_two_conversions_the_user_chooses(self):
        partner = self._convert()
        second = self.leads[2]
        self.env["res.partner"].flush_model()
        second.with_user(self.manager).convert_opportunity(partner)
        self.env.cr.precommit.run()
        action = partner.with_user(self.back_office).action_undo_conversion()
        self.assertEqual(action["res_model"], "crm.lead")
        self.assertCountEqual(action["domain"][0][2], (self.lead | second).ids)
        self.assertEqual(self.lead.type, "opportunity")
        second.with_user(self.back_office).action_undo_conversion()
        self.assertEqual(self.lead.partner_id, partner)
        self.assertTrue(partner.active)

    def test_an_order_of_another_name_is_no_obstacle(self):
        if "opportunity_id" not in self.env.get("sale.order", self.env["base"])._fields:
            self.skipTest("needs orders with opportunities")
        partner = self._convert()
        second = self.leads[2]
        second.partner_id = partner
        order = self.env["sale.order"].create(
            {"partner_id": partner.id, "opportunity_id": second.id}
        )
        order.state = "sale"
        own = order.copy({"opportunity_id": self.lead.id})
        own.state = "sale"
        with self.assertRaisesRegex(UserError, f"order {own.name}"):
            self.lead.action_undo_conversion()
        own.state = "cancel"
        self.lead.action_undo_conversion()
        self.assertTrue(partner.active)

    def test_what_happened_with_another_name_is_no_obstacle(self):
        partner = self._convert()
        second = self.leads[2]
        second.partner_id = partner
        second._register_outcome(self.outcomes["N"], user=self.operator)
        self.lead.action_undo_conversion()
        self.assertTrue(partner.active)
