"""Text files with one row per line, in any dialect."""

import codecs
import csv
import re

from .cell_text import clean
from .problem import TableProblem

SEPARATORS = (";", ",", "\t", "|")
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16")

#: Rows looked at to find out how a file is written.
SAMPLE_ROWS = 200
#: A cell with more line breaks than this holds a quote that is never closed.
MAX_LINES_IN_CELL = 50
#: Characters that one line, or one cell, may have.
MAX_LINE = 1_000_000
_BLOCK = 1 << 20
#: Bytes that text doesn't hold.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class CsvSource:
    """Rows of a text file."""

    kind = "csv"
    sheet = None
    sheets = ()

    def __init__(self, path, encoding=None, separator=None):
        self.path = path
        self.encoding, has_quotes = _find_encoding(path, encoding)
        self._quoted = True
        self.separator = separator or self._find_separator()
        self._quoted = not has_quotes or self._are_quotes_closed()

    def records(self):
        """Yield ``(row number, cells)`` of every row as it stands."""
        try:
            with self._open() as text:
                for number, cells in enumerate(self._reader(text), start=1):
                    yield number, [clean(cell) for cell in cells]
        except csv.Error as error:
            raise TableProblem("line_too_long", limit=MAX_LINE) from error

    def _open(self):
        # A wrong byte here and there costs one letter and not the list.
        return open(self.path, encoding=self.encoding, errors="replace", newline="")

    def _reader(self, text, separator=None):
        csv.field_size_limit(MAX_LINE)
        quoting = csv.QUOTE_MINIMAL if self._quoted else csv.QUOTE_NONE
        return csv.reader(
            _lines(text), delimiter=separator or self.separator, quoting=quoting
        )

    def _find_separator(self):
        """Return the separator that cuts the first rows into the most even columns."""
        scores = {}
        for separator in SEPARATORS:
            widths = self._sample_widths(separator)
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

    def _sample_widths(self, separator):
        widths = []
        try:
            with self._open() as text:
                for cells in self._reader(text, separator):
                    if any(cells):
                        widths.append(len(cells))
                    if len(widths) >= SAMPLE_ROWS:
                        break
        except csv.Error:
            return []
        return widths

    def _are_quotes_closed(self):
        """Tell whether quotes enclose cells, or are mere signs like inches.

        A quote that is never closed would swallow the rest of the file.
        """
        try:
            with self._open() as text:
                reader, last = self._reader(text), 0
                for cells in reader:
                    if reader.line_num - last > MAX_LINES_IN_CELL and any(
                        cell.count("\n") > MAX_LINES_IN_CELL for cell in cells
                    ):
                        return False
                    last = reader.line_num
                return True
        except csv.Error:
            return False


def _lines(text):
    """Yield the lines of a text, none of which may fill the memory."""
    while True:
        line = text.readline(MAX_LINE)
        if not line:
            return
        if len(line) >= MAX_LINE and not line.endswith(("\n", "\r")):
            raise TableProblem("line_too_long", limit=MAX_LINE)
        yield line


def _find_encoding(path, chosen=None):
    """Read a file once through.

    :return: its encoding, and whether there are quotes in it
    :raise TableProblem: the bytes are no text
    """
    with open(path, "rb") as file:
        start = file.read(4)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", _check_utf16(path)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    wrong = right = 0
    quotes = False
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            if _CONTROL.search(block):
                raise TableProblem("not_text")
            quotes = quotes or b'"' in block
            if not block.isascii() or wrong:
                text = decoder.decode(block)
                lost = text.count("\ufffd")
                wrong += lost
                right += sum(map(len, re.findall(r"[^\x00-\x7f]+", text))) - lost
            else:
                decoder.decode(block)
    if start.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig", quotes
    if chosen:
        return chosen, quotes
    return ("utf-8" if not wrong or right > 4 * wrong else "cp1252"), quotes


def _check_utf16(path):
    """Refuse what only begins like UTF-16; tell whether there are quotes in it."""
    quotes = False
    try:
        with open(path, encoding="utf-16", errors="replace", newline="") as text:
            while block := text.read(_BLOCK):
                if "\x00" in block:
                    raise TableProblem("not_text")
                quotes = quotes or '"' in block
    except UnicodeError as error:
        raise TableProblem("not_text") from error
    return quotes
