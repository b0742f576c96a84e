from odoo.tests import HttpCase, tagged

from .test_import import ImportCommon


@tagged("post_install", "-at_install", "tour")
class TestImportTour(ImportCommon, HttpCase):
    def test_a_manager_imports_a_file(self):
        # Views ask the catalogue; a request of a test that only reads can't look it up.
        self.env["crm.custom.field"]._catalogue()
        self.start_tour(
            "/odoo/action-crm_campaign_motivi.crm_list_import_action",
            "crm_list_import",
            login=self.manager.login,
        )
        list_import = self.env["crm.list.import"].search([], limit=1)
        self.assertEqual(list_import.state, "done")
        self.assertEqual(list_import.list_id.name, "November")
        leads = list_import.row_ids.lead_id
        self.assertEqual(leads.mapped("name"), ["Rossi Ada", "Però Niccolò"])
        self.assertEqual(leads.mapped("zip"), ["25121", "04100"])
        self.assertFalse(any(leads.mapped("description")))
