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
        with self.assertRaisesRegex(UserError, "was not converted here"):
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
