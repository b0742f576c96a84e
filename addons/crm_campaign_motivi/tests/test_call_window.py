from datetime import date, datetime, timedelta

from odoo.tests import tagged
from odoo.tests.common import BaseCase

from odoo.addons.crm_callcenter.tools.national_holidays import (
    easter,
    is_national_holiday,
)

from ..tools.call_calendar import common_hours
from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestCallCalendar(BaseCase):
    """Holidays are computed."""

    def test_easter(self):
        for day in (
            date(1818, 3, 22),
            date(1943, 4, 25),
            date(2024, 3, 31),
            date(2025, 4, 20),
            date(2026, 4, 5),
            date(2027, 3, 28),
            date(2038, 4, 25),
        ):
            self.assertEqual(easter(day.year), day)

    def test_national_holidays_of_a_year(self):
        days = [
            date(2026, 1, 1) + timedelta(days=number)
            for number in range(365)
            if is_national_holiday(date(2026, 1, 1) + timedelta(days=number))
        ]
        self.assertEqual(
            [f"{day:%d/%m}" for day in days],
            "01/01 06/01 05/04 06/04 25/04 01/05 02/06 15/08 04/10 01/11 08/12 25/12"
            " 26/12".split(),
        )
        self.assertFalse(is_national_holiday(date(2025, 10, 4)))

    def test_common_hours(self):
        self.assertEqual(
            common_hours([(9, 13), (14, 20)], [(10, 15)]), [(10, 13), (14, 15)]
        )
        self.assertEqual(common_hours([(9, 10)], [(10, 11)]), [])


@tagged("post_install", "-at_install")
class TestCallWindow(CampaignCommon):
    """When names may be called, in their own time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign.call_window_ids.unlink()

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()

    def _window(self, text, zone=None):
        """Ask for a local moment; the answer is local too."""
        moment = self.campaign._to_utc(datetime.fromisoformat(text))
        is_open, opening = self.campaign._call_window(zone, moment)
        return is_open, opening and f"{self.campaign._to_local(opening):%Y-%m-%d %H:%M}"

    def _own_window(self, weekday, hour_from, hour_to, campaign=None, zone=None):
        return self.env["crm.call.window"].create(
            {
                "weekday": weekday,
                "hour_from": hour_from,
                "hour_to": hour_to,
                "campaign_id": campaign and campaign.id,
                "zone_id": zone and zone.id,
            }
        )

    def test_default_hours(self):
        for text, expected in (
            # A Monday: from nine to twenty.
            ("2026-11-23 08:59", (False, "2026-11-23 09:00")),
            ("2026-11-23 09:00", (True, None)),
            ("2026-11-23 19:59", (True, None)),
            ("2026-11-23 20:00", (False, "2026-11-24 09:00")),
            # Saturday from ten to nineteen, Sunday never.
            ("2026-11-21 09:30", (False, "2026-11-21 10:00")),
            ("2026-11-21 18:59", (True, None)),
            ("2026-11-21 19:00", (False, "2026-11-23 09:00")),
            ("2026-11-22 11:00", (False, "2026-11-23 09:00")),
            # The day before a holiday, and the holiday.
            ("2026-12-07 09:30", (False, "2026-12-07 10:00")),
            ("2026-12-07 19:00", (False, "2026-12-09 09:00")),
            ("2026-12-08 12:00", (False, "2026-12-09 09:00")),
            # Easter Monday; the Sunday before it stays closed, eve or not.
            ("2026-04-05 12:00", (False, "2026-04-07 09:00")),
            ("2026-04-06 12:00", (False, "2026-04-07 09:00")),
        ):
            with self.subTest(text):
                self.assertEqual(self._window(text), expected)

    def test_hours_are_those_of_the_customers_also_in_summer(self):
        self.assertEqual(
            self.campaign._call_window(None, datetime(2026, 7, 1, 7, 0)), (True, None)
        )
        self.assertEqual(
            self.campaign._call_window(None, datetime(2026, 1, 7, 7, 30)),
            (False, datetime(2026, 1, 7, 8, 0)),
        )

    def test_own_windows_take_the_place_of_the_general_ones(self):
        self._own_window("2", 17, 21, campaign=self.campaign)
        self.assertEqual(self._window("2026-11-23 10:00"), (False, "2026-11-25 17:00"))
        self.assertEqual(self._window("2026-11-25 20:30"), (True, None))
        other = self.campaign.copy({"title": "Other", "call_window_ids": False})
        self.assertTrue(other._call_window(None, datetime(2026, 11, 23, 10))[0])

    def test_a_zone_has_hours_of_its_own(self):
        inside = self.env["crm.zone"].create(
            {"name": "Inside", "parent_id": self.zone.id}
        )
        self._own_window("0", 12, 14, zone=self.zone)
        self.assertFalse(self._window("2026-11-23 10:00", self.zone)[0])
        self.assertFalse(self._window("2026-11-23 10:00", inside.id)[0])
        self.assertTrue(self._window("2026-11-23 13:00", inside.id)[0])
        self.assertTrue(self._window("2026-11-23 10:00")[0])
        self._own_window("0", 9, 11, campaign=self.campaign)
        self.assertTrue(
            self._window("2026-11-23 10:00", self.zone)[0], "the campaign's own win"
        )

    def test_a_patron_saint_closes_a_zone(self):
        self.env["crm.call.holiday"].create(
            {"name": "Saints", "date": "2020-02-16", "zone_id": self.zone.id}
        )
        # Monday 16 February 2026
        self.assertFalse(self._window("2026-02-16 12:00", self.zone)[0])
        self.assertTrue(self._window("2026-02-16 12:00")[0])
        is_open, exceptions = self.campaign._open_zones(datetime(2026, 2, 16, 11))
        self.assertEqual((is_open, exceptions), (True, {self.zone.id}))

    def test_without_any_window_nobody_is_called(self):
        self.env["crm.call.window"].search([]).unlink()
        self.assertEqual(self._window("2026-11-23 10:00"), (False, None))

    def test_no_name_on_a_sunday(self):
        self.enterContext(self.at("2026-11-22 11:00:00"))
        payload = self.next_name()
        self.assertTrue(payload["empty"])
        self.assertIn("23/11/2026", payload["reason"])
        self.assertIn("09:00", payload["reason"])

    def test_names_of_a_closed_zone_are_passed_over(self):
        self.enterContext(self.at("2026-11-23 11:00:00"))
        zone = self.env["crm.zone"].create({"name": "Closed"})
        self.leads[:2].zone_id = zone
        self._own_window("1", 9, 20, zone=zone)
        self.env.flush_all()
        self.assertEqual(self.next_name()["lead"]["id"], self.leads[2].id)

    def test_only_names_of_an_open_zone_on_a_sunday(self):
        self.enterContext(self.at("2026-11-22 11:00:00"))
        zone = self.env["crm.zone"].create({"name": "Open"})
        self.leads[3].zone_id = zone
        self._own_window("6", 9, 20, zone=zone)
        self.env.flush_all()
        self.assertEqual(self.next_name()["lead"]["id"], self.leads[3].id)
        self.assertTrue(self.next_name(self.operator_two)["empty"])

    def test_the_name_in_hand_stays_when_the_window_closes(self):
        self.enterContext(self.at("2026-11-22 11:00:00"))
        with self.at("2026-11-21 11:00:00"):
            held = self.next_name()
        self.assertEqual(self.next_name()["line_id"], held["line_id"])
