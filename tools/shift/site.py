"""Where a shift takes place: a running server, or one of our own for the shift."""

import contextlib
import dataclasses
import os
import shutil
import subprocess
import tempfile
import urllib.request
from pathlib import Path

from ..environment import databases, demo, odoo_config, server, settings
from ..environment.shell import EnvironmentProblem, say

LOG = settings.LOCAL / "log" / "shift-server.log"


@dataclasses.dataclass
class Site:
    """A server that answers, and the database that it serves."""

    host: str
    port: int
    database: str
    log: Path = None
    #: Where this shift begins in the log, in bytes.
    log_start: int = 0

    def log_lines(self):
        """Return the lines that the server has logged since it was ready."""
        if not self.log:
            return []
        text = self.log.read_bytes()[self.log_start :].decode(errors="replace")
        return text.splitlines()

    def query(self, sql):
        """Return rows of the database as lists of texts."""
        return databases.query(self.database, sql)


@contextlib.contextmanager
def shift_site(database=None, workers=0):
    """Find or start the server of a shift.

    :param str database: served by a server of our own; by default the server of
        ``make run`` if it runs, else a copy of the demo database that is dropped
        at the end
    :param int workers: processes of a server of our own; 0 is one with threads
    """
    port = settings.http_port()
    if database:
        with own_server(database, workers=workers) as site:
            yield site
    elif server.is_serving() and answers(port):
        say(f"The server of 'make run' answers on port {port}: the shift works on it")
        yield Site(settings.HTTP_HOST, port, settings.DEMO_DATABASE)
    else:
        demo.prepare()
        copy = copy_name(settings.DEMO_DATABASE, "shift")
        with (
            own_copy(settings.DEMO_DATABASE, copy),
            own_server(copy, workers=workers) as site,
        ):
            yield site


def copy_name(source, purpose):
    """Return a name for a copy of this process; drop copies of killed ones.

    :param str purpose: a word, for instance "shift"
    """
    prefix = f"{source}_{purpose}_"
    for name in databases.names(prefix):
        if not Path(f"/proc/{name.removeprefix(prefix)}").exists():
            databases.drop(name)
    return f"{prefix}{os.getpid()}"


@contextlib.contextmanager
def own_copy(source, target):
    """Copy a database for the time of a block."""
    if _is_in_use(source):
        # A template must be alone; a dump need not.
        say(f"{source} is in use: copying it takes a little longer")
        _copy_by_dump(source, target)
    else:
        databases.clone(source, target)
    try:
        yield target
    finally:
        databases.drop(target)


def _is_in_use(database):
    rows = databases.query(
        "postgres", f"SELECT 1 FROM pg_stat_activity WHERE datname = '{database}'"
    )
    return bool(rows)


def _copy_by_dump(source, target):
    databases.drop(target)
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "dump"
        databases.client("pg_dump", "-Fc", "-Z0", "-f", dump, source)
        databases.client("createdb", target)
        # Odoo's indexes need it; a dump doesn't tell that Odoo has declared it so.
        databases.query(
            target,
            "CREATE EXTENSION IF NOT EXISTS unaccent;"
            " ALTER FUNCTION unaccent(text) IMMUTABLE",
        )
        databases.client("pg_restore", "-d", target, "--no-owner", dump)
    files = databases.filestore(source)
    if files.exists():
        shutil.copytree(files, databases.filestore(target), copy_function=os.link)


@contextlib.contextmanager
def own_server(database, workers=0, log=LOG):
    """Serve a database on a free port for the time of a block."""
    if not databases.exists(database):
        raise EnvironmentProblem(f"there is no database {database}.")
    port = odoo_config.free_port()
    args = ["-d", database, f"--db-filter=^{database}$", f"--http-port={port}"]
    args += ["--log-handler=py.warnings:ERROR"]
    if workers:
        gevent_port = odoo_config.free_port()
        args += [f"--workers={workers}", f"--gevent-port={gevent_port}"]
    log.parent.mkdir(parents=True, exist_ok=True)
    say(f"Serving {database} on port {port} for this run")
    with log.open("w") as output:
        process = subprocess.Popen(
            odoo_config.command(*args),
            env=odoo_config.environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        if not server.wait_until_ready(process, port):
            raise EnvironmentProblem(f"the server does not start, see {log}")
        yield Site(settings.HTTP_HOST, port, database, log, log.stat().st_size)
    finally:
        process.terminate()
        try:
            process.wait(server.SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(port):
    """Tell whether an Odoo answers on a port."""
    url = f"http://{settings.HTTP_HOST}:{port}/web/health"
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False
