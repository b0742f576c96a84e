from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestRecallHours(CampaignCommon):
    """Recalls lie within the calling hours, or are the customer's own wish."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.payload = self.next_name()
        # Nobody is called today, whatever the hour of the test is.
        today = self.campaign._local_now().date()
        self.open_day = today + timedelta(days=3)
        self.campaign.call_window_ids.unlink()
        self.env["crm.call.window"].create(
            [
                {
                    "campaign_id": self.campaign.id,
                    "weekday": weekday,
                    "hour_from": hour_from,
                    "hour_to": hour_to,
                }
                for weekday in (str(self.open_day.weekday()), "holiday")
                for hour_from, hour_to in ((9, 13), (14, 20))
                # The national holidays of the days before are closed, too.
                if weekday != "holiday" or self.campaign._is_holiday((), self.open_day)
            ]
        )

    def moment(self, hour, days=0):
        """Return naive UTC of a local hour of the open day."""
        day = self.open_day + timedelta(days=days)
        return self.campaign._to_utc(
            datetime.combine(day, datetime.min.time()) + timedelta(hours=hour)
        )

    def recall(self, moment, **values):
        values.setdefault("note", "Calls back after work")
        return self.confirm(
            self.payload, "R", recall_at=fields.Datetime.to_string(moment), **values
        )

    def test_outside_the_hours_is_refused_with_the_next_opening(self):
        for hour in (8.99, 13, 13.5, 20, 21.5):
            with (
                self.subTest(hour),
                self.assertRaisesRegex(UserError, "outside") as why,
            ):
                self.recall(self.moment(hour))
            if hour < 20:
                opening = "09:00" if hour < 9 else "14:00"
                day = self.open_day.strftime("%d/%m/%Y")
                self.assertIn(f"{day} {opening}", str(why.exception))
        self.assertFalse(self.leads[0].interaction_ids)
        self.recall(self.moment(14))
        line = self.line_of(self.payload)
        self.assertEqual(line.recall_at, self.moment(14))
        self.assertFalse(line.recall_wish_at)
        self.assertFalse(self.leads[0].interaction_ids.recall_wish_at)

    def test_hours_of_the_zone_hold(self):
        zone = self.leads[0].zone_id
        self.assertTrue(zone)
        self.env["crm.call.window"].create(
            {
                "campaign_id": self.campaign.id,
                "zone_id": zone.id,
                "weekday": str(self.open_day.weekday()),
                "hour_from": 15,
                "hour_to": 16,
            }
        )
        with self.assertRaisesRegex(UserError, "15:00"):
            self.recall(self.moment(10))
        self.recall(self.moment(15.5))

    def test_a_repeated_confirm_is_not_asked_for_hours_again(self):
        first = self.recall(self.moment(10), token="once")
        self.campaign.call_window_ids.unlink()
        again = self.recall(self.moment(10), token="once")
        self.assertEqual(first["interaction_id"], again["interaction_id"])

    def test_what_is_no_date_is_a_sentence(self):
        with self.assertRaisesRegex(UserError, "Enter the date and time"):
            self.confirm(self.payload, "R", recall_at="tomorrow")

    # The customer's wish

    def test_a_wish_needs_the_campaign_and_a_note(self):
        late = self.moment(21.5)
        with self.assertRaisesRegex(UserError, "doesn't permit"):
            self.recall(late, recall_by_wish=True)
        self.campaign.allows_recall_wish = True
        with self.assertRaisesRegex(UserError, "write in the note"):
            self.recall(late, recall_by_wish=True, note=" ")
        with self.assertRaisesRegex(UserError, "outside the calling hours"):
            self.recall(late)
        self.assertFalse(self.leads[0].interaction_ids)

    def test_a_wish_is_recorded_with_the_outcome(self):
        self.campaign.allows_recall_wish = True
        late = self.moment(21.5)
        self.recall(late, recall_by_wish=True)
        row = self.leads[0].interaction_ids
        self.assertEqual(row.recall_wish_at, late)
        self.assertEqual(row.user_id, self.operator)
        self.assertAlmostEqual(
            row.date, fields.Datetime.now(), delta=timedelta(minutes=1)
        )
        line = self.line_of(self.payload)
        self.assertEqual((line.recall_at, line.recall_wish_at), (late, late))

    def test_no_client_records_a_wish_by_its_context(self):
        self.env["crm.lead"].browse(self.leads[1].id).with_context(
            recall_wish_at="2030-01-01 20:00:00"
        )._register_outcome(self.outcomes["R"])
        self.assertFalse(self.leads[1].interaction_ids.recall_wish_at)

    def due(self, index, minutes=1, wish=True):
        """Let a recall be due that was promised to everybody; return its line."""
        line = self.call_list.line_ids.sorted("rank")[index]
        moment = fields.Datetime.now() - timedelta(minutes=minutes)
        state = self.env["crm.list.state"]._get_by_category("recall")
        line.write(
            {
                "list_state_id": state.id,
                "category": "recall",
                "recall_scope": "public",
                "recall_at": moment,
                "recall_wish_at": moment if wish else False,
            }
        )
        return line

    def codes(self, line):
        line.invalidate_recordset()
        manager = line.with_user(self.manager)
        return {reason["code"] for reason in manager._not_callable_reasons()}

    def test_a_wish_is_served_at_its_hour_and_nothing_else_is(self):
        self.desk().release(self.payload["line_id"], self.payload["claim_token"])
        self.assertTrue(self.next_name()["empty"], "the campaign is closed")
        promised = self.due(1, wish=False)
        self.assertTrue(self.next_name()["empty"])
        self.assertIn("window", self.codes(promised))
        wished = self.due(2)
        self.assertFalse(self.codes(wished))
        counts = self.campaign.with_user(self.manager)._not_callable_counts()
        self.assertEqual({code: n for code, _l, n in counts}["callable"], 1)
        served = self.next_name()
        self.assertEqual(served["line_id"], wished.id)
        self.confirm(served, "N")
        self.assertFalse(wished.recall_wish_at)
        self.assertTrue(self.next_name()["empty"])

    def test_a_wish_is_not_for_another_hour(self):
        self.desk().release(self.payload["line_id"], self.payload["claim_token"])
        old = self.due(1, minutes=90)
        self.assertTrue(self.next_name()["empty"], "an hour after it is too late")
        self.assertIn("window", self.codes(old))
        moved = self.due(2)
        moved.recall_at = fields.Datetime.now() - timedelta(minutes=5)
        self.assertTrue(self.next_name()["empty"], "moved by somebody")
        later = self.due(3, minutes=-30)
        self.assertTrue(self.next_name()["empty"])
        self.assertEqual(self.codes(later), {"recall_later"})

    def test_a_wish_in_a_closed_zone_of_an_open_campaign(self):
        self.desk().release(self.payload["line_id"], self.payload["claim_token"])
        self.env["crm.call.window"]._open_always(self.campaign)
        wished = self.due(2)
        plain = self.due(3, wish=False)
        closed = wished.lead_id.zone_id
        self.env["crm.call.window"].create(
            {
                "campaign_id": self.campaign.id,
                "zone_id": closed.id,
                "weekday": str(self.open_day.weekday()),
                "hour_from": 9,
                "hour_to": 10,
            }
        )
        self.assertEqual(plain.lead_id.zone_id, closed)
        self.assertIn("window", self.codes(plain))
        self.assertEqual(self.next_name()["line_id"], wished.id)

    # What the desk knows

    def test_the_payload_has_the_hours_exactly(self):
        recall = self.desk().open()["current"]["recall"]
        self.assertFalse(recall["may_wish"])
        first = [fields.Datetime.to_datetime(text) for text in recall["windows"][0]]
        self.assertEqual(first, [self.moment(9), self.moment(13)])
        opening = self.campaign._call_window(0, fields.Datetime.now())[1]
        self.assertEqual(first[0], opening)
        for start, stop in recall["windows"]:
            for text, is_open in ((start, True), (stop, False)):
                moment = fields.Datetime.to_datetime(text)
                self.assertEqual(self.campaign._call_window(0, moment)[0], is_open)

    def test_windows_that_touch_are_one(self):
        self.campaign.call_window_ids.unlink()
        self.env["crm.call.window"]._open_always(self.campaign)
        self.assertEqual(len(self.desk().open()["current"]["recall"]["windows"]), 1)

    def test_hours_of_a_far_day(self):
        far = self.open_day + timedelta(days=70)
        hours = self.desk().recall_windows(
            self.payload["line_id"], self.payload["claim_token"], str(far)
        )
        moment = fields.Datetime.to_string(self.moment(9, days=70))
        self.assertEqual(hours["windows"][0][0], moment)
        self.assertLessEqual(hours["since"], moment)
        for day in ("", "soon", "9999-12-31"):
            with self.subTest(day), self.assertRaisesRegex(UserError, "Enter the date"):
                self.desk().recall_windows(
                    self.payload["line_id"], self.payload["claim_token"], day
                )
        with self.assertRaisesRegex(UserError, "no longer in your hands"):
            self.desk(self.operator_two).recall_windows(
                self.payload["line_id"], self.payload["claim_token"], str(far)
            )
