"""Lists: 100,000 of very many names, by a search, with all leave-outs."""

from pathlib import Path

from ...environment.shell import EnvironmentProblem
from ...shift.site import copy_name, own_copy
from .. import odoo_shell
from ..archive import build
from ..registry import group
from ..rows import at_most, watched

MANAGER = "responsabile"
SCRIPT = Path(__file__).parents[1] / "scripts" / "build_list.py"
NAMES = 100_000
#: Seconds for 100,000 names.
GOAL = 5


@group("lists")
def measure(bench):
    """A list of 100,000 names built from a search, and its preview"""
    database = build.name(bench.size)
    build.ensure(database, bench.size)
    with own_copy(database, copy_name(database, "bench")) as copy:
        found = odoo_shell.run(copy, SCRIPT, manager=MANAGER)
    if found["state"] != "done" or not found["added"]:
        raise EnvironmentProblem(f"the list was not built: {found}")
    seconds = found["seconds"] * NAMES / found["seen"]
    yield at_most("lists.build_100k_s", seconds, "s", GOAL)
    cold = found["cold_seconds"] * NAMES / found["seen"]
    yield watched("lists.build_100k_cold_s", cold, "s")
    yield watched("lists.preview_50k_s", found["preview_seconds"], "s")
