"""Whatever bytes a stranger sends: rows or a reason, in bounded time and memory."""

import io
import os
import resource
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.column_guess import guess_columns
from ..tools.custom_cell import CustomCell, read_number
from ..tools.name_row import RowReader
from ..tools.table_reader import TableProblem, open_table
from .test_import_formats import MDB, ROWS, ods_bytes, xls_bytes, zip_bytes
from .test_import_tools import csv_bytes, xlsx_bytes

TARGETS = ["full_name", "phone", "zip", "email", "vat", "birth_date", "x_cc_fuzz"]
#: Address space of the process that reads what was made at random, in bytes.
MEMORY = 1_500_000_000
SECONDS = 300
FUZZ = settings(
    deadline=5000,
    max_examples=150,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
SEEDS = [
    csv_bytes(ROWS * 5),
    csv_bytes(ROWS * 5, ",", "utf-16"),
    xlsx_bytes(ROWS * 5),
    xls_bytes(ROWS * 5),
    ods_bytes(ROWS),
    zip_bytes({"a.csv": csv_bytes(ROWS)}),
    MDB.read_bytes(),
]
#: Reads each file of a folder and says how it ended.
READ_ALL = """
import json, pathlib, sys
from readers.problem import TableProblem
from readers.source import open_source
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    try:
        source = open_source(str(path))
        rows = sum(1 for _row in source.records())
        print(json.dumps([path.name, "rows"]), flush=True)
    except TableProblem as problem:
        print(json.dumps([path.name, problem.code]), flush=True)
"""


def damaged():
    """Draw a file of any kind with wrong bytes, cut off, or with more behind it."""
    edits = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=30)
    return st.builds(
        _damage,
        st.sampled_from(SEEDS),
        edits,
        st.one_of(st.none(), st.integers(0, 10**6)),
        st.binary(max_size=50),
    )


def _damage(content, edits, cut, behind):
    found = bytearray(content)
    for place, byte in edits:
        found[place % len(found)] = byte
    if cut is not None:
        del found[cut % len(found) :]
    return bytes(found) + behind


@tagged("post_install", "-at_install")
class TestImportFuzz(BaseCase):
    def test_any_bytes_are_rows_or_a_reason(self):
        @FUZZ
        @given(
            st.one_of(st.binary(max_size=3000), st.text(max_size=3000).map(str.encode))
        )
        def check(content):
            self._read(content)

        check()

    def test_any_text_with_separators_is_rows_or_a_reason(self):
        cell = st.text(alphabet="ab09;,\t|\"\n\r\\'=+@ à\x00\x85\u2028", max_size=40)

        @FUZZ
        @given(
            st.lists(st.lists(cell, max_size=8), max_size=30), st.sampled_from(";,\t|")
        )
        def check(rows, separator):
            text = "\n".join(separator.join(row) for row in rows)
            self._read(text.encode())
            self._read(text.encode("utf-16"))

        check()

    def _read(self, content):
        try:
            table = open_table(content)
            rows = list(table.rows())
        except TableProblem as problem:
            self.assertTrue(problem.code)
            return
        guess_columns(table.headers, [cells for _number, cells in rows[:50]])
        targets = (TARGETS * 100)[: len(table.headers)]
        reader = RowReader(table.headers, targets, header_row=table.header_row)
        for number, cells in rows:
            reader.read_row(number, cells)

    def test_any_row_is_a_name_or_a_problem(self):
        reader = RowReader(
            TARGETS,
            TARGETS,
            options={
                "custom": {"x_cc_fuzz": CustomCell("date")},
                "needs": ("name", "number"),
            },
        )

        @FUZZ
        @given(st.lists(st.text(max_size=80), min_size=1, max_size=9))
        def check(cells):
            row = reader.read_row(2, cells)
            self.assertTrue(row.problem or (row.values["name"] and row.numbers))

        check()

    def test_any_cell_is_a_value_or_none(self):
        kinds = ["text", "long_text", "integer", "decimal", "amount", "date"]
        kinds += ["datetime", "yes_no", "choice", "choices", "contact"]

        @FUZZ
        @given(st.text(min_size=1, max_size=60), st.sampled_from(kinds))
        def check(written, kind):
            CustomCell(kind, {"si": 1}).read_cell(written)
            number = read_number(written)
            self.assertTrue(number is None or abs(number) <= 1e12)

        check()

    def test_damaged_files_of_every_kind_in_bounded_memory(self):
        """Read by a process that may take neither much memory nor long."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        files = []

        @settings(FUZZ, max_examples=250)
        @given(damaged())
        def draw(content):
            files.append(content)

        draw()
        files += [self._bomb(), self._corner(), b"a;b\n" + b"x" * 5_000_000]
        for at, content in enumerate(files):
            (Path(folder.name) / f"{at:04}").write_bytes(content)
        tools = Path(__file__).parents[1] / "tools"
        done = subprocess.run(
            [sys.executable, "-c", READ_ALL, folder.name],
            env={**os.environ, "PYTHONPATH": str(tools)},
            preexec_fn=_bounded,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        self.assertEqual(len(done.stdout.splitlines()), len(files))

    @staticmethod
    def _bomb():
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("a.csv", "w", force_zip64=True) as file:
                for _turn in range(200):
                    file.write(b"0" * 1_000_000)
        return content.getvalue()

    @staticmethod
    def _corner():
        """A workbook with a cell far away from the others."""
        content = xlsx_bytes([["Nome", "Telefono"], ["Rossi", "030 1"]])
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        sheet = files["xl/worksheets/sheet1.xml"]
        files["xl/worksheets/sheet1.xml"] = sheet.replace(b'r="B2"', b'r="ZZ9000"')
        return zip_bytes(files)


def _bounded():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
