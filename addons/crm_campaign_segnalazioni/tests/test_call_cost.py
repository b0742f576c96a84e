from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import CampaignSegnalazioneCase


@tagged("post_install", "-at_install")
class TestCallCost(CampaignSegnalazioneCase):
    """Calls are valued at the costs of their campaign, or of the company."""

    def setUp(self):
        super().setUp()
        self.env["crm.call.day"].search([]).unlink()
        company = self.operator.company_id
        company.call_cost_operator_minute = 0.5
        company.call_cost_telephone_minute = 0.1
        self.line = self.line_of(self.payload)
        self.env["crm.call"].search([("lead_id", "=", self.lead.id)]).unlink()

    def _call(self, seconds, days_ago=0, **values):
        moment = fields.Datetime.now() - timedelta(days=days_ago)
        return self.env["crm.call"].create(
            {
                "uuid": f"cost-{seconds}-{days_ago}",
                "number_e164": "+39030555001",
                "started_at": moment,
                "ended_at": moment + timedelta(seconds=seconds),
                "result": "answered",
                "user_id": self.operator.id,
                "lead_id": self.lead.id,
                "line_id": self.line.id,
                **values,
            }
        )

    def _cost(self):
        return self.env["crm.profitability.report"]._read_group(
            [("campaign_id", "=", self.campaign.id)], [], ["call_cost:sum"]
        )[0][0]

    def test_a_call_without_outcome_costs_its_campaign(self):
        self._call(60)
        self._call(120, days_ago=2, result="no_answer")
        self.assertAlmostEqual(self._cost(), 3 * 0.5 + 0.1)
        self.env["crm.call.day"]._cron_add_up()
        self.assertAlmostEqual(self._cost(), 3 * 0.5 + 0.1)

    def test_costs_of_the_campaign_go_first(self):
        self._call(60)
        self.campaign.call_cost_operator_minute = 2
        self.assertAlmostEqual(self._cost(), 0.6)
        self.campaign.is_call_cost_own = True
        # Not entered is free, once the campaign has costs of its own.
        self.assertAlmostEqual(self._cost(), 2)

    def test_costs_are_set_on_the_campaign(self):
        arch = self.campaign.get_view(
            self.env.ref("crm_campaign_motivi.utm_campaign_view_form_tuning").id, "form"
        )["arch"]
        self.assertIn("is_call_cost_own", arch)

    def test_coordinators_read_their_campaigns(self):
        report = self.env["crm.effectiveness.report"].with_user(self.coordinator)
        other = self.env["utm.campaign"].create({"title": "Of somebody else"})
        for campaign in self.campaign | other:
            self.env["crm.interaction"].create(
                {
                    "lead_id": self.lead.id,
                    "date": fields.Datetime.now(),
                    "user_id": self.operator.id,
                    "campaign_id": campaign.id,
                    "outcome_id": self.outcomes["N"].id,
                    "outcome_kind": "N",
                }
            )
        self.campaign.coordinator_ids = self.coordinator
        groups = report._read_group([], ["campaign_id"], ["calls:sum"])
        self.assertEqual([group[0] for group in groups], [self.campaign])
