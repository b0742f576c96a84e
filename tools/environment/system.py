"""The Debian packages that the environment needs from the machine."""

import ctypes.util
import importlib.util
import os
import shutil
import sys
import sysconfig
from pathlib import Path

from . import settings
from .shell import EnvironmentProblem, run, say


def check_platform():
    """Stop with a clear line on a system that this cannot work on."""
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise EnvironmentProblem(
            "this system has no apt-get: use Debian 12 (or a Debian 12 container), "
            "or the docker-compose.yml of this repository."
        )
    if sys.version_info[:2] != settings.PYTHON_VERSION:
        wanted = ".".join(map(str, settings.PYTHON_VERSION))
        found = ".".join(map(str, sys.version_info[:2]))
        raise EnvironmentProblem(
            f"Python {wanted} is needed and this is {found}: Odoo 19's pinned "
            f"libraries are for {wanted}. Try: make PYTHON=python{wanted} setup"
        )


def missing_packages():
    """Return the Debian packages that are needed and not there."""
    return [name for name, present in _requirements() if not present()]


def install_missing_packages():
    """Install what is missing as root; else stop with the one line to run."""
    missing = missing_packages()
    if not missing:
        return
    if os.geteuid():
        raise EnvironmentProblem(
            "system packages are missing. Run this and try again:\n"
            f"sudo apt-get install --no-install-recommends {' '.join(missing)}"
        )
    say(f"Installing system packages: {' '.join(missing)}")
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    run(["apt-get", "update", "-q"], env=environment)
    install = ["apt-get", "install", "-qy", "--no-install-recommends"]
    run(install + missing, env=environment)
    still_missing = missing_packages()
    if still_missing:
        raise EnvironmentProblem(
            f"apt-get installed {' '.join(still_missing)} but they do not work here."
        )


def postgresql_bin():
    """Return the folder of the newest PostgreSQL server's programs, or None."""
    found = [
        path.parent
        for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
        if path.parent.parent.name.isdigit()
    ]
    return max(found, key=lambda path: int(path.parent.name), default=None)


def chromium():
    """Return the browser of the tours, or None."""
    return shutil.which("chromium") or shutil.which("google-chrome")


def _requirements():
    python_header = Path(sysconfig.get_paths()["include"], "Python.h")
    return [
        ("ca-certificates", Path("/etc/ssl/certs/ca-certificates.crt").exists),
        ("debian-archive-keyring", settings.DEBIAN_KEYRING.exists),
        ("python3-venv", lambda: importlib.util.find_spec("ensurepip")),
        # psycopg2 and libsass have no wheel that fits: they are compiled.
        ("gcc", lambda: shutil.which("gcc")),
        ("libc6-dev", Path("/usr/include/stdlib.h").exists),
        ("python3-dev", python_header.exists),
        ("libpq-dev", Path("/usr/include/postgresql/libpq-fe.h").exists),
        ("libmagic1", lambda: ctypes.util.find_library("magic")),
        ("postgresql", postgresql_bin),
        ("chromium", chromium),
        ("fonts-liberation", lambda: _installed("fonts-liberation")),
        ("docker-compose", lambda: shutil.which("docker-compose")),
    ]


def _installed(package):
    return Path(f"/var/lib/dpkg/info/{package}.list").exists()
