from odoo import Command, fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import CampaignCommon


@tagged("post_install", "-at_install", "desk_tour")
class TestDeskByHandTour(CampaignCommon, HttpCase):
    """The buttons of a name, the exchange's address and the hours, in a browser."""

    def open_name(self, tour):
        self.start_tour(
            f"/odoo/names/{self.leads[3].id}",
            tour,
            login=self.operator.login,
            timeout=120,
        )
        self.env.invalidate_all()

    def interactions(self):
        return self.env["crm.interaction"].search(
            [("lead_id", "in", self.leads.ids)], order="id"
        )

    def test_fix_appointment_by_mouse(self):
        self.open_name("crm_desk_by_hand_appointment")
        row = self.interactions()
        self.assertEqual(
            (row.lead_id, row.outcome_kind, row.note, row.campaign_id),
            (self.leads[3], "T", "Came in by himself", self.campaign),
        )
        event = self.env["calendar.event"].search(
            [("opportunity_id", "=", self.leads[3].id)]
        )
        self.assertEqual(event.user_id, self.agent)
        self.assertFalse(self.call_list.line_ids.claimed_by_id, "no next name")

    def test_register_outcome_by_keyboard(self):
        self.open_name("crm_desk_by_hand_outcome")
        row = self.interactions()
        self.assertEqual((row.outcome_kind, row.note), ("N", "Wrote to us"))
        self.assertFalse(self.call_list.line_ids.claimed_by_id)

    @mute_logger("odoo.http")
    def test_a_second_name_leads_to_the_first(self):
        line = self.call_list.line_ids.sorted("rank")[0]
        line.write(
            {
                "claimed_by_id": self.operator.id,
                "claimed_at": fields.Datetime.now(),
                "claimed_until": self.in_hours(1),
                "claim_token": "held",
            }
        )
        self.open_name("crm_desk_by_hand_second")
        self.assertEqual(line.claimed_by_id, self.operator)

    def test_the_address_of_the_exchange(self):
        group = self.env["crm.operator.group"].create(
            {"name": "Answering", "member_ids": [Command.set(self.operator.ids)]}
        )
        incoming = self.env["utm.campaign"].create(
            {
                "title": "Incoming",
                "is_call_campaign": True,
                "company_id": self.company.id,
                "direction": "inbound",
                "group_ids": [Command.set(group.ids)],
                "number_ids": [Command.create({"number": "030 9200669"})],
            }
        )
        incoming.action_start()
        call = self.env["crm.inbound.call"].create(
            {
                "date": fields.Datetime.now(),
                "company_id": self.company.id,
                "number": "+393471234567",
                "user_id": self.operator.id,
                "result": "announced",
                "digest": "x",
            }
        )
        self.start_tour(
            f"/odoo/desk?call={call.id}",
            "crm_desk_call",
            login=self.operator.login,
            timeout=120,
        )
        self.env.invalidate_all()
        self.assertEqual(call.result, "answered")
        logged = self.env["crm.call"].search([("uuid", "=", call.call_uuid)])
        self.assertEqual((logged.direction, bool(logged.ended_at)), ("in", True))
        row = self.env["crm.interaction"].search([("lead_id", "=", logged.lead_id.id)])
        self.assertEqual((row.note, row.campaign_id), ("Asks a price", incoming))

    def test_a_recall_outside_the_hours(self):
        self.campaign.allows_recall_wish = True
        # One minute a day, half a day from now: none of those that the tour asks for.
        hour = (self.campaign._local_now().hour + 12) % 24
        self.campaign.call_window_ids.write(
            {"hour_from": hour, "hour_to": hour + 1 / 60}
        )
        self.start_desk_open()
        self.start_tour(
            "/odoo/desk", "crm_desk_recall_hours", login=self.operator.login
        )
        self.env.invalidate_all()
        wished, plain = self.call_list.line_ids.sorted("rank")[:2]
        self.assertEqual(wished.recall_wish_at, wished.recall_at)
        self.assertEqual(self.campaign._to_local(wished.recall_at).hour, 23)
        self.assertEqual(self.interactions()[0].recall_wish_at, wished.recall_at)
        self.assertFalse(plain.recall_wish_at)
        self.assertEqual(self.campaign._to_local(plain.recall_at).hour, hour)

    def start_desk_open(self):
        """Let names be served although no hour of theirs is open now."""
        self.patch(
            type(self.env["utm.campaign"]),
            "_open_zones",
            lambda campaign, moment: (True, set()),
        )
