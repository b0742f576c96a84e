"""Odoo's own tests with our addons installed (see ``tests/core_suite.py``)."""

import json
import os
import sys

from .. import settings
from . import process

STAGE = "core suite"
SECONDS = 1800


def jobs():
    """Return name and function of the comparison, if there is a script for it."""
    script = settings.ROOT / "tests" / "core_suite.py"
    return [(STAGE, lambda report: _run(report, script))] if script.exists() else []


def _run(report, script):
    log = settings.RESULTS_DIR / "core-suite.log"
    results = settings.RESULTS_DIR / "core-suite.json"
    results.unlink(missing_ok=True)
    command = [sys.executable, script, "--json", results]
    code = process.run(command, log, SECONDS, dict(os.environ))
    if not results.exists():
        report.failed(STAGE, f"ended with {code}", log.read_text(errors="replace"))
        return
    outcome = json.loads(results.read_text())
    for name in outcome["passed"]:
        report.passed(STAGE, name)
    for name in outcome["known"]:
        report.skipped(STAGE, name, "fails without our addons too")
    for name, details in outcome["failed"].items():
        report.failed(STAGE, name, details)
