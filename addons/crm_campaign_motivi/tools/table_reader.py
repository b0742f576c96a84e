"""Read the tables that list sellers send, whatever the kind of their file.

Plain Python. A reader finds out how the file is written, and gives its rows one
by one with their number, so that memory stays flat. What can't be read raises
:class:`TableProblem`, whose code the caller turns into a sentence.
"""

import json
import os
import re
import select
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from odoo.addons.crm_dedup.tools.plain_text import normalise

from .readers.csv_file import ENCODINGS, SAMPLE_ROWS, SEPARATORS, CsvSource
from .readers.problem import TableProblem
from .readers.source import kind_of, open_source

__all__ = ["ENCODINGS", "SEPARATORS", "Table", "TableProblem", "open_table"]

MAX_COLUMNS = 500
#: Characters of the first rows that are looked at.
SAMPLE_LENGTH = 10_000_000
#: Rows that a file may have.
MAX_ROWS = 10_000_000
#: Memory of the process that reads a workbook or a database, in bytes of address
#: space, and its time: what is made to fill a machine ends there.
READER_MEMORY = 2_000_000_000
READER_CPU_SECONDS = 3600
#: Seconds after which a reader that says nothing is given up.
READER_SILENCE = 120
#: The fields of a name that a header row speaks of, in the words of list sellers.
HEADER_WORDS = re.compile(
    r"\b(?:rag(?:ione)?|sociale|denominazione|nominativo|cognome|nome|intestatario"
    r"|cliente|azienda|ditta|impresa|societa|indirizzo|via|civico|cap|localita|citta"
    r"|comune|prov(?:incia)?|pr|tel\w*|fisso|recapito|cell\w*|mobile|fax|e ?mail|mail"
    r"|pec|p ?iva|piva|partita|iva|codice|fiscale|cf|note|annotazioni|regione|stato"
    r"|name|first|last|surname|company|phone|number|street|address|zip|postal|postcode"
    r"|city|town|state|province|country|vat|tax|notes?|comments?|contatto|referente)\b"
)


def open_table(content, filename="", isolated=False, **chosen):
    """Find out how a file is written and return a reader for it.

    :param content: path of the file, or the file itself as bytes
    :param str filename: its name, for messages only: the content decides
    :param bool isolated: what isn't text is read by a process of its own
    :param chosen: what a person decided instead: ``encoding``, ``separator``,
        ``sheet``, ``header_row`` (0: the file has none); falsy values but a
        ``header_row`` of 0 mean: find out
    :rtype: Table
    :raise TableProblem: it is no table
    """
    header_row = chosen.pop("header_row", None)
    if isinstance(content, bytes):
        with tempfile.NamedTemporaryFile(prefix="list_import_", delete=False) as file:
            file.write(content)
        try:
            source = _Deleting(_open(file.name, isolated, chosen), file.name)
        except TableProblem:
            Path(file.name).unlink()
            raise
    else:
        source = _open(os.fspath(content), isolated, chosen)
    table = Table(source)
    table.find_header(header_row)
    return table


def _open(path, isolated, chosen):
    if not isolated:
        return open_source(path, **chosen)
    try:
        if kind_of(path) == "csv":
            return CsvSource(path, chosen.get("encoding"), chosen.get("separator"))
    except OSError as error:
        raise TableProblem("corrupt") from error
    return IsolatedSource(path, **chosen)


class Table:
    """The rows of a file, and the row that names its columns."""

    def __init__(self, source):
        self._source = source
        self.kind, self.encoding = source.kind, source.encoding
        self.separator, self.sheet = source.separator, source.sheet
        self.sheets = tuple(source.sheets)
        self.header_row = 0
        self.headers = []

    def records(self):
        """Yield ``(row number, cells)`` of every row of the file as it stands."""
        yield from self._source.records()

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
        if chosen is None:
            # A database always names its columns.
            chosen = 1 if self.kind == "mdb" else _find_header_row(sample)
        self.header_row = chosen
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
        found, length = [], 0
        for number, cells in self._sample_records():
            if any(cells):
                found.append((number, cells))
                length += sum(map(len, cells))
            if len(found) >= rows or length > SAMPLE_LENGTH:
                break
        return found

    def _sample_records(self):
        return getattr(self._source, "sample_records", self.records)()

    def rows(self):
        """Yield ``(row number, cells)`` of every row but the header.

        Empty rows between others are rows; empty ones at the end are not.

        :raise TableProblem: the file ends in the middle, or has too many rows
        """
        width = len(self.headers)
        empty = []
        for number, cells in self.records():
            if number > MAX_ROWS:
                raise TableProblem("too_many_rows", limit=MAX_ROWS)
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


class _Deleting:
    """A source whose file goes with it."""

    def __init__(self, source, path):
        self._wrapped, self._path = source, path

    def __getattr__(self, name):
        return getattr(self._wrapped, name)

    def __del__(self):
        Path(self._path).unlink(missing_ok=True)


class IsolatedSource:
    """A file read by another process, which may fail without harm."""

    def __init__(self, path, **chosen):
        self._path, self._chosen = path, chosen
        with self._process(SAMPLE_ROWS * 2) as messages:
            head = next(messages)
            self._sample = [tuple(row) for block in messages for row in block]
        self.kind, self.encoding = head["kind"], head["encoding"]
        self.separator, self.sheet = head["separator"], head["sheet"]
        self.sheets = tuple(head["sheets"])

    def sample_records(self):
        """Yield the first rows, which are known already."""
        yield from self._sample

    def records(self):
        """Yield ``(row number, cells)`` of every row as it stands."""
        chosen = {**self._chosen, "sheet": self.sheet}
        with self._process(0, chosen) as messages:
            next(messages)
            for block in messages:
                yield from block

    @contextmanager
    def _process(self, rows, chosen=None):
        """Run the reader.

        :param int rows: how many rows it reads; 0: all
        :return: its messages: a head, then blocks of rows
        :raise TableProblem: it says so, or ends or falls silent before its end
        """
        settings = {
            **(self._chosen if chosen is None else chosen),
            "rows": rows,
            "memory": READER_MEMORY,
            "cpu": READER_CPU_SECONDS,
        }
        folder = str(Path(__file__).parent)
        paths = [folder, *filter(None, [os.environ.get("PYTHONPATH")])]
        with subprocess.Popen(
            [sys.executable, "-m", "readers", self._path, json.dumps(settings)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        ) as process:
            try:
                yield _messages(process)
            finally:
                process.kill()


def _messages(process):
    """Yield what a reader says until its end."""
    lines = _lines(process.stdout)
    for line in lines:
        message = json.loads(line)
        if isinstance(message, dict):
            if message.get("problem"):
                raise TableProblem(message["problem"], **message["details"])
            if message.get("end"):
                return
        yield message
    # It was stopped by a limit, or by what it read.
    raise TableProblem("unreadable")


def _lines(pipe):
    """Yield the lines of a pipe that isn't silent for long."""
    parts = []
    while True:
        ready, _write, _error = select.select([pipe], [], [], READER_SILENCE)
        if not ready:
            raise TableProblem("unreadable")
        block = os.read(pipe.fileno(), 1 << 20)
        if not block:
            return
        first, *lines = block.split(b"\n")
        parts.append(first)
        for line in lines:
            yield b"".join(parts)
            parts = [line]


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
