"""The Python environment: pinned libraries, Odoo on its path, OCA addons."""

import shutil
import sys

from . import odoo_tree, settings
from .shell import fingerprint, is_stamped, run, say, write_stamp

REQUIREMENT_FILES = ("odoo.txt", "oca.txt", "test.txt", "data.txt")


def python():
    """Return the interpreter that runs Odoo."""
    return settings.VENV_DIR / "bin/python"


def site_packages():
    """Return the folder that pip installs into."""
    major, minor = settings.PYTHON_VERSION
    return settings.VENV_DIR / f"lib/python{major}.{minor}/site-packages"


def oca_addons_path():
    """Return the folder of the addons that pip installed (it may be missing)."""
    return site_packages() / "odoo/addons"


def prepare():
    """Create or update the environment; do nothing when it is current."""
    base = fingerprint(sys.version, str(settings.VENV_DIR))
    pins = (settings.REQUIREMENTS / name for name in REQUIREMENT_FILES)
    inputs = fingerprint(base, str(odoo_tree.python_path()), *pins)
    if is_stamped("venv", inputs) and python().exists():
        return
    say("Installing the Python libraries")
    if not is_stamped("venv-base", base) or not python().exists():
        _create(base)
    _install()
    write_stamp("venv", inputs)


def _create(base):
    if settings.VENV_DIR.exists():
        shutil.rmtree(settings.VENV_DIR)
    run([sys.executable, "-m", "venv", settings.VENV_DIR])
    write_stamp("venv-base", base)


def _install():
    """Install or change what the pins ask for; running servers are not disturbed."""
    _pip_install("odoo.txt")
    # Now pip sees Odoo, which the OCA addons require, as an installed package.
    link = site_packages() / "odoo_tree.pth"
    link.write_text(f"{odoo_tree.python_path()}\n")
    visible = any(odoo_tree.python_path().glob("odoo-19.0*.egg-info"))
    _pip_install("oca.txt", *([] if visible else ["--no-deps"]))
    _pip_install("test.txt")
    _pip_install("data.txt", "--no-deps")


def _pip_install(name, *options):
    """Install a requirements file; what odoo.txt pins stays as it is."""
    pins = settings.REQUIREMENTS / "odoo.txt"
    command = [python(), "-m", "pip", "install", "--quiet"]
    command += ["--disable-pip-version-check", "--constraint", pins]
    run([*command, *options, "--requirement", settings.REQUIREMENTS / name])
