import uuid
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestWhyNot(CampaignCommon):
    """Every reason why a name is not served now, and when it will be."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.lines = self.call_list.line_ids.sorted("rank")
        self.line, self.lead = self.lines[0], self.leads[0]

    def _codes(self, line=None):
        self.env.flush_all()
        self.env.invalidate_all()
        reasons = (line or self.line).with_user(self.manager)._not_callable_reasons()
        for reason in reasons:
            self.assertTrue(reason["sentence"])
        return [reason["code"] for reason in reasons]

    def _until(self, code):
        reasons = self.line._not_callable_reasons()
        return next(r["until"] for r in reasons if r["code"] == code)

    def _counts(self):
        self.env.flush_all()
        self.env.invalidate_all()
        found = self.campaign.with_user(self.manager)._not_callable_counts()
        for _code, label, _count in found:
            self.assertTrue(label)
        return {code: count for code, _label, count in found}

    def test_a_name_that_is_served_has_no_reason(self):
        self.assertFalse(self._codes())
        self.assertIs(self.line._callable_from([]), False)
        self.assertEqual(self._counts(), {"callable": 6})

    def test_campaign_and_list(self):
        self.campaign.action_close()
        self.call_list.active = False
        self.call_list.operator_ids = False
        self.assertEqual(self._codes(), ["not_running", "list_archived", "no_operator"])
        self.assertEqual(self._counts(), {"no_list": 6})
        self.call_list.active = True
        self.call_list.operator_ids = self.operator
        self.assertEqual(self._counts(), {"not_running": 6})

    def test_states(self):
        for category, code in (
            ("closed_positive", "state"),
            ("in_progress", "state"),
            ("exhausted", "exhausted"),
        ):
            self.line.category = category
            self.assertEqual(self._codes(), [code])
        self.line.write({"category": "to_call", "suspended": True})
        self.assertEqual(self._codes(), ["suspended"])
        self.lines[1].category = "exhausted"
        self.lines[2].category = "closed_negative"
        self.assertEqual(
            self._counts(),
            {"closed": 1, "exhausted": 1, "suspended": 1, "callable": 3},
        )

    def test_in_hands_and_resting(self):
        payload = self.next_name()
        self.assertEqual(self._codes(), ["claimed"])
        self.assertTrue(self._until("claimed"))
        self.assertEqual(self._counts(), {"claimed": 1, "callable": 5})
        self.desk().release(payload["line_id"], payload["claim_token"])
        self.assertEqual(self._codes(), ["rest"])
        self.assertGreater(self._until("rest"), fields.Datetime.now())
        self.assertEqual(self._counts(), {"rest": 1, "callable": 5})

    def test_in_hands_through_another_list(self):
        second = self.env["crm.call.list"].create(
            {
                "name": "Second",
                "campaign_id": self.campaign.id,
                "operator_ids": [fields.Command.set(self.operator_two.ids)],
            }
        )
        second._add_leads(self.lead.ids)
        self.call_list.operator_ids = self.operator
        self.assertEqual(self.next_name(self.operator_two)["lead"]["id"], self.lead.id)
        self.assertEqual(self._codes(), ["claimed"])

    def test_recalls(self):
        moment = fields.Datetime.now().replace(microsecond=0) + timedelta(hours=2)
        self.line.write(
            {
                "category": "recall",
                "recall_scope": "private",
                "recall_user_id": self.operator.id,
                "recall_at": moment,
            }
        )
        self.assertEqual(self._codes(), ["recall_later", "recall_private"])
        self.assertEqual(self._until("recall_later"), moment)
        self.assertEqual(
            self.line._callable_from(self.line._not_callable_reasons()),
            moment + timedelta(minutes=30),
        )
        self.assertEqual(self._counts(), {"recall_later": 1, "callable": 5})

    def _recall(self, scope, minutes, **values):
        """Let a recall of the first line be due since some minutes."""
        moment = fields.Datetime.now().replace(microsecond=0)
        self.line.write(
            {
                "category": "recall",
                "recall_scope": scope,
                "recall_at": moment - timedelta(minutes=minutes),
                **values,
            }
        )
        return self.line.recall_at

    def _seen(self, user, minutes):
        seen_at = fields.Datetime.now().replace(microsecond=0) - timedelta(
            minutes=minutes
        )
        presence = self.env["crm.desk.presence"]
        presence.search([("user_id", "=", user.id)]).unlink()
        presence.create(
            {"user_id": user.id, "campaign_id": self.campaign.id, "seen_at": seen_at}
        )
        return seen_at

    def test_a_private_recall_that_has_fallen_is_no_reason(self):
        due = self._recall("private", 29, recall_user_id=self.operator.id)
        self.assertEqual(self._codes(), ["recall_private"])
        self.assertEqual(self._until("recall_private"), due + timedelta(minutes=30))
        self.assertEqual(self._counts(), {"recall_private": 1, "callable": 5})
        self._recall("private", 31)
        self.assertFalse(self._codes())
        self.assertEqual(self._counts(), {"callable": 6})
        seen_at = self._seen(self.operator, 12)
        self.assertEqual(self._codes(), ["recall_private"])
        self.assertEqual(self._until("recall_private"), seen_at + timedelta(minutes=30))
        self.assertEqual(self._counts(), {"recall_private": 1, "callable": 5})
        self._seen(self.operator, 31)
        self.assertFalse(self._codes())
        self.campaign.private_fall_minutes = 0
        self.assertEqual(self._codes(), ["recall_private"])
        self.assertIsNone(self.line._callable_from(self.line._not_callable_reasons()))
        self.assertEqual(self._counts(), {"recall_private": 1, "callable": 5})

    def test_a_private_recall_whose_owner_left_the_list(self):
        due = self._recall("private", 10, recall_user_id=self.operator.id)
        self._seen(self.operator, 0)
        self.call_list.operator_ids = self.operator_two
        self.assertEqual(self._codes(), ["recall_private"])
        self.assertEqual(self._until("recall_private"), due + timedelta(minutes=30))
        self._recall("private", 31)
        self.assertFalse(self._codes())
        self.campaign.private_fall_minutes = 0
        self._recall("private", 1)
        self.assertFalse(self._codes())
        self.assertEqual(self._counts(), {"callable": 6})

    def test_a_recall_for_the_most_skilled_waits_for_who_is_free(self):
        self.campaign.skill_ids = [
            fields.Command.create({"user_id": user.id, "level": level})
            for user, level in ((self.operator, 9), (self.operator_two, 4))
        ]
        due = self._recall("skill", 1)
        self.assertFalse(self._codes(), "nobody above is at work")
        self.assertEqual(self._counts(), {"callable": 6})
        self._seen(self.operator, 0)
        self.assertEqual(self._codes(), ["recall_skill"])
        self.assertEqual(self._until("recall_skill"), due + timedelta(minutes=10))
        self.assertEqual(self._counts(), {"recall_skill": 1, "callable": 5})
        self._recall("skill", 11)
        self.assertFalse(self._codes(), "it has waited")
        self.assertEqual(self._counts(), {"callable": 6})
        self._recall("skill", -5)
        self.next_name()
        self._recall("skill", 1)
        self.assertFalse(self._codes(self.line), "who is in a call isn't waited for")

    def test_a_campaign_by_mail_or_without_outcomes(self):
        self.campaign.channel = "dem"
        self.assertEqual(self._codes(), ["by_mail"])
        self.assertEqual(self._counts(), {"by_mail": 6})
        self.campaign.channel = "phone"
        self.campaign.outcome_ids = self.env["crm.outcome"].create(
            {"name": "Paper", "color": "#123456"}
        )
        self.assertEqual(self._codes(), ["no_outcome"])
        self.assertEqual(self._counts(), {"no_outcome": 6})
        self.assertTrue(self.next_name()["empty"])

    def test_what_has_exhausted_a_name(self):
        state = self.line.list_state_id._get_by_category("exhausted")
        self.line.write({"category": "exhausted", "list_state_id": state.id})
        self.campaign.max_attempts = 6
        [reason] = self.line._not_callable_reasons()
        self.assertIn("after 0 attempts", reason["sentence"])
        busy = self.env.ref("crm_callcenter.crm_outcome_busy")
        self.line.write(
            {"attempts": 5, "last_outcome_id": busy.id, "outcome_streak": 5}
        )
        [reason] = self.line._not_callable_reasons()
        self.assertIn("Line busy 5 times in a row", reason["sentence"])
        self.line.attempts = 6
        [reason] = self.line._not_callable_reasons()
        self.assertIn("needs 6 attempts", reason["sentence"])

    def test_filter_and_what_was_sifted(self):
        self.campaign.filter_domain = "[('city', '=', 'Nowhere')]"
        self.assertEqual(self._codes(), ["filter"])
        self.assertEqual(self._counts(), {"filter": 6})
        self.env["crm.queue.job"]._cron_work()
        self.assertEqual(self._codes(), ["filter"])
        self.assertEqual(self._counts(), {"filter": 6})
        self.lead.city = "Nowhere"
        self.assertEqual(self._codes(), ["sifting"])

    def test_the_name_itself(self):
        archived, blocked, listed, numberless = self.leads[:4]
        archived.active = False
        state = self.env.ref("crm_callcenter.crm_commercial_state_blocked")
        self.env.cr.execute(
            "UPDATE crm_lead SET commercial_state_id = %s WHERE id = %s",
            [state.id, blocked.id],
        )
        self.env["phone.blacklist"]._add(listed._e164_numbers())
        numberless.write({"phone": "", "mobile": "none"})
        codes = [self._codes(line) for line in self.lines[:4]]
        self.assertEqual(
            codes,
            [["archived"], ["blocked"], ["blacklist", "blacklist"], ["no_number"]],
        )
        self.assertEqual(
            self._counts(),
            {
                "archived": 1,
                "blocked": 1,
                "blacklist": 1,
                "no_number": 1,
                "callable": 2,
            },
        )

    def test_consent(self):
        self.company.call_consent_purpose_id = self.env["crm.consent.purpose"].search(
            [("channel", "!=", "email")], limit=1
        )
        self.assertEqual(self._codes(), ["consent"])
        self.assertEqual(self._counts(), {"consent": 6})

    def test_frequency(self):
        self.company.calls_per_day_max = 1
        self.lead.mobile = False
        self.env["crm.call"].create(
            {
                "uuid": uuid.uuid4().hex,
                "number_e164": self.lead.phone_e164,
                "started_at": fields.Datetime.now(),
                "lead_id": self.lead.id,
            }
        )
        self.assertEqual(self._codes(), ["frequency"])
        self.assertGreater(self._until("frequency"), fields.Datetime.now())
        self.assertEqual(self._counts(), {"frequency": 1, "callable": 5})

    def test_window(self):
        self.campaign.call_window_ids.unlink()
        with self.at("2026-11-22 11:00:00"):
            self.assertEqual(self._codes(), ["window"])
            self.assertEqual(
                fields.Datetime.to_string(self._until("window")), "2026-11-23 08:00:00"
            )
            self.assertEqual(self._counts(), {"window": 6})
        with self.at("2026-11-23 11:00:00"):
            self.assertFalse(self._codes())

    def test_several_reasons_in_order(self):
        self.line.write({"suspended": True, "rest_until": self.in_hours(1)})
        self.lead.active = False
        self.campaign.filter_domain = "[('city', '=', 'Nowhere')]"
        self.assertEqual(self._codes(), ["suspended", "rest", "filter", "archived"])

    def test_who_may_not_read_the_line_is_told_nothing(self):
        self.call_list.operator_ids = self.operator
        with self.assertRaises(AccessError):
            self.line.with_user(self.operator_two)._not_callable_reasons()
        with self.assertRaises(AccessError):
            self.campaign.with_user(self.operator_two)._not_callable_counts()
        self.assertFalse(self.line.with_user(self.operator)._not_callable_reasons())
