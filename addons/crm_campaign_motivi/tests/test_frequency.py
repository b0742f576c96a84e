import uuid
from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestFrequency(CampaignCommon):
    """Not more than so many calls to one number, over all campaigns."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.leads.write({"mobile": False})
        self.company.write({"calls_per_day_max": 2, "calls_per_week_max": 0})
        self.lines = self.call_list.line_ids.sorted("rank")

    def _called(self, lead, *moments, field="phone_e164", direction="out"):
        self.env["crm.call"].create(
            [
                {
                    "uuid": uuid.uuid4().hex,
                    "number_e164": lead[field],
                    "direction": direction,
                    "started_at": moment,
                    "lead_id": lead.id,
                }
                for moment in moments
            ]
        )
        self.env.flush_all()

    def _name_id(self, user=None):
        return self.next_name(user).get("lead", {}).get("id")

    def _now(self, **ago):
        return fields.Datetime.now() - timedelta(**ago)

    def test_a_number_called_too_often_today_is_passed_over(self):
        now = self._now()
        self._called(self.leads[0], now)
        self._called(self.leads[1], now, now)
        self._called(self.leads[2], now, now, direction="in")
        first = self.next_name()
        self.assertEqual(first["lead"]["id"], self.leads[0].id)
        self.confirm(first, "N")
        self.assertEqual(self._name_id(), self.leads[2].id)

    def test_calls_count_whatever_the_campaign_and_the_name(self):
        """The same number in another name of another campaign."""
        self.leads[0].phone = self.leads[5].phone
        self._called(self.leads[5], self._now(), self._now())
        self.assertEqual(self._name_id(), self.leads[1].id)

    def test_another_number_of_the_name_may_be_called(self):
        self.leads[0].mobile = "333 9998877"
        self._called(self.leads[0], self._now(), self._now())
        payload = self.next_name()
        self.assertEqual(payload["lead"]["id"], self.leads[0].id)
        with self.assertRaisesRegex(UserError, "as often as is allowed"):
            self.desk().log_dial(payload["line_id"], payload["claim_token"], "phone")
        self.assertTrue(
            self.desk().log_dial(payload["line_id"], payload["claim_token"], "mobile")
        )

    def test_a_week_has_seven_days(self):
        self.company.write({"calls_per_day_max": 0, "calls_per_week_max": 2})
        self._called(self.leads[0], self._now(days=8), self._now(days=1))
        self._called(self.leads[1], self._now(days=5), self._now(days=1))
        self.assertEqual(self._name_id(), self.leads[0].id)
        self.assertEqual(self._name_id(self.operator_two), self.leads[2].id)

    def test_zero_is_no_limit(self):
        self.company.calls_per_day_max = 0
        self._called(self.leads[0], *[self._now()] * 9)
        self.assertEqual(self._name_id(), self.leads[0].id)

    def test_a_promised_recall_is_made_and_a_retry_is_not(self):
        for number, scope in ((3, "automatic"), (4, "public")):
            self._called(self.leads[number], self._now(), self._now())
            self.lines[number].write(
                {
                    "category": "recall",
                    "recall_scope": scope,
                    "recall_at": self._now(hours=1),
                }
            )
        payload = self.next_name()
        self.assertEqual(payload["lead"]["id"], self.leads[4].id)
        self.assertTrue(
            self.desk().log_dial(payload["line_id"], payload["claim_token"], "phone")
        )
        self.confirm(payload, "N")
        self.assertEqual(self._name_id(), self.leads[0].id)

    def test_names_with_the_number_rest_in_every_queue(self):
        """They would lie in the way of each claim until midnight."""
        self.leads[4].phone = self.leads[0].phone
        self.leads[5].write({"phone": self.leads[0].phone, "mobile": "333 7776655"})
        self._called(self.leads[0], self._now())
        payload = self.next_name()
        self.desk().log_dial(payload["line_id"], payload["claim_token"], "phone")
        self.lines.invalidate_recordset()
        self.assertTrue(self.lines[4].rest_until)
        self.assertGreater(self.lines[4].rest_until, fields.Datetime.now())
        self.assertFalse(self.lines[5].rest_until, "its other number may be called")
        self.assertFalse(self.lines[0].rest_until, "it is in hand")

    def test_a_retry_waits_until_the_number_may_be_called(self):
        outcome = self.env["crm.outcome"].create(
            {
                "name": "Nobody",
                "kind": "R",
                "color": "#123456",
                "retry_minutes": 5,
                "retry_other_band": False,
            }
        )
        self._called(self.leads[0], self._now(), self._now())
        self.lines[0].write(self.lines[0]._values_after(outcome))
        self.assertEqual(
            self.lines[0].recall_at,
            self.company._calls_allowed_from([self.leads[0].phone_e164])[
                self.leads[0].phone_e164
            ],
        )

    def test_the_day_begins_at_the_local_midnight(self):
        number = self.leads[0].phone_e164
        with self.at("2026-07-01 10:00:00"):
            self._called(
                self.leads[0],
                datetime(2026, 6, 30, 21, 59),
                datetime(2026, 6, 30, 22, 1),
            )
            self.assertFalse(self.company._calls_allowed_from([number]))
            self._called(self.leads[0], datetime(2026, 7, 1, 8))
            self.assertEqual(
                self.company._calls_allowed_from([number]),
                {number: datetime(2026, 7, 1, 22)},
            )
        self.company.write({"calls_per_day_max": 0, "calls_per_week_max": 2})
        with self.at("2026-07-02 10:00:00"):
            self.assertEqual(
                self.company._calls_allowed_from([number]),
                {number: datetime(2026, 7, 7, 22)},
            )

    def test_the_rules_of_the_campaigns_company_hold(self):
        """Also while one dials, and whatever company the operator is of."""
        strict = self.company
        lax = self.env["res.company"].create({"name": "Lax of test"})
        purpose = self.env.ref("crm_callcenter.crm_consent_purpose_calls")
        lax.call_consent_purpose_id = purpose
        strict.calls_per_day_max = 1
        self.operator.write(
            {"company_ids": [fields.Command.link(lax.id)], "company_id": lax.id}
        )
        self._called(self.leads[0], self._now())
        payload = self.next_name()
        self.assertEqual(payload["lead"]["id"], self.leads[1].id)
        self.assertFalse(payload["phones"][0]["without_consent"])
        dial = (payload["line_id"], payload["claim_token"], "phone")
        self.assertTrue(self.desk().log_dial(*dial))
        with self.assertRaisesRegex(UserError, "as often as is allowed"):
            self.desk().log_dial(*dial)

    def test_names_of_other_companies_do_not_rest(self):
        other = self.campaign.copy({"title": "Elsewhere", "company_id": False})
        other.company_id = self.env["res.company"].create({"name": "Other of test"})
        elsewhere = self.env["crm.call.list"].create(
            {"name": "Elsewhere", "campaign_id": other.id}
        )
        same = self.env["crm.call.list"].create(
            {"name": "Same company", "campaign_id": self.campaign.id}
        )
        for call_list in elsewhere | same:
            call_list._add_leads(self.leads[0].ids)
        self.company.calls_per_day_max = 1
        payload = self.next_name()
        self.desk().log_dial(payload["line_id"], payload["claim_token"], "phone")
        self.env.invalidate_all()
        self.assertTrue(same.line_ids.rest_until)
        self.assertFalse(elsewhere.line_ids.rest_until)
