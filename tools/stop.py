#!/usr/bin/env python3
"""``make stop`` and ``make clean``: end what this clone started, delete it."""

import shutil
import sys

from environment import cluster, server, settings
from environment.shell import main, say


def run(args):
    """Stop server and PostgreSQL; with ``--clean`` also delete ``.local``."""
    if server.stop():
        say("The server is stopped")
    if cluster.stop():
        say("PostgreSQL is stopped")
    if "--clean" in args and settings.LOCAL.exists():
        cluster.remove()
        shutil.rmtree(settings.LOCAL)
        say(f"{settings.LOCAL.name} is deleted; downloads stay in your cache folder")


if __name__ == "__main__":
    main(run, sys.argv[1:])
