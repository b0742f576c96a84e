import csv
import io
import json

import openpyxl

from odoo import http
from odoo.tests import HttpCase, tagged

from .common import CallcenterCommon

NAMES = {
    '=HYPERLINK("http://example.org")': '\'=HYPERLINK("http://example.org")',
    "@SUM(A1)": "'@SUM(A1)",
    " =1+1": "' =1+1",
    "http://example.org": "http://example.org",
    "Rossi": "Rossi",
}


@tagged("post_install", "-at_install")
class TestExportHarmless(CallcenterCommon, HttpCase):
    """No export holds a text that a spreadsheet takes for a formula."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.password = "campaign_manager"
        cls.named = cls.leads[: len(NAMES)]
        for lead, name in zip(cls.named, NAMES, strict=True):
            lead.write({"contact_name": name, "color": 3, "city": name})

    def setUp(self):
        super().setUp()
        self.authenticate("campaign_manager", "campaign_manager")

    def post(self, url, data):
        response = self.url_open(
            url,
            data={
                "data": json.dumps(data),
                "csrf_token": http.Request.csrf_token(self),
            },
        )
        response.raise_for_status()
        return response.content

    def export(self, kind, **values):
        return self.post(
            f"/web/export/{kind}",
            {
                "model": "crm.lead",
                "fields": [
                    {"name": "contact_name", "label": "=Name", "type": "char"},
                    {"name": "color", "label": "Color", "type": "integer"},
                ],
                "ids": self.named.ids,
                "domain": [],
                "import_compat": False,
                **values,
            },
        )

    def cells(self, content):
        book = openpyxl.load_workbook(io.BytesIO(content))
        cells = [cell for row in book.active for cell in row if cell.value]
        self.assertFalse([cell.value for cell in cells if cell.data_type == "f"])
        self.assertFalse([cell.value for cell in cells if cell.hyperlink])
        return [cell.value for cell in cells]

    def test_workbook(self):
        found = self.cells(self.export("xlsx"))
        self.assertEqual(found[:2], ["'=Name", "Color"])
        self.assertEqual(set(found[2::2]), set(NAMES.values()))
        self.assertEqual(set(found[3::2]), {3})

    def test_workbook_by_groups(self):
        found = self.cells(self.export("xlsx", groupby=["city"]))
        self.assertLessEqual(set(NAMES.values()), set(found))
        self.assertTrue(any(str(one).startswith("'=HYPERLINK") for one in found))

    def test_text_file(self):
        rows = list(csv.reader(io.StringIO(self.export("csv").decode(), newline="")))
        self.assertEqual(rows[0], ["'=Name", "Color"])
        self.assertEqual({row[0] for row in rows[1:]}, set(NAMES.values()))
        self.assertEqual({row[1] for row in rows[1:]}, {"3"})

    def test_pivot_table(self):
        content = self.post(
            "/web/pivot/export_xlsx",
            {
                "title": "Names",
                "model": "crm.lead",
                "domain": [],
                "measure_count": 1,
                "col_group_headers": [[{"title": "=1+1", "width": 1, "height": 1}]],
                "measure_headers": [
                    {"title": "@A", "is_bold": True, "width": 1, "height": 1}
                ],
                "rows": [{"title": "=2+2", "indent": 0, "values": [{"value": 5}]}],
            },
        )
        self.assertEqual(self.cells(content), ["'=1+1", "'@A", "'=2+2", 5])
