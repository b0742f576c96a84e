"""mdbtools, with which the import reads databases of Microsoft Access.

It is unpacked into the clone, with the libraries that it needs, where the machine
hasn't got it; small programs that know where they are stand in a folder of the path.
"""

import os
import shutil

from . import apt_archive, settings
from .shell import fingerprint, is_stamped, say, write_stamp

SUITES = {
    "bookworm": ["mdbtools", "libmdb3", "libmdbsql3", "libglib2.0-0", "libpcre2-8-0"]
}
PROGRAMS = ("mdb-tables", "mdb-export", "mdb-count", "mdb-ver")
FOLDER = settings.LOCAL / "mdbtools"


def prepare():
    """Make mdbtools available in the clone, unless the machine has it."""
    wanted = fingerprint(repr((SUITES, PROGRAMS)))
    if shutil.which("mdb-export") or is_stamped("mdbtools", wanted):
        return
    debs = apt_archive.fetch(SUITES, {})
    say("Unpacking mdbtools")
    apt_archive.unpack(debs, FOLDER, _write_programs)
    write_stamp("mdbtools", wanted)


def path():
    """Return the search path of programs with those of mdbtools.

    :rtype: str
    """
    own = [str(FOLDER / "bin")] if (FOLDER / "bin").is_dir() else []
    return os.pathsep.join([*own, os.environ.get("PATH", os.defpath)])


def _write_programs(draft):
    folder = draft / "bin"
    if folder.is_symlink() or folder.exists():
        return
    folder.mkdir()
    for name in PROGRAMS:
        program = folder / name
        program.write_text(
            "#!/bin/sh\n"
            'here=$(dirname "$0")/..\n'
            'export LD_LIBRARY_PATH="$(echo "$here"/usr/lib/*-linux-gnu*)":'
            '"$(echo "$here"/lib/*-linux-gnu*)":"$LD_LIBRARY_PATH"\n'
            f'exec "$here/usr/bin/{name}" "$@"\n'
        )
        program.chmod(0o755)
