from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.crm_callcenter.tools.engine import ENGINE_KEY

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestInteraction(CallcenterCommon):
    def test_one_row_with_its_facts(self):
        lead = self.leads[0]
        before = fields.Datetime.now()
        row = lead.with_user(self.manager)._register_outcome(
            self.outcomes["N"], note="  Has a plant already. ", token="t-1"
        )
        self.assertEqual(row.lead_id, lead)
        self.assertEqual(row.user_id, self.manager)
        self.assertEqual(row.outcome_kind, "N")
        self.assertEqual(row.note, "Has a plant already.")
        self.assertEqual(row.state_before_id, lead.commercial_state_id)
        self.assertEqual(row.state_after_id, lead.commercial_state_id)
        self.assertGreaterEqual(row.date, before - timedelta(seconds=1))
        self.assertEqual(lead.interaction_ids, row)

    def test_same_token_registers_once(self):
        first = self.leads[0]._register_outcome(self.outcomes["N"], token="t-2")
        again = self.leads[0]._register_outcome(self.outcomes["N"], token="t-2")
        self.assertEqual(first, again)
        self.assertEqual(len(self.leads[0].interaction_ids), 1)

    def test_token_of_another_name_is_refused(self):
        self.leads[0]._register_outcome(self.outcomes["N"], token="t-3")
        with self.assertRaisesRegex(UserError, "another name"):
            self.leads[1]._register_outcome(self.outcomes["N"], token="t-3")

    def test_archived_outcome_is_refused(self):
        self.outcomes["N"].active = False
        with self.assertRaisesRegex(UserError, "no longer in use"):
            self.leads[0]._register_outcome(self.outcomes["N"])

    def test_facts_never_change(self):
        row = self.leads[0]._register_outcome(self.outcomes["N"])
        for user in (self.manager, self.env.user):
            for record in (row.with_user(user), row.with_user(user).sudo()):
                with self.assertRaises(UserError):
                    record.write({"note": "something else"})
                with self.assertRaises(UserError):
                    record.unlink()

    def test_commercial_state_moves_through_the_engine_only(self):
        lead = self.leads[0]
        customer = self.env.ref("crm_callcenter.crm_commercial_state_customer")
        for forged in ({}, {ENGINE_KEY: True}, {ENGINE_KEY: "engine"}):
            with self.assertRaisesRegex(UserError, "outcomes only"):
                lead.with_context(**forged).write({"commercial_state_id": customer.id})
        lead._apply_outcome_effects(
            {"state": customer, "points": 0, "do_not_call": False}
        )
        self.assertEqual(lead.commercial_state_id, customer)

    def test_new_name_starts_with_the_first_state(self):
        self.assertEqual(self.leads[0].commercial_state_id.state_class, "lead")

    def test_do_not_call_outcome_blacklists_every_number(self):
        outcome = self.env.ref("crm_callcenter.crm_outcome_no_more_calls")
        self.leads[0]._register_outcome(outcome)
        listed = self.env["phone.blacklist"].search([]).mapped("number")
        for number in self.leads[0]._e164_numbers():
            self.assertIn(number, listed)

    def test_merging_names_keeps_the_ledger(self):
        """Odoo's merge deletes the other names; their history moves on."""
        kept, gone = self.leads[0], self.leads[1]
        gone._register_outcome(self.outcomes["R"], note="said by the other")
        (kept | gone)._merge_opportunity(auto_unlink=True)
        head = (kept | gone).exists()
        self.assertEqual(len(head), 1)
        self.assertIn("said by the other", head.interaction_ids.mapped("note"))

    def test_a_name_with_history_cannot_be_deleted(self):
        self.leads[0]._register_outcome(self.outcomes["N"])
        with self.assertRaisesRegex(UserError, "history"):
            self.leads[0].unlink()
        self.leads[1].unlink()
        self.assertFalse(self.leads[1].exists())
