from odoo.tests import tagged

from odoo.addons.crm_campaign_motivi.tests.checksums import sequence_states

from .common import CampaignSegnalazioneCase


@tagged("post_install", "-at_install")
class TestDeskCartTraining(CampaignSegnalazioneCase):
    """A sale is practised: no document, and no number of one."""

    def taken(self):
        """Return the documents, their numbers, and which numbers come next."""
        return (
            self.env["sale.order"].search_count([]),
            self.env["crm.segnalazione.protocol"].search_count([]),
            sequence_states(self.env.cr),
        )

    def test_a_practised_sale_takes_no_number(self):
        training = self.env["utm.campaign"].create(
            {
                "title": "Training of the tests",
                "is_call_campaign": True,
                "is_training": True,
                "company_id": self.company.id,
                "product_ids": self.plant.ids,
            }
        )
        training.action_invent_names()
        self.env["crm.call.window"]._open_always(training)
        training.call_list_ids.operator_ids = self.operator
        training.action_start()
        self.desk().release(self.payload["line_id"], self.payload["claim_token"])
        payload = self.desk().next_name(training.id)
        before = self.taken()
        result = self.desk().rehearse(
            payload["line_id"],
            payload["claim_token"],
            "practised",
            self.outcomes["C"].id,
            expected_revenue=9000,
            date_deadline=self.deadline(),
            cart=[{"product_id": self.plant.id, "quantity": 2}],
        )
        self.assertIn("CON/", result["message"], "a document was practised")
        self.assertFalse(result["protocol"])
        self.assertEqual(self.taken(), before)
