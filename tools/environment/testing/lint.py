"""Static checks: ruff, pylint-odoo and the checks of OCA's pre-commit hooks."""

import os

from .. import settings, virtualenv
from . import process

STAGE = "lint"
PYTHON_FOLDERS = ("addons", "tools", "tests")
#: Checks that don't fit: a large model is split by subject, one file each; the text of
#: an addon is in its readme/ folder.
NOT_HERE = ("consider-merging-classes-inherited", "missing-readme")
#: A check that wants an empty translation where the text is the same in Italian.
NOT_WRITTEN_OUT = ("po-pretty-format",)
#: A check that asks a filter for its ``user_id``, which is ``user_ids`` in Odoo 19.
NOT_IN_19 = ("xml-dangerous-filter-wo-user",)


def jobs():
    """Return name and function of each check."""
    checks = {
        "ruff": ["ruff", "check", "--output-format=concise", *_folders()],
        "ruff format": ["ruff", "format", "--check", *_folders()],
    }
    addons = addon_names()
    if addons:
        paths = [f"addons/{name}" for name in addons]
        checks["pylint-odoo"] = [
            "pylint",
            "--rcfile=.pylintrc",
            f"--disable={','.join(NOT_HERE)}",
            *paths,
        ]
        checks["oca module checks"] = [
            "oca-checks-odoo-module",
            f"--disable={','.join(NOT_IN_19)}",
            *paths,
        ]
    translations = sorted(settings.ADDONS.glob("*/i18n/*.po*"))
    if translations:
        checks["oca po checks"] = [
            "oca-checks-po",
            f"--disable={','.join(NOT_WRITTEN_OUT)}",
            *translations,
        ]
    return [(name, _job(name, command)) for name, command in checks.items()]


def addon_names():
    """Return the names of our addons."""
    return sorted(
        path.parent.name for path in settings.ADDONS.glob("*/__manifest__.py")
    )


def _folders():
    return [name for name in PYTHON_FOLDERS if (settings.ROOT / name).is_dir()]


def _job(name, command):
    def check(report):
        log = settings.RESULTS_DIR / f"lint-{name.replace(' ', '-')}.log"
        program = virtualenv.python().with_name(command[0])
        environment = {**os.environ, "PYTHONPATH": ""}
        code = process.run([program, *command[1:]], log, 600, environment)
        if code == 0:
            report.passed(STAGE, name)
        else:
            report.failed(STAGE, name, log.read_text(errors="replace"))

    return check
