from datetime import timedelta

import pytz

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestDeskToday(CampaignCommon):
    """The operator's own day: figures, and the colours of the strip."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()

    def test_each_confirm_tells_the_day(self):
        self.assertEqual(
            self.desk().open()["today"],
            {"names": 0, "kinds": {"R": 0, "N": 0, "C": 0, "T": 0}, "last": []},
        )
        self.confirm(self.next_name(), "N")
        today = self.confirm(self.next_name(), "R", recall_at=self.in_hours(3))["today"]
        self.assertEqual(today["names"], 2)
        self.assertEqual(today["kinds"], {"R": 1, "N": 1, "C": 0, "T": 0})
        self.assertEqual([row["kind"] for row in today["last"]], ["R", "N"])
        self.assertEqual(today["last"][0]["color"], self.outcomes["R"].color)
        self.assertEqual(today["last"][0]["name"], self.outcomes["R"].name)
        self.assertEqual(self.desk().open()["today"], today, "it survives a reload")

    def test_a_name_worked_twice_is_one_name(self):
        for _time in range(2):
            self.leads[0].with_user(self.operator).sudo()._register_outcome(
                self.outcomes["N"], user=self.operator
            )
        today = self.desk().today_figures()
        self.assertEqual((today["names"], today["kinds"]["N"]), (1, 2))

    def test_nobody_sees_the_day_of_another(self):
        self.confirm(self.next_name(), "N")
        self.assertEqual(self.desk(self.operator_two).today_figures()["names"], 0)
        with self.assertRaises(AccessError):
            self.desk(self.agent).today_figures()

    def test_the_day_begins_at_midnight_of_the_user(self):
        """Just before local midnight is yesterday, just after it today."""
        zone = pytz.timezone(self.operator.tz)
        local = pytz.utc.localize(fields.Datetime.now()).astimezone(zone)
        midnight = zone.localize(
            local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        )
        start = midnight.astimezone(pytz.utc).replace(tzinfo=None)
        register = self.leads[0].sudo()._register_outcome
        register(
            self.outcomes["N"], user=self.operator, date=start - timedelta(seconds=1)
        )
        self.assertEqual(self.desk().today_figures()["names"], 0)
        register(self.outcomes["R"], user=self.operator, date=start)
        self.assertEqual(self.desk().today_figures()["kinds"]["R"], 1)

    def test_what_was_taken_back_is_not_counted(self):
        register = self.leads[0].sudo()._register_outcome
        row = register(self.outcomes["N"], user=self.operator)
        register(self.outcomes["R"], user=self.operator)
        row.with_user(self.manager)._reverse("Mistake")
        today = self.desk().today_figures()
        self.assertEqual(today["kinds"], {"R": 1, "N": 0, "C": 0, "T": 0})

    def test_the_strip_has_an_end(self):
        register = self.leads[0].sudo()._register_outcome
        for _time in range(15):
            register(self.outcomes["N"], user=self.operator)
        today = self.desk().today_figures()
        self.assertEqual((today["kinds"]["N"], len(today["last"])), (15, 12))
