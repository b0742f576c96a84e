"""Merges beside addons that ours don't need: an unknown one, and Odoo's accounting."""

import subprocess
from pathlib import Path

import pytest

from tools.environment import cluster, databases, odoo_config
from tools.environment.testing.addon_tests import template
from tools.environment.testing.odoo_log import OdooLog
from tools.environment.testing.odoo_run import database_name

pytestmark = pytest.mark.slow

ADDONS = Path(__file__).parent / "addons"


@pytest.fixture
def database(request):
    """Give a copy of a database without our addons."""
    cluster.start()
    name = database_name("merge")
    databases.clone(request.param(), name)
    yield name
    databases.drop(name)


def _run(database, log, modules, tags):
    """Install addons and run their tests; nothing may fail or be complained of."""
    paths = ",".join(map(str, [ADDONS, *odoo_config.addons_paths()]))
    args = ["-d", database, "-i", modules, f"--addons-path={paths}"]
    args += ["--test-tags", tags, "--stop-after-init"]
    with log.open("w") as output:
        subprocess.run(
            odoo_config.command(*odoo_config.with_free_port(args)),
            env=odoo_config.environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=600,
            check=False,
        )
    result = OdooLog(log)
    assert result.started, log.read_text()[-3000:]
    assert not result.failed, log.read_text()[-3000:]
    assert not result.complaints
    return result


@pytest.mark.parametrize("database", [lambda: template(["crm"])], indirect=True)
def test_links_of_an_unknown_addon_follow_and_return(database, tmp_path):
    _run(database, tmp_path / "odoo.log", "merge_probe", "/merge_probe")


@pytest.mark.parametrize(
    "database", [lambda: template(["crm", "sale_crm"])], indirect=True
)
def test_posted_entries_are_never_altered(database, tmp_path):
    """With orders and invoices of Odoo: what the other stages skip for want of them."""
    tags = "/crm_dedup:TestMergeValues,/crm_callcenter:TestConversionUndo"
    result = _run(database, tmp_path / "odoo.log", "crm_dedup", tags)
    assert not result.skipped
