"""Paths, versions and the settings that the user's environment may change."""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
ADDONS = ROOT / "addons"
REQUIREMENTS = ROOT / "requirements"

APT_DIR = LOCAL / "apt"
ODOO_DIR = LOCAL / "odoo"
VENV_DIR = LOCAL / "venv"
PG_DIR = LOCAL / "pg"
DATA_DIR = LOCAL / "data"
STAMPS_DIR = LOCAL / "stamps"
RUN_DIR = LOCAL / "run"
RESULTS_DIR = LOCAL / "test-results"
CONFIG_FILE = LOCAL / "odoo.conf"

PYTHON_VERSION = (3, 11)
ODOO_SERIES = "19.0"
#: Debian suite -> packages taken from it. Odoo 19 is only in unstable; the web
#: client's icons need Font Awesome 4, which unstable has already dropped.
DEBIAN_SUITES = {
    "sid": ["odoo-19", "fonts-montserrat"],
    "bookworm": [
        "fonts-font-awesome",
        "fonts-glyphicons-halflings",
        "fonts-inconsolata",
        "fonts-ocr-b",
        "fonts-roboto-unhinted",
        "libjs-jquery",
        "libjs-jquery-form",
        "libjs-underscore",
    ],
}
#: The version that all tests ran on; another one is taken with a warning.
ODOO_DEB_VERSION = "19.0.0+dfsg-1"
DEBIAN_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

DB_ROLE = "odoo"
HTTP_HOST = "127.0.0.1"
DEMO_DATABASE = "callcenter_demo"
DEMO_MODULES = (
    "crm_callcenter",
    "crm_dedup",
    "crm_campaign_motivi",
    "crm_segnalazioni",
)
#: Where there is demo data: first what makes the company Italian, then accounting
#: without its own demo data, which are entries of an American company. So it takes the
#: Italian chart of accounts, and the addons' demo data finds its taxes.
DEMO_FIRST = ("crm_callcenter",)
DEMO_BARE = ("l10n_it", "sale_crm")
#: The only modules of Odoo that our core addons may depend on.
CORE_TEMPLATE = "tpl_core"
CORE_MODULES = (
    "crm",
    "sale_crm",
    "calendar",
    "resource",
    "phone_validation",
    "utm",
    "gamification",
)


def http_port():
    """Return the port that ``make run`` serves on (``PORT``)."""
    text = os.environ.get("PORT") or "8069"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SystemExit(f"error: PORT={text} is not a port number.")
    return int(text)


def odoo_deb():
    """Return the user's own ``odoo-19`` package (``ODOO_DEB``), or None."""
    return _path_from_environment("ODOO_DEB")


def odoo_home():
    """Return the user's own Odoo 19 checkout (``ODOO_HOME``), or None."""
    return _path_from_environment("ODOO_HOME")


def database_url():
    """Return the URL of an existing server (``DATABASE_URL``), or None."""
    return os.environ.get("DATABASE_URL") or None


def cache_dir():
    """Return the folder of downloads that all clones of a user share."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "call-centre-suite"


def clone_id():
    """Return a short name of this clone, made from its path."""
    return hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]


def _path_from_environment(name):
    value = os.environ.get(name)
    return Path(value).expanduser().resolve() if value else None
