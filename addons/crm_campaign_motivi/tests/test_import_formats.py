"""Every kind of file that sellers send, and what is made to break a reader."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from unittest.mock import patch

import xlsxwriter
import xlwt

from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged

from ..tools import table_reader
from ..tools.custom_cell import CustomCell, read_number
from ..tools.readers import access, csv_file, workbook
from ..tools.readers.source import open_source
from ..tools.table_reader import TableProblem, open_table
from .locked_workbook import locked_xls
from .test_import import DIRTY, HEADERS, ImportCommon
from .test_import_tools import csv_bytes, xlsx_bytes

MDB = Path(__file__).parent / "data" / "merchant_taylors.mdb"
ROWS = [
    ["Nominativo", "Telefono", "CAP"],
    ["Rossi Ada", "030 9200669", "25121"],
    ["Però Niccolò", "030 9200670", "04100"],
]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def xls_book(rows, title="Nomi"):
    book = xlwt.Workbook()
    sheet = book.add_sheet(title)
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell)
    return book


def xls_bytes(rows, title="Nomi"):
    content = io.BytesIO()
    xls_book(rows, title).save(content)
    return content.getvalue()


def ods_bytes(rows):
    cells = "".join(
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="string">'
            f"<text:p>{cell}</text:p></table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    document = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
        ' office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="Nomi">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest'
        ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type='
        '"application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    )
    return zip_bytes(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": document,
            "META-INF/manifest.xml": manifest,
        }
    )


def zip_bytes(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


@tagged("post_install", "-at_install")
class TestReaders(BaseCase):
    def assert_rows(self, content, kind, **chosen):
        table = open_table(content, **chosen)
        self.assertEqual(table.kind, kind)
        self.assertEqual(table.headers, ROWS[0])
        self.assertEqual([cells for _number, cells in table.rows()], ROWS[1:])
        return table

    def assert_problem(self, code, content, **chosen):
        with self.assertRaises(TableProblem) as caught:
            list(open_table(content, **chosen).rows())
        self.assertEqual(caught.exception.code, code)

    def test_every_format_gives_the_same_rows(self):
        self.assert_rows(csv_bytes(ROWS), "csv")
        self.assert_rows(xlsx_bytes(ROWS), "xlsx")
        self.assert_rows(xls_bytes(ROWS), "xls")
        self.assert_rows(ods_bytes(ROWS), "ods")

    def test_a_number_with_a_point_is_none_of_thousands(self):
        """A cell that is a number says so; 1.234 in a text is Italian for 1234."""
        numbers = [1.234, 12.345, 999.125, 1234.5, -0.125, -1.234, 0.1 + 0.2, 1e-7, 7.0]
        expected = [1.234, 12.345, 999.125, 1234.5, -0.125, -1.234, 0.3, 1e-7, 7.0]
        rows = [["Nome", "Telefono"], *(["Rossi", number] for number in numbers)]
        for content in (xlsx_bytes(rows), xls_bytes(rows)):
            for reader in (workbook.python_calamine, None):
                with patch.object(workbook, "python_calamine", reader):
                    read = [cells[1] for _number, cells in open_table(content).rows()]
                self.assertEqual([*map(read_number, read)], expected)
        self.assertIsNone(CustomCell("integer").read_cell(read[0]))

    def test_each_format_by_its_fallback(self):
        with patch.object(workbook, "python_calamine", None):
            self.assert_rows(xlsx_bytes(ROWS), "xlsx")
            self.assert_rows(xls_bytes(ROWS), "xls")
            self.assert_problem("no_reader", ods_bytes(ROWS))

    def test_a_large_workbook_streams(self):
        with patch.object(workbook, "IN_MEMORY_BYTES", 10):
            content = xlsx_bytes(ROWS)
            table = self.assert_rows(content, "xlsx")
            self.assertIsInstance(
                table._source._wrapped, workbook.OpenpyxlSource, "not streamed"
            )

    def test_texts_of_a_large_workbook_are_read_when_they_are_needed(self):
        """A million of them would be a minute of silence before the first row."""
        content = io.BytesIO()
        with xlsxwriter.Workbook(content) as book:
            sheet = book.add_worksheet()
            for at in range(500):
                sheet.write_row(at, 0, [f"Nome {at}", f"Via Po {at}", "", "Nome 0"])
        with (
            patch.object(workbook, "IN_MEMORY_BYTES", 10),
            patch.object(workbook, "TEXTS_AT_A_TIME", 100),
        ):
            source = open_table(content.getvalue())._source
            records = source.records()
            for _number in range(5):
                next(records)
            texts = source._book[source.sheet]._shared_strings
            self.assertLess(len(texts._ends), 600, "half of those of the sample's rows")
            rows = [cells for _number, cells in records]
        self.assertEqual(rows[-1], ["Nome 499", "Via Po 499", "", "Nome 0"])
        self.assertEqual(len(texts._ends), 1001)
        with self.assertRaises(IndexError):
            texts.__getitem__(1000)

    def test_a_database_of_access(self):
        tables = []
        for reader in (access.MdbtoolsSource, access.ParserSource):
            source = reader(MDB)
            source.choose(None)
            self.assertEqual(source.sheets, ("merchant_taylors",))
            rows = list(source.records())
            self.assertEqual([number for number, _cells in rows], [*range(1, 22)])
            names = rows[0][1]
            tables.append(
                [
                    [cells[names.index(name)] for name in ("Id No", "Surname", "Notes")]
                    for _number, cells in rows[1:]
                ]
            )
        self.assertEqual(tables[0], tables[1])
        self.assertEqual(tables[0][0], ["1", "Aaron", "Order of Court"])
        with self.assertRaises(TableProblem) as caught:
            open_source(str(MDB), sheet="Clienti")
        self.assertEqual(caught.exception.code, "no_sheet")

    def test_files_in_an_archive(self):
        one = zip_bytes({"__MACOSX/x": "x", "lista.csv": csv_bytes(ROWS)})
        self.assertEqual(self.assert_rows(one, "csv").sheet, "lista.csv")
        several = zip_bytes(
            {
                "leggimi.txt": "Grazie",
                "nomi.xlsx": xlsx_bytes(ROWS, "Foglio A", ["Foglio B"]),
                "altri.csv": csv_bytes(ROWS),
            }
        )
        table = self.assert_rows(several, "xlsx")
        self.assertEqual(table.sheet, "nomi.xlsx / Foglio A")
        self.assertIn("altri.csv", table.sheets)
        self.assert_rows(several, "csv", sheet="altri.csv")
        letter = "\r\n".join(["Gentile cliente", "", "La informiamo che"] * 300)
        beside = zip_bytes({"informativa.txt": letter, "lista.csv": csv_bytes(ROWS)})
        table = self.assert_rows(beside, "csv")
        self.assertEqual(table.sheet, "lista.csv")
        self.assertIn("informativa.txt", table.sheets)
        self.assert_problem("too_few_columns", beside, sheet="informativa.txt")
        self.assert_problem("empty", several, sheet="nomi.xlsx / Foglio B")
        self.assert_problem("no_sheet", several, sheet="x.csv")

    def test_archives_that_are_refused(self):
        inner = zip_bytes({"a.csv": csv_bytes(ROWS)})
        self.assert_problem("nested", zip_bytes({"inner.zip": inner}))
        self.assert_problem("too_large", zip_bytes({"a.csv": b"0;0\n" * 20_000_000}))
        self.assert_problem("no_list_in_archive", zip_bytes({"a.pdf": b"%PDF"}))
        self.assert_problem(
            "too_many_files", zip_bytes({f"{n}.csv": b"a" for n in range(2001)})
        )
        self.assert_problem("other_archive", b"Rar!\x1a\x07\x01" + bytes(100))
        locked = bytearray(inner)
        for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            locked[locked.index(mark) + place] |= 1
        self.assert_problem("protected", bytes(locked))

    def test_encrypted_workbooks(self):
        names = "EncryptionInfo\0EncryptedPackage\0".encode("utf-16-le")
        self.assert_problem("protected", OLE + bytes(1000) + names + bytes(500))

    def test_an_old_workbook_with_a_password(self):
        """RC4, the password of Excel 97 to 2003, by each reader."""
        content = locked_xls(xls_book(ROWS), "segreto")
        self.assertNotIn(b"Nominativo", content)
        self.assert_problem("protected", content)
        self.assert_problem("protected", zip_bytes({"nomi.xls": content}))
        with patch.object(workbook, "python_calamine", None):
            self.assert_problem("protected", content)
        table = Path(self._file(content))
        self.assert_problem("protected", table, isolated=True)

    def test_a_database_that_is_damaged(self):
        content = MDB.read_bytes()
        self.assert_problem("corrupt", content[:4000])
        broken = content[:4096] + os.urandom(len(content) - 4096)
        with self.assertRaises(TableProblem):
            list(open_table(broken).rows())

    def test_memory_is_flat_however_long_the_file(self):
        """Each file is read by a process of its own, whose peak is looked at."""
        script = (
            "import resource, sys; from readers.source import open_source;"
            "rows = sum(1 for _row in open_source(sys.argv[1]).records());"
            "print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        peaks = []
        for count in (1_000, 400_000):
            lines = (
                f"Rossi Ada {number};030 {number:07};Via Po {number};25121;Brescia\n"
                for number in range(count)
            )
            found = subprocess.run(
                [sys.executable, "-c", script, self._file("".join(lines).encode())],
                cwd=Path(workbook.__file__).parents[1],
                env={**os.environ, "PYTHONWARNINGS": "ignore"},
                capture_output=True,
                check=True,
            ).stdout.split()
            self.assertEqual(int(found[0]), count)
            peaks.append(int(found[1]))
        self.assertLess(peaks[1] - peaks[0], 8_000, "kilobytes for 20 MB of text")

    def test_a_line_without_an_end_fills_no_memory(self):
        with patch.object(csv_file, "MAX_LINE", 10_000):
            self.assert_problem("line_too_long", b"a;b\n" + b"x" * 30_000)

    def test_the_table_with_columns_is_taken(self):
        """The largest table of a database may be a list of numbers."""
        tables = {"Registro": [["1"]] * 9, "Clienti": ROWS}

        class Source(access.AccessSource):
            sheets = tuple(tables)

            def _count(self, table):
                return len(tables[table])

            def records(self):
                yield from enumerate(tables[self.sheet], start=1)

        source = Source()
        source.choose(None)
        self.assertEqual(source.sheet, "Clienti")

    def test_cells_without_an_end_fill_no_memory(self):
        """Neither of the process that reads, nor of the one that asked it to."""
        long = "x" * 32_000
        content = xlsx_bytes([["Nome", "Tel", "Note"], *[["Rossi", "1", long]] * 200])
        with patch.object(table_reader.json, "loads", wraps=json.loads) as loads:
            rows = list(open_table(Path(self._file(content)), isolated=True).rows())
        self.assertEqual(len(rows), 200)
        self.assertEqual(rows[-1][1][2], long)
        self.assertLess(max(len(call.args[0]) for call in loads.mock_calls), 1_200_000)
        line = b"Rossi;1;" + b"y" * 900_000 + b"\n"
        table = open_table(Path(self._file(b"Nome;Tel;Note\n" + line * 30)))
        self.assertLessEqual(max(len(row[1][2]) for row in table.rows()), 50_001)

    def test_a_sheet_with_one_cell_in_the_last_corner(self):
        """What takes all memory ends in its own process, with a sentence."""
        content = xlsx_bytes([["Nome", "Telefono"], ["Rossi", "030 1"]])
        files = {}
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                files[name] = archive.read(name)
        sheet = files["xl/worksheets/sheet1.xml"]
        files["xl/worksheets/sheet1.xml"] = sheet.replace(b"A1", b"A1", 1).replace(
            b'r="B2"', b'r="XFD1048576"'
        )
        path = Path(self._file(zip_bytes(files)))
        try:
            rows = list(open_table(path, isolated=True).rows())
            self.assertLess(len(rows), 1_048_577)
        except TableProblem as problem:
            self.assertIn(problem.code, ("unreadable", "too_many_columns", "corrupt"))

    def test_a_bomb_is_no_workbook(self):
        files = {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.xml": b"<workbook/>",
            "xl/worksheets/sheet1.xml": b" " * 200_000_000,
        }
        path = self._file(zip_bytes(files))
        with self.assertRaises(TableProblem) as caught:
            open_table(path, isolated=True)
        self.assertIn(caught.exception.code, ("corrupt", "too_large", "unreadable"))

    def _file(self, content):
        import tempfile

        handle, path = tempfile.mkstemp()
        self.addCleanup(os.unlink, path)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        return path


@tagged("post_install", "-at_install")
class TestImportFormats(ImportCommon):
    def test_every_format_becomes_names(self):
        for filename, content in (
            ("names.xls", xls_bytes(ROWS)),
            ("names.ods", ods_bytes(ROWS)),
            ("names.zip", zip_bytes({"lista.csv": csv_bytes(ROWS)})),
        ):
            with self.subTest(filename=filename):
                found = self.run_import(content, filename)
                self.assertEqual(found.row_count, 2)
                self.assertEqual(self.lead_at(found, 3).name, "Però Niccolò")

    def test_access_becomes_names(self):
        found = self.new_import(MDB.read_bytes(), "names.mdb")
        found.action_read_file()
        self.assertEqual(
            (found.file_kind, found.sheet_name), ("mdb", "merchant_taylors")
        )
        targets = dict(
            zip(found.column_ids.mapped("name"), found.column_ids, strict=True)
        )
        self.assertEqual(targets["Surname"].target, "last_name")
        targets["Forenames"].target = "first_name"
        targets["Source Ref"].target = "phone"
        found._import_all()
        self.assertEqual(found.row_count, 20)
        # No number among them can be called.
        self.assertEqual(found.rejected_count, 20)

    def test_formulas_stay_text(self):
        rows = [*ROWS[:2], ["=CMD|'/C calc'!A0", "030 9200671", "25121"]]
        found = self.run_import(csv_bytes(rows))
        self.assertIn("CMD", self.lead_at(found, 3).name.upper())
        self.assertIn("'=CMD", self.report(found).decode("utf-8-sig"))

    def test_a_file_that_breaks_off_leaves_nothing(self):
        before = self.env["crm.lead"].search_count([])
        found = self.new_import(csv_bytes([HEADERS, *DIRTY[1:5] * 50]))
        found.action_read_file()

        def broken(_table):
            yield 2, DIRTY[1]
            raise TableProblem("corrupt")

        with (
            patch(
                "odoo.addons.crm_campaign_motivi.tools.table_reader.Table.rows", broken
            ),
            self.assertRaisesRegex(UserError, "damaged"),
        ):
            found._import_all()
        self.assertEqual(self.env["crm.lead"].search_count([]), before)

    def test_a_path_on_the_server_is_the_command_lines(self):
        from odoo.exceptions import AccessError

        with self.assertRaises(AccessError):
            self.new_import(b"", server_path="/etc/passwd")
        found = self.new_import(csv_bytes(ROWS))
        with self.assertRaises(AccessError):
            found.server_path = "/etc/passwd"
