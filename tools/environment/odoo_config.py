"""Odoo's configuration file and command line for this clone."""

import os
import socket

from . import cluster, mdbtools, odoo_tree, settings, virtualenv
from .shell import EnvironmentProblem, write_atomically

TEMPLATE = """[options]
addons_path = {addons_path}
data_dir = {data_dir}
db_host = {host}
db_port = {port}
db_user = {user}
{password}db_maxconn = 64
http_interface = {http_host}
unaccent = True
# Development only: any database of the private cluster may be named.
list_db = True
"""


def write():
    """Write the configuration file and return its path."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    to = cluster.connection()
    password = f"db_password = {to.pop('password')}\n"
    text = TEMPLATE.format(
        addons_path=",".join(map(str, addons_paths())),
        data_dir=settings.DATA_DIR,
        http_host=settings.HTTP_HOST,
        password=password if cluster.connection()["password"] else "",
        **to,
    )
    if not settings.CONFIG_FILE.exists() or settings.CONFIG_FILE.read_text() != text:
        write_atomically(settings.CONFIG_FILE, text)
    return settings.CONFIG_FILE


def addons_paths():
    """Return our addons, those installed by pip and Odoo's own."""
    own = [path for path in (settings.ADDONS, virtualenv.oca_addons_path())]
    return [path for path in own if path.is_dir()] + odoo_tree.addons_paths()


def command(*args):
    """Return the command that runs Odoo with these arguments."""
    if not virtualenv.python().exists():
        raise EnvironmentProblem("Odoo is not installed here: run 'make setup'.")
    return [str(virtualenv.python()), "-P", "-m", "odoo", *map(str, args)]


def environment():
    """Return the environment that Odoo needs."""
    return {
        **os.environ,
        "ODOO_RC": str(write()),
        "PATH": mdbtools.path(),
        "PYTHONUNBUFFERED": "1",
    }


def with_free_port(args):
    """Add an unused port for a short run, so that it meets no running server."""
    named = any(arg == "-p" or arg.startswith("--http-port") for arg in args)
    return args if named else [*args, f"--http-port={free_port()}"]


def free_port():
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((settings.HTTP_HOST, 0))
        return probe.getsockname()[1]
