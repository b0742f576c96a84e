from odoo import fields
from odoo.tests import HttpCase, tagged

from .test_import import ImportCommon


@tagged("post_install", "-at_install", "tour")
class TestImportTour(ImportCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roof = cls.env["crm.custom.field"].create(
            {
                "label": "Roof of the tour",
                "field_type": "choice",
                "choice_ids": [
                    fields.Command.create({"name": name}) for name in ("Piano", "Falda")
                ],
            }
        )

    def setUp(self):
        super().setUp()
        # Views ask the catalogue; a request of a test that only reads can't look it up.
        self.env["crm.custom.field"]._catalogue()

    def test_a_manager_imports_a_file(self):
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

    def test_a_messy_workbook_with_saved_columns_fills_a_custom_field(self):
        targets = {
            "Colonna A": "full_name",
            "Colonna B": "phone",
            "C.A.P.": "zip",
            "Tetto": self.roof.name,
            "Appunti": "note",
        }
        mappings = self.env["crm.list.import.mapping"]
        mappings.create(
            {
                "name": "Rossi Liste",
                "signature": mappings._signature_of(list(targets)),
                "line_ids": [
                    fields.Command.create({"name": name, "target": target})
                    for name, target in targets.items()
                ],
            }
        )
        self.start_tour(
            "/odoo/action-crm_campaign_motivi.crm_list_import_action",
            "crm_list_import_mapping",
            login=self.manager.login,
        )
        list_import = self.env["crm.list.import"].search([], limit=1)
        self.assertEqual(list_import.sheet_name, "Dati")
        leads = list_import.row_ids.lead_id
        self.assertEqual(
            leads.mapped(self.roof.name).mapped("name"), ["Falda", "Piano"]
        )
        self.env["crm.custom.field"]._catalogue()
        self.start_tour(
            "/odoo/names", "crm_list_import_filter", login=self.manager.login
        )
