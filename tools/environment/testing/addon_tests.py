"""Tests of our addons: each one alone, and all of them together.

Alone an addon is installed on its dependencies only, so a dependency missing in
its manifest shows. The dependencies come from a template database that all addons
with the same ones share, also between runs.
"""

import ast

from .. import databases, odoo_tree, settings
from ..shell import fingerprint
from . import odoo_run
from .lint import addon_names

#: Tests that drive a browser carry this tag; they run once, all together.
TOUR_TAG = "tour"
TEMPLATE_PREFIX = "tpl_test_"


def jobs():
    """Return name and function of each run."""
    names = addon_names()
    alone = [(f"alone {name}", _alone(name)) for name in names]
    return [*alone, *([("together", _together(names))] if names else [])]


def dependencies(name):
    """Return the modules that an addon needs: those of others, and our own."""
    others, ours, to_read = set(), set(), [name]
    while to_read:
        current = to_read.pop()
        manifest = settings.ADDONS / current / "__manifest__.py"
        for needed in ast.literal_eval(manifest.read_text()).get("depends", []):
            is_ours = (settings.ADDONS / needed / "__manifest__.py").exists()
            if is_ours and needed not in ours:
                ours.add(needed)
                to_read.append(needed)
            elif not is_ours:
                others.add(needed)
    return sorted(others), sorted(ours)


def template(modules):
    """Return the name of a database with these modules of others installed."""
    modules = sorted(modules)
    name = TEMPLATE_PREFIX + fingerprint(*modules)[:8]
    oca = (settings.REQUIREMENTS / "oca.txt").read_text()
    databases.ensure_template(name, modules, odoo_tree.identity() + oca)
    return name


def _alone(name):
    def job(report):
        others, _ours = dependencies(name)
        tags = f"/{name},-{TOUR_TAG}"
        odoo_run.run_tests(report, f"alone {name}", template(others), [name], tags)

    return job


def _together(names):
    def job(report):
        others = sorted({other for name in names for other in dependencies(name)[0]})
        tags = ",".join(f"/{name},{TOUR_TAG}/{name}" for name in names)
        odoo_run.run_tests(report, "together", template(others), names, tags)

    return job
