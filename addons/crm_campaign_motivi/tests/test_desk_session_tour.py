from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..models.crm_desk_ahead import CrmDesk
from .common import CampaignCommon


@tagged("post_install", "-at_install", "desk_tour")
class TestDeskSessionTour(CampaignCommon, HttpCase):
    """Windows, pauses, the prefetched name and training, in a real browser."""

    def start_desk(self, tour):
        self.start_tour("/odoo/desk", tour, login=self.operator.login, timeout=120)
        self.env.invalidate_all()

    def interactions(self):
        return self.env["crm.interaction"].search(
            [("lead_id", "in", self.leads.ids)], order="id"
        )

    def test_a_second_window_takes_over(self):
        # The late call of the frozen window is refused.
        with mute_logger("odoo.http"):
            self.start_desk("crm_desk_takeover")
        interaction = self.interactions()
        self.assertEqual(interaction.note, "Half a note")
        self.assertEqual(len(interaction), 1)

    def test_pause_and_help(self):
        self.start_desk("crm_desk_pause")
        self.assertEqual(len(self.interactions()), 1)
        self.assertFalse(self.call_list.line_ids.claimed_by_id)
        request = self.env["crm.help.request"].search(
            [("user_id", "=", self.operator.id)]
        )
        self.assertEqual(len(request), 1)
        self.assertTrue(request.done_at)

    def test_the_next_name_is_there_already(self):
        taken = []
        take_ahead = CrmDesk.take_ahead

        def note(self, *args, **kwargs):
            result = take_ahead(self, *args, **kwargs)
            taken.append(result)
            return result

        note._api_model = True
        with patch.object(CrmDesk, "take_ahead", note):
            self.start_desk("crm_desk_ahead")
        self.assertEqual(self.interactions().lead_id, self.leads[:2])
        self.assertTrue(taken and taken[0].get("fresh"), taken)
        self.assertFalse(self.call_list.line_ids.claimed_by_id)

    def test_training(self):
        training = self.env["utm.campaign"].create(
            {
                "title": "Training of the tests",
                "is_call_campaign": True,
                "is_training": True,
                "company_id": self.company.id,
            }
        )
        self.env["crm.call.window"]._open_always(training)
        training.action_invent_names()
        training.call_list_ids.operator_ids = self.operator
        training.action_start()
        self.start_desk("crm_desk_training")
        lines = training.call_list_ids.line_ids
        self.assertFalse(lines.claimed_by_id)
        self.assertEqual(set(lines.mapped("category")), {"to_call"})
        self.assertFalse(
            self.env["crm.interaction"].search([("campaign_id", "=", training.id)])
        )
        self.assertFalse(
            self.env["crm.call"].search([("user_id", "=", self.operator.id)])
        )
