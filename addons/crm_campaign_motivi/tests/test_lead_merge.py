from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestLeadMerge(CampaignCommon):
    """Two names that are one: what was agreed or refused in a list is not lost."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.kept, self.gone = self.leads[:2]
        # The one with more to say stays.
        self.kept.type = "opportunity"
        self.line, self.twin = self.call_list.line_ids.sorted("rank")[:2]

    def _put(self, line, category, **values):
        state = line.list_state_id._get_by_category(category)
        line.write({"list_state_id": state.id, "category": category, **values})

    def _promise(self, line, scope="private", hours=2):
        moment = fields.Datetime.now().replace(microsecond=0) + timedelta(hours=hours)
        owner = self.operator_two.id if scope == "private" else False
        self._put(
            line, "recall", recall_at=moment, recall_scope=scope, recall_user_id=owner
        )
        self.env.flush_all()
        return moment

    def _recalls(self):
        return self.env["crm.recall"].search([("lead_id", "=", self.kept.id)])

    def _merge(self, names=None):
        """Merge names and return the place that is left in the list."""
        names = names or self.kept | self.gone
        names._merge_opportunity(auto_unlink=True)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(names.exists(), self.kept)
        lines = self.kept.call_list_line_ids
        return lines.filtered(lambda line: line.list_id == self.call_list)

    def test_a_promised_recall_is_kept(self):
        moment = self._promise(self.twin)
        place = self._merge()
        self.assertEqual(place, self.line)
        self.assertEqual((place.category, place.recall_at), ("recall", moment))
        self.assertEqual(place.list_state_id.category, "recall")
        self.assertEqual(place.recall_user_id, self.operator_two)
        self.assertFalse(
            self.env["crm.recall"].search([("lead_id", "=", self.kept.id)])
        )

    def test_a_refusal_is_not_forgotten(self):
        self._put(self.twin, "closed_negative", attempts=2)
        self._promise(self.line)
        self.line.attempts = 1
        place = self._merge()
        self.assertEqual((place.category, place.attempts), ("closed_negative", 3))
        self.assertFalse(place.recall_at)

    def test_what_is_weaker_changes_nothing(self):
        self._put(self.line, "closed_positive")
        moment = self._promise(self.twin)
        self.assertEqual(self._merge().category, "closed_positive")
        lost = self._recalls()
        self.assertEqual((lost.result, lost.promised_at), ("lost", moment))

    def test_a_promise_is_stronger_than_a_retry(self):
        promised = self._promise(self.twin, "public", 5)
        self._promise(self.line, "automatic", 1)
        self.line.last_contact_at = fields.Datetime.now()
        place = self._merge()
        self.assertEqual((place.recall_at, place.recall_scope), (promised, "public"))

    def test_the_strongest_of_three_stays_also_where_the_kept_one_is_not(self):
        second = self.call_list.copy({"name": "Second"})
        second._add_leads(self.leads[1:3].ids)
        first, last = second.line_ids.sorted("rank")
        self._put(last, "closed_negative")
        names = self.leads[:3]
        self._merge(names)
        place = self.kept.call_list_line_ids.filtered(lambda p: p.list_id == second)
        self.assertEqual(place.category, "closed_negative")
        self.assertIn(place, first | last)

    def test_what_became_of_promises_goes_with_the_name(self):
        moment = self._promise(self.twin)
        self.twin.write({"category": "to_call", "recall_at": False})
        self.env.flush_all()
        self._merge()
        lost = self._recalls()
        self.assertEqual((lost.result, lost.promised_at), ("lost", moment))

    def test_calls_go_with_the_name(self):
        call = self.env["crm.call"].create(
            {
                "uuid": "merged",
                "number_e164": "+393331112202",
                "started_at": fields.Datetime.now(),
                "user_id": self.operator.id,
                "line_id": self.twin.id,
            }
        )
        place = self._merge()
        call.invalidate_recordset()
        self.assertEqual(call.line_id, place)

    def test_a_name_in_hand_stays_in_hand(self):
        for user in (self.operator, self.operator_two):
            payload = self.next_name(user)
            with self.assertRaisesRegex(UserError, "Merge the names when the call"):
                (self.kept | self.gone)._merge_opportunity(auto_unlink=True)
            self.confirm(payload, "N", user=user)
        self.assertEqual(self._merge().category, "closed_negative")

    def test_a_claim_that_ran_out_is_in_nobodys_hand(self):
        payload = self.next_name()
        self.line_of(payload).claimed_until = fields.Datetime.now() - timedelta(hours=1)
        place = self._merge()
        self.assertFalse(place.claimed_by_id)
        self.confirm(payload, "N")
        self.assertEqual(self.line_of(payload).category, "closed_negative")
