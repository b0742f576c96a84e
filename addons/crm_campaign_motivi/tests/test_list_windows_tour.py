from odoo.tests import HttpCase, tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install", "desk_tour")
class TestListWindowsTour(CampaignCommon, HttpCase):
    """The windows of a coordinator, in a real browser."""

    def coordinate(self, url, tour):
        self.start_tour(url, tour, login=self.coordinator.login, timeout=120)
        self.env.invalidate_all()

    def test_the_coordinator_asks_why_not(self):
        line = self.call_list.line_ids.filtered(
            lambda found: found.lead_id == self.leads[2]
        )
        line.write(
            {
                "category": "recall",
                "recall_scope": "public",
                "recall_at": self.in_hours(3),
            }
        )
        self.coordinate(f"/odoo/call-campaigns/{self.campaign.id}", "crm_why_not")

    def test_the_coordinator_shares_a_list_out(self):
        self.coordinate("/odoo/call-lists", "crm_share_list")
        shares = self.campaign.call_list_ids - self.call_list
        self.assertEqual([len(share.line_ids) for share in shares], [3, 3])
        self.assertEqual(
            {share.operator_ids for share in shares}, {self.operator, self.operator_two}
        )
        self.assertEqual(shares.line_ids.lead_id, self.leads)
        self.assertFalse(self.call_list.line_ids)
