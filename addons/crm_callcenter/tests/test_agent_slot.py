from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestAgentSlot(CallcenterCommon):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.slots = self.env["crm.agent.slot"]
        self.start, self.stop = self._next_free_slot()

    def _appointment(self, start=None, stop=None, agents=None, **values):
        agents = agents or self.agent
        return self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": start or self.start,
                "stop": stop or self.stop,
                "user_id": agents[0].id,
                "partner_ids": [fields.Command.set(agents.partner_id.ids)],
                "is_sales_appointment": True,
                **values,
            }
        )

    def test_the_constraint_is_in_the_database(self):
        """Odoo only logs a constraint that it can't add at install."""
        self.env.cr.execute(
            """SELECT pg_get_constraintdef(oid) FROM pg_constraint
                WHERE conrelid = 'crm_agent_slot'::regclass AND contype = 'x'"""
        )
        definitions = [row[0] for row in self.env.cr.fetchall()]
        self.assertEqual(len(definitions), 1)
        self.assertIn("tsrange(start, stop, '[)'", definitions[0])

    def test_an_appointment_takes_the_time(self):
        event = self._appointment()
        self.assertEqual(event.agent_slot_ids.agent_id, self.agent)
        self.assertNotEqual(self._next_free_slot(), (self.start, self.stop))
        with self.assertRaisesRegex(UserError, "just been taken"):
            self._appointment(self.start + timedelta(minutes=30))

    def test_neighbours_do_not_overlap(self):
        self._appointment()
        after = self._appointment(self.stop, self.stop + timedelta(hours=1))
        self.assertTrue(after.agent_slot_ids)

    def test_another_agent_is_free(self):
        self._appointment()
        self.assertTrue(self._appointment(agents=self.agent_two).agent_slot_ids)

    def test_moving_cancelling_and_deleting_keep_in_step(self):
        event = self._appointment()
        later = self.start + timedelta(days=1)
        event.write({"start": later, "stop": later + timedelta(hours=1)})
        self.assertEqual(event.agent_slot_ids.start, later)
        other = self._appointment()
        with self.assertRaisesRegex(UserError, "just been taken"):
            other.write({"start": later, "stop": later + timedelta(hours=1)})
        event.action_archive()
        self.assertFalse(self.slots.search([("event_id", "=", event.id)]))
        event.action_unarchive()
        self.assertEqual(event.agent_slot_ids.start, later)
        event.unlink()
        self.assertFalse(self.slots.search([("start", "=", later)]))

    def test_a_second_agent_takes_both_times(self):
        event = self._appointment()
        event.partner_ids |= self.agent_two.partner_id
        self.assertEqual(event.agent_slot_ids.agent_id, self.agent | self.agent_two)
        event.partner_ids -= self.agent.partner_id
        event.user_id = self.agent_two
        self.assertEqual(event.agent_slot_ids.agent_id, self.agent_two)

    def test_repeated_appointments_each_take_their_time(self):
        event = self._appointment(
            recurrency=True,
            rrule_type="daily",
            interval=1,
            end_type="count",
            count=3,
            event_tz="Europe/Rome",
        )
        events = event.recurrence_id.calendar_event_ids
        self.assertEqual(len(events), 3)
        self.assertEqual(len(events.agent_slot_ids), 3)

    def test_private_events_of_the_agent_may_overlap(self):
        for _number in range(2):
            self.env["calendar.event"].create(
                {"name": "Own", "start": self.start, "stop": self.stop}
            )
        self.assertTrue(self._appointment().agent_slot_ids)

    # Holds

    def test_a_hold_keeps_others_away_and_is_given_up(self):
        mine = self.slots.with_user(self.operator)
        theirs = self.slots.with_user(self.operator_two)
        self.assertTrue(mine._hold(self.agent.id, self.start, self.stop))
        self.assertIsNone(theirs._hold(self.agent.id, self.start, self.stop))
        mine._drop_holds()
        self.assertTrue(theirs._hold(self.agent.id, self.start, self.stop))

    def test_looking_at_another_slot_gives_up_the_first(self):
        mine = self.slots.with_user(self.operator)
        mine._hold(self.agent.id, self.start, self.stop)
        mine._hold(self.agent.id, self.stop, self.stop + timedelta(hours=1))
        self.slots.invalidate_model()
        held = self.slots.search([("holder_id", "=", self.operator.id)])
        self.assertEqual(held.start, self.stop)

    def test_an_expired_hold_stands_in_nobodys_way(self):
        self.slots.with_user(self.operator)._hold(self.agent.id, self.start, self.stop)
        self.env.cr.execute(
            "UPDATE crm_agent_slot SET expires_at = expires_at - interval '1 hour'"
        )
        self.assertEqual(self._next_free_slot(), (self.start, self.stop))
        theirs = self.slots.with_user(self.operator_two)
        self.assertTrue(theirs._hold(self.agent.id, self.start, self.stop))

    def test_own_hold_becomes_the_appointment(self):
        self.slots.with_user(self.operator)._hold(self.agent.id, self.start, self.stop)
        event = self._appointment_as(self.operator)
        self.assertEqual(event.agent_slot_ids.mapped("kind"), ["appointment"])

    def test_the_hold_of_another_blocks_the_appointment(self):
        self.slots.with_user(self.operator)._hold(self.agent.id, self.start, self.stop)
        with self.assertRaisesRegex(UserError, "just been taken"):
            self._appointment_as(self.operator_two)

    def _appointment_as(self, user):
        self.slots.invalidate_model()
        return (
            self.env["calendar.event"]
            .with_user(user)
            .sudo()
            .create(
                {
                    "name": "Visit",
                    "start": self.start,
                    "stop": self.stop,
                    "user_id": self.agent.id,
                    "partner_ids": [fields.Command.set(self.agent.partner_id.ids)],
                    "is_sales_appointment": True,
                }
            )
        )

    def test_expired_holds_are_swept(self):
        self.slots.with_user(self.operator)._hold(self.agent.id, self.start, self.stop)
        self.env.cr.execute(
            "UPDATE crm_agent_slot SET expires_at = expires_at - interval '1 hour'"
        )
        self.slots._gc_expired_holds()
        self.env.cr.execute("SELECT count(*) FROM crm_agent_slot")
        self.assertEqual(self.env.cr.fetchone(), (0,))


@tagged("post_install", "-at_install")
class TestAgenda(CallcenterCommon):
    #: A summer Wednesday: Rome is two hours ahead of UTC.
    DAY = datetime(2031, 7, 16)

    def _free(self, minutes=60, agent=None, start=None, stop=None):
        agent = agent or self.agent
        start = start or self.DAY
        stop = stop or self.DAY + timedelta(days=1)
        return self.env["crm.agenda"]._free_slots(agent, start, stop, minutes)[agent.id]

    def _event(self, start, stop, **values):
        return self.env["calendar.event"].create(
            {
                "name": "Busy",
                "start": start,
                "stop": stop,
                "user_id": self.agent.id,
                "partner_ids": [fields.Command.set(self.agent.partner_id.ids)],
                **values,
            }
        )

    def test_working_hours_in_the_agents_time(self):
        hours = [start.hour for start, _stop in self._free()]
        self.assertEqual(hours, [7, 8, 9, 10])

    def test_winter_is_one_hour_ahead(self):
        day = datetime(2031, 1, 15)
        hours = [
            start.hour
            for start, _stop in self._free(start=day, stop=day + timedelta(days=1))
        ]
        self.assertEqual(hours, [8, 9, 10, 11])

    def test_slots_of_ninety_minutes(self):
        self.assertEqual(
            [start.strftime("%H:%M") for start, _stop in self._free(90)],
            ["07:00", "08:30"],
        )

    def test_nothing_before_the_notice(self):
        free = self._free(start=self.DAY.replace(hour=8, minute=30))
        self.assertEqual([start.hour for start, _stop in free], [9, 10])

    def test_events_make_busy(self):
        self._event(
            self.DAY.replace(hour=8, minute=30), self.DAY.replace(hour=9, minute=30)
        )
        self.assertEqual([start.hour for start, _stop in self._free()], [7, 10])

    def test_free_and_declined_and_archived_events_do_not(self):
        start, stop = self.DAY.replace(hour=8), self.DAY.replace(hour=9)
        self._event(start, stop, show_as="free")
        self._event(start, stop).attendee_ids.state = "declined"
        self._event(start, stop).action_archive()
        self.assertEqual(len(self._free()), 4)

    def test_all_day_event_blocks_the_local_day(self):
        self._event(
            self.DAY,
            self.DAY,
            allday=True,
            start_date=self.DAY.date(),
            stop_date=self.DAY.date(),
        )
        self.assertFalse(self._free())
        day = self.DAY + timedelta(days=1)
        self.assertEqual(len(self._free(start=day, stop=day + timedelta(days=1))), 4)

    def test_time_off_of_the_agent(self):
        resource = self.agent.resource_ids
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Ill",
                "calendar_id": self.calendar.id,
                "resource_id": resource.id,
                "date_from": self.DAY,
                "date_to": self.DAY + timedelta(days=1),
            }
        )
        self.assertFalse(self._free())
        self.assertTrue(self._free(agent=self.agent_two))

    def test_operator_gets_intervals_of_a_calendar_that_is_closed_to_them(self):
        self._event(
            self.DAY.replace(hour=8), self.DAY.replace(hour=9), privacy="private"
        )
        free = (
            self.env["crm.agenda"]
            .with_user(self.operator)
            ._free_slots(self.agent, self.DAY, self.DAY + timedelta(days=1), 60)
        )
        self.assertEqual(
            [start.hour for start, _stop in free[self.agent.id]], [7, 9, 10]
        )
