"""The name: work on very many of them at once."""

from pathlib import Path

from ...shift.site import copy_name, own_copy
from .. import odoo_shell
from ..archive import build
from ..registry import group
from ..rows import at_most, watched

#: Names that mass maintenance changes, and the goal for so many.
NAMES = 1_000_000
GOAL_SECONDS = 60
SCRIPTS = Path(__file__).parents[1] / "scripts"


@group("name")
def measure(bench):
    """A custom field set on a million names, on a copy of the big database"""
    database = build.name(bench.size)
    build.ensure(database, bench.size)
    with own_copy(database, copy_name(database, "bench")) as copy:
        yield from measure_mass_set(copy, min(NAMES, bench.size))


def measure_mass_set(database, names):
    """Yield the rows of mass maintenance; they are scaled to a million names."""
    found = odoo_shell.run(database, SCRIPTS / "mass_set.py", names=names)
    scale = NAMES / found["names"]
    yield at_most("name.mass_set_1m_s", found["seconds"] * scale, "s", GOAL_SECONDS)
    yield watched("name.mass_set_1m_indexed_s", found["indexed_seconds"] * scale, "s")
