from odoo.tests import HttpCase, tagged

from .common import CallcenterCommon


@tagged("post_install", "-at_install", "tour")
class TestCustomFieldTour(CallcenterCommon, HttpCase):
    def test_a_manager_adds_a_choice_that_shows_on_names_at_once(self):
        portfolio = self.env["crm.portfolio"].create(
            {"name": "Photovoltaic of the tour"}
        )
        lead = self.leads[0]
        lead.portfolio_id = self.env["crm.portfolio"].create(
            {"name": "Roofs", "parent_id": portfolio.id}
        )
        self.start_tour(
            "/odoo/custom-fields", "crm_custom_field", login="campaign_manager"
        )
        field = self.env["crm.custom.field"].search([("label", "=", "Kind of Roof")])
        self.assertEqual(field.portfolio_ids, portfolio)
        self.assertEqual(field.choice_ids.mapped("name"), ["Flat"])
        self.start_tour(
            f"/odoo/names/{lead.id}",
            "crm_custom_field_on_name",
            login="campaign_manager",
        )
        lead.invalidate_recordset()
        self.assertEqual(lead[field.name].name, "Flat")
