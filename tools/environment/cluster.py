"""The private PostgreSQL server of this clone.

It listens on a socket in its own folder only, which its owner alone can enter:
there is no port to clash with another server, and local trust is safe. PostgreSQL
refuses to run as root, so for root it runs as user ``postgres``; if that user
cannot enter the clone, the data lives below /var/lib/postgresql and ``.local/pg``
is a link to it.
"""

import os
import pwd
import shutil
import urllib.parse
from pathlib import Path

from . import settings
from .shell import EnvironmentProblem, lock, run, say
from .system import postgresql_bin

SYSTEM_USER = "postgres"
#: A socket's path has at most 107 bytes; the file's own name takes 15 of them.
LONGEST_SOCKET_DIR = 85
CONFIGURATION = """
listen_addresses = ''
unix_socket_directories = '{socket_dir}'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 768MB
work_mem = 32MB
maintenance_work_mem = 512MB
effective_cache_size = 4GB
random_page_cost = 1.1
max_wal_size = 4GB
min_wal_size = 512MB
checkpoint_timeout = 15min
# Whole pages are logged while indexes are built: lz4 takes far less CPU than pglz.
wal_compression = lz4
# Losing the last half second after a power cut is fine here; corruption is not.
synchronous_commit = off
jit = off
log_min_messages = warning
log_line_prefix = '%m [%p] %d '
log_timezone = 'UTC'
timezone = 'UTC'
"""


def connection():
    """Return host, port, user and password of the server, as texts."""
    url = settings.database_url()
    if url:
        parts = urllib.parse.urlsplit(url)
        if not parts.scheme.startswith("postgres"):
            raise EnvironmentProblem("DATABASE_URL must start with postgresql://")
        unquote = urllib.parse.unquote
        return {
            "host": unquote(parts.hostname or ""),
            "port": str(parts.port or 5432),
            "user": unquote(parts.username or settings.DB_ROLE),
            "password": unquote(parts.password or ""),
        }
    socket = str(_socket_dir())
    return {"host": socket, "port": "5432", "user": settings.DB_ROLE, "password": ""}


def client_environment():
    """Return the environment in which PostgreSQL's own clients find the server."""
    to = connection()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER"}
    found = {names[key]: value for key, value in to.items() if key in names}
    if to["password"]:
        found["PGPASSWORD"] = to["password"]
    return {**os.environ, "PGDATABASE": "postgres", **found}


def start():
    """Create the cluster if needed and start it if it is not running."""
    if settings.database_url():
        return
    with lock("pg"):
        if not (_home() / "data/PG_VERSION").exists():
            _create()
        if not is_running():
            _start()


def stop():
    """Stop the cluster if this clone runs one; tell whether it did."""
    if settings.database_url() or not settings.PG_DIR.exists() or not is_running():
        return False
    run(_as_owner(_program("pg_ctl"), "-D", _home() / "data", "-m", "fast", "stop"))
    return True


def remove():
    """Stop the cluster and delete all that it stored."""
    stop()
    home = _home()
    if settings.PG_DIR.is_symlink():
        settings.PG_DIR.unlink()
    shutil.rmtree(home, ignore_errors=True)
    if _socket_dir().exists():
        shutil.rmtree(_socket_dir(), ignore_errors=True)


def is_running():
    """Tell whether the server answers."""
    if not postgresql_bin():
        return False
    command = [_program("pg_isready"), "-q", "-t", "5"]
    try:
        run(command, env=client_environment())
    except EnvironmentProblem:
        return False
    return True


def log_file():
    """Return the server's log."""
    return _home() / "server.log"


def _create():
    say("Creating the PostgreSQL cluster")
    home = _choose_home()
    draft, data = home / "data.draft", home / "data"
    for old in (draft, data):
        if old.exists():
            shutil.rmtree(old)
    options = ["--username", settings.DB_ROLE, "--auth=trust", "--encoding=UTF8"]
    options += ["--locale=C.UTF-8", "--no-instructions"]
    run(_as_owner(_program("initdb"), "-D", draft, *options), cwd=home)
    with (draft / "postgresql.conf").open("a") as configuration:
        configuration.write(CONFIGURATION.format(socket_dir=_socket_dir()))
    draft.rename(data)


def _start():
    say("Starting PostgreSQL")
    home = _home()
    sockets = _socket_dir()
    sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
    _give_to_owner(sockets)
    log = home / "server.log"
    command = [_program("pg_ctl"), "-D", home / "data", "-l", log, "-w", "-t", "120"]
    try:
        # pg_ctl's children keep its output open: it must not be a pipe of ours.
        run(_as_owner("sh", "-c", 'exec "$@" >/dev/null 2>&1', "sh", *command, "start"))
    except EnvironmentProblem:
        tail = "\n".join(log.read_text().splitlines()[-5:]) if log.exists() else ""
        raise EnvironmentProblem(f"PostgreSQL does not start: {log}\n{tail}") from None


def _choose_home():
    """Return a folder for the cluster that its system user can enter."""
    settings.LOCAL.mkdir(exist_ok=True)
    if settings.PG_DIR.exists():
        return _home()
    if _can_enter(settings.LOCAL):
        settings.PG_DIR.mkdir(mode=0o700)
    else:
        elsewhere = Path("/var/lib/postgresql") / f"call-centre-{settings.clone_id()}"
        elsewhere.mkdir(mode=0o700, exist_ok=True)
        if settings.PG_DIR.is_symlink():
            settings.PG_DIR.unlink()
        settings.PG_DIR.symlink_to(elsewhere)
    _give_to_owner(_home())
    return _home()


def _home():
    return settings.PG_DIR.resolve()


def _socket_dir():
    inside = _home() / "socket"
    if len(str(inside)) <= LONGEST_SOCKET_DIR:
        return inside
    return Path("/var/tmp") / f"call-centre-{settings.clone_id()}"


def _program(name):
    folder = postgresql_bin()
    if not folder:
        raise EnvironmentProblem("PostgreSQL is missing: run 'make setup'.")
    return folder / name


def _can_enter(folder):
    if os.geteuid():
        return True
    try:
        run(_as_owner("test", "-x", folder))
    except EnvironmentProblem:
        return False
    return True


def _give_to_owner(path):
    if not os.geteuid():
        owner = pwd.getpwnam(SYSTEM_USER)
        os.chown(path, owner.pw_uid, owner.pw_gid)


def _as_owner(*command):
    if os.geteuid():
        return list(command)
    return ["runuser", "-u", SYSTEM_USER, "--", *command]
