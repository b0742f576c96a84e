from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_campaign_board import BoardCase


@tagged("post_install", "-at_install")
class TestWhyNotDialog(BoardCase):
    """One click says why a name, or a campaign, serves nothing."""

    def ask(self, record, user=None):
        record = record.with_user(user or self.coordinator)
        action = record.action_why_not()
        self.assertEqual(action["target"], "new")
        return (
            self.env[action["res_model"]]
            .with_user(record.env.user)
            .browse(action["res_id"])
        )

    def test_a_name_that_may_be_called(self):
        answer = self.ask(self.call_list.line_ids[0])
        self.assertFalse(answer.reason_ids)
        self.assertIn("its turn", answer.summary)

    def test_a_time_is_given_only_when_all_reasons_go_by_themselves(self):
        line = self.call_list.line_ids[0]
        until = fields.Datetime.now() + timedelta(hours=2)
        line.write({"category": "recall", "recall_at": until})
        answer = self.ask(line)
        self.assertEqual(answer.reason_ids[-1].until, until)
        local = fields.Datetime.context_timestamp(
            line.with_user(self.coordinator), until
        )
        self.assertIn(local.strftime("%H:%M"), answer.summary)
        self.campaign.action_close()
        answer = self.ask(line)
        self.assertGreater(len(answer.reason_ids), 1)
        self.assertIn("until somebody changes", answer.summary)

    def test_a_campaign_with_nothing_to_serve(self):
        self.call_list.line_ids.write({"category": "closed_negative"})
        answer = self.ask(self.campaign)
        self.assertTrue(answer.is_campaign)
        self.assertEqual(sum(answer.reason_ids.mapped("name_count")), 6)
        self.assertIn("None of the 6", answer.summary)
        self.call_list.operator_ids = False
        self.campaign.action_close()
        answer = self.ask(self.campaign)
        sentences = " ".join(answer.reason_ids.mapped("sentence"))
        self.assertIn("not running", sentences)
        self.assertIn("Add operators", sentences)

    def test_who_may_ask(self):
        self.ask(self.campaign, self.manager)
        for user in (self.operator, self.stranger):
            with self.assertRaises(AccessError):
                self.campaign.with_user(user).action_why_not()
        line = self.call_list.line_ids[0]
        self.ask(line, self.operator)
        for user in (self.stranger, self.agent):
            with self.assertRaises(AccessError):
                line.with_user(user).action_why_not()
