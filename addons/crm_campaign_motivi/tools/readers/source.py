"""Find out what a file is, whatever it is called, and open it."""

import os
import tempfile

from . import access, archive, csv_file, workbook
from .problem import TableProblem
from .sample import is_table

_MEMBER_JOIN = " / "
#: Endings of files in an archive that are no lists.
_NO_LISTS = (".pdf", ".jpg", ".jpeg", ".png", ".doc", ".docx", ".exe", ".htm", ".html")


def kind_of(path):
    """Return what kind of file this is by its first bytes.

    :return: ``csv``, ``xlsx``, ``ods``, ``xls``, ``mdb`` or ``zip``
    :raise TableProblem: it is none of them
    """
    with open(path, "rb") as file:
        start = file.read(4096)
    if not start.strip(b"\x00 \t\r\n") and os.path.getsize(path) <= 4096:
        raise TableProblem("empty")
    if start[4:19] in access.MAGIC:
        return "mdb"
    if start.startswith(workbook.OLE_MAGIC):
        return _kind_of_ole(path)
    if start.startswith(archive.ZIP_MAGIC):
        return _kind_of_zip(path)
    if start.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")):
        raise TableProblem("other_archive")
    return "csv"


def _kind_of_ole(path):
    """Tell an old workbook from one that is encrypted and from other Office files."""
    names = {
        "EncryptedPackage": "protected",
        "Workbook": "xls",
        "Book": "xls",
        "WordDocument": "old_office",
        "PowerPoint Document": "old_office",
    }
    found = set()
    overlap = b""
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            window = overlap + block
            for name in names:
                # The longest one is no part of another name, the others might be.
                end = b"" if name == "EncryptedPackage" else b"\x00\x00"
                if name.encode("utf-16-le") + end in window:
                    found.add(names[name])
            overlap = block[-64:]
    if "protected" in found:
        raise TableProblem("protected")
    if "xls" not in found:
        raise TableProblem("old_office")
    return "xls"


def _kind_of_zip(path):
    parts = archive.part_names(path)
    if "[Content_Types].xml" in parts and "xl/workbook.xml" in parts:
        return "xlsx"
    if "content.xml" in parts and "mimetype" in parts:
        return "ods"
    if "[Content_Types].xml" in parts or any(
        name.startswith(("word/", "ppt/", "META-INF/")) for name in parts
    ):
        raise TableProblem("unknown_format")
    return "zip"


def open_source(path, encoding=None, separator=None, sheet=None):
    """Return the reader of a file.

    :param str path: of the file
    :param sheet: what a person chose: the sheet of a workbook, the table of a
        database, the file in an archive, ``file / sheet``
    :return: it has ``kind``, ``encoding``, ``separator``, ``sheet``, ``sheets`` and
        ``records()``, which yields ``(row number, cells)``
    :raise TableProblem: it can't be read
    """
    try:
        kind = kind_of(path)
        if kind == "zip":
            return ZipSource(path, encoding, separator, sheet)
        return _open_kind(path, kind, encoding, separator, sheet)
    except (OSError, MemoryError) as error:
        raise TableProblem("corrupt") from error


def _open_kind(path, kind, encoding=None, separator=None, sheet=None):
    if kind == "csv":
        return csv_file.CsvSource(path, encoding, separator)
    if kind == "mdb":
        return access.open_access(path, sheet)
    return workbook.open_workbook(path, kind, sheet)


class ZipSource:
    """One of the files inside an archive."""

    def __init__(self, path, encoding, separator, sheet):
        self.path = path
        parts = {
            part.filename: part
            for part in archive.members(path)
            if not part.filename.lower().endswith(_NO_LISTS)
        }
        if not parts:
            raise TableProblem("no_list_in_archive")
        name, _join, inner = (sheet or "").partition(_MEMBER_JOIN)
        if name and name not in parts:
            raise TableProblem("no_sheet", sheet=sheet, sheets=", ".join([*parts][:20]))
        self._file = tempfile.NamedTemporaryFile(prefix="list_import_")
        self._chosen = encoding, separator, inner or None
        self._open_first([name] if name else [*parts], parts)
        inside = self._source.sheets
        names = [
            self._member + _MEMBER_JOIN + one if len(inside) > 1 else self._member
            for one in inside or [""]
        ]
        self.sheets = (*names, *(other for other in parts if other != self._member))
        self.sheet = self._member
        if len(inside) > 1:
            self.sheet += _MEMBER_JOIN + self._source.sheet

    def _open_first(self, names, parts):
        """Open the first of some files that is a list, else the first readable one."""
        problem, readable = None, None
        for name in names[:10]:
            try:
                self._open(name, parts)
                if len(names) == 1 or is_table(self._source.records()):
                    return
                readable = readable or name
            except TableProblem as error:
                problem = problem or error
        if not readable:
            raise problem
        self._open(readable, parts)

    def _open(self, name, parts):
        self._file.seek(0)
        self._file.truncate()
        archive.extract(self.path, parts[name], self._file)
        self._file.flush()
        kind = kind_of(self._file.name)
        if kind == "zip":
            raise TableProblem("nested")
        self._source = _open_kind(self._file.name, kind, *self._chosen)
        self._member = name

    @property
    def kind(self):
        return self._source.kind

    @property
    def encoding(self):
        return self._source.encoding

    @property
    def separator(self):
        return self._source.separator

    def records(self):
        """Yield ``(row number, cells)`` of every row as it stands."""
        yield from self._source.records()
