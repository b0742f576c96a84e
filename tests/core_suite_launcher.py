"""Odoo's server with one change: all chosen tests run after all modules are loaded.

Tests marked ``at_install`` normally run while their module is being loaded, when no
addon that extends it is there yet. To learn whether our addons break them, they
have to run in the finished registry.
"""

import odoo.cli
from odoo.tests import loader
from odoo.tests.suite import OdooSuite

make_suite = loader.make_suite


def make_late_suite(module_names, position="at_install"):
    """Return no test at install, and those of both kinds after it."""
    if position == "at_install":
        return OdooSuite([])
    module_names = list(module_names)
    tests = [
        *make_suite(module_names, "at_install"),
        *make_suite(module_names, position),
    ]
    return OdooSuite(tests)


loader.make_suite = make_late_suite

if __name__ == "__main__":
    odoo.cli.main()
