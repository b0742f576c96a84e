"""An agent is ill: all appointments go to colleagues of the zone in bulk."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .appointment_case import MONDAY, AppointmentCommon


@tagged("post_install", "-at_install")
class TestAgentAbsence(AppointmentCommon):
    def _absence(self, user=None, **values):
        return (
            self.env["crm.agent.absence"]
            .with_user(user or self.coordinator)
            .create(
                {
                    "agent_id": self.agent.id,
                    "date_from": MONDAY,
                    "date_to": MONDAY + timedelta(days=2),
                    "reason": "Ill",
                    **values,
                }
            )
        )

    def _apply(self, absence):
        absence.action_apply()
        return self._work(absence)

    def _work(self, absence):
        """Do what the browser asks for; each request reads the database anew."""
        self.env.flush_all()
        self.env.invalidate_all()
        answer = absence.work()
        self.env.flush_all()
        self.env.invalidate_all()
        return answer

    def test_only_agents_are_absent(self):
        leaves = self.env["resource.calendar.leaves"].search_count([])
        other = self.env["res.company"].create({"name": "Another company"})
        stranger = self._new_user("agent_of_another", "group_agent")
        stranger.write({"company_ids": other.ids, "company_id": other.id})
        for user in (self.operator, stranger):
            absence = self._absence(agent_id=user.id)
            absence.state = "proposed"
            for method in (absence.action_propose, absence.action_apply):
                with self.assertRaisesRegex(AccessError, "field agent"):
                    method()
        self.assertEqual(self.env["resource.calendar.leaves"].search_count([]), leaves)

    def test_a_colleague_at_the_same_time(self):
        event = self._visit()
        absence = self._absence()
        absence.action_propose()
        [line] = absence.line_ids
        self.assertEqual(
            (line.choice, line.new_agent_id, line.new_start),
            ("move", self.agent_two, event.start),
        )
        answer = self._apply(absence)
        self.assertTrue(answer["finished"])
        self.assertEqual(line.state, "done")
        self.assertEqual(event.user_id, self.agent_two)
        self.assertEqual(event.agent_slot_ids.agent_id, self.agent_two)
        self.assertEqual(self.lead.user_id, self.agent_two)
        [(outcome, note)] = self._rows()
        self.assertEqual(outcome, "Appointment moved")
        self.assertIn("Ill", note)
        kinds = self.env["crm.appointment.notice"].search([]).mapped("kind")
        self.assertEqual(sorted(kinds), ["fixed", "moved"])

    def test_the_time_off_is_recorded_once_and_keeps_new_ones_away(self):
        self._visit()
        absence = self._absence()
        absence.action_propose()
        self._apply(absence)
        absence.action_again()
        self._apply(absence)
        leave = self.env["resource.calendar.leaves"].search(
            [("resource_id", "=", self.agent.resource_ids.id)]
        )
        self.assertEqual(len(leave), 1)
        self.assertNotIn("Ill", leave.name)
        free = self.env["crm.agenda"]._free_slots(
            self.agent, MONDAY, MONDAY + timedelta(days=2), 60
        )
        self.assertEqual(free[self.agent.id], [])

    def test_two_at_one_time_are_not_proposed_to_one_colleague(self):
        """Both agents of a second zone would be needed; the second gets a free time."""
        self._visit(self.leads[1], hour=9, agent=self.agent_two)
        first = self._visit(hour=9)
        second = self._visit(self.leads[2], hour=10)
        absence = self._absence()
        absence.action_propose()
        lines = {line.event_id: line for line in absence.line_ids}
        self.assertEqual(lines[first].new_agent_id, self.agent_two)
        self.assertEqual(lines[first].new_start.hour, 8)
        self.assertEqual(
            (lines[second].new_agent_id, lines[second].new_start),
            (self.agent_two, second.start),
        )
        chosen = [(line.new_agent_id, line.new_start) for line in absence.line_ids]
        self.assertEqual(len(set(chosen)), 2)

    def test_without_colleagues_the_own_time_after_the_absence(self):
        event = self._visit()
        self.campaign.agent_ids = self.agent
        absence = self._absence()
        absence.action_propose()
        line = absence.line_ids
        self.assertEqual(line.new_agent_id, self.agent)
        # The day before the absence is nearer than the day after it.
        self.assertEqual(line.new_start.date(), MONDAY.date() - timedelta(days=1))
        self._apply(absence)
        self.assertEqual(event.start, line.new_start)

    def test_nobody(self):
        event = self._visit()
        self.campaign.agent_ids = self.agent
        absence = self._absence(
            date_from=MONDAY - timedelta(days=3),
            date_to=MONDAY + timedelta(days=30),
            within_days=3,
        )
        absence.action_propose()
        line = absence.line_ids
        self.assertEqual((line.choice, line.new_agent_id.id), ("leave", False))
        line.choice = "cancel"
        self._apply(absence)
        self.assertFalse(event.active)

    def test_one_that_fails_stops_no_other_and_says_why(self):
        first, second = self._visit(), self._visit(self.leads[1], hour=10)
        absence = self._absence()
        absence.action_propose()
        lines = {line.event_id: line for line in absence.line_ids}
        # Meanwhile somebody else fixes the colleague's time.
        self._visit(self.leads[2], hour=9, agent=self.agent_two)
        answer = self._apply(absence)
        self.assertTrue(answer["finished"])
        self.assertEqual(lines[first].state, "failed")
        self.assertIn("just been taken", lines[first].result)
        self.assertEqual(first.user_id, self.agent)
        self.assertEqual(lines[second].state, "done")
        self.assertEqual(second.user_id, self.agent_two)
        self.assertIn("1 refused", absence.sentence)
        self.assertFalse(self.env["crm.agent.slot"].search([("kind", "=", "hold")]))

    def test_what_is_typed_is_checked(self):
        event = self._visit()
        absence = self._absence()
        absence.action_propose()
        line = absence.line_ids
        line.new_start = event.start.replace(hour=3)
        self._apply(absence)
        self.assertEqual(line.state, "failed")
        absence.action_again()
        line = absence.line_ids
        line.write({"new_agent_id": self.agent.id, "new_start": event.start})
        self._apply(absence)
        self.assertIn("absent", line.result)
        self.assertEqual(event.start, MONDAY.replace(hour=9))

    def test_progress_is_told(self):
        self._visit()
        self._visit(self.leads[1], hour=10)
        absence = self._absence()
        absence.action_propose()
        with patch(
            "odoo.addons.crm_campaign_motivi.wizard.crm_agent_absence.STEP_SECONDS", -1
        ):
            answer = self._apply(absence)
            self.assertEqual((answer["done"], answer["total"]), (1, 2))
            self.assertFalse(answer["finished"])
            self.assertTrue(self._work(absence)["finished"])

    def test_who_may(self):
        for user in (self.operator, self.agent):
            with self.assertRaises(AccessError):
                self._absence(user)
        self._visit()
        stranger = self._new_user("coordinator_two", "group_coordinator")
        absence = self._absence(stranger)
        absence.action_propose()
        self.assertFalse(absence.line_ids)
        self.assertEqual(absence.hidden_count, 1)
        absence = self._absence(self.back_office)
        absence.action_propose()
        self.assertEqual(len(absence.line_ids), 1)

    def test_nothing_is_applied_before_it_was_proposed(self):
        absence = self._absence()
        with self.assertRaisesRegex(UserError, "Look for colleagues"):
            absence.action_apply()
        self.assertFalse(absence.line_ids)
