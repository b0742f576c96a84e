"""One run of Odoo's tests on a database of its own."""

from .. import databases, odoo_config, settings
from . import process
from .odoo_log import OdooLog

#: Databases of the tests start so; what a killed run left is dropped by it.
PREFIX = f"cct_{settings.clone_id()[:4]}_"
SECONDS = 1800


def database_name(name):
    """Return the name of the database of a job."""
    return f"{PREFIX}{name}"


def run_tests(report, stage, template, modules, tags, allow_none=False):
    """Install modules on a copy of a template, run tests and report each one."""
    database = database_name(stage.replace(" ", "_"))
    databases.clone(template, database)
    log = settings.RESULTS_DIR / f"{stage.replace(' ', '-')}.log"
    args = ["-d", database, "-i", ",".join(modules), "--test-tags", tags]
    args = odoo_config.with_free_port([*args, "--stop-after-init"])
    code = process.run(
        odoo_config.command(*args), log, SECONDS, odoo_config.environment()
    )
    result = OdooLog(log)
    report_tests(report, stage, result)
    if not result.started and not allow_none:
        report.failed(stage, "no test was run", _tail(log))
    elif code is None:
        report.failed(stage, f"not finished after {SECONDS} s", _tail(log))
    elif code and not result.failed and not result.complaints:
        report.failed(stage, f"Odoo ended with code {code}", _tail(log))
    if code == 0:
        databases.drop(database)


def report_tests(report, stage, result):
    """Report what a log says: each test, and the log itself as one more."""
    for name in result.passed():
        report.passed(stage, name)
    for name, reason in result.skipped.items():
        report.skipped(stage, name, reason)
    for name, details in result.failed.items():
        report.failed(stage, name, details)
    if result.complaints:
        unexpected = "\n".join(result.complaints)
        report.failed(stage, "the log has unexpected warnings or errors", unexpected)
    else:
        report.passed(stage, "the log has no unexpected warning or error")


def _tail(log):
    return "\n".join(log.read_text(errors="replace").splitlines()[-30:])
