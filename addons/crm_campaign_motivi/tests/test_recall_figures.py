from datetime import datetime, timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CampaignCommon

#: Five in the afternoon in Rome, where midnight is at 23:00 UTC in winter.
PROMISED = datetime(2026, 3, 10, 16)


@tagged("post_install", "-at_install")
class TestRecallFigures(CampaignCommon):
    """What becomes of a promised recall, whoever changes the line."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "Europe/Rome"
        cls.line = cls.call_list.line_ids[0]
        cls.other_line = cls.call_list.line_ids[1]
        cls.state = cls.env["crm.list.state"]._get_by_category("recall")

    def promise(self, at=PROMISED, line=None, scope="public", user=None):
        line = line or self.line
        line.write(
            {
                "list_state_id": self.state.id,
                "category": "recall",
                "recall_at": at,
                "recall_scope": scope,
                "recall_user_id": user.id if user else False,
            }
        )
        line.flush_recordset()
        return line

    def call(self, at, line=None, **values):
        """Register an outcome on the line, as the desk does."""
        line = line or self.line
        line.write(
            {
                "category": "closed_negative",
                "last_contact_at": at,
                "recall_at": False,
                **values,
            }
        )
        line.flush_recordset()

    def recalls(self, line=None):
        self.env.flush_all()
        recalls = self.env["crm.recall"]
        recalls.invalidate_model()
        return recalls.search([("line_id", "=", (line or self.line).id)], order="id")

    # ------------------------------------------------------------

    def test_kept_late_and_lost_by_the_clock(self):
        """Ten minutes of grace, and the promised day ends at midnight in Rome."""
        for served, expected, delay in (
            (PROMISED - timedelta(hours=1), "kept", 0),
            (PROMISED, "kept", 0),
            (PROMISED + timedelta(minutes=10), "kept", 10),
            (PROMISED + timedelta(minutes=10, seconds=1), "late", 10),
            (datetime(2026, 3, 10, 22, 59, 59), "late", 419),
            (datetime(2026, 3, 10, 23), "lost", 420),
            (datetime(2026, 3, 12, 9), "lost", 2460),
        ):
            with self.subTest(served=served):
                self.line.last_contact_at = False
                self.promise()
                self.call(served)
                recall = self.recalls()
                self.assertEqual(recall.result, expected)
                self.assertEqual(recall.delay_minutes, delay)
                self.assertEqual(recall.served_at, served)
                self.assertEqual(recall.campaign_id, self.campaign)
                self.env.cr.execute("DELETE FROM crm_recall")

    def test_the_company_decides_grace_and_time_zone(self):
        self.company.recall_tolerance_minutes = 45
        self.company.resource_calendar_id.tz = "America/New_York"
        self.env.flush_all()
        self.promise()
        self.call(PROMISED + timedelta(minutes=45))
        self.assertEqual(self.recalls().result, "kept")
        self.promise(line=self.other_line)
        # Four in the morning in Rome, still the promised day in New York.
        self.call(datetime(2026, 3, 11, 3), line=self.other_line)
        self.assertEqual(self.recalls(self.other_line).result, "late")

    @mute_logger("odoo.sql_db")
    def test_an_absurd_grace_is_refused(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.company.recall_tolerance_minutes = -1
            self.company.flush_recordset()

    def test_the_desk_keeps_a_recall(self):
        payload = self.next_name()
        self.confirm(payload, "R", recall_at=self.in_hours(1), recall_scope="private")
        line = self.line_of(payload)
        self.assertFalse(self.recalls(line), "a promise was counted before its end")
        promised = fields.Datetime.now() - timedelta(minutes=3)
        line.recall_at = promised
        again = self.next_name()
        self.assertEqual(again["line_id"], payload["line_id"])
        self.confirm(again, "R", recall_at=self.in_hours(2))
        recall = self.recalls(line)
        self.assertEqual(recall.result, "kept")
        self.assertEqual(recall.scope, "private")
        self.assertEqual(recall.user_id, self.operator)
        self.assertEqual(recall.served_by_id, self.operator)
        self.assertEqual(recall.promised_at, promised)
        self.assertEqual(recall.lead_id, line.lead_id)

    def test_a_name_put_back_is_still_promised(self):
        self.promise(fields.Datetime.now() - timedelta(minutes=3))
        payload = self.next_name()
        self.assertEqual(payload["line_id"], self.line.id)
        self.desk().release(payload["line_id"], payload["claim_token"])
        self.assertFalse(self.recalls())

    def test_what_is_dropped_is_lost(self):
        self.promise()
        self.line.category = "closed_negative"
        self.assertEqual(self.recalls().result, "lost")
        self.assertFalse(self.recalls().served_at)
        line_id = self.promise(line=self.other_line).id
        self.other_line.unlink()
        self.assertEqual(
            self.env["crm.recall"].search([("line_id", "=", line_id)]).result, "lost"
        )

    def test_a_promise_moved_before_it_came_is_the_same(self):
        soon = fields.Datetime.now() + timedelta(hours=1)
        self.promise(soon)
        self.promise(soon + timedelta(hours=3))
        self.assertFalse(self.recalls())
        self.promise(PROMISED)
        self.promise(soon)
        self.assertEqual(self.recalls().mapped("result"), ["lost"])

    def test_automatic_retries_are_promised_to_nobody(self):
        # The scope comes with the retry rules; the database knows it already.
        self.promise()
        self.env.cr.execute(
            "UPDATE crm_call_list_line SET recall_scope = 'automatic' WHERE id = %s",
            [self.line.id],
        )
        self.env.cr.execute(
            """UPDATE crm_call_list_line SET category = 'exhausted'
                WHERE id = %s""",
            [self.line.id],
        )
        self.assertFalse(self.recalls())

    def test_names_that_go_or_move_leave_no_lost_recall(self):
        self.promise()
        line_id = self.line.id
        self.env.cr.execute(
            """WITH gone AS (DELETE FROM crm_call_list_line WHERE id = %s
                             RETURNING campaign_id, lead_id, category, recall_at)
               INSERT INTO crm_call_list_line
                           (list_id, campaign_id, lead_id, category, recall_at,
                            attempts)
                    SELECT %s, campaign_id, lead_id, category, recall_at, 1
                      FROM gone""",
            [line_id, self.call_list.copy({"name": "Another"}).id],
        )
        self.promise(line=self.other_line)
        lead = self.other_line.lead_id
        self.env.invalidate_all()
        lead.unlink()
        self.assertFalse(self.env["crm.recall"].search([]))

    def test_thousands_leave_their_recall_in_one_statement(self):
        lines = self.call_list.line_ids
        for line in lines:
            self.promise(line=line)
        with self.assertQueryCount(1):
            self.env.cr.execute(
                "UPDATE crm_call_list_line SET category = 'closed_negative'"
                " WHERE list_id = %s",
                [self.call_list.id],
            )
        self.assertEqual(self.env["crm.recall"].search_count([]), len(lines))

    # ------------------------------------------------------------

    def test_the_night_marks_what_nobody_made(self):
        recalls = self.env["crm.recall"]
        today = recalls.env["crm.points"]._today()
        midnight, _stop = self.env["crm.points"]._bounds(today, today)
        yesterday = midnight - timedelta(seconds=1)
        self.promise(yesterday, scope="private", user=self.operator)
        self.promise(midnight, line=self.other_line)
        self.assertEqual(recalls._cron_mark_lost(), 1)
        self.assertEqual(recalls._cron_mark_lost(), 0)
        recall = self.recalls()
        self.assertEqual(recall.result, "lost")
        self.assertEqual(recall.user_id, self.operator)
        self.assertFalse(self.recalls(self.other_line), "today isn't over")
        # Whoever calls after all doesn't mend it, but the row says when.
        self.line.claimed_by_id = self.operator_two
        self.line.flush_recordset()
        served = yesterday + timedelta(hours=20)
        self.call(served, claimed_by_id=False)
        recall = self.recalls()
        self.assertEqual(len(recall), 1)
        self.assertEqual(recall.result, "lost")
        self.assertEqual(recall.served_at, served)
        self.assertEqual(recall.served_by_id, self.operator_two)

    def test_the_night_counts_a_name_that_changed_its_list_once(self):
        self.promise()
        self.assertEqual(self.env["crm.recall"]._cron_mark_lost(), 1)
        self.line.list_id = self.call_list.copy({"name": "Another"})
        self.env.cr.execute("UPDATE crm_recall SET line_id = line_id + 1000000000")
        self.assertEqual(self.env["crm.recall"]._cron_mark_lost(), 0)

    # ------------------------------------------------------------

    def test_who_reads_the_report(self):
        self.promise(user=self.operator, scope="private")
        self.call(PROMISED)
        recalls = self.env["crm.recall"]
        stranger = self._new_user("coordinator_stranger", "group_coordinator")
        self.assertEqual(recalls.with_user(self.manager).search_count([]), 1)
        self.assertEqual(recalls.with_user(self.coordinator).search_count([]), 1)
        self.assertEqual(recalls.with_user(stranger).search_count([]), 0)
        for user in (self.operator, self.agent, self.back_office):
            with self.assertRaises(AccessError):
                recalls.with_user(user).search_count([])
        with self.assertRaises(AccessError):
            self.recalls().with_user(self.manager).write({"result": "kept"})

    def test_no_figures_per_person_without_the_agreement(self):
        self.promise(user=self.operator, scope="private")
        self.call(PROMISED)
        report = self.env["crm.recall"].with_user(self.coordinator)
        for field in ("user_id", "served_by_id"):
            with self.assertRaises(AccessError):
                report._read_group([], [field], ["__count"])
            with self.assertRaises(AccessError):
                report.search([(field, "=", self.operator.id)])
        [(result, count)] = report._read_group([], ["result"], ["__count"])
        self.assertEqual((result, count), ("kept", 1))
