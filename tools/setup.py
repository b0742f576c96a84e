#!/usr/bin/env python3
"""``make setup``: install Odoo, its libraries and PostgreSQL for this clone."""

from environment.setup import setup
from environment.shell import main, say


def run():
    """Set everything up."""
    setup()
    say("The environment is ready")


if __name__ == "__main__":
    main(run)
