"""Creating, cloning and dropping databases together with their filestores."""

import os
import shutil

from . import cluster, odoo_config, settings
from .shell import (
    EnvironmentProblem,
    fingerprint,
    is_stamped,
    lock,
    run,
    say,
    write_stamp,
)
from .system import postgresql_bin


def client(program, *args):
    """Run a client program of PostgreSQL against our server."""
    command = [postgresql_bin() / program, *args]
    return run(command, env=cluster.client_environment())


def query(database, sql):
    """Run SQL and return the rows as lists of texts."""
    output = client("psql", "-XAtq", "-F", "\t", "-d", database, "-c", sql)
    return [line.split("\t") for line in output.splitlines()]


def names(prefix=""):
    """Return the names of the databases that start with ``prefix``."""
    rows = query("postgres", "SELECT datname FROM pg_database ORDER BY 1")
    return [row[0] for row in rows if row[0].startswith(prefix)]


def exists(database):
    """Tell whether a database is there."""
    return database in names()


def filestore(database):
    """Return the folder of a database's attachments."""
    return settings.DATA_DIR / "filestore" / database


def drop(database):
    """Drop a database and its filestore, also when somebody is connected."""
    client("dropdb", "--if-exists", "--force", database)
    shutil.rmtree(filestore(database), ignore_errors=True)


def clone(source, target):
    """Make ``target`` a copy of ``source``; an old ``target`` is dropped."""
    drop(target)
    client("createdb", "--strategy=FILE_COPY", "-T", source, target)
    if filestore(source).exists():
        # Attachments are named by their hash and never change: links are enough.
        shutil.copytree(filestore(source), filestore(target), copy_function=os.link)


def create(database, modules, *options):
    """Create a database with modules installed; nothing is left if it fails."""
    drop(database)
    log = settings.LOCAL / "log" / f"create-{database}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    rounds = [(modules, options)]
    if "--with-demo" in options:
        rest = [name for name in modules if name not in settings.DEMO_FIRST]
        rounds = [(settings.DEMO_FIRST, options)]
        rounds.append((settings.DEMO_BARE, ("--skip-auto-install",)))
        rounds.append((rest, options))
    try:
        for chosen, asked in rounds:
            if len(rounds) > 1 and chosen != settings.DEMO_FIRST:
                # An addon gets its demo data if those that it needs had theirs.
                has_demo = "true" if asked == options else "false"
                query(database, f"UPDATE ir_module_module SET demo = {has_demo}")
            args = ["-d", database, "-i", ",".join(chosen), "--stop-after-init"]
            args = odoo_config.with_free_port([*args, *asked])
            run_odoo(odoo_config.command(*args), log)
    except (EnvironmentProblem, KeyboardInterrupt):
        drop(database)
        raise


def run_odoo(command, log):
    """Run Odoo with its log in a file; a failure shows what the log complains of."""
    try:
        run([*command, "--logfile", log], env=odoo_config.environment())
    except EnvironmentProblem:
        text = log.read_text(errors="replace") if log.exists() else ""
        start = max(text.rfind(" ERROR "), text.rfind(" CRITICAL "), len(text) - 3000)
        raise EnvironmentProblem(f"Odoo failed, see {log}:\n{text[start:]}") from None


def ensure_template(name, modules, identity, *options, then=None):
    """Create a template database once; ``identity`` changes when it is outdated.

    :param then: a function of the name, called before the template counts as made
    """
    wanted = fingerprint(identity, ",".join(modules), *options)
    stamp = f"db-{name}"
    with lock(stamp):
        if is_stamped(stamp, wanted) and exists(name):
            return
        say(f"Creating database {name} ({', '.join(modules)})")
        (settings.STAMPS_DIR / stamp).unlink(missing_ok=True)
        create(name, modules, *options)
        if then:
            then(name)
        write_stamp(stamp, wanted)
