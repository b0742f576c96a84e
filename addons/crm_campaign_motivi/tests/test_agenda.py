"""Which times the agenda offers: the way between zones, days, notice, horizon."""

from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CampaignCommon

#: A Monday in winter: 09:00 in Rome is 08:00 UTC.
MONDAY = datetime(2031, 1, 13)


@tagged("post_install", "-at_install")
class TestAgenda(CampaignCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign.write({"travel_minutes": 30, "slot_horizon_days": 60})
        cls.far = cls.env["crm.zone"].create(
            {
                "name": "Milan",
                "agent_ids": [fields.Command.set(cls.agent.ids)],
                "rule_ids": [
                    fields.Command.create(
                        {"kind": "province", "state_id": cls.other_province.id}
                    )
                ],
            }
        )
        cls.near_lead, cls.other_near_lead, cls.far_lead = cls.leads[:3]
        cls.far_lead.write(
            {"state_id": cls.other_province.id, "zip": "20121", "city": "Milano"}
        )

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()

    def _free(self, zone, day=MONDAY, travel=30, minutes=60):
        free = self.env["crm.agenda"]._free_slots(
            self.agent, day, day + timedelta(days=1), minutes, zone, travel
        )
        return [start.strftime("%H:%M") for start, _stop in free[self.agent.id]]

    def _event(self, hour, **values):
        start = MONDAY.replace(hour=hour)
        return self.env["calendar.event"].create(
            {
                "name": "Busy",
                "start": start,
                "stop": start + timedelta(hours=1),
                "user_id": self.agent.id,
                "partner_ids": [fields.Command.set(self.agent.partner_id.ids)],
                **values,
            }
        )

    # The way between zones; working hours are 08:00 to 12:00 UTC.

    def test_zones_of_the_names(self):
        self.assertEqual(self.near_lead.zone_id, self.zone)
        self.assertEqual(self.far_lead.zone_id, self.far)

    def test_an_appointment_in_another_zone_needs_the_way_before_and_after(self):
        self.near_lead._create_visit(
            self.agent, MONDAY.replace(hour=9), MONDAY.replace(hour=10)
        )
        self.assertEqual(self._free(self.zone), ["08:00", "10:00", "11:00"])
        self.assertEqual(self._free(self.far), ["11:00"])
        self.assertEqual(self._free(self.far, travel=0), ["08:00", "10:00", "11:00"])

    def test_an_event_at_a_place_in_no_zone_needs_the_way(self):
        self._event(9, location="Exhibition centre")
        self.assertEqual(self._free(self.zone), ["11:00"])

    def test_an_event_at_no_place_needs_none(self):
        self._event(9)
        self.assertEqual(self._free(self.zone), ["08:00", "10:00", "11:00"])

    def test_the_longer_way_of_two_campaigns_counts(self):
        """A campaign that allows no time for the way keeps that of the other."""
        self.env["crm.agent.slot"].with_user(self.operator_two)._hold(
            self.agent.id,
            MONDAY.replace(hour=9),
            MONDAY.replace(hour=10),
            self.far,
            30,
        )
        self.assertEqual(self._free(self.zone, travel=0), ["11:00"])

    # Holding and booking

    def _hold(self, user, hour, zone, travel=30):
        return (
            self.env["crm.agent.slot"]
            .with_user(user)
            ._hold(
                self.agent.id,
                MONDAY.replace(hour=hour),
                MONDAY.replace(hour=hour + 1),
                zone,
                travel,
            )
        )

    def test_two_operators_hold_no_neighbours_in_two_zones(self):
        self.assertTrue(self._hold(self.operator, 9, self.zone))
        self.assertIsNone(self._hold(self.operator_two, 10, self.far))
        self.assertIsNone(self._hold(self.operator_two, 8, self.far))
        self.assertTrue(self._hold(self.operator_two, 10, self.zone))

    def test_a_hold_looks_at_appointments_too(self):
        self.near_lead._create_visit(
            self.agent, MONDAY.replace(hour=9), MONDAY.replace(hour=10)
        )
        self.assertIsNone(self._hold(self.operator, 10, self.far))
        self.assertTrue(self._hold(self.operator, 10, self.zone))

    def test_own_hold_is_in_nobodys_way_but_others(self):
        self.assertTrue(self._hold(self.operator, 9, self.zone))
        self.assertTrue(self._hold(self.operator, 10, self.far))

    def test_a_booking_does_not_get_round_a_hold(self):
        """The hold ran out and somebody else holds the neighbour: it is refused."""
        slots = self.env["crm.agent.slot"]
        self._hold(self.operator, 9, self.zone)
        self.env.cr.execute(
            "UPDATE crm_agent_slot SET expires_at = (now() AT TIME ZONE 'UTC')"
            " - interval '1 s' WHERE holder_id = %s",
            [self.operator.id],
        )
        self.assertTrue(self._hold(self.operator_two, 10, self.far))
        when = (MONDAY.replace(hour=9), MONDAY.replace(hour=10))
        with self.assertRaisesRegex(UserError, "just been taken"):
            slots.with_user(self.operator)._secure(self.agent, *when, self.zone, 30)
        slots.with_user(self.operator_two)._drop_holds()
        slots.with_user(self.operator)._secure(self.agent, *when, self.zone, 30)
        held = slots.search([("holder_id", "=", self.operator.id)])
        self.assertGreater(held.expires_at, fields.Datetime.now())

    # The last appointment of a week

    def test_two_who_hold_the_last_of_a_week_see_one_another(self):
        """Two different times: booked, they would be one more than the agent visits."""
        cover = self.zone.zone_agent_ids.filtered(
            lambda found: found.user_id == self.agent
        )
        cover.weekly_capacity = 2
        self.near_lead._create_visit(
            self.agent, MONDAY.replace(hour=9), MONDAY.replace(hour=10)
        )
        self.env.flush_all()

        def hold(user, hour, day=MONDAY, **values):
            return (
                self.env["crm.agent.slot"]
                .with_user(user)
                ._hold(
                    self.agent.id,
                    day.replace(hour=hour),
                    day.replace(hour=hour + 1),
                    self.zone,
                    0,
                    **{"is_one_more": True, **values},
                )
            )

        self.assertTrue(hold(self.operator, 10))
        self.assertTrue(hold(self.operator, 11), "one's own is given up for it")
        with self.assertRaisesRegex(UserError, "fixing the last one"):
            hold(self.operator_two, 8)
        # A move within the week is none more, and the next week has room.
        self.assertTrue(hold(self.operator_two, 8, is_one_more=False))
        self.assertTrue(hold(self.operator_two, 8, MONDAY + timedelta(days=7)))
        # What is held only just counts in no figure.
        self.assertEqual(cover._booked(MONDAY.date()), {cover.id: 1})
        self.env.cr.execute(
            "UPDATE crm_agent_slot SET expires_at = (now() AT TIME ZONE 'UTC')"
            " - interval '1 s' WHERE holder_id = %s",
            [self.operator.id],
        )
        self.assertTrue(hold(self.operator_two, 8), "a hold that ran out holds nothing")

    # Days

    def test_slots_keep_local_hours_across_the_change_of_clocks(self):
        """In 2031 the clocks change on 30 March and 26 October."""
        for day, hours in (
            (datetime(2031, 3, 29), "08:00"),
            (datetime(2031, 3, 30), "07:00"),
            (datetime(2031, 10, 25), "07:00"),
            (datetime(2031, 10, 26), "08:00"),
        ):
            with self.subTest(day=day):
                free = self._free(self.zone, day)
                self.assertEqual((free[0], len(free)), (hours, 4))

    def test_nothing_before_and_after_the_bounds_is_offered(self):
        free = self.env["crm.agenda"]._free_slots(
            self.agent,
            MONDAY.replace(hour=8, minute=30),
            MONDAY.replace(hour=10, minute=30),
            60,
        )
        starts = [start.hour for start, _stop in free[self.agent.id]]
        self.assertEqual(starts[0], 9)

    def test_time_off_takes_the_agents_time(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Ill",
                "resource_id": self.agent.resource_ids.id,
                "calendar_id": self.calendar.id,
                "date_from": MONDAY.replace(hour=7),
                "date_to": MONDAY.replace(hour=10),
            }
        )
        self.assertEqual(self._free(self.zone), ["10:00", "11:00"])

    def test_a_whole_day_off_in_the_calendar_takes_the_local_day(self):
        self._event(9, allday=True, start_date="2031-01-13", stop_date="2031-01-13")
        self.assertEqual(self._free(self.zone), [])

    # Notice and horizon, at the desk

    def test_notice_and_horizon(self):
        self.campaign.write({"slot_notice_hours": 26, "slot_horizon_days": 3})
        with self.at("2031-01-13 07:00:00"):
            payload = self.next_name()
            week = self.desk().agenda(payload["line_id"], payload["claim_token"])
        days = {slot["day"] for slot in week["slots"]}
        self.assertEqual(min(days), "2031-01-14")
        first = min(slot["start"] for slot in week["slots"])
        self.assertEqual(first, "2031-01-14 09:00:00")
        self.assertLessEqual(max(days), "2031-01-16")

    def test_the_desk_offers_and_holds_with_the_way(self):
        self.near_lead._create_visit(
            self.agent, MONDAY.replace(hour=9), MONDAY.replace(hour=10)
        )
        desk = self.desk()
        with self.at("2031-01-12 07:00:00"):
            frame = desk._agenda_frame(self.campaign, self.far_lead)
            week = desk._agenda_of(frame, "2031-01-13")
            offered = [s["start"] for s in week["slots"] if s["day"] == "2031-01-13"]
            self.assertEqual(offered, ["2031-01-13 11:00:00"])
            with self.assertRaisesRegex(UserError, "just been taken"):
                desk._hold_slot_of(
                    frame,
                    self.agent.id,
                    "2031-01-13 10:00:00",
                    "2031-01-13 11:00:00",
                )
            held = desk._hold_slot_of(
                frame, self.agent.id, "2031-01-13 11:00:00", "2031-01-13 12:00:00"
            )
        self.assertEqual(held["summary"]["agent"], self.agent.name)
        self.assertIn("Milano", held["summary"]["where"])
        self.assertEqual(held["summary"]["products"], [])
