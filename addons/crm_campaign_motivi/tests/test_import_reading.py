"""How a source writes its files is said once, and may be said otherwise."""

import base64
import csv
import io

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models import crm_list_import_batch
from ..models.crm_list_import_job import _NO_RUNTIME, ImportRuntime
from ..tools.column_guess import guess_columns
from .test_import import ImportCommon
from .test_import_tools import csv_bytes, xlsx_bytes

TITLES = ["Nome", "Telefono", "Città"]
ROWS = [["Però Ada", "030 920 0669", "Cantù"], ["Neri Ugo", "030 920 0670", "Rho"]]


@tagged("post_install", "-at_install")
class TestImportReading(ImportCommon):
    def _read(self, content, filename="names.csv", **values):
        record = self.new_import(content, filename, **values)
        record.action_read_file()
        return record

    def _save(self, record, **corrected):
        record.write(corrected)
        record.action_read_file()
        record.mapping_name = "Venditore"
        record.action_save_mapping()
        return record.mapping_id

    def test_a_corrected_encoding_is_remembered(self):
        """CP1252 is found out; that it was UTF-8 in spite of a wrong byte is not."""
        content = csv_bytes([TITLES, *ROWS], encoding="cp1252")
        first = self._read(content)
        self.assertEqual(first.encoding, "cp1252")
        mapping = self._save(first)
        self.assertFalse(mapping.encoding, "what was found out is found out again")
        mapping.encoding = "cp1252"
        again = self._read(csv_bytes([TITLES, *ROWS]))
        self.assertEqual((again.mapping_id, again.encoding), (mapping, "cp1252"))
        again.encoding = "utf-8"
        again.action_read_file()
        self.assertEqual(again.encoding, "utf-8", "a person has the last word")
        self.assertIn("Cantù", str(again.sample_rows))

    def test_a_corrected_separator_is_taken_from_the_chosen_mapping(self):
        odd = [[one.replace("Ada", "A,d,a") for one in row] for row in ROWS]
        content = csv_bytes([TITLES, *odd], separator="|")
        first = self._read(content)
        mapping = self._save(first)
        mapping.separator = "|"
        again = self._read(
            csv_bytes([["a;b;c;d;e"], TITLES, *odd], separator="|"),
            mapping_id=mapping.id,
        )
        self.assertEqual(again.separator, "|")

    def test_a_draft_says_how_large_files_come_in(self):
        record = self.env["crm.list.import"].with_user(self.manager).new({})
        self.assertIn("128", record.upload_hint)
        self.assertIn(f"import_names -d {self.env.cr.dbname} FILE", record.upload_hint)
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("web.max_file_upload_size", 5 * 2**20)
        record.invalidate_recordset()
        self.assertRegex(record.upload_hint, r"5\.00 Mb|5 MB|5\.0")

    def test_the_sheet_is_remembered_where_the_file_has_it(self):
        book = xlsx_bytes([TITLES, *ROWS], "Altro", ["Nomi"])
        first = self._read(book, "names.xlsx")
        mapping = self._save(first)
        self.assertEqual(mapping.sheet_name, "Altro")
        mapping.sheet_name = "Nomi"
        # The sheet is there, but empty: what was found out holds.
        empty = self._read(book, "names.xlsx")
        self.assertEqual((empty.mapping_id, empty.sheet_name), (mapping, "Altro"))
        filled = self._two_sheets()
        record = self._read(filled, "names.xlsx")
        self.assertEqual(record.sheet_name, "Nomi")
        self.assertEqual(record.sample_rows[0][1][0], "Verdi Ida")
        gone = self._read(xlsx_bytes([TITLES, *ROWS], "Foglio 1"), "names.xlsx")
        self.assertEqual((gone.mapping_id, gone.sheet_name), (mapping, "Foglio 1"))

    def _two_sheets(self):
        import openpyxl

        book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes([TITLES, *ROWS], "Altro")))
        sheet = book.create_sheet("Nomi")
        for row in (TITLES, ["Verdi Ida", "030 920 0671", "Como"]):
            sheet.append(row)
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()

    def test_another_sheet_is_read_before_it_is_imported(self):
        """Its columns are other ones: codes must not become names."""
        record = self._read(self._two_sheets(), "names.xlsx")
        record.column_ids[2].update_mode = "always"
        record.sheet_name = "Nomi"
        with self.assertRaisesRegex(UserError, "Read Again"):
            record._import_all()
        record.action_read_file()
        self.assertEqual(record.column_ids[2].update_mode, "always", "the same column")
        record._import_all()
        self.assertEqual(record.accepted_count, 1)

    def test_how_known_names_are_updated_goes_with_the_column(self):
        record = self._read(csv_bytes([["Telefono", "Comune", "Nome"], TITLES, *ROWS]))
        record.column_ids[0].update_mode = "always"
        record.header_row = 2
        record.action_read_file()
        self.assertEqual(set(record.column_ids.mapped("update_mode")), {"empty"})

    def test_what_cannot_be_found_out_is_filled_in_before(self):
        """The first reading fails: without a word of the user it always would."""
        titles = ["Nome;a;b;c", *TITLES[1:]]
        odd = [[f"{name};x;y;z", *others] for name, *others in ROWS]
        content = csv_bytes([titles, *odd], separator="|")
        self.assertEqual(self._read(content).separator, ";")
        record = self._read(content, separator="|")
        self.assertEqual(record.separator, "|")
        self.assertEqual(record.column_ids.mapped("name"), titles)
        record.mapping_name = "Venditore"
        record.action_save_mapping()
        self.assertEqual(record.mapping_id.separator, "|", "it was no finding")
        # The next file is another one.
        record.file = base64.b64encode(csv_bytes([TITLES, *ROWS]))
        self.assertFalse(record.separator)
        self.assertFalse(record.copy().separator)

    def test_what_is_filled_in_counts_more_than_saved_columns(self):
        mapping = self._save(self._read(self._two_sheets(), "names.xlsx"))
        self.assertEqual(mapping.sheet_name, "Altro")
        record = self._read(self._two_sheets(), "names.xlsx", sheet_name="Nomi")
        self.assertEqual((record.mapping_id, record.sheet_name), (mapping, "Nomi"))

    def test_an_encoding_that_cannot_be_is_found_out(self):
        record = self._read(csv_bytes([TITLES, *ROWS]))
        record.encoding = "utf-16"
        record.action_read_file()
        self.assertEqual(record.encoding, "utf-8")
        mapping = self._save(record)
        mapping.encoding = "utf-16"
        again = self._read(csv_bytes([TITLES, *ROWS]))
        self.assertEqual((again.mapping_id, again.encoding), (mapping, "utf-8"))

    def test_columns_of_the_same_name_are_known_by_their_order(self):
        titles = ["Nome", "Telefono", "Telefono"]
        rows = [["Rossi Ada", "030 9200669", "335 1234567"]]
        first = self._read(csv_bytes([titles, *rows]))
        first.column_ids[1].target = "phone_second"
        first.column_ids[2].target = "ignore"
        self._save(first)
        again = self._read(csv_bytes([titles, *rows]))
        self.assertEqual(
            again.column_ids[1:].mapped("target"), ["phone_second", "ignore"]
        )

    def test_a_file_that_was_replaced_is_not_gone_on_with(self):
        record = self._read(csv_bytes([TITLES, *ROWS]))
        record._start()
        record.staged_row = 2
        record.file_hash = "0" * 64
        with self.assertRaisesRegex(UserError, "is another one"):
            record._import_step(_NO_RUNTIME)

    def test_rows_whose_copy_failed_are_read_again(self):
        """A deadlock in the middle of the file loses none of them."""
        record = self._read(csv_bytes([TITLES, *ROWS * 3]))
        record._start()
        staged, fails = type(record)._stage_batch, [False, True]

        def failing(record, batch):
            if fails and fails.pop(0):
                raise ValueError("deadlock")
            return staged(record, batch)

        runtime = ImportRuntime()
        self.patch(crm_list_import_batch, "STAGE_LENGTH", 60)
        self.patch(type(record), "_stage_batch", failing)
        with self.assertRaises(ValueError), self.env.cr.savepoint():
            record._import_step(runtime)
        record.invalidate_recordset()
        record._import_step(runtime)
        self.assertEqual(record.row_count, 6)
        runtime.close()

    def test_the_rejected_rows_come_back_without_their_reasons(self):
        """In the languages of the reports, and without the sign before a formula."""
        self.env["res.lang"]._activate_lang("it_IT")
        for lang in ("en_US", "it_IT"):
            with self.subTest(lang=lang):
                record = self._read(
                    csv_bytes([["Nome", "Telefono"], ["@Home", "x"], ["Neri", "y"]])
                )
                record._import_all()
                record = record.with_context(lang=lang)
                rows = list(
                    csv.reader(
                        io.StringIO(
                            self.report(record, rejected=True).decode("utf-8-sig")
                        ),
                        delimiter=";",
                    )
                )
                self.assertEqual(rows[1][0], "'@Home")
                rows[1][1] = "030 92006" + ("71" if lang == "it_IT" else "72")
                again = self._read(csv_bytes(rows))
                self.assertEqual(again.column_ids[2:].mapped("target"), ["ignore"] * 2)
                again._import_all()
                lead = self.lead_at(again, 2)
                self.assertEqual(lead.name, "@Home")
                self.assertFalse(lead.description)
                whole = self.report(record).decode("utf-8-sig").splitlines()[0]
                targets = guess_columns(whole.split(";"), [["x"] * 6])
                self.assertEqual([one for one, _why in targets[2:]], ["ignore"] * 4)

    def test_a_corrected_header_row_is_remembered(self):
        above = [["Telefono", "Nome", "Comune"]]
        first = self._read(csv_bytes([*above, TITLES, *ROWS]))
        self.assertEqual(first.header_row, 1)
        mapping = self._save(first, header_row=2)
        self.assertEqual(mapping.header_row, 2)
        again = self._read(
            csv_bytes([*above, TITLES, *ROWS[:1]]), mapping_id=mapping.id
        )
        self.assertEqual(again.header_row, 2)
        self.assertEqual(again.column_ids.mapped("name"), TITLES)
        short = self._read(csv_bytes([TITLES, ["", "", ""], *ROWS]))
        self.assertEqual((short.mapping_id, short.header_row), (mapping, 1))
