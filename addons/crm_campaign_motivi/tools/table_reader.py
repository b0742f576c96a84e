"""Read the tables that list sellers send: CSV in any dialect, and XLSX.

Plain Python. A reader finds out how the file is written, and gives its rows one
by one with their number, so that memory stays flat. What can't be read raises
:class:`TableProblem`, whose code the caller turns into a sentence.
"""

import csv
import datetime
import io
import re
import warnings
import zipfile

import openpyxl

from odoo.addons.crm_dedup.tools.plain_text import normalise

SEPARATORS = (";", ",", "\t", "|")
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16")

#: Rows looked at to find out how a file is written.
SAMPLE_ROWS = 200
#: A cell with more line breaks than this holds a quote that is never closed.
MAX_LINES_IN_CELL = 50
#: Unpacked size that a workbook may have, against archives made to fill a disk.
MAX_UNPACKED_BYTES = 1_500_000_000
MAX_SHARED_STRINGS_BYTES = 300_000_000
MAX_COLUMNS = 500
#: The fields of a name that a header row speaks of, in the words of list sellers.
HEADER_WORDS = re.compile(
    r"\b(?:rag(?:ione)?|sociale|denominazione|nominativo|cognome|nome|intestatario"
    r"|cliente|azienda|ditta|impresa|societa|indirizzo|via|civico|cap|localita|citta"
    r"|comune|prov(?:incia)?|pr|tel\w*|fisso|recapito|cell\w*|mobile|fax|e ?mail|mail"
    r"|pec|p ?iva|piva|partita|iva|codice|fiscale|cf|note|annotazioni|regione|stato"
    r"|name|first|last|surname|company|phone|number|street|address|zip|postal|postcode"
    r"|city|town|state|province|country|vat|tax|notes?|comments?|contatto|referente)\b"
)
_ZIP_MAGIC = b"PK\x03\x04"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Bytes that text doesn't hold.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class TableProblem(Exception):
    """A file can't be read; ``code`` says why and ``details`` with what."""

    def __init__(self, code, **details):
        super().__init__(code)
        self.code = code
        self.details = details


def open_table(content, filename="", **chosen):
    """Find out how a file is written and return a reader for it.

    :param bytes content: the file
    :param str filename: its name, for messages only: the content decides
    :param chosen: what a person decided instead: ``encoding``, ``separator``,
        ``sheet``, ``header_row`` (0: the file has none); falsy values but a
        ``header_row`` of 0 mean: find out
    :rtype: CsvTable | XlsxTable
    :raise TableProblem: it is no table
    """
    if not content or not content.strip(b"\x00 \t\r\n"):
        raise TableProblem("empty")
    if content.startswith(_OLE_MAGIC):
        protected = "EncryptedPackage".encode("utf-16-le") in content
        raise TableProblem("protected" if protected else "old_excel")
    if content.startswith(_ZIP_MAGIC):
        table = XlsxTable(content, chosen.get("sheet"))
    else:
        table = CsvTable(content, chosen.get("encoding"), chosen.get("separator"))
    table.find_header(chosen.get("header_row"))
    return table


class Table:
    """What both kinds of files have in common."""

    kind = None
    encoding = separator = sheet = None
    sheets = ()
    header_row = 0
    headers = ()

    def records(self):
        """Yield ``(row number, cells)`` of every row of the file as it stands."""
        raise NotImplementedError

    def find_header(self, chosen=None):
        """Find the row that names the columns and check that this is a table.

        :param int chosen: the row that a person chose; 0 when there is none
        """
        sample = self.sample()
        if not sample:
            raise TableProblem("empty")
        width = max(len(cells) for _number, cells in sample)
        if width < 2:
            raise TableProblem("too_few_columns", separator=self.separator or "")
        if width > MAX_COLUMNS:
            raise TableProblem("too_many_columns", columns=width, limit=MAX_COLUMNS)
        self.header_row = _find_header_row(sample) if chosen is None else chosen
        names = dict(sample).get(self.header_row, [])
        if self.header_row and not any(names):
            raise TableProblem("no_header_row", row=self.header_row)
        width = max(2, self._width(names, sample))
        names = names + [""] * (width - len(names))
        self.headers = [" ".join(name.split()) for name in names[:width]]

    def _width(self, names, sample):
        """Return the number of columns that are named, or filled in some rows.

        A single row that is wider than the others is a row with a mistake.
        """
        filled = [0] * max(len(cells) for _number, cells in sample)
        for _number, cells in sample:
            for at, cell in enumerate(cells):
                filled[at] += bool(cell)
        enough = max(1, len(sample) // 5)
        return max(
            at + 1
            for at, count in enumerate(filled)
            if count >= enough or (at < len(names) and names[at]) or at == 0
        )

    def sample(self, rows=SAMPLE_ROWS):
        """Return the first rows that hold something, with their numbers."""
        found = []
        for number, cells in self.records():
            if any(cells):
                found.append((number, cells))
            if len(found) >= rows:
                break
        return found

    def rows(self):
        """Yield ``(row number, cells)`` of every row but the header.

        Empty rows between others are rows; empty ones at the end are not.
        """
        width = len(self.headers)
        empty = []
        for number, cells in self.records():
            if number == self.header_row:
                continue
            if not any(cells):
                empty.append(number)
                continue
            for empty_number in empty:
                yield empty_number, [""] * width
            empty.clear()
            while len(cells) > width and not cells[-1]:
                cells.pop()
            yield number, cells


class CsvTable(Table):
    """A text file with one row per line."""

    kind = "csv"

    def __init__(self, content, encoding=None, separator=None):
        self.encoding, self._text = _decode(content, encoding)
        self._quoted = True
        self.separator = separator or self._find_separator()
        self._quoted = self._are_quotes_closed()

    def records(self):
        for number, cells in enumerate(self._reader(self.separator), start=1):
            yield number, [_clean(cell) for cell in cells]

    def _reader(self, separator):
        csv.field_size_limit(10_000_000)
        quoting = csv.QUOTE_MINIMAL if self._quoted else csv.QUOTE_NONE
        return csv.reader(
            io.StringIO(self._text, newline=""), delimiter=separator, quoting=quoting
        )

    def _find_separator(self):
        """Return the separator that cuts the first rows into the most even columns."""
        scores = {}
        for separator in SEPARATORS:
            widths = []
            try:
                for cells in self._reader(separator):
                    if any(cells):
                        widths.append(len(cells))
                    if len(widths) >= SAMPLE_ROWS:
                        break
            except csv.Error:
                continue
            if not widths:
                continue
            usual = max(set(widths), key=lambda width: (widths.count(width), width))
            if usual > 1:
                scores[separator] = (widths.count(usual) / len(widths), usual)

        # Even columns count most; of two even ways to cut, the one with more columns.
        def score(separator):
            evenness, width = scores[separator]
            return round(evenness, 1), width

        return max(scores, key=score, default=";")

    def _are_quotes_closed(self):
        """Tell whether quotes enclose cells, or are mere signs like inches.

        A quote that is never closed would swallow the rest of the file.
        """
        if '"' not in self._text:
            return True
        try:
            return not any(
                cell.count("\n") > MAX_LINES_IN_CELL
                for cells in self._reader(self.separator)
                for cell in cells
            )
        except csv.Error:
            return False


class XlsxTable(Table):
    """A sheet of an Excel workbook."""

    kind = "xlsx"

    def __init__(self, content, sheet=None):
        self._content = content
        self._check_archive()
        book = self._open()
        try:
            self.sheets = tuple(book.sheetnames)
            if not self.sheets:
                raise TableProblem("corrupt")
            if sheet and sheet not in self.sheets:
                raise TableProblem(
                    "no_sheet", sheet=sheet, sheets=", ".join(self.sheets)
                )
            self.sheet = sheet or self._first_filled(book)
        finally:
            book.close()

    def _check_archive(self):
        """Refuse what isn't a workbook, or is made to fill memory or disk."""
        try:
            with zipfile.ZipFile(io.BytesIO(self._content)) as archive:
                parts = archive.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise TableProblem("corrupt") from error
        names = {part.filename for part in parts}
        if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
            raise TableProblem("unknown_format" if names else "corrupt")
        if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES or any(
            part.file_size > MAX_SHARED_STRINGS_BYTES
            for part in parts
            if part.filename.endswith("sharedStrings.xml")
        ):
            raise TableProblem("too_large")

    def _open(self):
        # openpyxl has no one exception for a file that isn't what it should be.
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return openpyxl.load_workbook(
                    io.BytesIO(self._content), read_only=True, data_only=True
                )
        except Exception as error:
            raise TableProblem("corrupt") from error

    @staticmethod
    def _cells_of(sheet):
        # The size that a sheet claims to have is wrong in many exported files.
        if hasattr(sheet, "reset_dimensions"):
            sheet.reset_dimensions()
        if not hasattr(sheet, "iter_rows"):  # a sheet that is a chart
            return iter(())
        return sheet.iter_rows(values_only=True)

    def _first_filled(self, book):
        """Return the first sheet that looks like a table, else the first sheet."""
        for name in self.sheets:
            rows = self._guarded(self._cells_of(book[name]))
            for _index, cells in zip(range(SAMPLE_ROWS), rows, strict=False):
                if sum(cell is not None for cell in cells) > 1:
                    return name
        return self.sheets[0]

    @staticmethod
    def _guarded(rows):
        try:
            yield from rows
        except Exception as error:
            raise TableProblem("corrupt") from error

    def records(self):
        book = self._open()
        try:
            rows = self._guarded(self._cells_of(book[self.sheet]))
            for number, cells in enumerate(rows, start=1):
                yield number, [_as_text(cell) for cell in cells]
        finally:
            book.close()


# ------------------------------------------------------------
# TEXT
# ------------------------------------------------------------


def _clean(text):
    return _CONTROL_CHARACTERS.sub("", text).replace("\xa0", " ").strip()


def _as_text(value):
    """Return what a person sees in a cell of a workbook."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime.date):
        return value.strftime("%d/%m/%Y")
    return _clean(str(value))


def _decode(content, chosen=None):
    """Return the encoding of a text file, and the text.

    :raise TableProblem: the bytes are no text
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif _CONTROL.search(content):
        raise TableProblem("not_text")
    elif content.startswith(b"\xef\xbb\xbf"):
        encoding = "utf-8-sig"
    else:
        encoding = chosen or _guess_encoding(content)
    try:
        # A wrong byte here and there costs one letter and not the list.
        text = content.decode(encoding, "replace")
    except UnicodeError as error:
        raise TableProblem("not_text") from error
    if "\x00" in text:
        raise TableProblem("not_text")
    return encoding, text


def _guess_encoding(content):
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("utf-8", "replace")
        wrong = text.count("\ufffd")
        right = sum(not char.isascii() for char in text) - wrong
        return "utf-8" if right > 4 * wrong else "cp1252"
    return "utf-8"


def _find_header_row(sample):
    """Return the number of the row that names the columns, 0 when none does."""
    best = (1, 0)
    for number, cells in sample[:15]:
        words = [normalise(cell) for cell in cells if cell]
        known = sum(
            bool(HEADER_WORDS.search(word)) and not re.search(r"\d{3}", word)
            for word in words
        )
        # A title has one cell; a name row has digits and words of no header.
        if known >= 2 and known * 2 >= len(words) and known > best[0]:
            best = (known, number)
    return best[1]
