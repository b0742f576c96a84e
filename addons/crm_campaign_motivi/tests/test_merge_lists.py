from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.crm_dedup.tests.merge_case import dump_tables

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestMergeLists(CampaignCommon):
    """Names that are merged while they stand in lists, and in hands."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.kept, self.gone = self.leads[:2]
        lines = self.call_list.line_ids
        self.line = lines.filtered(lambda line: line.lead_id == self.kept)
        self.twin = lines.filtered(lambda line: line.lead_id == self.gone)

    def _put(self, line, category, **values):
        state = line.list_state_id._get_by_category(category)
        line.write({"list_state_id": state.id, "category": category, **values})
        self.env.flush_all()

    def _promise(self, line, hours=2):
        moment = fields.Datetime.now().replace(microsecond=0) + timedelta(hours=hours)
        self._put(line, "recall", recall_at=moment, recall_scope="public")
        return moment

    def _merge(self):
        journal = self.env["crm.merge"]._merge(self.kept, self.gone)
        self.env.invalidate_all()
        return journal

    def _place(self):
        place = self.kept.call_list_line_ids
        return place.filtered(lambda line: line.list_id == self.call_list)

    def _recalls(self):
        rows = self.env["crm.recall"].search(
            [("lead_id", "in", (self.kept | self.gone).ids)]
        )
        return [(row.lead_id, row.promised_at, row.result) for row in rows]

    def _merge_and_undo(self, check):
        """Merge, check, undo and compare all tables, twice."""
        before = dump_tables(self.env)
        for _time in range(2):
            journal = self._merge()
            check()
            journal.action_undo()
            after = dump_tables(self.env)
            self.assertEqual(
                {table for table in before if before[table] != after[table]}, set()
            )

    def test_a_refusal_is_not_forgotten(self):
        self._put(self.twin, "closed_negative", attempts=2)

        def check():
            self.assertEqual(len(self._place()), 1)
            self.assertEqual(self._place().category, "closed_negative")
            self.assertEqual(self._place().attempts, 2)

        self._merge_and_undo(check)

    def test_a_promised_recall_is_kept(self):
        moment = self._promise(self.twin)

        def check():
            place = self._place()
            self.assertEqual((place.category, place.recall_at), ("recall", moment))
            self.assertFalse(self._recalls())

        self._merge_and_undo(check)

    def test_a_promise_that_gives_way_is_written_down(self):
        self._put(self.line, "closed_positive")
        moment = self._promise(self.twin)

        def check():
            self.assertEqual(self._place().category, "closed_positive")
            self.assertEqual(self._recalls(), [(self.kept, moment, "lost")])

        self._merge_and_undo(check)

    def test_both_promised(self):
        self._promise(self.line, 5)
        self._promise(self.twin, 2)
        self._merge_and_undo(lambda: self.assertEqual(len(self._place()), 1))

    def test_calls_and_history_go_along_and_return(self):
        payload = self.next_name()
        self.confirm(payload, "N")
        worked = self.line_of(payload).lead_id
        self.gone, self.kept = worked, self.leads[4]
        self.env["crm.call"].create(
            {
                "uuid": "merged",
                "number_e164": "+393331112202",
                "started_at": fields.Datetime.now(),
                "user_id": self.operator.id,
                "lead_id": worked.id,
                "line_id": self.line_of(payload).id,
            }
        )
        self.env.flush_all()

        def check():
            history = self.env["crm.interaction"].search(
                [("lead_id", "=", self.kept.id)], order="date desc, id desc"
            )
            self.assertIn("N", history.mapped("outcome_kind"))
            self.assertEqual(history[0].state_after_id, self.kept.commercial_state_id)
            call = self.env["crm.call"].search([("uuid", "=", "merged")])
            self.assertEqual(call.line_id, self._place())

        self._merge_and_undo(check)

    def test_a_name_in_hand_is_left_alone(self):
        payload = self.next_name()
        self.kept = self.line_of(payload).lead_id
        self.gone = (self.leads - self.kept)[0]
        for survivor, loser in ((self.kept, self.gone), (self.gone, self.kept)):
            with self.assertRaisesRegex(UserError, "when the call is over"):
                self.env["crm.merge"]._merge(survivor, loser)
        self.confirm(payload, "N")
        journal = self._merge()
        self.assertEqual(self._place().category, "closed_negative")
        self._put(self._place(), "to_call")
        payload = self.next_name()
        if self.line_of(payload).lead_id == self.kept:
            with self.assertRaisesRegex(UserError, "when the call is over"):
                journal.action_undo()

    def test_an_outcome_on_its_way_lands_on_the_name_that_stays(self):
        payload = self.next_name()
        self.gone = self.line_of(payload).lead_id
        self.kept = (self.leads - self.gone)[-1]
        self.line_of(payload).claimed_until = fields.Datetime.now() - timedelta(hours=1)
        self.env.flush_all()
        journal = self._merge()
        result = self.confirm(payload, "N")
        self.env.invalidate_all()
        self.assertEqual(result["lead_id"], self.kept.id)
        self.assertEqual(self.kept.interaction_ids[:1].outcome_kind, "N")
        self.assertEqual(self._place().category, "closed_negative")
        # What came after the merge stays with who stayed.
        journal.action_undo()
        self.env.invalidate_all()
        self.assertFalse(self.gone.interaction_ids)
        self.assertIn("N", self.kept.interaction_ids.mapped("outcome_kind"))

    def test_an_outcome_of_a_merged_name_follows_it(self):
        self._merge()
        self.gone._register_outcome(self.outcomes["N"])
        self.assertFalse(self.gone.interaction_ids)
        self.assertEqual(self.kept.interaction_ids[:1].outcome_kind, "N")

    def test_a_caller_of_a_merged_name_is_known(self):
        self.campaign.direction = "mixed"
        numbers = self.gone._e164_numbers()
        self._merge()
        for number in numbers:
            lead = self.campaign.with_user(self.operator)._inbound_name(number)
            self.assertEqual(
                self.env["crm.lead"].browse(getattr(lead, "id", lead)), self.kept
            )

    def test_nothing_points_to_a_name_that_went(self):
        self._merge()
        for link in self.env["crm.merge.links"]._links("crm_lead"):
            if link.condition or link.prefix:
                continue
            self.env.cr.execute(
                SQL(
                    "SELECT count(*) FROM %s WHERE %s = %s",
                    SQL.identifier(link.table),
                    SQL.identifier(link.column),
                    self.gone.id,
                )
            )
            self.assertFalse(self.env.cr.fetchone()[0], link)

    def test_a_name_in_hand_is_neither_merged_nor_linked(self):
        partner = self.env["res.partner"].create({"name": "Customer"})
        until = fields.Datetime.now() + timedelta(minutes=10)
        self.line.write({"claimed_by_id": self.operator.id, "claimed_until": until})
        self.env.flush_all()
        with self.assertRaisesRegex(UserError, "An operator is working on"):
            self._merge()
        with self.assertRaisesRegex(UserError, "An operator is working on"):
            self.env["crm.merge"]._link_customer(self.kept, partner)
        self.assertFalse(self.kept.partner_id)
