from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .graph_case import GraphCase


@tagged("post_install", "-at_install")
class TestBlocked(GraphCase):
    """A blocked name is never mailed or sold to. (Serving: the campaign's tests.)"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead.email_from = "rossi@example.com"
        cls.lead.partner_id = cls.env["res.partner"].create(
            {"name": "Rossi", "email": "rossi@example.com"}
        )
        cls.lead._correct_state(cls.blocked)

    def test_the_customer_is_blocked_with_its_name(self):
        self.assertEqual(self.lead.partner_id.commercial_state_id, self.blocked)
        self.assertEqual(self.lead.partner_id.commercial_state_class, "blocked")

    def test_it_is_not_sold_to(self):
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        with self.assertRaisesRegex(UserError, "is blocked"):
            self.lead.stage_id = won
        with self.assertRaisesRegex(UserError, "is blocked"):
            self.lead.convert_opportunity(self.lead.partner_id)
        with self.assertRaisesRegex(UserError, "is blocked"):
            self.lead._convert_to_opportunity(self.agent, 1, fields.Date.today())

    def test_no_mail_leaves_for_it(self):
        colleague = self.coordinator.partner_id
        mail = self.env["mail.mail"].create(
            {
                "body_html": "x",
                "recipient_ids": [
                    fields.Command.set((self.lead.partner_id | colleague).ids)
                ],
            }
        )
        self.assertEqual(mail.recipient_ids, colleague)
        self.assertEqual(mail.state, "outgoing")
        alone = self.env["mail.mail"].create(
            {
                "body_html": "x",
                "recipient_ids": [fields.Command.set(self.lead.partner_id.ids)],
            }
        )
        self.assertEqual(alone.state, "cancel")
        self.assertIn("blocked", alone.failure_reason)

    def test_nor_by_address(self):
        mail = self.env["mail.mail"].create(
            {
                "body_html": "x",
                "model": "crm.lead",
                "res_id": self.lead.id,
                "email_to": "Rossi <Rossi@example.com>",
            }
        )
        self.assertEqual(mail.state, "cancel")
        other = self.env["mail.mail"].create(
            {
                "body_html": "x",
                "model": "crm.lead",
                "res_id": self.lead.id,
                "email_to": "Colleague <colleague@example.com>",
            }
        )
        self.assertEqual(other.state, "outgoing")

    def test_the_composer_says_so(self):
        composer = self.env["mail.compose.message"].create(
            {
                "model": "crm.lead",
                "res_ids": str(self.lead.ids),
                "composition_mode": "comment",
                "partner_ids": [fields.Command.set(self.lead.partner_id.ids)],
                "body": "x",
            }
        )
        with self.assertRaisesRegex(UserError, "Rossi is blocked"):
            composer.action_send_mail()
