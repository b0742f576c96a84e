"""Fixtures for the tests that need a clone, a database or a running server."""

import dataclasses
import subprocess
from pathlib import Path

import pytest

from tools.environment import databases, demo, odoo_config, server, settings
from tools.environment.testing.odoo_run import database_name

DEMO_TEMPLATE = "tpl_test_demo"


@dataclasses.dataclass
class Server:
    """A running Odoo: where it is and what it serves."""

    url: str
    port: int
    database: str
    log: Path


@pytest.fixture(scope="session")
def root():
    """Return the folder of this clone."""
    return settings.ROOT


@pytest.fixture(scope="session")
def demo_server():
    """Serve a fresh copy of the demo database (seeded) on a free port."""
    demo.ensure_template(DEMO_TEMPLATE)
    database, port = database_name("demo"), odoo_config.free_port()
    databases.clone(DEMO_TEMPLATE, database)
    log = settings.RESULTS_DIR / "demo-server.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    args = ["-d", database, f"--db-filter=^{database}$", f"--http-port={port}"]
    with log.open("w") as output:
        process = subprocess.Popen(
            odoo_config.command(*args),
            env=odoo_config.environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        ready = server.wait_until_ready(process, port)
        assert ready, log.read_text()[-3000:]
        url = f"http://{settings.HTTP_HOST}:{port}"
        yield Server(url, port, database, log)
    finally:
        process.terminate()
        process.wait(30)
    databases.drop(database)
