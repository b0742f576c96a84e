"""A merge keeps what an addon links that nobody told it of."""

import subprocess
from pathlib import Path

import pytest

from tools.environment import cluster, databases, odoo_config
from tools.environment.testing.addon_tests import template
from tools.environment.testing.odoo_log import OdooLog
from tools.environment.testing.odoo_run import database_name

ADDONS = Path(__file__).parent / "addons"


@pytest.fixture
def database():
    """Give a database without our addons."""
    cluster.start()
    name = database_name("merge_probe")
    databases.clone(template(["crm"]), name)
    yield name
    databases.drop(name)


def test_links_of_an_unknown_addon_follow_and_return(database, tmp_path):
    paths = ",".join(map(str, [ADDONS, *odoo_config.addons_paths()]))
    args = ["-d", database, "-i", "merge_probe", f"--addons-path={paths}"]
    args += ["--test-tags", "/merge_probe", "--stop-after-init"]
    log = tmp_path / "odoo.log"
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
