"""Running all stages, two jobs at a time, the cheap ones first."""

import fcntl
import signal
import traceback
from concurrent.futures import ThreadPoolExecutor

from .. import databases, proxy, settings
from ..setup import setup
from ..shell import EnvironmentProblem
from . import addon_tests, core_stage, lint, odoo_run, process, pytest_stage
from .report import Report

#: As many as the machine that this must be quick on has cores.
JOBS_AT_ONCE = 2


def run_all(only=""):
    """Run every stage whose name contains ``only``; return the exit code."""
    settings.LOCAL.mkdir(exist_ok=True)
    with (settings.LOCAL / "test.lock").open("w") as lock:
        _take(lock)
        signal.signal(signal.SIGTERM, _interrupt)
        report = Report()
        try:
            process.end_leftovers()
            setup(core_template=False)
            proxy.prepare()
            _drop_leftovers()
            _run_stages(report, only)
        except KeyboardInterrupt:
            report.failed("make test", "interrupted")
        finally:
            process.end_all()
        return report.finish()


def _run_stages(report, only):
    together = [
        *lint.jobs(),
        *pytest_stage.jobs("not slow", "pytest"),
        *addon_tests.jobs(),
        *core_stage.jobs(),
    ]
    # These measure times or start servers of their own: nothing runs beside them.
    by_itself = pytest_stage.jobs("slow", "pytest slow")
    for jobs, workers in ((together, JOBS_AT_ONCE), (by_itself, 1)):
        chosen = [job for job in jobs if only in job[0]]
        with ThreadPoolExecutor(workers) as pool:
            waiting = [pool.submit(_run_job, report, *job) for job in chosen]
            try:
                for future in waiting:
                    future.result()
            except KeyboardInterrupt:
                pool.shutdown(wait=False, cancel_futures=True)
                process.end_all()
                raise


def _run_job(report, name, function):
    report.say(f"started  {name}")
    try:
        function(report)
    except EnvironmentProblem as problem:
        report.failed(name, "could not run", str(problem))
    except Exception:
        report.failed(name, "could not run", traceback.format_exc())
    report.say(f"finished {name}")


def _take(lock):
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise EnvironmentProblem("'make test' already runs in this clone.") from None


def _drop_leftovers():
    for name in databases.names(odoo_run.PREFIX):
        databases.drop(name)


def _interrupt(*_args):
    raise KeyboardInterrupt
