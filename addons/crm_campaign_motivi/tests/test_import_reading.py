"""How a source writes its files is said once, and may be said otherwise."""

from odoo.tests import tagged

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
        import io

        import openpyxl

        book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes([TITLES, *ROWS], "Altro")))
        sheet = book.create_sheet("Nomi")
        for row in (TITLES, ["Verdi Ida", "030 920 0671", "Como"]):
            sheet.append(row)
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()

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
