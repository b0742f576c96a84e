import base64
import csv
import io
from datetime import timedelta
from unittest.mock import patch

import openpyxl

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged

from odoo.addons.crm_callcenter.tools.spreadsheet import harmless

from ..tools import text_workbook
from ..tools.complaint_file import complaint_csv, complaint_xlsx
from .test_import import ImportCommon
from .test_import_tools import csv_bytes

HEADERS = ["Nominativo", "Telefono", "Note"]
#: Good, good, wrong later, known, double in the file, no number, a formula, a total.
ROWS = [
    HEADERS,
    ["Rossi Ada", "030 9200669", ""],
    ["Verdi Luca", "333 1234567", ""],
    ["Neri Ugo", "335 1234567", ""],
    ["Noto Mario", "335 1000001", ""],
    ["Rossi Ada", "030 9200669", ""],
    ["Bianchi Eva", "", ""],
    ["=HYPERLINK(1)", "chiedere", "+cmd|' /C calc'!A0"],
    ["Totale", "7", ""],
]


@tagged("post_install", "-at_install")
class TestComplaintFile(BaseCase):
    ROWS = [["=1+1", "+39 030 555", "@SUM(A1)", "-2,5", "\t=1", "Rossi", "\x00x", None]]
    EXPECTED = ["'=1+1", "+39 030 555", "'@SUM(A1)", "-2,5", "'\t=1", "Rossi", "x", ""]

    def test_no_cell_is_a_formula(self):
        text = complaint_csv(["=A"], self.ROWS).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
        self.assertEqual(rows, [["'=A"], self.EXPECTED])
        book = openpyxl.load_workbook(
            io.BytesIO(complaint_xlsx(["=A"], self.ROWS)), data_only=False
        )
        cells = list(book.active.iter_rows())[1]
        self.assertEqual([cell.data_type for cell in cells[:7]], ["s"] * 7)
        self.assertEqual([cell.value or "" for cell in cells], self.EXPECTED[:-1])

    def test_what_a_sheet_cannot_hold_goes_into_the_next_one(self):
        rows = [[str(number)] for number in range(5)]
        with patch.object(text_workbook, "MOST_ROWS", 3):
            content = complaint_xlsx(["N"], iter(rows))
        found = [
            [row[0] for row in sheet.iter_rows(values_only=True)]
            for sheet in openpyxl.load_workbook(io.BytesIO(content))
        ]
        self.assertEqual(found, [["N", "0", "1"], ["N", "2", "3"], ["N", "4"]])

    def test_an_empty_cell_is_harmless(self):
        self.assertEqual(harmless(None), "")


@tagged("post_install", "-at_install")
class TestListSeller(ImportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = (
            cls.env["crm.list.seller"]
            .with_user(cls.manager)
            .create({"name": "Liste Italia", "price_per_name": 0.5})
        )
        cls.batch = cls.run_import(csv_bytes(ROWS), seller_id=cls.seller.id)

    def refresh(self):
        self.seller.action_refresh_figures()
        self.env.invalidate_all()

    def test_figures_of_a_batch(self):
        ada, luca, ugo = (self.lead_at(self.batch, row) for row in (2, 3, 4))
        ada._register_outcome(self.outcomes["T"])
        luca._register_outcome(self.outcomes["N"])
        self.env["crm.phone.number"]._set_state([ugo.mobile_e164], "wrong")
        self.refresh()
        figures = {
            name: self.batch[f"batch_{name}"]
            for name in (
                "names new doubles unusable wrong reached appointments"
                " contracts".split()
            )
        }
        self.assertEqual(
            figures,
            {
                "names": 7,
                "new": 3,
                "doubles": 2,
                "unusable": 2,
                "wrong": 1,
                "reached": 2,
                "appointments": 1,
                "contracts": 0,
            },
        )
        self.assertEqual(self.batch.batch_amount, 3.5)
        self.assertAlmostEqual(self.seller.cost_per_new_name, 3.5 / 3, places=2)
        self.assertEqual(self.seller.cost_per_appointment, 3.5)
        self.batch.batch_cost = 70
        self.refresh()
        self.assertEqual(self.seller.cost, 70)

    def test_what_was_taken_back_is_not_paid_for(self):
        self.refresh()
        self.assertEqual((self.seller.batch_count, self.seller.cost), (1, 3.5))
        self.batch.action_undo()
        self.env.invalidate_all()
        self.assertEqual(self.batch.state, "undone")
        self.assertEqual((self.seller.batch_count, self.seller.cost), (0, 0))

    def test_the_figures_stay_when_the_rows_go(self):
        ada, ugo = (self.lead_at(self.batch, row) for row in (2, 4))
        self.env["crm.phone.number"]._set_state([ugo.mobile_e164], "wrong")
        ada._register_outcome(self.outcomes["T"])
        names = "names new doubles wrong reached appointments amount".split()
        self.batch.date_done = fields.Datetime.now() - timedelta(days=400)
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: 1)
        # Counted once more before they go.
        self.env["crm.list.import"]._clean_old_rows()
        self.env.invalidate_all()
        self.assertFalse(self.batch.row_ids)
        figures = [self.batch[f"batch_{name}"] for name in names]
        self.assertEqual(figures, [7, 3, 2, 1, 1, 1, 3.5])
        self.env["crm.list.import"]._refresh_sold_batches()
        self.refresh()
        self.batch.action_refresh_figures()
        self.env.invalidate_all()
        self.assertEqual([self.batch[f"batch_{name}"] for name in names], figures)
        with self.assertRaisesRegex(UserError, "have been cleaned"):
            self.batch.action_download_complaint()

    def test_an_outcome_taken_back_is_no_appointment(self):
        ada = self.lead_at(self.batch, 2)
        row = ada._register_outcome(self.outcomes["T"])
        self.refresh()
        self.assertEqual(self.batch.batch_appointments, 1)
        row.sudo()._reverse(reason="Test")
        self.refresh()
        self.assertEqual(self.batch.batch_appointments, 0)
        self.assertEqual(self.batch.batch_reached, 0)

    def test_a_name_with_one_right_number_is_not_wrong(self):
        ugo = self.lead_at(self.batch, 4)
        ugo.phone = "030 9200999"
        self.env["crm.phone.number"]._set_state([ugo.mobile_e164], "wrong")
        self.refresh()
        self.assertEqual(self.batch.batch_wrong, 0)

    def complaint(self, holder):
        self.env.invalidate_all()
        text = base64.b64decode(holder.complaint_csv_file).decode("utf-8-sig")
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=";")
        return list(rows)[1:]

    def test_complaint_of_bad_names(self):
        ugo = self.lead_at(self.batch, 4)
        self.env["crm.phone.number"]._set_state([ugo.mobile_e164], "wrong")
        rows = self.complaint(self.seller)
        self.assertEqual(
            [(row[1], row[2]) for row in rows],
            [
                ("4", "Wrong number"),
                ("5", "Double"),
                ("6", "Double"),
                ("7", "Unusable"),
                ("8", "Unusable"),
            ],
        )
        # Who complains says why and of whom, and sends no formula.
        self.assertTrue(all(row[3] for row in rows))
        self.assertEqual(
            [row[4] for row in rows],
            [
                "Neri Ugo · 335 1234567",
                "Noto Mario · 335 1000001",
                "Rossi Ada · 030 9200669",
                "Bianchi Eva",
                "'=HYPERLINK(1) · chiedere · +cmd|' /C calc'!A0",
            ],
        )

    def test_only_what_the_contract_refunds(self):
        self.seller.write({"refunds_doubles": False, "refunds_rejected": False})
        self.assertEqual(self.complaint(self.batch), [])
        with self.assertRaisesRegex(UserError, "nothing to complain about"):
            self.batch.action_download_complaint()

    def test_the_term_of_the_contract(self):
        action = self.seller.action_download_complaint()
        self.assertIn("complaint_xlsx_file", action["url"])
        log = self.env["crm.export.log"].search([], limit=1)
        self.assertEqual(log.model_name, "crm.list.import.row")
        self.env.cr.execute(
            "UPDATE crm_list_import SET create_date = create_date - interval '31 days'"
            " WHERE id = %s",
            [self.batch.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "within the 30 days"):
            self.seller.action_download_complaint()
        self.seller.complaint_days = 0
        self.assertTrue(self.seller.action_download_complaint())

    def test_a_seller_with_batches_is_not_deleted(self):
        with self.assertRaisesRegex(UserError, "Archive it"):
            self.seller.unlink()

    def test_only_managers_see_what_lists_cost(self):
        for user in (self.operator, self.coordinator, self.back_office):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.seller.with_user(user).read(["price_per_name"])

    def test_sellers_of_other_companies_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Other"})
        hidden = self.env["crm.list.seller"].create(
            {"name": "Hidden", "company_id": other.id}
        )
        found = self.env["crm.list.seller"].with_user(self.manager).search([])
        self.assertIn(self.seller, found)
        self.assertNotIn(hidden, found)

    def test_the_nightly_run_counts_bought_lists(self):
        self.assertFalse(self.batch.batch_date)
        with self.enter_registry_test_mode():
            self.env.ref(
                "crm_campaign_motivi.ir_cron_list_batches"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.batch.batch_new, 3)
