import re
from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytz
from freezegun import freeze_time
from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_effectiveness import AnalysisCase


class SummaryCase(AnalysisCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.segnalazione.target"].search([]).unlink()
        cls.summary = cls.env.ref("crm_segnalazioni.digest_evening_summary")
        cls.manager.email = "manager@example.com"
        cls.targets = cls.env["crm.segnalazione.target"]

    def _target(self, value, metric="calls", **values):
        return self.targets.create(
            {
                "campaign_id": self.campaign.id,
                "date": self.today,
                "period": "day",
                "metric": metric,
                "value": value,
                **values,
            }
        )


@tagged("post_install", "-at_install")
class TestTarget(SummaryCase):
    def test_a_month_is_shared_out_over_its_working_days(self):
        # May 2026 has 21 days from Monday to Friday.
        calendar = self.company.action_calendar_id or self.company.resource_calendar_id
        self.assertTrue(calendar)
        target = self._target(210, period="month", date="2026-05-20")
        self.assertEqual(target.date, date(2026, 5, 1))
        key = (self.campaign.id, 0, "calls")
        cells = self.targets._day_cells(self.company, date(2026, 5, 20))
        self.assertEqual(cells, {key: 10})
        self.assertFalse(self.targets._day_cells(self.company, date(2026, 5, 23)))
        self._target(4, date="2026-05-20")
        cells = self.targets._day_cells(self.company, date(2026, 5, 20))
        self.assertEqual(cells, {key: 4})

    def test_the_month_is_judged_by_its_days_so_far(self):
        pace = self.targets._month_pace
        self.assertEqual(pace(self.company, date(2026, 5, 31)), 1)
        # Ten of the 21 working days.
        self.assertAlmostEqual(pace(self.company, date(2026, 5, 14)), 10 / 21)
        cell = self.summary._segnalazione_cell
        self.assertEqual(cell(100, 210, 10 / 21)["color"], "#2b8a3e")
        self.assertEqual(cell(80, 210, 10 / 21)["color"], "#a85600")
        self.assertEqual(cell(60, 210, 10 / 21)["color"], "#c92a2a")
        # Of a day on which more was taken back than reached.
        self.assertEqual(cell(-1, 210)["color"], "#c92a2a")

    def test_a_whole_stands_for_its_parts(self):
        other_zone = self.env["crm.zone"].create({"name": "Milan"})
        self._target(3, zone_id=self.zone.id)
        self._target(4, zone_id=other_zone.id)
        cells = self.targets._day_cells(self.company, self.today)
        sums = self.targets._sum_up
        self.assertEqual(sums(cells, "calls", 0), {self.campaign.id: 7})
        self.assertEqual(sums(cells, "calls", 1), {self.zone.id: 3, other_zone.id: 4})
        self.assertEqual(sums(cells, "calls"), 7)
        self._target(10)
        cells = self.targets._day_cells(self.company, self.today)
        self.assertEqual(sums(cells, "calls", 0), {self.campaign.id: 10})
        self._target(20, campaign_id=False)
        cells = self.targets._day_cells(self.company, self.today)
        self.assertEqual(sums(cells, "calls"), 20)
        self.assertIsNone(sums(cells, "visits"))

    def test_the_same_target_twice_and_nonsense_are_refused(self):
        self._target(5, period="month", date="2026-05-03")
        with mute_logger("odoo.sql_db"):
            with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
                self._target(6, period="month", date="2026-05-09")
            with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                self._target(0)

    def test_rights(self):
        target = self._target(5)
        self.assertEqual(target.with_user(self.coordinator).value, 5)
        with self.assertRaises(AccessError):
            target.with_user(self.coordinator).value = 6
        target.with_user(self.manager).value = 6
        with self.assertRaises(AccessError):
            self.targets.with_user(self.operator).search([])


@tagged("post_install", "-at_install")
class TestEveningSummary(SummaryCase):
    def _mails(self):
        return self.env["mail.mail"].search(
            [("subject", "like", self.summary.name)], order="id desc"
        )

    def _send(self):
        before = self._mails()
        self.summary.action_send_manual()
        return self._mails() - before

    def _at(self, hour):
        """Let it be a local hour of today for the summary."""
        zone = self.summary._local_timezone()
        moment = zone.localize(
            datetime.combine(self.today, datetime.min.time()) + timedelta(hours=hour)
        )
        return freeze_time(moment.astimezone(pytz.utc).replace(tzinfo=None))

    def test_the_mail_shows_the_day_against_its_targets(self):
        for _time in range(3):
            self._registered()
        self._registered("T")
        self._contract()
        self._target(4)
        self._target(5, "appointments")
        self._target(3, "contracts", campaign_id=False, zone_id=self.zone.id)
        self.summary.user_ids = self.manager
        mail = self._send().filtered(
            lambda one: self.manager.email in (one.email_to or "")
        )
        self.assertEqual(len(mail), 1)
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", mail.body_html))
        self.assertIn("Summer 4 / 4 1 / 5 0 1", text)
        self.assertIn("Brescia", text)
        self.assertIn("1 / 3", text)
        self.assertIn("By campaign", text)
        self.assertIn("This month", text)
        self.assertNotIn("Did you know", text)
        self.assertIn("#2b8a3e", mail.body_html)
        self.assertIn("#c92a2a", mail.body_html)
        # Odoo's own part of it.
        self.assertIn("APPOINTMENTS FIXED", text.upper())
        self.assertIn("unsubscribe", mail.body_html)

    def test_figures_of_odoos_mechanics(self):
        self._registered()
        self._registered("T", days_ago=1)
        kpis = {
            kpi["kpi_name"]: kpi
            for kpi in self.summary._compute_kpis(self.company, self.manager)
        }
        calls = kpis["kpi_segnalazione_calls"]
        today = self.report._read_group(
            [("date", "=", self.today), ("company_id", "=", self.company.id)],
            [],
            ["calls:sum"],
        )[0][0]
        self.assertEqual(calls["kpi_col1"]["value"], today)
        self.assertEqual(calls["kpi_col1"]["col_subtitle"], "Today")
        self.assertEqual(
            calls["kpi_action"], "crm_segnalazioni.crm_effectiveness_report_action"
        )
        stock = self.env["digest.digest"].create(
            {"name": "Stock", "kpi_segnalazione_calls": True}
        )
        [kpi] = stock._compute_kpis(self.company, self.manager)
        self.assertEqual(kpi["kpi_col1"]["col_subtitle"], "Last 24 hours")

    def test_whoever_may_not_see_the_figures_gets_none(self):
        self._registered()
        self.assertFalse(
            self.summary._segnalazione_section(self.company, self.operator)
        )
        self.assertFalse(self.summary._compute_kpis(self.company, self.operator))
        self.summary.is_for_campaign_managers = False
        self.summary.user_ids = self.operator
        self.operator.email = "operator@example.com"
        mail = self._send()
        self.assertEqual(len(mail), 1)
        self.assertNotIn("Summer", mail.body_html)

    def test_it_waits_for_the_evening_and_is_sent_once(self):
        self.summary.write({"evening_hour": 20.5, "next_run_date": self.today})
        digests = self.env["digest.digest"]
        sent = []
        with (
            patch.object(
                type(digests),
                "_action_send_to_user",
                lambda digest, user, **_values: sent.append((digest, user)),
            ),
        ):
            with self._at(9):
                digests._cron_send_digest_email()
                digests._cron_send_evening_summaries()
            self.assertNotIn((self.summary, self.manager), sent)
            with self._at(20.4):
                digests._cron_send_evening_summaries()
            self.assertNotIn((self.summary, self.manager), sent)
            with self._at(20.6):
                digests._cron_send_evening_summaries()
                digests._cron_send_evening_summaries()
            self.assertEqual(sent.count((self.summary, self.manager)), 1)
            self.assertEqual(self.summary.next_run_date, self.today + timedelta(days=1))

    def test_it_stays_daily_though_nobody_logs_in(self):
        self.env["res.users.log"].search([]).unlink()
        self.summary.user_ids = self.manager
        stock = self.env["digest.digest"].create(
            {"name": "Stock", "user_ids": [fields.Command.set(self.manager.ids)]}
        )
        (self.summary | stock).action_send()
        self.assertEqual(self.summary.periodicity, "daily")
        self.assertEqual(stock.periodicity, "weekly")

    def test_campaign_managers_get_it_until_they_unsubscribe(self):
        self._send()
        self.assertIn(self.manager, self.summary.user_ids)
        self.assertNotIn(self.coordinator, self.summary.user_ids)
        self.summary.with_user(self.manager).action_unsubscribe()
        self._send()
        self.assertNotIn(self.manager, self.summary.user_ids)
        self.summary.with_user(self.manager).action_subscribe()
        self.assertIn(self.manager, self.summary.user_ids)
        self.assertFalse(self.summary.unsubscribed_user_ids)

    def test_managers_change_their_summary_and_no_other_digest(self):
        summary = self.summary.with_user(self.manager)
        summary.write(
            {
                "evening_hour": 19,
                "user_ids": [fields.Command.set(self.back_office.ids)],
            }
        )
        with self.assertRaises(ValidationError):
            summary.evening_hour = 24
        stock = self.env["digest.digest"].create({"name": "Stock"})
        with self.assertRaises(AccessError):
            stock.with_user(self.manager).name = "Mine"
        with self.assertRaises(UserError):
            summary.with_user(self.agent).write({"name": "Mine"})
