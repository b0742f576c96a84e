"""Text files with one row per line, in any dialect."""

import codecs
import csv
import re

from .cell_text import LONGEST_CELL, clean, shorten
from .problem import TableProblem

SEPARATORS = (";", ",", "\t", "|")
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "cp850", "mac_roman")
#: Where Italian's accented letters stand, which follow another letter.
_ACCENTED = {
    encoding: re.compile(b"(?<=[A-Za-z])[" + "àèéìòùÀÉÌÒÙ".encode(encoding) + b"]")
    for encoding in ("cp1252", "cp850", "mac_roman")
}

#: Rows looked at to find out how a file is written.
SAMPLE_ROWS = 200
#: A cell with more line breaks than this holds a quote that is never closed.
MAX_LINES_IN_CELL = 50
#: Characters that one line, or one cell, may have.
MAX_LINE = 1_000_000
_BLOCK = 1 << 20
#: Bytes that text doesn't hold; 1A ends a text of MS-DOS.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")


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
        self._width = _usual(self._sample_widths(self.separator))
        self._quoted = not has_quotes or self._are_quotes_closed()

    def records(self):
        """Yield ``(row number, cells)`` of every row as it stands."""
        try:
            with self._open() as text:
                lines = _Lines(text)
                for number, cells in enumerate(self._records(lines), start=1):
                    found = [clean(cell) for cell in cells]
                    if lines.has_long:
                        lines.has_long, found = False, shorten(found)
                    yield number, found
        except csv.Error as error:
            raise TableProblem("line_too_long", limit=MAX_LINE) from error
        except UnicodeError as error:
            raise TableProblem("not_text") from error

    def _records(self, lines):
        """Yield the cells of each row; no stray quote swallows the rows behind it."""
        for cells in self._reader(lines):
            read = lines.taken
            if read and (len(read) > 1 or lines.ended) and self._swallows(lines, cells):
                first, *others = read
                lines.push_back(others)
                cells = [*map(_unquoted, first.rstrip("\r\n").split(self.separator))]
            lines.taken = []
            yield cells

    def _swallows(self, lines, cells):
        """Tell whether a quote that is never closed has made one row of several.

        Its lines are rows by themselves, and what closes the cell is no end of one.

        :param list cells: what was read of these lines
        """
        if not self._quoted or lines.ended:
            return self._quoted
        whole = sum(
            line.count(self.separator) + 1 >= self._width for line in lines.taken
        )
        if whole < 2 or self._width < 2:
            return False
        return len(cells) != self._width or not self._is_strict(lines.taken)

    def _is_strict(self, lines):
        """Tell whether lines are written as programs write them."""
        try:
            list(csv.reader(lines, delimiter=self.separator, strict=True))
        except csv.Error:
            return False
        return True

    def _open(self):
        # A wrong byte here and there costs one letter and not the list.
        return open(self.path, encoding=self.encoding, errors="replace", newline="")

    def _reader(self, lines, separator=None):
        csv.field_size_limit(MAX_LINE)
        quoting = csv.QUOTE_MINIMAL if self._quoted else csv.QUOTE_NONE
        return csv.reader(lines, delimiter=separator or self.separator, quoting=quoting)

    def _find_separator(self):
        """Return the separator that cuts the first rows into the most even columns."""
        scores = {}
        for separator in SEPARATORS:
            widths = self._sample_widths(separator)
            if not widths:
                continue
            usual = _usual(widths)
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
                for cells in self._reader(_lines(text), separator):
                    if any(cells):
                        widths.append(len(cells))
                    if len(widths) >= SAMPLE_ROWS:
                        break
        except (csv.Error, UnicodeError):
            return []
        return widths

    def _are_quotes_closed(self):
        """Tell whether quotes enclose cells, or are mere signs like inches.

        A quote that is never closed would swallow the rest of the file.
        """
        try:
            with self._open() as text:
                reader, last = self._reader(_lines(text)), 0
                for cells in reader:
                    if reader.line_num - last > MAX_LINES_IN_CELL and any(
                        cell.count("\n") > MAX_LINES_IN_CELL for cell in cells
                    ):
                        return False
                    last = reader.line_num
                return True
        except (csv.Error, UnicodeError):
            return False


class _Lines:
    """The lines of a text, of which the last ones can be read again.

    :param text: an open file
    """

    def __init__(self, text):
        self._next = _lines(text).__next__
        self._waiting = []
        #: Lines that were read since this was emptied.
        self.taken = []
        #: The text ended while a row was being read.
        self.ended = False
        #: A line was longer than a cell may be.
        self.has_long = False

    def __iter__(self):
        return self

    def __next__(self):
        self.ended = False
        try:
            line = self._waiting.pop() if self._waiting else self._next()
        except StopIteration:
            self.ended = True
            raise
        if len(line) > LONGEST_CELL:
            self.has_long = True
        self.taken.append(line)
        return line

    def push_back(self, lines):
        """Let lines be read again."""
        self._waiting.extend(reversed(lines))


def _usual(widths):
    """Return the number of columns that most rows have, 0 without rows."""
    return max(set(widths), key=lambda width: (widths.count(width), width), default=0)


def _unquoted(cell):
    """Return a cell without the quotes around it, one of which may be missing."""
    if not cell.startswith('"'):
        return cell
    return cell[1:].removesuffix('"').replace('""', '"')


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
    # Without its mark this is no UTF-16, whoever says so.
    if chosen and chosen != "utf-16":
        return chosen, quotes
    if not wrong or right > 4 * wrong:
        return "utf-8", quotes
    return _find_single_byte(path), quotes


def _find_single_byte(path):
    """Return in which of the old encodings a text is written.

    What is a letter in one is a sign in the others: three dots behind a word, for
    instance. Only different letters speak against Windows.
    """
    count = dict.fromkeys(_ACCENTED, 0)
    letters = {encoding: set() for encoding in _ACCENTED}
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            for encoding, pattern in _ACCENTED.items():
                found = pattern.findall(block)
                count[encoding] += len(found)
                letters[encoding].update(found)
    best = max(count, key=count.get)
    return best if len(letters[best]) > 1 else "cp1252"


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
