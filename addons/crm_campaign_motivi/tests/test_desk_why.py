from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestDeskWhy(CampaignCommon):
    """The desk says rightly why a name is on it."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.lines = self.call_list.line_ids.sorted("rank")
        self.line = self.lines[0]
        self.campaign.write({"private_fall_minutes": 30})

    def recall(self, minutes, scope="public", user=None, line=None):
        """Let a name be a recall that fell due some minutes ago."""
        line = line or self.line
        line.write(
            {
                "category": "recall",
                "list_state_id": line.list_state_id._get_by_category("recall").id,
                "recall_at": fields.Datetime.now() - timedelta(minutes=minutes),
                "recall_scope": scope,
                "recall_user_id": user and user.id,
            }
        )

    def why(self, user=None):
        return self.next_name(user)["why"]

    def open_by_hand(self):
        return self.desk().take_by_hand(self.line.lead_id.id)["why"]

    def test_a_fresh_name(self):
        self.assertIn("Fresh name", self.why())

    def test_a_name_that_rested_after_tries_is_not_fresh(self):
        self.line.attempts = 3
        self.assertIn("Tried again, attempt 4", self.why())

    def test_a_recall_says_when_it_was_promised_and_by_whom(self):
        served = self.next_name()
        self.confirm(
            served, "R", recall_at=self.in_hours(1), recall_scope="public", note="Later"
        )
        asked = fields.Datetime.context_timestamp(
            self.desk(), self.line.lead_id.interaction_ids.date
        )
        self.env.cr.execute(
            "UPDATE crm_call_list_line SET recall_at = recall_at - interval '2 hours'"
            " WHERE id = %s",
            [self.line.id],
        )
        why = self.why(self.operator_two)
        self.assertIn("Recall asked for", why)
        self.assertIn(asked.strftime("Promised on %d/%m/%Y at %H:%M"), why)
        self.assertIn(f"by {self.operator.name}.", why)

    def test_a_recall_of_which_the_history_tells_nothing(self):
        self.recall(5)
        why = self.why()
        self.assertIn("Recall asked for", why)
        self.assertNotIn("Promised", why)

    def test_ones_own_recall_and_that_of_a_colleague_who_is_away(self):
        self.recall(90, "private", self.operator)
        self.assertIn("Your own recall", self.why())
        self.recall(90, "private", self.coordinator, self.lines[1])
        why = self.why(self.operator_two)
        self.assertIn(f"Recall of {self.coordinator.name}", why)
        self.assertNotIn("Your own", why)

    def test_a_retry(self):
        self.recall(5, "automatic")
        self.line.attempts = 1
        self.assertIn("Tried again, attempt 2", self.why())

    def test_a_closed_name_opened_by_hand(self):
        self.confirm(self.next_name(), "N")
        self.assertIn("opened this name yourself", self.open_by_hand())

    def test_a_name_of_no_list_opened_by_hand(self):
        lead = self.env["crm.lead"].create(
            {"name": "Walked in", "phone": "030 9200111", "company_id": self.company.id}
        )
        desk = self.desk(self.manager)
        why = desk.take_by_hand(lead.id, self.campaign.id)["why"]
        self.assertIn("opened this name yourself", why)
        self.assertNotIn("called us", why)

    def test_a_recall_to_come_opened_by_hand(self):
        self.recall(-120)
        why = self.open_by_hand()
        self.assertIn("opened this name yourself", why)
        self.assertIn("Recall asked for", why)

    def test_who_has_called_is_told_also_after_a_reload(self):
        self.confirm(self.next_name(), "N")
        self.campaign.direction = "mixed"
        number = self.line.lead_id.mobile_e164
        why = self.desk().answer(self.campaign.id, number)["why"]
        self.assertEqual(why, "This person called us.")
        self.assertEqual(self.desk().open()["current"]["why"], why)
