from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import CampaignSegnalazioneCase


@tagged("post_install", "-at_install")
class TestVerdictList(CampaignSegnalazioneCase):
    """A name that was off target returns to its list by rule."""

    def setUp(self):
        super().setUp()
        rules = self.env["crm.segnalazione.verdict.rule"]
        rules.search([]).unlink()
        states = self.env["crm.list.state"]
        self.to_call = states._get_by_category("to_call")
        self.recall = states._get_by_category("recall")
        self.negative = states._get_by_category("closed_negative")
        self.rule = rules.create(
            {
                "verdict": "off_target",
                "list_state_id": self.to_call.id,
                "again_days": 10,
            }
        )
        self.fix_appointment()
        self.line = self.line_of(self.payload)
        self.document = self.documents()
        self.document.date_appointment = fields.Datetime.now() - timedelta(hours=1)

    def give(self, verdict="off_target"):
        result = self.env["crm.segnalazione.verdict"].with_user(self.agent)
        result = result._give(self.document.with_user(self.agent), verdict, "Flat")
        self.line.invalidate_recordset()
        return result.sudo()

    def assert_in_ten_days(self, moment):
        wanted = fields.Datetime.now() + timedelta(days=10)
        self.assertAlmostEqual(moment, wanted, delta=timedelta(minutes=1))

    def test_it_rests_and_is_to_call_again(self):
        self.assertEqual(self.line.category, "closed_positive")
        verdict = self.give()
        self.assertEqual(self.line.list_state_id, self.to_call)
        self.assertEqual(self.line.category, "to_call")
        self.assert_in_ten_days(self.line.rest_until)
        self.assertTrue(verdict.returned_to_list_on)

    def test_it_is_called_again_on_a_day(self):
        self.rule.list_state_id = self.recall
        self.give()
        self.assertEqual(self.line.category, "recall")
        self.assertEqual(self.line.recall_scope, "automatic")
        self.assert_in_ten_days(self.line.recall_at)

    def test_it_can_be_closed_for_good(self):
        self.rule.list_state_id = self.negative
        self.give()
        self.assertEqual(self.line.category, "closed_negative")

    def test_without_a_rule_it_stays(self):
        self.rule.verdict = "bogus"
        self.give()
        self.assertEqual(self.line.category, "closed_positive")

    def test_the_campaign_s_own_rule_goes_before(self):
        self.rule.copy(
            {"campaign_id": self.campaign.id, "list_state_id": self.negative.id}
        )
        self.give()
        self.assertEqual(self.line.category, "closed_negative")

    def test_only_once_and_not_what_was_worked_on_since(self):
        verdict = self.give()
        self.line.write(
            {"list_state_id": self.negative.id, "category": "closed_negative"}
        )
        self.give()
        self.assertEqual(self.line.category, "closed_negative")
        verdict.returned_to_list_on = False
        self.line.last_outcome_id = self.outcomes["N"]
        self.give()
        self.assertEqual(self.line.category, "closed_negative")

    def test_it_waits_for_the_coordinator(self):
        self.rule.waits_for_coordinator = True
        verdict = self.give()
        self.assertEqual(self.line.category, "closed_positive")
        verdict.with_user(self.coordinator).action_agree()
        self.line.invalidate_recordset()
        self.assertEqual(self.line.category, "to_call")
