from datetime import date, datetime

import pytz
from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .points_case import PointsCase

LOGGER = "odoo.addons.crm_callcenter.models.crm_points_mail"
ROME = pytz.timezone("Europe/Rome")


@tagged("post_install", "-at_install")
class TestPointsMail(PointsCase):
    """Last week's points, on Mondays at seven, to whom the company says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("it_IT")
        cls.mails = cls.env["crm.points.mail"]
        cls.english, cls.english_two, cls.italian, cls.nowhere = cls.env[
            "res.partner"
        ].create(
            [
                {"name": "Ann", "email": "ann@example.com", "lang": "en_US"},
                {"name": "Bob", "email": "bob@example.com", "lang": "en_US"},
                {"name": "Carlo", "email": "carlo@example.com", "lang": "it_IT"},
                {"name": "No address", "lang": "it_IT"},
            ]
        )
        cls.company.points_mail_week = False
        # Sunday of the week told about, and Monday after it.
        cls.score(cls.operator, "T", date="2024-05-19 21:59:00")
        cls.score(cls.operator_three, "C", date="2024-05-13 00:00:00")
        cls.score(cls.operator_two, "T", date="2024-05-19 22:00:00")
        cls.monday = "2024-05-20 05:00:00"

    def _recipients(self):
        self.company.points_mail_partner_ids = (
            self.english | self.english_two | self.italian | self.nowhere
        )

    # ------------------------------------------------------------
    # WHEN
    # ------------------------------------------------------------

    def test_mondays_at_seven_all_year(self):
        """Also after the clocks were changed, and after a run on another day."""
        moment = datetime(2026, 1, 1)
        for _week in range(60):
            due = self.mails._next_monday(moment)
            local = pytz.utc.localize(due).astimezone(ROME)
            self.assertEqual((local.weekday(), local.hour, local.minute), (0, 7, 0))
            self.assertGreater(due, moment)
            moment = due
        self.assertEqual(moment, datetime(2027, 2, 22, 6))
        for moment, due in (
            (datetime(2026, 3, 23, 6), datetime(2026, 3, 30, 5)),
            (datetime(2026, 10, 19, 5), datetime(2026, 10, 26, 6)),
            (datetime(2026, 10, 22, 15), datetime(2026, 10, 26, 6)),
            (datetime(2026, 10, 26, 5, 59), datetime(2026, 10, 26, 6)),
            # Sunday evening in UTC, Monday in Rome.
            (datetime(2026, 7, 5, 22, 30), datetime(2026, 7, 6, 5)),
        ):
            with self.subTest(moment=moment):
                self.assertEqual(self.mails._next_monday(moment), due)

    def test_odoo_schedules_the_next_monday(self):
        """What Odoo itself does after a run, over a change of the clocks."""
        cron = self.env.ref("crm_callcenter.ir_cron_points_mail")
        self.assertEqual((cron.interval_number, cron.interval_type), (1, "weeks"))
        local = pytz.utc.localize(cron.nextcall).astimezone(
            self.env["crm.planner"]._company_timezone(self.env.company)
        )
        self.assertEqual(local.weekday(), 0)
        now = self.env.cr.now()
        job = {
            "id": cron.id,
            "nextcall": now.replace(microsecond=0),
            "interval_type": "weeks",
            "interval_number": 1,
        }
        cron._reschedule_later(job)
        cron.invalidate_recordset()
        self.assertEqual(cron.nextcall, self.mails._next_monday(now))
        other = self.env.ref("crm_callcenter.ir_cron_award_prizes")
        other._reschedule_later({**job, "id": other.id, "interval_type": "days"})
        other.invalidate_recordset()
        self.assertEqual((other.nextcall - job["nextcall"]).days, 1)

    # ------------------------------------------------------------
    # WHAT AND TO WHOM
    # ------------------------------------------------------------

    def test_one_mail_per_language(self):
        self._recipients()
        self.allow_monitoring()
        with freeze_time(self.monday):
            mails = self.mails._queue()
        self.assertEqual(len(mails), 2)
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        english = mails.filtered(lambda mail: self.english in mail.recipient_ids)
        self.assertEqual(english.recipient_ids, self.english | self.english_two)
        self.assertEqual((mails - english).recipient_ids, self.italian)
        self.assertIn("05/13/2024", english.subject)
        self.assertIn("13/05/2024", (mails - english).subject)
        for mail in mails:
            self.assertIn("Op One", mail.body_html)
            self.assertIn("Op Three", mail.body_html)
            self.assertNotIn("Op Two", mail.body_html, "scored on Monday")
        self.assertLess(
            english.body_html.index("Op One"), english.body_html.index("Op Three")
        )

    def test_per_team_without_the_agreement(self):
        self._recipients()
        with freeze_time(self.monday):
            mail = self.mails._queue()[0]
        self.assertIn("union agreement", mail.body_html)
        self.assertIn("Team One", mail.body_html)
        self.assertNotIn("Op One", mail.body_html)

    def test_no_recipients(self):
        self.company.points_mail_partner_ids = self.nowhere
        count = self.env["mail.mail"].search_count([])
        with self.assertLogs(LOGGER) as logs, freeze_time(self.monday):
            self.mails._cron_send()
        self.assertIn("no recipients", "".join(logs.output))
        self.assertEqual(self.env["mail.mail"].search_count([]), count)
        self.assertFalse(self.company.points_mail_week)
        with self.assertRaisesRegex(UserError, "no recipients"):
            self.mails._send_now()

    def test_each_week_once(self):
        self._recipients()
        before = self.env["mail.mail"].search([]).ids

        def sent():
            return self.env["mail.mail"].search_count([("id", "not in", before)])

        with freeze_time(self.monday):
            self.mails._cron_send()
            self.assertEqual(sent(), 2)
            self.assertEqual(self.company.points_mail_week, date(2024, 5, 13))
            self.mails._cron_send()
            self.assertEqual(sent(), 2, "a second run in the same week sends nothing")
        with freeze_time("2024-05-27 05:00:00"):
            self.mails._cron_send()
        self.assertEqual(sent(), 4)

    def test_empty_week(self):
        self._recipients()
        with freeze_time("2024-03-04 06:00:00"):
            mail = self.mails._queue()[0]
        self.assertIn("Nobody registered", mail.body_html)

    # ------------------------------------------------------------
    # PREVIEW
    # ------------------------------------------------------------

    def test_preview_sends_nothing_send_now_does(self):
        self._recipients()
        self.allow_monitoring()
        before = self.env["mail.mail"].search([]).ids
        with freeze_time(self.monday):
            previews = self.env["crm.points.mail.preview"].with_user(self.manager)
            preview = previews.browse(previews.action_open()["res_id"])
            self.assertIn("Op One", preview.body)
            self.assertIn("Carlo", preview.recipients)
            self.assertNotIn("No address", preview.recipients)
            preview.lang = "it_IT"
            self.assertIn("13/05/2024", preview.subject)
            domain = [("id", "not in", before)]
            self.assertFalse(self.env["mail.mail"].search_count(domain))
            preview.action_send()
        mails = self.env["mail.mail"].search(domain)
        self.assertEqual(len(mails), 2)
        self.assertFalse(self.company.points_mail_week, "Monday's mail still goes out")

    def test_preview_from_the_settings(self):
        action = self.env["res.config.settings"].create({}).action_preview_points_mail()
        self.assertEqual(action["res_model"], "crm.points.mail.preview")

    def test_names_in_the_mail_are_escaped(self):
        self._recipients()
        self.team.name = "<script>alert(1)</script>"
        with freeze_time(self.monday):
            _subject, body = self.mails._render("en_US")
        self.assertNotIn("<script>", body)
