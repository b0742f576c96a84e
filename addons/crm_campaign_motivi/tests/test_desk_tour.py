from datetime import timedelta

import pytz

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import CampaignCommon


@tagged("post_install", "-at_install", "desk_tour")
class TestDeskTour(CampaignCommon, HttpCase):
    """The desk in a real browser, and what is in the database afterwards."""

    def start_desk(self, tour):
        self.start_tour("/odoo/desk", tour, login=self.operator.login, timeout=120)
        self.env.invalidate_all()

    def lines(self):
        """Return the lines in the order in which their names are served."""
        return self.call_list.line_ids.sorted("rank")

    def interactions(self):
        return self.env["crm.interaction"].search(
            [("lead_id", "in", self.leads.ids)], order="id"
        )

    def local(self, moment):
        timezone = pytz.timezone(self.operator.tz)
        return pytz.utc.localize(moment).astimezone(timezone)

    def check_four_outcomes(self, device):
        """Names 1 to 4 were worked as R, N, C and T, with a note each."""
        interactions = self.interactions()
        self.assertEqual(interactions.mapped("outcome_kind"), ["R", "N", "C", "T"])
        self.assertEqual(
            interactions.mapped("note"),
            [
                f"{what}, {device}"
                for what in ("Call back", "Not interested", "Sold", "Appointment")
            ],
        )
        self.assertEqual(interactions.user_id, self.operator)
        self.assertEqual(interactions.campaign_id, self.campaign)
        self.assertEqual(interactions.lead_id, self.leads[:4])
        self.assertEqual(len(set(interactions.mapped("token"))), 4)
        recall, negative, sale, appointment = self.lines()[:4]
        self.assertEqual(recall.category, "recall")
        self.assertEqual(negative.category, "closed_negative")
        self.assertEqual(sale.category, "closed_positive")
        self.assertEqual(appointment.category, "closed_positive")
        self.assertFalse(self.lines().claimed_by_id, "a name is still in hand")
        self.assertEqual(self.lines()[4:].mapped("category"), ["to_call"] * 2)

    def check_call(self):
        """One number of the first name was dialled, and the call ended."""
        call = self.env["crm.call"].search([("lead_id", "in", self.leads.ids)])
        self.assertEqual(call.lead_id, self.leads[0])
        self.assertEqual(call.number_e164, self.leads[0].mobile_e164)
        self.assertTrue(call.ended_at)

    def number_state(self, number):
        return self.env["crm.phone.number"].search([("number", "=", number)]).state

    def check_sale(self, expected_revenue):
        lead = self.leads[2]
        self.assertEqual(lead.type, "opportunity")
        self.assertTrue(lead.stage_id.is_won)
        self.assertEqual(lead.expected_revenue, expected_revenue)

    def check_appointment(self):
        """The appointment stands in the agent's calendar, at ten o'clock."""
        lead = self.leads[3]
        event = self.env["calendar.event"].search([("opportunity_id", "=", lead.id)])
        self.assertEqual(len(event), 1)
        self.assertEqual(event.user_id, self.agent)
        self.assertIn(self.agent.partner_id, event.partner_ids)
        self.assertEqual(self.local(event.start).hour, 10)
        self.assertEqual(event.stop - event.start, timedelta(hours=1))
        self.assertIn("Via Roma 4", event.location)
        slot = self.env["crm.agent.slot"].search([("agent_id", "=", self.agent.id)])
        self.assertEqual((slot.kind, slot.event_id), ("appointment", event))
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.user_id, self.agent)
        self.assertEqual(lead.expected_revenue, 9000)
        self.assertTrue(lead.partner_id)
        return event

    def test_four_outcomes_by_mouse(self):
        self.start_desk("crm_desk_mouse")
        self.check_four_outcomes("mouse")
        self.check_call()
        self.check_sale(7500)
        self.check_appointment()
        self.assertEqual(self.number_state(self.leads[1].phone_e164), "wrong")
        self.assertFalse(self.number_state(self.leads[1].mobile_e164))
        self.assertEqual(self.leads[1].phone_second_e164, "+390270001234")
        recall = self.lines()[0]
        self.assertEqual(recall.recall_scope, "private")
        self.assertEqual(recall.recall_user_id, self.operator)
        away = recall.recall_at - fields.Datetime.now()
        self.assertAlmostEqual(away, timedelta(days=1), delta=timedelta(hours=2))

    def test_four_outcomes_by_keyboard(self):
        with mute_logger("odoo.http"):  # a number that can't be read is refused
            self.start_desk("crm_desk_keyboard")
        self.check_four_outcomes("keys")
        self.check_call()
        self.check_sale(8000)
        self.assertEqual(self.number_state(self.leads[0].phone_e164), "wrong")
        self.assertEqual(self.leads[1].phone_e164, "+390305559999")
        self.assertFalse(self.leads[1].phone_second)
        event = self.check_appointment()
        # The second day of next week.
        self.assertEqual(self.local(event.start).weekday(), 1)
        away = self.lines()[0].recall_at - fields.Datetime.now()
        self.assertAlmostEqual(away, timedelta(hours=1), delta=timedelta(minutes=10))

    def test_stop_and_close_leave_nothing(self):
        line = self.lines()[0]
        before = line.read(["category", "list_state_id", "attempts", "recall_at"])
        self.start_desk("crm_desk_stop_close")
        self.assertFalse(self.interactions())
        self.assertFalse(
            self.env["calendar.event"].search(
                [("opportunity_id", "in", self.leads.ids)]
            )
        )
        self.assertFalse(
            self.env["crm.agent.slot"].search([("agent_id", "=", self.agent.id)])
        )
        self.assertEqual(
            line.read(["category", "list_state_id", "attempts", "recall_at"]), before
        )
        self.assertFalse(line.claimed_by_id)
        self.assertEqual(self.leads[0].type, "lead")
        self.assertFalse(self.leads[0].partner_id)
        # The number was really dialled: that alone is kept.
        call = self.env["crm.call"].search([("lead_id", "in", self.leads.ids)])
        self.assertEqual(call.number_e164, self.leads[0].phone_e164)
        self.assertTrue(call.ended_at)

    def test_the_name_and_its_note_are_there_again(self):
        self.start_desk("crm_desk_reload")
        interaction = self.interactions()
        self.assertEqual(len(interaction), 1)
        self.assertEqual(interaction.note, "Half a note")
        self.assertEqual(interaction.lead_id, self.leads[0])
        self.assertFalse(self.lines().claimed_by_id)


@tagged("post_install", "-at_install", "desk_tour")
class TestDeskUnits(HttpCase):
    def test_unit_tests_of_the_desk(self):
        """The tests in static/tests/*.test.js, run by Odoo's own hoot."""
        suite = self._hoot_id("@crm_campaign_motivi")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )

    @staticmethod
    def _hoot_id(name):
        """Return the id that hoot gives to a suite."""
        number = 0
        for character in name:
            number = ((number << 5) - number + ord(character)) & 0xFFFFFFFF
        return f"{number:08x}"
