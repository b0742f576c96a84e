from datetime import date, datetime, timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestRetry(CampaignCommon):
    """Names that nobody answered for: when, how often, and when no more."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.outcome = self.env["crm.outcome"].create(
            {
                "name": "Nobody answers",
                "kind": "R",
                "color": "#123456",
                "retry_minutes": 60,
            }
        )
        self.outcomes = {**self.outcomes, "again": self.outcome}
        self.line = self.call_list.line_ids.sorted("rank")[0]
        self.bands = self.env["crm.day.band"].search([])

    def _band(self, moment):
        local = self.campaign._to_local(moment)
        return self.bands._at(local.hour + local.minute / 60)

    def _try(self):
        """Register a try of the first line, as confirm does."""
        self.line.write(self.line._values_after(self.outcome))

    def test_an_outcome_with_a_rule_asks_no_time(self):
        payload = self.next_name()
        self.confirm(payload, "again")
        line = self.line_of(payload)
        self.assertEqual((line.category, line.recall_scope), ("recall", "automatic"))
        self.assertGreaterEqual(
            line.recall_at, fields.Datetime.now() + timedelta(minutes=59)
        )
        self.assertFalse(line.recall_user_id)
        self.assertEqual(line.attempts, 1)

    def test_an_agreed_time_wins_over_the_rule(self):
        payload = self.next_name()
        moment = self.in_hours(30)
        self.confirm(payload, "again", recall_at=moment, recall_scope="private")
        line = self.line_of(payload)
        self.assertEqual(fields.Datetime.to_string(line.recall_at), moment)
        self.assertEqual(line.recall_scope, "private")
        self.assertEqual(line.recall_user_id, self.operator)

    def test_without_a_rule_a_time_is_asked(self):
        payload = self.next_name()
        with self.assertRaisesRegex(UserError, "date and time"):
            self.confirm(payload, "R")

    def test_four_tries_are_in_four_bands_and_the_fifth_begins_again(self):
        self.campaign.max_attempts = 0
        moment = datetime(2026, 3, 3, 9, 10)
        bands = []
        for _number in range(6):
            with self.at(moment):
                bands.append(self._band(moment).name)
                self._try()
            self.assertGreaterEqual(self.line.recall_at, moment + timedelta(minutes=60))
            moment = self.line.recall_at
        self.assertEqual(len(set(bands[:4])), 4, bands)
        self.assertEqual(len(set(bands[1:5])), 4, bands)
        self.assertNotEqual(bands[3], bands[4], "a round begins in another band")

    def test_without_rotation_the_minutes_decide(self):
        self.outcome.retry_other_band = False
        with self.at("2026-03-03 09:10:00"):
            self._try()
        self.assertEqual(self.line.recall_at, datetime(2026, 3, 3, 10, 10))

    def test_a_retry_falls_into_the_calling_hours(self):
        self.campaign.call_window_ids.unlink()
        self.outcome.write({"retry_minutes": 90, "retry_other_band": False})
        # Friday 19:00 in Rome, then Saturday at 10:00.
        with self.at("2026-03-06 18:00:00"):
            self._try()
        self.assertEqual(self.line.recall_at, datetime(2026, 3, 7, 9, 0))
        # Saturday 18:00: Sunday is closed, Monday opens at 9:00.
        with self.at("2026-03-07 17:00:00"):
            self._try()
        self.assertEqual(self.line.recall_at, datetime(2026, 3, 9, 8, 0))

    def test_a_state_to_call_rests_until_the_next_try(self):
        self.outcome.write(
            {
                "list_state_id": self.line.list_state_id.id,
                "retry_other_band": False,
            }
        )
        payload = self.next_name()
        self.confirm(payload, "again")
        line = self.line_of(payload)
        self.assertEqual((line.category, line.recall_at), ("to_call", False))
        self.assertGreaterEqual(
            line.rest_until, fields.Datetime.now() + timedelta(minutes=59)
        )
        following = self.next_name()
        self.assertNotEqual(following["line_id"], line.id)
        self.desk().release(following["line_id"], following["claim_token"])
        line.rest_until = fields.Datetime.now() - timedelta(minutes=1)
        self.assertEqual(self.next_name()["line_id"], line.id)

    def test_a_state_to_call_is_exhausted_by_the_attempts_too(self):
        self.campaign.max_attempts = 2
        self.outcome.list_state_id = self.line.list_state_id
        self._try()
        self.assertEqual(self.line.category, "to_call")
        self._try()
        self.assertEqual(self.line.category, "exhausted")
        self.assertFalse(self.line.rest_until)

    def test_exhausted_after_the_attempts_of_the_campaign(self):
        self.campaign.max_attempts = 3
        categories = []
        for _number in range(3):
            self._try()
            categories.append(self.line.category)
        self.assertEqual(categories, ["recall", "recall", "exhausted"])
        self.assertEqual(self.line.list_state_id.category, "exhausted")
        self.assertFalse(self.line.recall_at)

    def test_exhausted_after_the_retries_of_the_outcome_in_a_row(self):
        self.campaign.max_attempts = 0
        self.outcome.retry_max = 2
        self._try()
        self._try()
        busy = self.outcome.copy({"name": "Busy"})
        self.line.write(self.line._values_after(busy))
        self.assertEqual(self.line.outcome_streak, 1, "another outcome begins anew")
        for _number in range(2):
            self._try()
            self.assertEqual(self.line.category, "recall")
        self._try()
        self.assertEqual(self.line.category, "exhausted")

    def test_a_promised_recall_is_made_also_after_the_attempts(self):
        self.campaign.max_attempts = 1
        payload = self.next_name()
        self.confirm(payload, "R", recall_at=self.in_hours(5))
        line = self.line_of(payload)
        self.assertEqual((line.attempts, line.category), (1, "recall"))

    def test_due_retries_come_before_fresh_names_or_after(self):
        retried = self.call_list.line_ids.sorted("rank")[4]
        retried.write(
            {
                "category": "recall",
                "recall_scope": "automatic",
                "recall_at": fields.Datetime.now() - timedelta(minutes=1),
            }
        )
        self.campaign.retry_first = False
        first = self.next_name()
        self.assertEqual(first["lead"]["id"], self.leads[0].id)
        self.desk().release(first["line_id"], first["claim_token"])
        self.campaign.retry_first = True
        payload = self.next_name()
        self.assertEqual(payload["line_id"], retried.id)
        self.assertIn("Tried again", payload["why"])

    def test_retries_last_when_no_fresh_name_is_left(self):
        lines = self.call_list.line_ids.sorted("rank")
        lines[1:].write({"category": "closed_negative"})
        lines[4].write(
            {
                "category": "recall",
                "recall_scope": "automatic",
                "recall_at": fields.Datetime.now() - timedelta(minutes=1),
            }
        )
        self.campaign.retry_first = False
        self.assertEqual(self.next_name()["line_id"], lines[0].id)
        self.assertEqual(self.next_name(self.operator_two)["line_id"], lines[4].id)

    def test_bands_lie_apart_and_keep_their_bits(self):
        with self.assertRaisesRegex(ValidationError, "hours in common"):
            self.env["crm.day.band"].create(
                {"name": "Lunch", "hour_from": 11, "hour_to": 13}
            )
        night = self.env["crm.day.band"].create(
            {"name": "Night", "hour_from": 20, "hour_to": 22}
        )
        self.assertEqual(bin((self.bands | night)._mask()).count("1"), 5)

    def test_zone_of_a_line_follows_its_name(self):
        self.assertEqual(self.line.zone_id, self.zone.id)
        other = self.env["crm.zone"].create({"name": "Elsewhere"})
        self.line.lead_id.zone_id = other
        self.env.flush_all()
        self.line.invalidate_recordset()
        self.assertEqual(self.line.zone_id, other.id)
        self.line.lead_id.zone_id = False
        self.env.flush_all()
        self.line.invalidate_recordset()
        self.assertEqual(self.line.zone_id, 0)

    def test_the_day_is_the_local_one(self):
        """The day of a moment is the customers' day, not that of Greenwich."""
        self.assertEqual(
            self.campaign._to_local(datetime(2026, 7, 1, 22, 30)).date(),
            date(2026, 7, 2),
        )
