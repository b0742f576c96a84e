#!/usr/bin/env python3
"""PostgreSQL of this clone: ``python3 tools/pg.py <program> <arguments>``.

Any client program works (psql, createdb, pg_dump ...). ``clone SOURCE TARGET``
and ``drop NAME`` also take care of Odoo's filestore; ``start`` and ``stop`` mean
the server.
"""

import os
import sys

from environment import cluster, databases
from environment.shell import EnvironmentProblem, main
from environment.system import postgresql_bin


def run(args):
    """Do one of our commands or replace this process by PostgreSQL's program."""
    if not args:
        raise EnvironmentProblem(__doc__.strip())
    program, *rest = args
    if program == "stop":
        return not cluster.stop()
    cluster.start()
    if program in ("clone", "drop"):
        getattr(databases, program)(*rest)
    elif program != "start":
        path = postgresql_bin() / program
        os.execve(path, [path, *rest], cluster.client_environment())
    return 0


if __name__ == "__main__":
    main(run, sys.argv[1:])
