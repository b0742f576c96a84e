from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .graph_case import GraphCase


@tagged("post_install", "-at_install")
class TestEngine(GraphCase):
    """What follows from an outcome is what its relation says."""

    def test_an_outcome_moves_state_points_and_plans(self):
        row = self.lead._register_outcome(self.interested, self.call_type)
        self.assertEqual(self.lead.commercial_state_id, self.prospect)
        self.assertEqual((row.points, row.state_after_id), (3, self.prospect))
        action = self._open_actions()
        self.assertEqual(action.activity_type_id, self.quote_type)
        self.assertFalse(action.user_id)
        due = self.env["crm.planner"]._due(2, 0)
        self.assertEqual(action.date_planned, due)

    def test_without_a_relation_nothing_moves(self):
        before = self.lead.commercial_state_id
        row = self.lead._register_outcome(self.signed, self.call_type)
        self.assertEqual(self.lead.commercial_state_id, before)
        self.assertEqual(row.points, 0)
        self.assertFalse(self._open_actions())

    def test_an_archived_relation_moves_nothing(self):
        self.call_interested.active = False
        self.lead._register_outcome(self.interested, self.call_type)
        self.assertNotEqual(self.lead.commercial_state_id, self.prospect)

    def test_who_gets_the_next_action(self):
        people = {
            "me": self.manager,
            "salesperson": self.agent,
            "contact": self.coordinator,
            "technician": self.back_office,
            "fixed": self.agent_two,
            "everyone": self.env["res.users"],
        }
        self.lead.write(
            {
                "user_id": self.agent.id,
                "contact_user_id": self.coordinator.id,
                "technician_id": self.back_office.id,
            }
        )
        self.call_interested.next_user_id = self.agent_two
        for kind, user in people.items():
            with self.subTest(kind):
                self._open_actions().sudo().unlink()
                self.call_interested.next_assignee = kind
                self.lead._register_outcome(
                    self.interested, self.call_type, user=self.manager
                )
                self.assertEqual(self._open_actions().user_id, user)
                # In bulk the same users get it.
                self._open_actions().sudo().unlink()
                self.lead._register_outcome_batch(
                    self.interested, self.call_type, user=self.manager
                )
                self.assertEqual(self._open_actions().user_id, user)

    def test_nobody_there_means_the_pool(self):
        self.call_interested.next_assignee = "technician"
        self.lead._register_outcome(self.interested, self.call_type)
        self.assertFalse(self._open_actions().user_id)
        self._open_actions().sudo().unlink()
        self.lead.technician_id = self.agent_two
        self.agent_two.action_archive()
        self.lead._register_outcome(self.interested, self.call_type)
        self.assertFalse(self._open_actions().user_id)

    def test_a_meeting_takes_the_first_free_time(self):
        self.call_interested.write(
            {
                "next_type_id": self.visit_type.id,
                "next_assignee": "fixed",
                "next_user_id": self.agent.id,
            }
        )
        due = self.env["crm.planner"]._due(2, 0)
        first, second = self.env["crm.agenda"]._free_slots(
            self.agent, due, due + timedelta(days=9), 60
        )[self.agent.id][:2]
        self.lead._register_outcome(self.interested, self.call_type)
        action = self._open_actions()
        event = action.calendar_event_id
        self.assertEqual((event.start, event.stop), first)
        self.assertEqual(event.user_id, self.agent)
        self.assertEqual(action.date_planned, first[0])
        self.assertTrue(event.is_sales_appointment)
        # The next one comes after it.
        other = self.leads[1]
        other._register_outcome(self.interested, self.call_type)
        self.assertEqual(self._open_actions(other).calendar_event_id.start, second[0])

    def test_a_meeting_without_free_time_waits(self):
        self.call_interested.write(
            {
                "next_type_id": self.visit_type.id,
                "next_assignee": "fixed",
                "next_user_id": self.agent.id,
            }
        )
        self.calendar.attendance_ids.unlink()
        self.lead._register_outcome(self.interested, self.call_type)
        action = self._open_actions()
        self.assertTrue(action.needs_scheduling)
        self.assertFalse(action.calendar_event_id)
        self.assertEqual(action.user_id, self.agent)

    def test_a_fixed_appointment_is_the_next_action(self):
        start, stop = self._next_free_slot()
        event = self.lead._create_visit(self.agent, start, stop)
        self.call_interested.next_type_id = self.visit_type
        self.lead._register_outcome(self.interested, self.call_type, event=event)
        action = self._open_actions()
        self.assertEqual(action.calendar_event_id, event)
        self.assertEqual(action.date_planned, start)
        self.assertEqual(event.action_type_id, self.visit_type)

    def test_closing_a_planned_action(self):
        action = self._plan(self.call_type, self.manager)
        row = action.with_user(self.manager)._close_with_outcome(
            self.interested, note="said yes"
        )
        self.assertFalse(action.active)
        self.assertEqual(action.outcome_id, self.interested)
        self.assertEqual(row.activity_ref, action.id)
        self.assertEqual(row.user_id, self.manager)
        with self.assertRaisesRegex(UserError, "Campaign Manager closed this action"):
            action.with_user(self.back_office).sudo()._close_with_outcome(self.refused)

    def test_a_planned_action_ends_with_an_outcome_of_its_type(self):
        action = self._plan(self.call_type, self.manager)
        with self.assertRaisesRegex(UserError, "no relation"):
            action._close_with_outcome(self.signed)
        self.assertTrue(action.active)

    def test_the_system_closes_automatic_actions(self):
        mail_type = self._new_type(
            "Mail", channel="email", automatic_outcome_id=self.refused.id
        )
        self._new_relation(
            mail_type, self.refused, next_type_id=self.quote_type.id, points=1
        )
        self.call_interested.write({"next_type_id": mail_type.id, "delay_days": 0})
        # A working day, so that no delay comes in between.
        self.calendar.attendance_ids.unlink()
        self.env.company.action_calendar_id = self._calendar_of_every_day()
        self.lead._register_outcome(self.interested, self.call_type)
        self.assertEqual(self._ledger()[-1].activity_type_id, mail_type)
        self.assertEqual(self._open_actions().activity_type_id, self.quote_type)

    def _calendar_of_every_day(self):
        return self.env["resource.calendar"].create(
            {
                "name": "Every day",
                "tz": "Europe/Rome",
                "attendance_ids": [
                    fields.Command.create(
                        {
                            "name": str(day),
                            "dayofweek": str(day),
                            "hour_from": 0,
                            "hour_to": 24,
                            "day_period": "morning",
                        }
                    )
                    for day in range(7)
                ],
            }
        )

    def test_the_cron_closes_what_has_become_due(self):
        mail_type = self._new_type("Mail", automatic_outcome_id=self.refused.id)
        self._new_relation(mail_type, self.refused, points=1)
        later = self._plan(mail_type, due=fields.Datetime.now() + timedelta(hours=1))
        due = self._plan(mail_type, due=fields.Datetime.now() - timedelta(hours=1))
        with patch.object(
            self.env.registry["ir.cron"], "_commit_progress", return_value=60
        ):
            self.env["mail.activity"]._cron_close_automatic()
        self.assertFalse(due.active)
        self.assertTrue(later.active)

    def test_what_a_relation_leads_to_stays_on(self):
        for node in (self.quote_type, self.interested, self.prospect):
            with self.assertRaisesRegex(UserError, "Call → Interested"):
                node.active = False
        self.call_interested.active = False
        (self.quote_type | self.call_type).active = False
        self.assertFalse(self.quote_type.active)

    def test_only_the_system_uses_its_types(self):
        changed = self.env.ref("crm_callcenter.crm_outcome_state_changed")
        correction = self.env.ref("crm_callcenter.activity_type_correction")
        with self.assertRaisesRegex(UserError, "by the system"):
            self.lead._register_outcome(changed, correction)
        with self.assertRaisesRegex(UserError, "by the system"):
            self.lead._register_outcome_batch(changed, correction, state=self.customer)
        with self.assertRaisesRegex(UserError, "relation of an outcome only"):
            self.lead._register_outcome_batch(
                self.interested, self.call_type, state=self.customer
            )
        with self.assertRaisesRegex(UserError, "used by the system"):
            self.env["mail.activity"].with_user(self.manager).create(
                {
                    "activity_type_id": correction.id,
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": self.lead.id,
                }
            )

    def test_a_batch_does_what_single_outcomes_do(self):
        single, batch = self.leads[1], self.leads[2]
        single._register_outcome(self.interested, self.call_type, note="same")
        batch._register_outcome_batch(self.interested, self.call_type, note="same")
        columns = ("activity_type_id", "outcome_id", "state_before_id", "user_id")
        columns += ("state_after_id", "points", "note", "team_id", "partner_id")
        for column in columns:
            self.assertEqual(
                self._ledger(single)[column], self._ledger(batch)[column], column
            )
        self.assertEqual(batch.commercial_state_id, self.prospect)
        self.assertEqual(
            self._open_actions(single).date_deadline,
            self._open_actions(batch).date_deadline,
        )

    def test_processes_open_move_and_close(self):
        process = self.env["crm.process"].create(
            {
                "name": "Sale",
                "type_ids": [
                    fields.Command.set((self.call_type | self.quote_type).ids)
                ],
            }
        )
        self.call_interested.process_id = process
        self.quote_signed.write({"is_conclusive": True, "conclusion": "won"})
        self.lead._register_outcome(self.interested, self.call_type)
        instance = self.lead.lead_process_ids
        self.assertEqual(instance.result, "open")
        self.assertEqual(instance.commercial_state_id, self.prospect)
        action = self._open_actions()
        self.assertEqual(action.lead_process_id, instance)
        # Again: it stays the same one.
        self.lead._register_outcome(self.interested, self.call_type)
        self.assertEqual(self.lead.lead_process_ids, instance)
        row = action._close_with_outcome(self.signed)
        self.assertEqual(row.lead_process_id, instance)
        self.assertEqual(
            (instance.result, instance.commercial_state_id), ("won", self.customer)
        )
        self.assertTrue(instance.date_close)
        # A new one may be opened afterwards, beside the closed one.
        self.lead._open_process(process)
        self.assertEqual(len(self.lead.lead_process_ids), 2)
