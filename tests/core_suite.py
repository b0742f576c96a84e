#!/usr/bin/env python3
"""Prove that Odoo's own tests fail nowhere new because of our addons.

The tests of crm, sale, sale_crm, sales_team and helpdesk_mgmt run twice: on a database
without our addons (kept until Odoo or its libraries change) and on one with them.
Some fail in this build of Odoo by themselves; a test that fails only with our
addons is a failure of ours. Run it alone: ``python3 tests/core_suite.py``.
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.environment import (  # noqa: E402
    cluster,
    databases,
    odoo_config,
    odoo_tree,
    settings,
)
from tools.environment.shell import (  # noqa: E402
    EnvironmentProblem,
    fingerprint,
    main,
    write_atomically,
)
from tools.environment.testing import addon_tests, process  # noqa: E402
from tools.environment.testing.lint import addon_names  # noqa: E402
from tools.environment.testing.odoo_log import OdooLog  # noqa: E402
from tools.environment.testing.odoo_run import database_name  # noqa: E402

CORE_MODULES = ("crm", "sale", "sale_crm", "sales_team", "helpdesk_mgmt")
LAUNCHER = Path(__file__).with_name("core_suite_launcher.py")
BASELINE = settings.LOCAL / "core-baseline.json"
SECONDS = 1500


def compare(results_file=None):
    """Run both sides, print the difference and return the exit code."""
    cluster.start()
    ours = addon_names()
    template = addon_tests.template(_modules_of_others(ours))
    baseline = _baseline(template)
    passed, failed = _run_with(template, ours)
    new = {name: text for name, text in failed.items() if name not in baseline}
    if new:
        print(f"{len(new)} new failures: running those again")
        new = _failing_again(new)
    outcome = {
        "passed": passed,
        "known": sorted(set(failed) & set(baseline)),
        "failed": new,
    }
    if results_file:
        write_atomically(results_file, json.dumps(outcome, indent=1))
    if not new:
        databases.drop(database_name("core_ours"))
    for name, text in new.items():
        print(f"NEW FAILURE {name}\n{text}")
    print(f"{len(outcome['known'])} tests fail without our addons too")
    print(f"{len(passed)} passed, {len(new)} failed")
    return 1 if new else 0


def _modules_of_others(ours):
    needed = {other for name in ours for other in addon_tests.dependencies(name)[0]}
    return needed | set(CORE_MODULES)


def _baseline(template):
    """Return the tests that fail without our addons, measured once."""
    libraries = (settings.REQUIREMENTS / name for name in ("odoo.txt", "oca.txt"))
    key = fingerprint(template, odoo_tree.identity(), LAUNCHER, *libraries)
    if BASELINE.exists():
        kept = json.loads(BASELINE.read_text())
        if kept["key"] == key:
            return kept["failed"]
    database = database_name("core_baseline")
    databases.clone(template, database)
    result = _run_tests(database, "core-baseline", _all_tags())
    databases.drop(database)
    failed = sorted(result.failed)
    write_atomically(BASELINE, json.dumps({"key": key, "failed": failed}, indent=1))
    return failed


def _run_with(template, ours):
    database = database_name("core_ours")
    databases.clone(template, database)
    if ours:
        args = ["-d", database, "-i", ",".join(ours), "--stop-after-init"]
        command = odoo_config.command(*odoo_config.with_free_port(args))
        log = settings.RESULTS_DIR / "core-ours-install.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        databases.run_odoo(command, log)
    result = _run_tests(database, "core-ours", _all_tags())
    return result.passed(), result.failed


def _failing_again(new):
    """Return those that fail a second time: a test that hangs on a clock may not."""
    tags = []
    for name in new:
        module, _, test = name.partition(":")
        method = test.split(" ")[0]
        if not method.startswith("setUp") and "." in method:
            tags.append(f"/{module.split('.')[0]}:{method}")
    if len(tags) < len(new):
        return new
    result = _run_tests(database_name("core_ours"), "core-again", ",".join(tags))
    return {name: text for name, text in result.failed.items() if name in new}


def _run_tests(database, name, tags):
    log = settings.RESULTS_DIR / f"{name}.log"
    args = ["-d", database, "--test-tags", tags, "--stop-after-init"]
    command = [odoo_config.command()[0], "-P", LAUNCHER]
    command += odoo_config.with_free_port(args)
    code = process.run(command, log, SECONDS, odoo_config.environment())
    result = OdooLog(log)
    if code is None or not result.started:
        tail = "\n".join(log.read_text().splitlines()[-20:])
        raise EnvironmentProblem(f"the tests did not run to their end:\n{tail}")
    return result


def _all_tags():
    return ",".join(f"/{name}" for name in CORE_MODULES)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="also write the results here")
    main(compare, parser.parse_args().json)
