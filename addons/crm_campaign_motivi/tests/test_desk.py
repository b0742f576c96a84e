from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestDesk(CampaignCommon):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.payload = self.next_name()
        self.lead = self.leads[0]
        self.closing = fields.Date.to_string(fields.Date.today() + timedelta(days=20))

    def _hold(self, payload=None, user=None, index=0):
        payload = payload or self.payload
        desk = self.desk(user)
        week = desk.agenda(payload["line_id"], payload["claim_token"])
        if not week["slots"]:
            monday = fields.Date.to_date(week["start"]) + timedelta(days=7)
            week = desk.agenda(payload["line_id"], payload["claim_token"], str(monday))
        slot = week["slots"][index]
        return desk.hold_slot(
            payload["line_id"],
            payload["claim_token"],
            slot["agent_id"],
            slot["start"],
            slot["stop"],
        )

    # What the desk shows

    def test_the_payload_shows_the_name(self):
        payload = self.payload
        self.assertEqual(payload["lead"]["city"], "Brescia")
        self.assertEqual(payload["lead"]["province"], "BS")
        self.assertEqual(payload["lead"]["zone"], "Brescia")
        self.assertEqual(
            [phone["e164"] for phone in payload["phones"]], self.lead._e164_numbers()
        )
        self.assertIn("Good morning", payload["campaign"]["script"])
        self.assertEqual(payload["campaign"]["expected_revenue"], 9000)
        self.assertIn("Fresh name", payload["why"])
        self.assertTrue(
            {"R", "N", "C", "T"} <= {o["kind"] for o in payload["outcomes"]}
        )

    def test_last_three_notes_and_history(self):
        for number in range(5):
            self.lead._register_outcome(self.outcomes["R"], note=f"note {number}")
        self.lead._register_outcome(self.outcomes["R"])
        current = self.desk().open()["current"]
        self.assertEqual(
            [row["note"] for row in current["notes"]], ["note 4", "note 3", "note 2"]
        )
        self.assertEqual(len(current["history"]), 6)

    def test_reload_finds_the_name_in_hand(self):
        opened = self.desk().open()
        self.assertEqual(opened["current"]["line_id"], self.payload["line_id"])
        self.assertEqual([c["id"] for c in opened["campaigns"]], self.campaign.ids)
        self.assertIsNone(self.desk(self.operator_two).open()["current"])

    def test_the_desk_is_for_operators(self):
        with self.assertRaises(AccessError):
            self.desk(self.agent).open()
        with self.assertRaises(AccessError):
            self.desk(self.back_office).next_name(self.campaign.id)

    def test_a_foreign_claim_opens_nothing(self):
        line, token = self.payload["line_id"], self.payload["claim_token"]
        other = self.desk(self.operator_two)
        for call in (
            lambda: other.log_dial(line, token, "phone"),
            lambda: other.agenda(line, token),
            lambda: other.confirm(line, token, "t", self.outcomes["N"].id),
            lambda: self.desk().agenda(line, "guess"),
            lambda: self.desk().agenda(line, False),
        ):
            with self.assertRaisesRegex(UserError, "no longer in your hands"):
                call()
        self.assertFalse(other.release(line, token))

    # R

    def test_recall(self):
        when = self.in_hours(3)
        self.confirm(self.payload, "R", recall_at=when, note="Ask for the son")
        line = self.line_of(self.payload)
        self.assertEqual(line.category, "recall")
        self.assertEqual(fields.Datetime.to_string(line.recall_at), when)
        self.assertEqual(line.recall_user_id, self.operator, "preset of the outcome")
        self.assertEqual(line.attempts, 1)
        self.assertFalse(line.claimed_by_id)
        self.assertEqual(self.lead.interaction_ids.note, "Ask for the son")

    def test_public_recall(self):
        self.confirm(
            self.payload, "R", recall_at=self.in_hours(3), recall_scope="public"
        )
        self.assertFalse(self.line_of(self.payload).recall_user_id)

    def test_recall_needs_a_later_time(self):
        for when, sentence in ((None, "Enter the date"), (self.in_hours(-1), "past")):
            with self.assertRaisesRegex(UserError, sentence):
                self.confirm(self.payload, "R", recall_at=when)
        with self.assertRaisesRegex(UserError, "public, private"):
            self.confirm(
                self.payload, "R", recall_at=self.in_hours(1), recall_scope="mine"
            )
        self.assertFalse(self.lead.interaction_ids)

    # N

    def test_negative_ends(self):
        result = self.confirm(self.payload, "N")
        self.assertEqual(self.line_of(self.payload).category, "closed_negative")
        self.assertIn("Name 1", result["message"])
        self.assertNotEqual(self.next_name()["lead"]["id"], self.lead.id)

    def test_the_same_token_answers_the_same(self):
        first = self.confirm(self.payload, "N", token="twice", note="Told")
        again = self.confirm(self.payload, "N", token="twice", note="Told more")
        saved = {"outcome_id": self.outcomes["N"].id, "note": "Told"}
        self.assertEqual(again.pop("repeated"), saved, "what was saved, not what came")
        self.assertEqual(first, {**again, "message": first["message"]})
        self.assertEqual(first["interaction_id"], again["interaction_id"])
        self.assertEqual(len(self.lead.interaction_ids), 1)
        self.assertEqual(self.line_of(self.payload).attempts, 1)

    def test_a_missing_token_is_refused(self):
        with self.assertRaisesRegex(UserError, "out of date"):
            self.confirm(self.payload, "N", token="")

    def test_outcomes_of_the_campaign_only(self):
        self.campaign.outcome_ids = self.outcomes["R"]
        with self.assertRaisesRegex(UserError, "not allowed in this campaign"):
            self.confirm(self.payload, "N")

    def test_handled_names_stay_visible_when_the_list_is_taken_away(self):
        self.confirm(self.payload, "N")
        self.call_list.operator_ids -= self.operator
        self.env.flush_all()
        mine = self.env["crm.lead"].with_user(self.operator).search([])
        self.assertEqual(mine, self.lead)

    # C

    def test_sale(self):
        self.confirm(
            self.payload, "C", expected_revenue=8000.0, date_deadline=self.closing
        )
        self.lead.invalidate_recordset()
        self.assertEqual(self.lead.won_status, "won")
        self.assertEqual(self.lead.expected_revenue, 8000)
        self.assertEqual(self.lead.campaign_id, self.campaign)
        self.assertTrue(self.lead.partner_id)
        self.assertEqual(self.line_of(self.payload).category, "closed_positive")

    def test_sale_needs_revenue_and_closing(self):
        with self.assertRaisesRegex(UserError, "expected revenue"):
            self.confirm(self.payload, "C", date_deadline=self.closing)
        with self.assertRaisesRegex(UserError, "date"):
            self.confirm(self.payload, "C", expected_revenue=1)

    # T

    def test_appointment(self):
        held = self._hold()
        self.assertIn("Via Roma 1", held["summary"]["where"])
        result = self.confirm(
            self.payload,
            "T",
            slot=held,
            note="South roof",
            expected_revenue=9000,
            date_deadline=self.closing,
        )
        event = self.env["calendar.event"].browse(result["event_id"])
        self.assertEqual(event.user_id, self.agent)
        self.assertEqual(event.partner_ids, self.agent.partner_id)
        self.assertEqual(fields.Datetime.to_string(event.start), held["start"])
        self.assertIn("25121 Brescia (BS)", event.location)
        self.assertIn("South roof", event.description)
        self.assertIn("+390305550001", event.description)
        self.assertTrue(event.alarm_ids)
        self.assertEqual(event.agent_slot_ids.kind, "appointment")
        self.lead.invalidate_recordset()
        self.assertEqual(self.lead.type, "opportunity")
        self.assertEqual(self.lead.user_id, self.agent)
        self.assertEqual(self.lead.medium_id, self.env.ref("utm.utm_medium_phone"))
        seen = self.env["calendar.event"].with_user(self.agent).search([])
        self.assertIn(event, seen)
        # The graph may plan it, Odoo itself doesn't.
        planned = event.activity_ids
        self.assertFalse(planned - planned._filtered_commercial())

    def test_appointment_needs_a_slot(self):
        with self.assertRaisesRegex(UserError, "agents' agenda"):
            self.confirm(
                self.payload, "T", expected_revenue=1, date_deadline=self.closing
            )

    def test_a_slot_that_was_never_offered_is_refused(self):
        held = self._hold()
        night = fields.Datetime.to_datetime(held["start"]).replace(hour=1)
        slot = {
            "agent_id": self.agent.id,
            "start": fields.Datetime.to_string(night),
            "stop": fields.Datetime.to_string(night + timedelta(hours=1)),
        }
        values = {"expected_revenue": 1, "date_deadline": self.closing}
        with self.assertRaises(UserError):
            self.confirm(self.payload, "T", slot=slot, **values)
        with self.assertRaisesRegex(UserError, "zone"):
            self.confirm(
                self.payload,
                "T",
                slot={**held, "agent_id": self.agent_two.id},
                **values,
            )

    def test_a_taken_slot_is_refused_and_nothing_is_saved(self):
        held = self._hold()
        other = self.next_name(self.operator_two)
        with self.assertRaisesRegex(UserError, "just been taken"):
            self.desk(self.operator_two).hold_slot(
                other["line_id"],
                other["claim_token"],
                held["agent_id"],
                held["start"],
                held["stop"],
            )
        offered = self.desk(self.operator_two).agenda(
            other["line_id"], other["claim_token"], held["start"][:10]
        )
        self.assertNotIn(held["start"], [slot["start"] for slot in offered["slots"]])

    def test_a_time_that_is_held_is_booked_past_the_notice(self):
        """The notice counts until the customer has chosen, not until CONFIRM."""
        held = self._hold()
        start = fields.Datetime.to_datetime(held["start"])
        notice = timedelta(hours=self.campaign.slot_notice_hours)
        late = start - notice + timedelta(minutes=3)
        self.env.cr.execute(
            "UPDATE crm_agent_slot SET expires_at = %s WHERE id = %s",
            [late + timedelta(minutes=5), held["slot_id"]],
        )
        values = {"expected_revenue": 1, "date_deadline": "2099-01-01"}
        with self.at(late):
            # Prolonged while the summary is read aloud.
            again = self._hold_again(held)
            self.assertEqual(again["start"], held["start"])
            self.env.cr.execute(
                "UPDATE crm_agent_slot SET expires_at = %s WHERE id = %s",
                [late + timedelta(minutes=5), again["slot_id"]],
            )
            week = self.desk().agenda(
                self.payload["line_id"], self.payload["claim_token"], held["start"][:10]
            )
            offered = [slot["start"] for slot in week["slots"]]
            self.assertEqual(offered[0], held["start"], "still on screen")
            other = self.next_name(self.operator_two)
            with self.assertRaisesRegex(UserError, "can't be booked any more"):
                self._hold_again(held, other, self.operator_two)
            result = self.confirm(self.payload, "T", slot=held, **values)
        event = self.env["calendar.event"].browse(result["event_id"])
        self.assertEqual(event.start, start)

    def test_past_the_notice_what_is_held_no_more_is_refused(self):
        held = self._hold()
        start = fields.Datetime.to_datetime(held["start"])
        late = start - timedelta(hours=self.campaign.slot_notice_hours, minutes=-3)
        self.desk().drop_hold(self.payload["line_id"], self.payload["claim_token"])
        with self.at(late), self.assertRaisesRegex(UserError, "any more"):
            self._hold_again(held)

    def _hold_again(self, held, payload=None, user=None):
        payload = payload or self.payload
        return self.desk(user).hold_slot(
            payload["line_id"],
            payload["claim_token"],
            held["agent_id"],
            held["start"],
            held["stop"],
        )

    def test_another_outcome_gives_up_the_time(self):
        for kind, values in (
            ("N", {}),
            ("R", {"recall_at": self.in_hours(2)}),
            ("C", {"expected_revenue": 1, "date_deadline": self.closing}),
        ):
            with self.subTest(kind):
                payload = self.desk().open()["current"] or self.next_name()
                self._hold(payload)
                self.assertTrue(self.env["crm.agent.slot"].search([]))
                self.confirm(payload, kind, **values)
                self.assertFalse(self.env["crm.agent.slot"].search([]))

    def test_a_late_word_that_a_time_is_not_wanted_refuses_nothing(self):
        """The name has left the hand before it: the next one is on screen by now."""
        self._hold()
        claim = self.payload["line_id"], self.payload["claim_token"]
        self.desk().release(*claim)
        self.assertTrue(self.desk().drop_hold(*claim))

    def test_the_agenda_says_what_is_missing(self):
        def reason():
            return self.desk().agenda(
                self.payload["line_id"], self.payload["claim_token"]
            )["empty_reason"]

        self.zone.agent_ids = False
        self.assertIn("covers the zone", reason())
        self.campaign.agent_ids = False
        self.assertIn("no field agents", reason())
        self.campaign.agent_ids = self.agent
        self.lead.write({"zip": False, "state_id": False})
        self.assertIn("no zone", reason())

    def test_no_free_time_is_said(self):
        self.zone.agent_ids = self.agent
        self.calendar.attendance_ids.unlink()
        week = self.desk().agenda(self.payload["line_id"], self.payload["claim_token"])
        self.assertFalse(week["slots"])
        self.assertIn("no free time", week["empty_reason"])

    # STOP and CLOSE

    def test_release_saves_nothing_and_gives_up_the_slot(self):
        self._hold()
        self.desk().release(self.payload["line_id"], self.payload["claim_token"])
        self.env.invalidate_all()
        self.assertFalse(self.env["crm.agent.slot"].search([]))
        self.assertFalse(self.lead.interaction_ids)
        self.assertEqual(self.lead.type, "lead")
        line = self.line_of(self.payload)
        self.assertEqual((line.category, line.attempts), ("to_call", 0))

    # Calls by hand

    def test_calls_are_recorded(self):
        call = self.desk().log_dial(
            self.payload["line_id"], self.payload["claim_token"], "mobile"
        )
        self.assertEqual(call["tel"], f"tel:{self.lead.mobile_e164}")
        self.confirm(self.payload, "N", call_uuid=call["call_uuid"])
        row = self.env["crm.call"].search([("uuid", "=", call["call_uuid"])])
        self.assertEqual(row.user_id, self.operator)
        self.assertTrue(row.ended_at)
        self.assertEqual(self.lead.interaction_ids.call_id, row)
        self.assertFalse(self.desk(self.operator_two).end_call(call["call_uuid"]))

    # Corrections with the customer on the line

    def test_main_fields_are_corrected_with_the_outcome(self):
        self.confirm(self.payload, "N", lead_values={"city": "Lumezzane"})
        self.assertEqual(self.lead.city, "Lumezzane")

    def test_other_fields_are_refused_and_nothing_is_saved(self):
        with self.assertRaises(AccessError):
            self.confirm(self.payload, "N", lead_values={"user_id": self.agent.id})

    # Cost

    def test_queries_of_the_hot_path(self):
        self.confirm(self.payload, "N")
        payload = self.next_name()
        self.confirm(payload, "N")
        self.env.flush_all()
        # The last one: products, where an addon offers them at the desk.
        with self.assertQueryCount(30):
            payload = self.next_name()
        with self.assertQueryCount(30):
            self.confirm(payload, "N")
            self.env.flush_all()
