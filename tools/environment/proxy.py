"""nginx, with which the tests try the example configuration.

It is only unpacked: installing the package would start a server on port 80.
"""

import shutil

from . import apt_archive, settings
from .shell import fingerprint, is_stamped, say, write_stamp

SUITES = {"bookworm": ["nginx"]}


def prepare():
    """Make nginx available in the clone, unless the machine has one."""
    wanted = fingerprint(repr(SUITES))
    if shutil.which("nginx", path="/usr/sbin") or is_stamped("nginx", wanted):
        return
    debs = apt_archive.fetch(SUITES, {})
    say("Unpacking nginx")
    apt_archive.unpack(debs, settings.LOCAL / "nginx")
    write_stamp("nginx", wanted)
