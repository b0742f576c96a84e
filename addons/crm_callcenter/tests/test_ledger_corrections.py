from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .graph_case import GraphCase


@tagged("post_install", "-at_install")
class TestLedgerCorrections(GraphCase):
    """What was wrong is taken back by new rows; what moved is in the journal."""

    def test_taking_back_points_and_state(self):
        before = self.lead.commercial_state_id
        row = self.lead._register_outcome(
            self.interested, self.call_type, user=self.operator
        )
        reversal = row._reverse("wrong name")
        self.assertEqual(self.lead.commercial_state_id, before)
        self.assertEqual(sum(self._ledger().mapped("points")), 0)
        self.assertEqual(reversal.user_id, self.operator)
        self.assertEqual(reversal.reversed_by_id, self.env.user)
        self.assertEqual(row.points, 3)
        self.assertTrue(row.is_reversed)

    def test_a_later_outcome_keeps_its_state(self):
        row = self.lead._register_outcome(self.interested, self.call_type)
        self.lead._register_outcome(self.signed, self.quote_type)
        row._reverse("wrong name")
        self.assertEqual(self.lead.commercial_state_id, self.customer)
        self.assertEqual(self._ledger()[-1].state_after_id, self.customer)

    def test_an_outcome_is_taken_back_once(self):
        row = self.lead._register_outcome(self.interested, self.call_type)
        reversal = row._reverse("wrong name")
        with self.assertRaisesRegex(UserError, "taken back already"):
            row._reverse("again")
        with self.assertRaisesRegex(UserError, "can't itself be taken back"):
            reversal._reverse("after all")

    def test_only_managers_take_back(self):
        row = self.lead._register_outcome(self.interested, self.call_type)
        wizards = self.env["crm.reverse.outcome.wizard"]
        for user in (self.operator, self.coordinator, self.agent, self.back_office):
            with self.assertRaises(AccessError):
                wizards.with_user(user).create(
                    {"interaction_id": row.id, "reason": "no right"}
                )
        wizards.with_user(self.manager).create(
            {"interaction_id": row.id, "reason": "wrong name"}
        ).action_confirm()
        self.assertTrue(row.is_reversed)
        self.assertEqual(self._ledger()[-1].reversed_by_id, self.manager)

    def test_a_correction_is_a_row(self):
        moved = self.leads._correct_state(self.customer, note="by contract")
        self.assertEqual(moved, len(self.leads))
        self.assertEqual(self.leads.commercial_state_id, self.customer)
        row = self._ledger()
        self.assertEqual(row.state_after_id, self.customer)
        self.assertEqual(row.note, "by contract")
        # Who has the state already is not moved again.
        self.assertFalse(self.leads._correct_state(self.customer))

    def test_an_import_moves_states_through_the_ledger(self):
        lead = self.lead.with_user(self.manager).with_context(import_file=True)
        result = lead.load(
            [".id", "commercial_state_id/id", "city"],
            [[str(lead.id), "crm_callcenter.crm_commercial_state_customer", "Lodi"]],
        )
        self.assertFalse(result["messages"])
        self.assertEqual((lead.commercial_state_id, lead.city), (self.customer, "Lodi"))
        row = self._ledger()
        self.assertEqual(
            row.activity_type_id, self.env.ref("crm_callcenter.activity_type_import")
        )
        with self.assertRaisesRegex(UserError, "moved by outcomes only"):
            self.lead.with_user(self.back_office).with_context(import_file=True).write(
                {"commercial_state_id": self.prospect.id}
            )

    def test_people_are_imported(self):
        result = self.lead.with_user(self.manager).load(
            [".id", "user_id", "contact_user_id", "technician_id"],
            [[str(self.lead.id), "Agent One", "Coordinator", "Agent Two"]],
        )
        self.assertFalse(result["messages"])
        self.assertEqual(self.lead.user_id, self.agent)
        self.assertEqual(self.lead.contact_user_id, self.coordinator)
        self.assertEqual(self.lead.technician_id, self.agent_two)

    def test_merge_moves_links_with_a_journal(self):
        head, tail = self.leads[0], self.leads[1]
        process = self.env["crm.process"].create({"name": "Sale"})
        (head | tail)._open_process(process)
        head._register_outcome(self.interested, self.call_type)
        row = tail._register_outcome(self.refused, self.call_type)
        journal = self.env["crm.interaction"]._relink_leads(tail.ids, head.id)
        self.assertEqual(row.lead_id, head)
        entry = journal.filtered(lambda one: one.table_name == "crm_interaction")
        self.assertEqual((entry.row_refs, entry.source_lead_ref), ([row.id], tail.id))
        self.assertEqual(
            sorted(head.lead_process_ids.mapped("result")), ["merged", "open"]
        )
        with self.assertRaisesRegex(UserError, "journal"):
            journal[0].reason = "undo"
        with self.assertRaisesRegex(UserError, "journal"):
            journal.unlink()
        undone = self.env["crm.interaction"]._undo_relink(journal)
        self.assertEqual(row.lead_id, tail)
        self.assertEqual(undone.mapped("reason"), ["undo"] * len(journal))

    def test_after_a_merge_the_ledger_ends_with_the_state_that_stays(self):
        head, tail = self.leads[0], self.leads[1]
        head._register_outcome(self.interested, self.call_type)
        tail._register_outcome(self.refused, self.call_type)
        # Links of both stand in one ledger now, the refusal last.
        merged = (head | tail).merge_opportunity(auto_unlink=True)
        last = self._ledger(merged)[-1]
        self.assertEqual(last.state_after_id, merged.commercial_state_id)
        self.assertEqual(
            last.activity_type_id, self.env.ref("crm_callcenter.activity_type_merge")
        )
