#!/usr/bin/env python3
"""``make test``: set up and run all checks; the last line counts them.

``ONLY=lint`` (any part of a stage's name) runs those stages only.
"""

import os

from environment.shell import main
from environment.testing.runner import run_all


def run():
    """Run the stages that were asked for."""
    return run_all(os.environ.get("ONLY") or "")


if __name__ == "__main__":
    main(run)
