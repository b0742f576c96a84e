"""Everything that must be there before a command can do its work."""

from . import (
    cluster,
    databases,
    mdbtools,
    odoo_config,
    odoo_tree,
    settings,
    system,
    virtualenv,
)
from .shell import lock


def setup(core_template=True):
    """Bring the whole environment up to date; quick when it already is."""
    system.check_platform()
    system.install_missing_packages()
    with lock("setup"):
        odoo_tree.prepare()
        virtualenv.prepare()
        mdbtools.prepare()
    cluster.start()
    odoo_config.write()
    if core_template:
        databases.ensure_template(
            settings.CORE_TEMPLATE, settings.CORE_MODULES, odoo_tree.identity()
        )
