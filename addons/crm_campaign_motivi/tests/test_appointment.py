"""What happens to an appointment after it is fixed: moved, cancelled, confirmed."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .appointment_case import MONDAY, AppointmentCommon


@tagged("post_install", "-at_install")
class TestAppointment(AppointmentCommon):
    # Moved

    def test_moving_takes_slot_action_opportunity_and_ledger_along(self):
        event = self._visit()
        start = MONDAY.replace(hour=11)
        event._move_appointment(
            start, start + timedelta(hours=1), self.agent_two, "Train strike"
        )
        self.assertEqual(event.user_id, self.agent_two)
        self.assertEqual(event.partner_ids, self.agent_two.partner_id)
        self.assertEqual(event.agent_slot_ids.agent_id, self.agent_two)
        self.assertEqual(event.agent_slot_ids.start, start)
        self.assertEqual(self.lead.user_id, self.agent_two)
        action = event._open_action()
        self.assertEqual((action.user_id, action.date_planned), (self.agent_two, start))
        [(outcome, note)] = self._rows()
        self.assertEqual(outcome, "Appointment moved")
        self.assertIn("13/01/2031 12:00", note)
        self.assertIn("Agent Two visits instead of Agent One", note)
        self.assertTrue(note.endswith("Train strike"))
        row = self.env["crm.interaction"].search(
            [("lead_id", "=", self.lead.id)], limit=1
        )
        self.assertEqual(row.event_id, event.id)
        self.assertEqual(event.confirmation_state, "moved")

    def test_dragging_in_the_calendar_is_written_down_too(self):
        event = self._visit()
        start = MONDAY.replace(hour=10)
        event.with_user(self.agent).write(
            {"start": start, "stop": start + timedelta(hours=1)}
        )
        self.assertEqual(event.agent_slot_ids.start, start)
        self.assertEqual([row[0] for row in self._rows()], ["Appointment moved"])

    def test_who_moves_it_leaves_no_stamp_on_the_event(self):
        """Nobody may count by events how much an operator moves."""
        event = self._visit()
        start = MONDAY.replace(hour=10)
        event.with_user(self.operator).sudo()._move_appointment(
            start, start + timedelta(hours=1), reason="x"
        )
        event.invalidate_recordset()
        self.assertEqual(event.write_uid, self.agent)
        self.assertNotEqual(event.create_uid, self.operator)

    def test_a_second_appointment_of_a_name_is_refused_with_the_first(self):
        """One agent would drive there for nothing."""
        event = self._visit()
        payload = self.desk().take_by_hand(self.lead.id)
        claim = payload["line_id"], payload["claim_token"]
        week = self.desk().agenda(*claim)
        self.assertEqual((week["slots"], len(week["days"])), ([], 7))
        self.assertIn("with Agent One on 13/01/2031 10:00", week["empty_reason"])
        slot = self._slot(MONDAY.replace(hour=11))
        values = {"expected_revenue": 1, "date_deadline": "2031-03-01"}
        with self.assertRaisesRegex(UserError, "has an appointment already"):
            self.desk().hold_slot(*claim, **slot)
        with self.assertRaisesRegex(UserError, "has an appointment already"):
            self.confirm(payload, "T", slot=slot, **values)
        # What the customer has refused, and what lies behind, stands in nobody's way.
        event.confirmation_state = "refused"
        self.assertTrue(self.desk().agenda(*claim)["slots"])
        event.confirmation_state = "to_confirm"
        with self.at(MONDAY.replace(hour=12)):
            self.assertFalse(self.desk()._why_no_second_visit(self.lead))
        event._cancel_appointment("Ill")
        self.desk().hold_slot(*claim, **slot)
        self.assertTrue(self.confirm(payload, "T", slot=slot, **values)["event_id"])

    def test_the_agenda_moves_it_for_who_may(self):
        event = self._visit()
        for user in (
            self.operator,
            self.coordinator,
            self.back_office,
            self.manager,
            self.agent,
        ):
            with self.subTest(user=user.name):
                desk = self.desk(user)
                week = desk.event_agenda(event.id, "2031-01-13")
                self.assertTrue(week["slots"])
                slot = next(
                    s for s in week["slots"] if s["agent_id"] == event.user_id.id
                )
                chosen = {key: slot[key] for key in ("agent_id", "start", "stop")}
                held = desk.event_hold_slot(event.id, **chosen)
                self.assertEqual(held["summary"]["name"], "Name 1")
                answer = desk.event_move(event.id, chosen, "Asked for it")
                self.assertIn("is moved to", answer["message"])
                self.assertIn("gets an e-mail", answer["message"])
                self.assertEqual(fields.Datetime.to_string(event.start), slot["start"])
        self.assertEqual(len(self._rows()), 5)

    def test_others_may_not(self):
        event = self._visit()
        self.call_list.operator_ids -= self.operator_two
        self.leads.invalidate_recordset()
        for user in (self.operator_two, self.agent_two):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.desk(user).event_agenda(event.id)
        installer = self._new_user("installer", "group_installer")
        with self.assertRaises(AccessError):
            event.with_user(installer).action_cancel_appointment()

    def test_a_move_says_why_and_takes_free_times_only(self):
        event, other = self._visit(), self._visit(self.leads[1], hour=11)
        desk = self.desk(self.coordinator)
        with self.assertRaisesRegex(UserError, "Write why"):
            desk.event_move(event.id, self._slot(MONDAY.replace(hour=10)), " ")
        with self.assertRaisesRegex(UserError, "just been taken"):
            desk.event_move(event.id, self._slot(other.start), "Asked")
        self.assertFalse(self._rows())

    def test_a_full_week_does_not_hinder_a_move_within_it(self):
        event = self._visit()
        self.zone.zone_agent_ids.filtered(
            lambda cover: cover.user_id == self.agent
        ).weekly_capacity = 1
        desk = self.desk(self.coordinator)
        with self.assertRaisesRegex(UserError, "no room"):
            frame = desk._agenda_frame(self.campaign, self.leads[1])
            desk._hold_slot_of(frame, **self._slot(MONDAY.replace(hour=11)))
        desk.event_move(event.id, self._slot(MONDAY.replace(hour=11)), "Later")
        self.assertEqual(event.start.hour, 11)

    # Cancelled

    def test_cancelling_frees_the_time_and_says_why(self):
        event = self._visit()
        wizard = (
            self.env["crm.appointment.change.wizard"]
            .with_user(self.coordinator)
            .create({"event_id": event.id, "kind": "cancelled", "reason": "Moved away"})
        )
        wizard.action_apply()
        self.assertFalse(event.active)
        self.assertFalse(event.agent_slot_ids)
        [(outcome, note)] = self._rows()
        self.assertEqual(outcome, "Appointment cancelled")
        self.assertIn("Moved away", note)
        with self.assertRaisesRegex(UserError, "cancelled already"):
            event._cancel_appointment("Again")

    def test_a_closed_appointment_stays(self):
        event = self._visit()
        event._close(self.outcomes["N"])
        for method in ("action_cancel_appointment", "action_confirm_appointment"):
            with self.assertRaisesRegex(UserError, "closed already"):
                getattr(event, method)()

    def test_deleting_from_the_calendar_is_written_down(self):
        event = self._visit()
        event.unlink()
        self.assertEqual([row[0] for row in self._rows()], ["Appointment cancelled"])

    def test_a_moved_appointment_does_not_keep_a_conversion(self):
        event = self._visit()
        conversion = self.lead.conversion_ids
        conversion.ledger_id = self.lead.interaction_ids.sorted("id")[-1].id
        start = MONDAY.replace(hour=10)
        event._move_appointment(start, start + timedelta(hours=1), reason="Later")
        self.assertFalse(conversion._obstacles_of_history())

    # From the name's form

    def test_the_name_knows_its_next_appointment(self):
        event = self._visit()
        lead = self.lead.with_user(self.operator)
        self.assertEqual(lead.next_appointment_id, event)
        action = lead.action_move_appointment()
        self.assertEqual(action["params"], {"event_id": event.id})
        self.assertEqual(
            lead.action_cancel_appointment()["context"]["default_event_id"], event.id
        )
        with self.assertRaisesRegex(UserError, "no appointment"):
            self.leads[1].with_user(self.operator).action_move_appointment()
