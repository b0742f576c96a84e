from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install", "desk_tour")
class TestDeskCrash(CampaignCommon, HttpCase):
    """A browser that goes away in the middle of the work."""

    def start_desk(self, tour):
        self.start_tour("/odoo/desk", tour, login=self.operator.login, timeout=120)
        self.env.invalidate_all()

    def interactions(self):
        return self.env["crm.interaction"].search([("lead_id", "in", self.leads.ids)])

    def test_everything_is_there_again_once(self):
        self.env["crm.custom.field"].create(
            {"label": "People", "field_type": "integer"}
        )
        self.registry.signal_changes()
        self.start_desk("crm_desk_crash")
        interaction, lead = self.interactions(), self.leads[0]
        self.assertEqual(len(interaction), 1)
        self.assertEqual(interaction.lead_id, lead)
        self.assertEqual(interaction.note, "Half a note")
        line = self.call_list.line_ids.filtered(lambda row: row.lead_id == lead)
        self.assertEqual(line.recall_scope, "private")
        away = line.recall_at - fields.Datetime.now()
        self.assertAlmostEqual(away, timedelta(days=1), delta=timedelta(hours=2))
        self.assertEqual(lead.x_cc_people, 4)
        self.assertEqual(lead.phone_second_e164, "+393475556677")
        wrong = self.env["crm.phone.number"].search([("number", "=", lead.phone_e164)])
        self.assertEqual(wrong.state, "wrong")

    def test_a_name_that_is_gone_leaves_its_note(self):
        self.start_desk("crm_desk_crash_name_gone")
        self.assertFalse(self.interactions())

    def test_another_operator_sees_nothing_of_it(self):
        self.start_desk("crm_desk_crash_other_operator")
        self.assertFalse(self.interactions())
        self.assertFalse(self.call_list.line_ids.claimed_by_id)
