"""The agenda's day view, the list of the day before and the agent's telephone."""

from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import CampaignCommon


class AppointmentTourCase(CampaignCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone.agent_ids |= cls.agent_two
        cls.campaign.agent_ids |= cls.agent_two

    def _visit(self, lead, minutes, agent=None):
        """Fix an appointment that begins in so many minutes."""
        agent = agent or self.agent
        lead._convert_to_opportunity(
            agent,
            100,
            fields.Date.add(fields.Date.today(), days=60),
            utm_values=self.campaign._utm_values(lead),
        )
        start = fields.Datetime.now() + timedelta(minutes=minutes)
        return lead._create_visit(agent, start, start + timedelta(minutes=50))


@tagged("post_install", "-at_install", "desk_tour")
class TestAppointmentTour(AppointmentTourCase):
    def test_the_day_view_of_the_agenda(self):
        self.campaign.product_ids = self.env["product.product"].create(
            {"name": "Plant of the tests", "sale_ok": True}
        )
        self.start_tour(
            "/odoo/desk", "crm_desk_agenda_day", login=self.operator.login, timeout=120
        )
        event = self.env["calendar.event"].search(
            [("opportunity_id", "=", self.leads[0].id)]
        )
        self.assertEqual(event.user_id, self.agent_two)
        local = fields.Datetime.context_timestamp(
            event.with_context(tz="Europe/Rome"), event.start
        )
        self.assertEqual((local.weekday(), local.hour), (2, 11))

    def test_the_list_of_the_day_before(self):
        first = self._visit(self.leads[0], 60)
        second = self._visit(self.leads[1], 120)
        with mute_logger("odoo.http"):
            self.start_tour(
                "/odoo/unconfirmed-appointments",
                "crm_appointment_move",
                login=self.coordinator.login,
                timeout=120,
            )
        self.env.invalidate_all()
        self.assertEqual(first.confirmation_state, "moved")
        self.assertEqual(second.confirmation_state, "confirmed")
        row = self.env["crm.interaction"].search(
            [("lead_id", "=", self.leads[0].id)], limit=1
        )
        self.assertIn("The customer works", row.note)
        self.assertEqual(row.user_id, self.coordinator)


@tagged("post_install", "-at_install", "desk_tour")
class TestAgentPhoneTour(AppointmentTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_the_agents_side_on_a_telephone(self):
        event = self._visit(self.leads[0], 60)
        self.start_tour(
            "/odoo/my-appointments",
            "crm_agent_phone",
            login=self.agent.login,
            timeout=120,
        )
        self.env.invalidate_all()
        self.assertEqual(event.confirmation_state, "confirmed")
