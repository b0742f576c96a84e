#!/usr/bin/env python3
"""Run Odoo of this clone: ``python3 tools/odoo.py [command] <arguments>``.

Addons path, data folder and database server are set; PostgreSQL is started when
needed. A run with ``--stop-after-init`` gets a free HTTP port of its own.
"""

import os
import sys

# This file is called odoo.py: its folder must not hide the package of that name.
from environment import cluster, odoo_config
from environment.shell import main


def run(args):
    """Replace this process by Odoo."""
    command = odoo_config.command()
    cluster.start()
    if "--stop-after-init" in args:
        args = odoo_config.with_free_port(args)
    os.execve(command[0], [*command, *args], odoo_config.environment())


if __name__ == "__main__":
    main(run, sys.argv[1:])
