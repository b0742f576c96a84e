import uuid

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CampaignSegnalazioneCase


@tagged("post_install", "-at_install")
class TestWorkflowCart(CampaignSegnalazioneCase):
    """The products of a sale as a step of the call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign.step_ids = [
            Command.create({"name": "Cart", "kind": "cart"}),
            Command.create(
                {
                    "name": "House",
                    "kind": "questionnaire",
                    "question_ids": [Command.create({"name": "?", "kind": "yes_no"})],
                }
            ),
        ]
        cls.question = cls.campaign.step_ids.question_ids

    def sale(self, steps):
        return self.desk().confirm(
            self.payload["line_id"],
            self.payload["claim_token"],
            uuid.uuid4().hex,
            self.outcomes["C"].id,
            expected_revenue=9000,
            date_deadline=self.deadline(),
            cart=[{"product_id": self.plant.id}],
            steps=steps,
        )

    def test_the_desk_gets_the_step(self):
        kinds = [step["kind"] for step in self.payload["steps"]]
        self.assertEqual(kinds, ["cart", "questionnaire", "outcome"])

    def test_a_sale_with_its_answers_makes_its_document(self):
        result = self.sale({"answers": {str(self.question.id): "yes"}})
        self.assertTrue(result["protocol"])
        self.env.invalidate_all()
        self.assertEqual(self.lead.interaction_ids.answer_ids.answer, "Yes")

    def test_a_mandatory_question_is_asked_before_the_document_is_made(self):
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.sale(None)
        self.env.invalidate_all()
        self.assertFalse(self.lead.interaction_ids)
        self.assertFalse(
            self.env["sale.order"].search([("opportunity_id", "=", self.lead.id)])
        )
