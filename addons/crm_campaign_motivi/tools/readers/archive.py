"""Files inside a zip archive."""

import zipfile
import zlib
from contextlib import contextmanager

from .problem import TableProblem

ZIP_MAGIC = b"PK\x03\x04"
#: Unpacked size that one file may have, against archives made to fill a disk.
MAX_UNPACKED_BYTES = 4_000_000_000
#: How many times larger than packed a large file may become: no list does.
MAX_RATIO = 300
_LARGE = 50_000_000
MAX_FILES = 2000
_BLOCK = 1 << 20
#: Files that systems and programs leave behind in archives.
_JUNK = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")


@contextmanager
def opened(path):
    """Open an archive; whatever is wrong with it is a problem.

    :raise TableProblem: it is damaged
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        OSError,
        ValueError,
        EOFError,
        RuntimeError,
        NotImplementedError,
        OverflowError,
        zlib.error,
    ) as error:
        raise TableProblem("corrupt") from error


def members(path):
    """Return the files of an archive that may be lists, the largest first.

    :rtype: list[zipfile.ZipInfo]
    """
    with opened(path) as archive:
        parts = archive.infolist()
    if len(parts) > MAX_FILES:
        raise TableProblem("too_many_files", files=len(parts), limit=MAX_FILES)
    found = [
        part
        for part in parts
        if not part.is_dir()
        and part.file_size
        and not any(junk in part.filename.lower() for junk in _JUNK)
    ]
    if any(part.flag_bits & 1 for part in found):
        raise TableProblem("protected")
    return sorted(found, key=lambda part: (-part.file_size, part.filename))


def part_names(path):
    """Return the names of everything in an archive, with the unpacked sizes.

    :rtype: dict[str, int]
    """
    with opened(path) as archive:
        parts = archive.infolist()
        if any(part.flag_bits & 1 for part in parts):
            raise TableProblem("protected")
        return {part.filename: part.file_size for part in parts}


def extract(path, part, target):
    """Unpack one file of an archive.

    :param target: an open binary file
    :raise TableProblem: it is damaged, or larger than it says or than any list
    """
    if part.file_size > MAX_UNPACKED_BYTES or (
        part.file_size > _LARGE
        and part.file_size > MAX_RATIO * max(part.compress_size, 1)
    ):
        raise TableProblem("too_large")
    done = 0
    with opened(path) as archive, archive.open(part) as packed:
        while block := packed.read(_BLOCK):
            done += len(block)
            if done > part.file_size:
                raise TableProblem("corrupt")
            target.write(block)
