"""A mass change that runs by itself: as its owner, at its time, with a notice."""

from datetime import datetime

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .mass_change_common import MassChangeCase


@tagged("post_install", "-at_install")
class TestMassChangeSchedule(MassChangeCase):
    def _scheduled(self, orders, **values):
        return self._change(
            orders,
            {"target": "agent", "agent_id": self.second_agent.id},
            is_scheduled=True,
            next_run="2026-01-10 05:00:00",
            **values,
        )

    def _cron(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "crm_segnalazioni.ir_cron_mass_changes"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def test_runs_when_its_time_has_come_and_as_its_owner(self):
        orders = self._documents(2)
        change = self._scheduled(orders)
        with freeze_time("2026-01-10 04:00:00"):
            self._cron()
        self.assertFalse(change.run_ids)
        with freeze_time("2026-01-10 05:01:00"):
            self._cron()
        run = change.run_ids
        self.assertEqual((run.state, run.origin, run.done), ("done", "schedule", 2))
        self.assertEqual(run.user_id, self.back_office)
        self.assertEqual(orders.user_id, self.second_agent)
        self.assertEqual(change.next_run, datetime(2026, 1, 11, 5))

    def test_days_and_months_keep_the_time_of_day(self):
        change = self._scheduled(self._documents(1))
        self.env.company.partner_id.tz = "Europe/Rome"
        change.next_run = "2026-03-28 05:00:00"
        following = change._following_run(datetime(2026, 3, 28, 6))
        zone = self.env["crm.planner"]._company_timezone(change.company_id)
        as_local = fields.Datetime.context_timestamp(
            change.with_context(tz=str(zone)), change.next_run
        ).time()
        later = fields.Datetime.context_timestamp(
            change.with_context(tz=str(zone)), following
        ).time()
        self.assertEqual(as_local, later)
        change.write({"interval_type": "months", "next_run": "2026-01-31 05:00:00"})
        following = change._following_run(datetime(2026, 2, 1))
        self.assertEqual((following.month, following.day), (2, 28))
        change.write({"interval_type": "hours", "interval_number": 6})
        following = change._following_run(datetime(2026, 2, 1, 0, 30))
        self.assertEqual(following, datetime(2026, 2, 1, 5))

    def test_an_owner_without_the_right_gets_a_notice(self):
        change = self._scheduled(self._documents(1))
        self.back_office.group_ids -= self.env.ref("crm_callcenter.group_back_office")
        notices = self.env["mail.notification"].search_count(
            [("res_partner_id", "=", self.back_office.partner_id.id)]
        )
        with freeze_time("2026-01-10 05:01:00"):
            self._cron()
        run = change.sudo().run_ids
        self.assertEqual(run.state, "failed")
        self.assertIn("may no longer change", run.error)
        self.assertGreater(
            self.env["mail.notification"].search_count(
                [("res_partner_id", "=", self.back_office.partner_id.id)]
            ),
            notices,
        )

    def test_a_search_that_broke_fails_with_its_sentence(self):
        change = self._scheduled(self._documents(1))
        change.domain = "[('gone', '=', 1)]"
        with freeze_time("2026-01-10 05:01:00"):
            self._cron()
        self.assertIn("can't be run any more", change.run_ids.error)

    def test_a_schedule_needs_its_first_time(self):
        change = self._change(self._documents(1))
        with self.assertRaises(ValidationError):
            change.is_scheduled = True
