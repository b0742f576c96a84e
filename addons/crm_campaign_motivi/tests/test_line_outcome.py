import uuid
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestLineOutcome(CampaignCommon):
    """An outcome drives the places in lists, wherever it is registered."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.lines = self.call_list.line_ids.sorted("rank")
        self.line, self.lead = self.lines[0], self.leads[0]
        self.other = self.campaign.copy({"title": "Other"})
        self.elsewhere = self.env["crm.call.list"].create(
            {"name": "Elsewhere", "campaign_id": self.other.id}
        )
        self.elsewhere._add_leads(self.leads.ids)
        self.twin = self.elsewhere.line_ids.sorted("rank")[0]
        self.action_type = self.env["mail.activity.type"].create(
            {"name": "Visit of the tests", "is_commercial": True}
        )

    def _register(self, kind, lead=None, **values):
        row = (lead or self.lead)._register_outcome(
            self.outcomes[kind], self.action_type, **values
        )
        self._read_anew()
        return row

    def _read_anew(self):
        self.env.flush_all()
        self.env.invalidate_all()

    def _categories(self):
        self._read_anew()
        return self.line.category, self.twin.category

    # ------------------------------------------------------------
    # WHO IS STOPPED
    # ------------------------------------------------------------

    def test_a_refusal_on_the_card_closes_the_name_in_all_lists(self):
        self._register("N")
        self.assertEqual(self._categories(), ("closed_negative", "closed_negative"))
        self.assertEqual(self.line.list_state_id.category, "closed_negative")
        self.assertEqual(self.line.last_outcome_id, self.outcomes["N"])
        self.assertTrue(self.line.last_contact_at)
        self.assertEqual(self.line.attempts, 0, "nobody called it from this list")
        self.assertEqual(self.lines[1].category, "to_call")
        self.assertEqual(self.next_name()["lead"]["id"], self.leads[1].id)

    def test_a_planned_action_does_so_too(self):
        self.env["crm.relation"].create(
            {
                "activity_type_id": self.action_type.id,
                "outcome_id": self.outcomes["C"].id,
            }
        )
        action = self.env["crm.planner"]._plan(
            self.lead, self.action_type, self.agent, fields.Datetime.now()
        )
        action.with_user(self.agent)._close_with_outcome(self.outcomes["C"])
        self.assertEqual(self._categories(), ("closed_positive", "closed_positive"))

    def test_many_names_are_closed_at_once(self):
        state = self.lines[3].list_state_id.copy({"category": "closed_negative"})
        others = state.search([("category", "!=", "closed_negative")])
        self.campaign.list_state_ids = others | state
        self.leads[1:]._register_outcome_batch(self.outcomes["N"], self.action_type)
        self._read_anew()
        self.assertEqual(self.lines[0].category, "to_call")
        self.assertEqual(set(self.lines[1:].mapped("category")), {"closed_negative"})
        self.assertEqual(self.lines[1:].list_state_id, state, "the campaign's own")
        self.assertNotEqual(self.elsewhere.line_ids.list_state_id, state)

    def test_statements_do_not_grow_with_the_names(self):
        queries = []
        for leads in (self.leads[:1], self.leads[1:]):
            self._read_anew()
            before = self.env.cr.sql_log_count
            leads._drive_lines(self.outcomes["N"])
            self.env.flush_all()
            queries.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(queries[1], queries[0])

    def test_a_campaign_moves_its_own_lines_only(self):
        self._register("N", campaign=self.other)
        self.assertEqual(self._categories(), ("to_call", "closed_negative"))

    def test_a_closed_campaign_is_history(self):
        self.other.call_state = "closed"
        self._register("N")
        self.assertEqual(self._categories(), ("closed_negative", "to_call"))

    def test_what_somebody_has_in_hand_is_theirs(self):
        payload = self.next_name()
        self._register("N")
        line = self.line_of(payload)
        self.assertEqual(
            (line.category, line.claimed_by_id.id), ("to_call", self.operator.id)
        )
        self.assertEqual(self.twin.category, "closed_negative")

    def test_a_suspended_name_is_closed_when_it_is_resumed(self):
        self.line._bulk_suspend()
        self._register("N")
        self.assertFalse(self.line.category)
        self.line._bulk_resume()
        self._read_anew()
        self.assertEqual(self.line.category, "closed_negative")

    def test_a_promised_recall_ends_kept(self):
        self.line.write(
            {
                "category": "recall",
                "recall_scope": "private",
                "recall_user_id": self.operator.id,
                "recall_at": fields.Datetime.now() + timedelta(hours=2),
            }
        )
        self._register("T")
        self.assertEqual(self.line.category, "closed_positive")
        self.assertFalse(self.line.recall_at or self.line.recall_user_id)
        kept = self.env["crm.recall"].search([("line_id", "=", self.line.id)])
        self.assertEqual(kept.result, "kept")

    # ------------------------------------------------------------
    # CALL AGAIN
    # ------------------------------------------------------------

    def test_call_again_without_a_campaign_changes_nothing(self):
        self._register("R")
        self.leads._register_outcome_batch(self.outcomes["R"], self.action_type)
        self.assertEqual(self._categories(), ("to_call", "to_call"))

    def test_call_again_in_a_campaign_follows_its_rule(self):
        self.outcomes["R"].write({"retry_minutes": 60, "retry_other_band": False})
        token = uuid.uuid4().hex
        for _time in range(2):
            self._register("R", campaign=self.campaign, token=token)
        self.assertEqual(self._categories(), ("recall", "to_call"))
        self.assertEqual(self.line.recall_scope, "automatic")
        self.assertEqual(self.line.attempts, 1, "the same token counts once")

    def test_an_outcome_without_kind_is_no_call(self):
        paper = self.env["crm.outcome"].create({"name": "Paper", "color": "#28a745"})
        self.lead._register_outcome(paper, self.action_type)
        self.assertEqual(self._categories(), ("to_call", "to_call"))

    # ------------------------------------------------------------
    # THE DESK
    # ------------------------------------------------------------

    def test_the_desk_closes_its_line_once_and_the_others_of_its_campaign(self):
        second = self.call_list.copy({"name": "Second"})
        second._add_leads(self.leads.ids)
        payload = self.next_name()
        self.confirm(payload, "N")
        line = self.line_of(payload)
        self.assertEqual((line.category, line.attempts), ("closed_negative", 1))
        places = self.lead.call_list_line_ids.filtered("campaign_id") - line
        self.assertEqual(
            {place.list_id: place.category for place in places},
            {
                (self.call_list | second) - line.list_id: "closed_negative",
                self.elsewhere: "to_call",
            },
        )

    def test_a_claim_that_ran_out_is_closed_once(self):
        payload = self.next_name()
        self.line_of(payload).write({"claimed_by_id": False, "claimed_until": False})
        self.confirm(payload, "R", recall_at=self.in_hours(2))
        line = self.line_of(payload)
        self.assertEqual((line.attempts, line.recall_scope), (1, "private"))

    def run_out(self, payload, is_noticed):
        """Let a claim run out; ``is_noticed``: somebody has asked for names since."""
        self.env.cr.execute(
            "UPDATE crm_call_list_line"
            " SET claimed_until = claimed_until - interval '1 hour',"
            " claimed_by_id = CASE WHEN %s THEN NULL ELSE claimed_by_id END"
            " WHERE id = %s",
            [is_noticed, payload["line_id"]],
        )
        self._read_anew()

    def test_who_comes_back_too_late_is_told_of_the_other_outcome(self):
        """The name has said no meanwhile: no recall, and no second contract."""
        for is_noticed in (True, False):
            with self.subTest(is_noticed=is_noticed):
                payload = self.next_name()
                self.run_out(payload, is_noticed)
                line = self.line_of(payload)
                self._register("N", line.lead_id)
                with self.assertRaisesRegex(UserError, "Not interested"):
                    self.confirm(payload, "R", recall_at=self.in_hours(2))
                self._read_anew()
                self.assertEqual(line.category, "closed_negative")
                self.assertFalse(line.claimed_by_id)
                self.assertEqual(len(line.lead_id.interaction_ids), 1)
                claim = payload["line_id"], payload["claim_token"]
                self.assertFalse(self.desk().heartbeat(*claim))

    def test_nor_does_a_late_one_end_a_retry(self):
        payload = self.next_name()
        self.run_out(payload, True)
        line = self.line_of(payload)
        self._register("R", line.lead_id, campaign=self.campaign)
        with self.assertRaisesRegex(UserError, "Copy your note"):
            self.confirm(payload, "N")

    # ------------------------------------------------------------
    # TAKEN BACK
    # ------------------------------------------------------------

    def test_what_is_taken_back_opens_the_lines_again(self):
        self._register("N")._reverse("Wrong name")
        self.assertEqual(self._categories(), ("to_call", "to_call"))
        self.assertEqual(self.line.list_state_id.category, "to_call")
        self.assertEqual(self.next_name()["lead"]["id"], self.lead.id)

    def test_so_does_an_outcome_of_the_desk(self):
        payload = self.next_name()
        answer = self.confirm(payload, "N")
        self.env["crm.interaction"].browse(answer["interaction_id"])._reverse("Wrong")
        self.assertEqual(self.line_of(payload).category, "to_call")

    def test_another_refusal_keeps_them_closed(self):
        first = self._register("N")
        second = self._register("N")
        first._reverse("Twice")
        self.assertEqual(self._categories(), ("closed_negative", "closed_negative"))
        self.assertTrue(second)

    def test_what_an_earlier_outcome_closed_stays_closed(self):
        with self.at("2026-03-03 09:00:00"):
            self._register("N", campaign=self.campaign)
        self._register("N")._reverse("Wrong name")
        self.assertEqual(self._categories(), ("closed_negative", "to_call"))
