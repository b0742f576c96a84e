from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install", "desk_tour")
class TestCampaignTour(CampaignCommon, HttpCase):
    """A campaign from nothing to its second name, by those who do so at work."""

    def setUp(self):
        super().setUp()
        # The lists of the other tests would be served as well, and keep names out.
        self.campaign.action_close()
        self.call_list.unlink()
        self.zone.name = "Zone of the tour"
        self.leads[0].state_id = self.other_province
        self.leads[4:].city = "Adro"
        self.env["crm.operator.group"].create(
            {
                "name": "Callers of the tour",
                "member_ids": [Command.set(self.operator.ids)],
            }
        )

    def manage(self, url, tour):
        self.start_tour(url, tour, login=self.manager.login, timeout=120)
        self.env.invalidate_all()

    def work(self, tour):
        self.start_tour("/odoo/desk", tour, login=self.operator.login, timeout=120)
        self.env.invalidate_all()

    def worked(self, campaign):
        """Return the names on which the operator registered an outcome, in order."""
        found = self.env["crm.interaction"].search(
            [("campaign_id", "=", campaign.id)], order="id"
        )
        self.assertEqual(found.user_id, self.operator)
        return found.lead_id

    def test_the_next_name_obeys_the_filter_of_a_new_campaign(self):
        """Family, campaign, list from a zone, start, a name, filter, the next name."""
        self.manage("/odoo/campaign-families", "crm_campaign_setup")
        campaign = self.env["utm.campaign"].search(
            [("title", "=", "Campaign of the tour")]
        )
        self.assertEqual(campaign.family_id.name, "Family of the tour")
        template = self.env.ref("crm_campaign_motivi.utm_campaign_template_outbound")
        self.assertEqual(campaign.template_id, template)
        self.assertEqual(campaign.user_id, self.manager)
        # Tests run at any hour of any day.
        self.env["crm.call.window"]._open_always(campaign)
        self.manage("/odoo/names", "crm_campaign_list")
        call_list = campaign.call_list_ids
        self.assertEqual(call_list.line_ids.lead_id, self.leads[1:])
        self.assertTrue(call_list.is_live)
        self.assertIn("zone_id", call_list.domain, "the list remembers its search")
        form = f"/odoo/call-campaigns/{campaign.id}"
        self.manage(form, "crm_campaign_start")
        self.assertEqual(campaign.call_state, "running")
        self.work("crm_campaign_work")
        first = self.worked(campaign)
        self.assertEqual(first, self.leads[1])
        self.assertEqual(first.zone_id, self.zone)
        waiting = call_list.line_ids.filtered(lambda line: line.category == "to_call")
        self.assertEqual(waiting.sorted("rank")[0].lead_id, self.leads[2])
        self.manage(form, "crm_campaign_filter")
        self.work("crm_campaign_work_on")
        second = self.worked(campaign) - first
        self.assertEqual(second, self.leads[4], "not the name that came next before")
        self.assertEqual(second, second.filtered_domain([("city", "ilike", "Adro")]))
        self.assertFalse(call_list.line_ids.claimed_by_id)
