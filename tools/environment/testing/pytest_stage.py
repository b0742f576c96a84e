"""The tests in ``tests/``: the quick ones early, the slow ones alone at the end."""

import os
import xml.etree.ElementTree as ElementTree

from .. import settings, virtualenv
from . import process

SECONDS = 1500


def jobs(selection, stage):
    """Return name and function of a pytest run, if there are tests."""
    if not any((settings.ROOT / "tests").glob("test_*.py")):
        return []
    return [(stage, lambda report: _run(report, selection, stage))]


def _run(report, selection, stage):
    base = settings.RESULTS_DIR / stage.replace(" ", "-")
    log, results = base.with_suffix(".log"), base.with_suffix(".xml")
    results.unlink(missing_ok=True)
    command = [virtualenv.python(), "-P", "-m", "pytest", "tests", "-m", selection]
    command += [f"--junitxml={results}", "-q", "--color=no"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    code = process.run(command, log, SECONDS, environment)
    # pytest ends with 5 when the selection is empty.
    if code == 5:
        return
    if results.exists():
        _read(report, stage, results)
    if not report.count("failed", stage) and code != 0:
        report.failed(stage, f"pytest ended with {code}", log.read_text())


def _read(report, stage, results):
    for case in ElementTree.parse(results).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        problems = [*case.iter("failure"), *case.iter("error")]
        skipped = case.find("skipped")
        if problems:
            report.failed(stage, name, "\n".join(p.text or "" for p in problems))
        elif skipped is not None:
            report.skipped(stage, name, skipped.get("message"))
        else:
            report.passed(stage, name)
