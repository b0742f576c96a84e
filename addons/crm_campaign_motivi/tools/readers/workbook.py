"""Workbooks: XLSX, XLS and ODS.

``python-calamine`` is several times quicker than the alternatives and holds the whole
sheet in memory; so it gets what fits, and a larger XLSX streams through ``openpyxl``,
with its texts on the disk.
"""

import array
import mmap
import tempfile
import warnings
from itertools import islice
from pathlib import Path

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from . import archive
from .cell_text import as_text
from .problem import TableProblem
from .sample import SAMPLE_ROWS

try:
    import python_calamine
except ImportError:
    python_calamine = None
try:
    import xlrd
except ImportError:
    xlrd = None

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Unpacked size that a workbook may have.
MAX_UNPACKED_BYTES = 3_000_000_000
#: Unpacked size of the largest sheet, and of the texts, that fit into memory.
IN_MEMORY_BYTES = 60_000_000
#: Texts that a large workbook reads at a time.
TEXTS_AT_A_TIME = 10_000
_TEXT_TAG = f"{{{SHEET_MAIN_NS}}}si"


def open_workbook(path, kind, sheet=None):
    """Return the reader of a workbook.

    :param str kind: ``xlsx``, ``xls`` or ``ods``
    :param str sheet: the one that a person chose
    :raise TableProblem: it can't be read
    """
    if kind == "xlsx" and _is_large(path):
        source = OpenpyxlSource(path, kind)
    elif python_calamine:
        source = CalamineSource(path, kind)
    elif kind == "xlsx":
        source = OpenpyxlSource(path, kind)
    elif kind == "xls" and xlrd:
        source = XlrdSource(path, kind)
    else:
        raise TableProblem("no_reader", kind=kind)
    source.choose(sheet)
    return source


def _is_large(path):
    parts = archive.part_names(path)
    total = sum(parts.values())
    if total > MAX_UNPACKED_BYTES:
        raise TableProblem("too_large")
    return not python_calamine or any(
        size > IN_MEMORY_BYTES
        for name, size in parts.items()
        if name.startswith("xl/worksheets/") or name.endswith("sharedStrings.xml")
    )


class WorkbookSource:
    """What all readers of workbooks have in common."""

    encoding = separator = None

    def __init__(self, path, kind):
        self.path, self.kind, self.sheet = path, kind, None
        self._guard(self._load)

    def _guard(self, call, *args):
        """Call a library; it has no one exception for what isn't what it says."""
        try:
            return call(*args)
        except (TableProblem, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            # A panic of calamine's is no Exception.
            name = type(error).__name__
            text = str(error).lower()
            if "password" in name.lower() or "password" in text or "encrypt" in text:
                raise TableProblem("protected") from error
            raise TableProblem("corrupt") from error

    def choose(self, sheet):
        """Choose the sheet: the named one, else the first that looks like a table."""
        if not self.sheets:
            raise TableProblem("corrupt")
        if sheet and sheet not in self.sheets:
            raise TableProblem(
                "no_sheet", sheet=sheet, sheets=", ".join(self.sheets[:20])
            )
        self.sheet = sheet or self._first_filled()

    def _first_filled(self):
        for name in self.sheets:
            self.sheet = name
            if any(
                sum(map(bool, cells)) > 1
                for _number, cells in islice(self.records(), SAMPLE_ROWS)
            ):
                return name
        return self.sheets[0]

    def records(self):
        """Yield ``(row number, cells)`` of every row as it stands."""
        rows = self._guard(self._rows)
        number = 0
        while True:
            row = self._guard(next, rows, None)
            if row is None:
                return
            number += 1
            cells = [as_text(cell) for cell in row]
            # A sheet is as wide as its widest row: the others end earlier.
            while cells and not cells[-1]:
                cells.pop()
            yield number, cells


class CalamineSource(WorkbookSource):
    """XLSX, XLS and ODS by calamine."""

    def _load(self):
        with tempfile.TemporaryDirectory(prefix="list_import_") as folder:
            # Of a file without an ending, as Odoo keeps them, calamine tells only that
            # it can't be read; with one it tells that there is a password.
            named = Path(folder, f"list.{self.kind}")
            named.symlink_to(Path(self.path).resolve())
            self._book = python_calamine.CalamineWorkbook.from_path(str(named))
        self.sheets = tuple(self._book.sheet_names)

    def _rows(self):
        sheet = self._book.get_sheet_by_name(self.sheet)
        blank = [""] * (sheet.start[1] if sheet.start else 0)
        return (blank + row for row in sheet.iter_rows())


class OpenpyxlSource(WorkbookSource):
    """XLSX row by row."""

    def _load(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = _StreamingReader(
                # By its content: the name says nothing of the kind.
                open(self.path, "rb"),  # noqa: SIM115 - read until the end
                read_only=True,
                data_only=True,
                keep_links=False,
            )
            reader.read()
        self._book = reader.wb
        self.sheets = tuple(
            sheet.title for sheet in self._book if hasattr(sheet, "iter_rows")
        )

    def _rows(self):
        sheet = self._book[self.sheet]
        # The size that a sheet claims to have is wrong in many exported files.
        if hasattr(sheet, "reset_dimensions"):
            sheet.reset_dimensions()
        return iter(sheet.iter_rows(values_only=True))


class XlrdSource(WorkbookSource):
    """XLS where calamine isn't there."""

    def _load(self):
        self._book = xlrd.open_workbook(
            str(self.path), on_demand=True, logfile=tempfile.TemporaryFile("w+")
        )
        self.sheets = tuple(self._book.sheet_names())

    def _rows(self):
        sheet = self._book.sheet_by_name(self.sheet)
        for at in range(sheet.nrows):
            yield [self._value(cell) for cell in sheet.row(at)]

    def _value(self, cell):
        if cell.ctype == xlrd.XL_CELL_DATE:
            return xlrd.xldate_as_datetime(cell.value, self._book.datemode)
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR):
            return ""
        return cell.value


class _StreamingReader(ExcelReader):
    """openpyxl's reader, with the texts that sheets share on the disk."""

    def read_strings(self):
        content_type = self.package.find(SHARED_STRINGS)
        if content_type is None:
            return
        # Read as far as the rows need it: the archive stays open as long as the book.
        source = self.archive.open(content_type.PartName[1:])
        self.shared_strings = _DiskStrings(source)


class _DiskStrings:
    """A list of texts that lie in a file: a million of them take no memory.

    They are read when they are asked for, so that the first rows are there at once.

    :param source: the open part of a workbook that holds the texts
    """

    def __init__(self, source):
        self._ends = array.array("Q", [0])
        self._file = tempfile.TemporaryFile()
        self._map = b""
        self._texts = (
            Text.from_tree(node).content.replace("x005F_", "").encode()
            for node in _nodes(source, _TEXT_TAG)
        )

    def __getitem__(self, at):
        if at < 0:
            raise IndexError(at)
        more = True
        while more and at + 1 >= len(self._ends):
            more = self._read_more()
        return self._map[self._ends[at] : self._ends[at + 1]].decode("utf-8")

    def _read_more(self):
        """Read some more texts.

        :return: whether there were any
        :rtype: bool
        """
        known = len(self._ends)
        for data in islice(self._texts, TEXTS_AT_A_TIME):
            self._file.write(data)
            self._ends.append(self._ends[-1] + len(data))
        if self._ends[-1]:
            self._file.flush()
            self._map = mmap.mmap(self._file.fileno(), 0)
        return len(self._ends) > known


def _nodes(source, tag):
    """Yield the nodes of a kind, each of which is emptied afterwards."""
    for _event, node in iterparse(source):
        if node.tag == tag:
            yield node
            node.clear()
