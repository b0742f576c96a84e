from odoo import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import CampaignCommon


@tagged("post_install", "-at_install", "desk_tour")
class TestInboundTour(CampaignCommon, HttpCase):
    def test_an_operator_takes_a_call_by_hand(self):
        """Where no exchange tells the desk who calls, the operator types the number."""
        campaign = self.env["utm.campaign"].create(
            {
                "title": "Incoming of the tour",
                "is_call_campaign": True,
                "company_id": self.company.id,
                "direction": "inbound",
                "skill_ids": [Command.create({"user_id": self.operator.id})],
                "number_ids": [Command.create({"number": "030 9200669"})],
            }
        )
        self.env["crm.call.window"]._open_always(campaign)
        campaign.action_start()
        # A number that can't be read is refused, which Odoo writes into its log.
        with mute_logger("odoo.http"):
            self.start_tour(
                "/odoo/desk", "crm_desk_answer", login=self.operator.login, timeout=120
            )
        self.env.invalidate_all()
        interaction = self.env["crm.interaction"].search(
            [("campaign_id", "=", campaign.id)]
        )
        self.assertEqual(len(interaction), 1)
        self.assertEqual(interaction.note, "Asks a price")
        self.assertEqual(interaction.lead_id.mobile_e164, "+393471234567")
        call = interaction.call_id
        self.assertEqual((call.direction, call.user_id), ("in", self.operator))
        self.assertTrue(call.ended_at)
