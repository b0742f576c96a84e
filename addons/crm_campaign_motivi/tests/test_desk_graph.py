from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestDeskGraph(CampaignCommon):
    """An outcome at the desk is an outcome of the campaign's action of the graph."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        types = cls.env["mail.activity.type"]
        common = {"is_commercial": True, "res_model": "crm.lead"}
        cls.call_type = types.create({"name": "Phone call", **common})
        cls.visit_type = types.create(
            {"name": "Visit", "is_meeting": True, "channel": "visit", **common}
        )
        cls.mail_type = types.create({"name": "Brochure", **common})
        cls.campaign.activity_type_id = cls.call_type
        cls.prospect = cls.env.ref("crm_callcenter.crm_commercial_state_prospect")
        cls.suspect = cls.env.ref("crm_callcenter.crm_commercial_state_suspect")
        for kind, state, next_type, points in (
            ("T", cls.prospect, cls.visit_type, 5),
            ("N", cls.suspect, cls.mail_type, 0),
        ):
            cls.env["crm.relation"].create(
                {
                    "activity_type_id": cls.call_type.id,
                    "outcome_id": cls.outcomes[kind].id,
                    "commercial_state_id": state.id,
                    "next_type_id": next_type.id,
                    "next_assignee": "everyone",
                    "points": points,
                    "takes_charge": kind == "T",
                }
            )

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()

    def _planned(self, lead_id):
        return self.env["mail.activity"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", lead_id)]
        )

    def test_an_appointment_is_the_next_action(self):
        payload = self.next_name()
        start, stop = self._next_free_slot()
        slot = {
            "agent_id": self.agent.id,
            "start": fields.Datetime.to_string(start),
            "stop": fields.Datetime.to_string(stop),
        }
        result = self.confirm(
            payload,
            "T",
            slot=slot,
            expected_revenue=9000,
            date_deadline=fields.Date.to_string(stop.date()),
            note="at nine",
        )
        lead = self.env["crm.lead"].browse(result["lead_id"])
        action = self._planned(lead.id)
        self.assertEqual(action.activity_type_id, self.visit_type)
        self.assertEqual(action.calendar_event_id.id, result["event_id"])
        self.assertEqual((action.user_id, action.date_planned), (self.agent, start))
        self.assertEqual(lead.commercial_state_id, self.prospect)
        self.assertEqual(lead.partner_id.commercial_state_id, self.prospect)
        self.assertEqual(lead.charge_user_id, self.operator)
        row = self.env["crm.interaction"].browse(result["interaction_id"])
        self.assertEqual((row.points, row.partner_id), (5, lead.partner_id))
        # The agent closes it, and sees the name it is about.
        visited = self.env["crm.outcome"].create({"name": "Visited"})
        self.env["crm.relation"].create(
            {
                "activity_type_id": self.visit_type.id,
                "outcome_id": visited.id,
                "next_assignee": "me",
            }
        )
        action.with_user(self.agent)._close_with_outcome(visited)
        self.assertEqual(action.calendar_event_id.outcome_id, visited)

    def test_a_negative_outcome_plans_what_the_relation_says(self):
        payload = self.next_name()
        self.confirm(payload, "N")
        lead = self.env["crm.lead"].browse(payload["lead"]["id"])
        self.assertEqual(lead.commercial_state_id, self.suspect)
        self.assertEqual(self._planned(lead.id).activity_type_id, self.mail_type)

    def test_a_name_blocked_meanwhile_is_not_dialled(self):
        payload = self.next_name()
        lead = self.env["crm.lead"].browse(payload["lead"]["id"])
        lead._correct_state(self.env.ref("crm_callcenter.crm_commercial_state_blocked"))
        with self.assertRaisesRegex(UserError, "is blocked"):
            self.desk().log_dial(payload["line_id"], payload["claim_token"], "phone")

    def test_the_type_of_a_campaign_cannot_be_deleted(self):
        with self.assertRaisesRegex(UserError, "Phone call is in use"):
            self.call_type.unlink()
        with self.assertRaisesRegex(UserError, "is in use"):
            self.outcomes["T"].unlink()
