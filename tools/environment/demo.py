"""The demo database: made once, upgraded when the addons' code has changed."""

import subprocess
import sys

from . import databases, odoo_config, settings
from .shell import (
    EnvironmentProblem,
    fingerprint,
    is_stamped,
    say,
    write_stamp,
)

LOGINS_FILE = settings.ROOT / "tools" / "demo_logins.txt"
SEED_SCRIPT = settings.ROOT / "tools" / "demo.py"
OPTIONS = ("--with-demo", "--load-language=it_IT")


def prepare(database=settings.DEMO_DATABASE):
    """Create the demo database once, or bring it up to date with the addons."""
    code = addons_fingerprint()
    stamp = f"demo-{database}"
    # The stamp is only there when creating *and* seeding have finished.
    if not (settings.STAMPS_DIR / stamp).exists() or not databases.exists(database):
        create(database)
    elif not is_stamped(stamp, code):
        upgrade(database)
    write_stamp(stamp, code)


def create(database):
    """Create and seed the demo database; nothing is left if that fails."""
    say(f"Creating the demo database {database} (this happens once)")
    (settings.STAMPS_DIR / f"demo-{database}").unlink(missing_ok=True)
    databases.create(database, settings.DEMO_MODULES, *OPTIONS)
    try:
        seed(database)
    except (EnvironmentProblem, KeyboardInterrupt):
        databases.drop(database)
        raise


def seed(database):
    """Load the demo campaign into a database, if there is a script for it."""
    if not SEED_SCRIPT.exists():
        return
    say("Loading the demo campaign")
    done = subprocess.run([sys.executable, SEED_SCRIPT, database], check=False)
    if done.returncode:
        raise EnvironmentProblem(f"{SEED_SCRIPT} {database} failed.")


def ensure_template(name):
    """Keep an untouched copy of the demo database for tests."""
    sources = [path for path in (SEED_SCRIPT,) if path.exists()]
    data = sorted((settings.ROOT / "tests" / "data").glob("*.*"))
    identity = addons_fingerprint() + fingerprint(*sources, *data)
    databases.ensure_template(
        name, settings.DEMO_MODULES, identity, *OPTIONS, then=seed
    )


def upgrade(database):
    """Upgrade our addons in a database after their code has changed."""
    ours = sorted(
        path.parent.name for path in settings.ADDONS.glob("*/__manifest__.py")
    )
    quoted = ",".join(f"'{name}'" for name in ours)
    sql = "SELECT name FROM ir_module_module WHERE state = 'installed' AND name IN ({})"
    installed = [row[0] for row in databases.query(database, sql.format(quoted))]
    say(f"The addons have changed: upgrading {', '.join(installed)}")
    args = ["-d", database, "-u", ",".join(installed), "--stop-after-init"]
    new = [name for name in settings.DEMO_MODULES if name not in installed]
    args += ["-i", ",".join(new)] if new else []
    command = odoo_config.command(*odoo_config.with_free_port(args))
    log = settings.LOCAL / "log" / f"upgrade-{database}.log"
    databases.run_odoo(command, log)


def addons_fingerprint():
    """Return a hash of all code and data of our addons."""
    files = sorted(
        path
        for path in settings.ADDONS.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and "tests" not in path.parts
    )
    names = "\n".join(str(path.relative_to(settings.ADDONS)) for path in files)
    return fingerprint(names, *files)


def logins():
    """Return the text that tells the demo logins, or an empty one."""
    return LOGINS_FILE.read_text() if LOGINS_FILE.exists() else ""
