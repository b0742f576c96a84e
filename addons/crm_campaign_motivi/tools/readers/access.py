"""Databases of Microsoft Access, by Debian's mdbtools or PyPI's access-parser."""

import csv
import shutil
import subprocess
import tempfile
from contextlib import contextmanager

from .cell_text import as_text, clean
from .problem import TableProblem
from .sample import is_table

#: At the fifth byte of a file, for Access up to 2003 and from 2007 on.
MAGIC = (b"Standard Jet DB", b"Standard ACE DB")
#: Seconds after which a tool that says nothing is given up.
TIMEOUT = 60
MAX_CELL = 1_000_000
_SYSTEM_TABLES = ("MSys", "~", "f_")


def open_access(path, table=None):
    """Return the reader of a database.

    :param str table: the one that a person chose
    :raise TableProblem: it can't be read
    """
    source = MdbtoolsSource(path) if shutil.which("mdb-export") else ParserSource(path)
    source.choose(table)
    return source


class AccessSource:
    """What both readers have in common."""

    kind = "mdb"
    encoding = separator = sheet = None
    sheets = ()

    def choose(self, table):
        """Choose the table: the named one, else that of most rows with columns."""
        if not self.sheets:
            raise TableProblem("no_table")
        if table and table not in self.sheets:
            raise TableProblem(
                "no_sheet", sheet=table, sheets=", ".join(self.sheets[:20])
            )
        self.sheet = table or self._largest()

    def _largest(self):
        names = sorted(self.sheets, key=self._count, reverse=True)
        for name in names[:10]:
            self.sheet = name
            if is_table(self.records()):
                return name
        return names[0]


class MdbtoolsSource(AccessSource):
    """By mdbtools, which write a table as CSV while it is read."""

    def __init__(self, path):
        self.path = path
        names = self._run("mdb-tables", "-1", "-t", "table", path).splitlines()
        self.sheets = tuple(
            name for name in names if name and not name.startswith(_SYSTEM_TABLES)
        )

    def _run(self, *command):
        try:
            done = subprocess.run(
                list(map(str, command)),
                capture_output=True,
                timeout=TIMEOUT,
                check=False,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise TableProblem("corrupt") from error
        if done.returncode:
            raise _problem_of(done.stderr)
        return done.stdout.decode("utf-8", "replace")

    def _count(self, table):
        try:
            return int(self._run("mdb-count", self.path, table).strip() or 0)
        except (TableProblem, ValueError):
            return 0

    def records(self):
        """Yield ``(row number, cells)``; the names of the columns are the first row."""
        csv.field_size_limit(MAX_CELL)
        with self._export() as text:
            try:
                for number, cells in enumerate(csv.reader(text), start=1):
                    yield number, [clean(cell) for cell in cells]
            except csv.Error as error:
                raise TableProblem("corrupt") from error

    @contextmanager
    def _export(self):
        command = ["mdb-export", "-b", "strip", "-D", "%Y-%m-%d"]
        command += ["-T", "%Y-%m-%d %H:%M", str(self.path), self.sheet]
        with (
            tempfile.TemporaryFile() as errors,
            subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, text=False
            ) as process,
        ):
            try:
                yield _decoded(process.stdout)
                process.stdout.close()
                if process.wait(TIMEOUT):
                    errors.seek(0)
                    raise _problem_of(errors.read(4000))
            finally:
                process.kill()


def _decoded(lines):
    for line in lines:
        yield line.decode("utf-8", "replace")


def _problem_of(stderr):
    text = stderr.decode("utf-8", "replace").lower()
    if "password" in text or "encrypt" in text:
        return TableProblem("protected")
    return TableProblem("corrupt")


class ParserSource(AccessSource):
    """By access-parser, which holds the whole table in memory."""

    def __init__(self, path):
        try:
            from access_parser import AccessParser
        except ImportError as error:
            raise TableProblem("no_reader", kind="mdb") from error
        self.path = path
        self._tables = {}
        try:
            self._database = AccessParser(str(path))
            names = list(self._database.catalog)
        except Exception as error:
            raise TableProblem("corrupt") from error
        self.sheets = tuple(
            name for name in names if not name.startswith(_SYSTEM_TABLES)
        )

    def _parse(self, table):
        if table not in self._tables:
            try:
                self._tables[table] = dict(self._database.parse_table(table))
            except Exception as error:
                raise TableProblem("corrupt") from error
        return self._tables[table]

    def _count(self, table):
        try:
            return max(map(len, self._parse(table).values()), default=0)
        except TableProblem:
            return 0

    def records(self):
        """Yield ``(row number, cells)``; the names of the columns are the first row."""
        columns = self._parse(self.sheet)
        yield 1, [clean(name) for name in columns]
        for number, row in enumerate(zip(*columns.values(), strict=False), start=2):
            yield number, [as_text(cell) for cell in row]
