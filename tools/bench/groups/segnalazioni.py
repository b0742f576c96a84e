"""Documents: one change to 50,000 lines, with a copy of the demo database."""

from pathlib import Path

from ...environment import demo, settings
from ...environment.shell import EnvironmentProblem
from ...shift.site import copy_name, own_copy
from .. import odoo_shell
from ..archive import build
from ..registry import group
from ..rows import at_most, watched

SCRIPT = Path(__file__).parents[1] / "scripts" / "change_documents.py"
LOGIN = "backoffice"
#: Documents have two or three lines in turn.
DOCUMENTS, LINES = 20_000, 50_000
SMALLEST = 200
#: Seconds for 50,000 lines.
GOAL = 60


@group("segnalazioni")
def measure_mass_change(bench):
    """A new price and a new line state for 50,000 lines, with dry run and undo"""
    demo.prepare()
    documents = max(DOCUMENTS * bench.size // build.SIZE, SMALLEST)
    copy = copy_name(settings.DEMO_DATABASE, "bench")
    with own_copy(settings.DEMO_DATABASE, copy):
        found = odoo_shell.run(copy, SCRIPT, login=LOGIN, documents=documents)
    if found["wrong"]:
        raise EnvironmentProblem(
            f"{found['wrong']} documents have other totals than Odoo computes."
        )
    seconds = {name: _seconds(found, name) for name in ("price", "line_state")}
    yield at_most("segnalazioni.mass_change_50k_s", max(seconds.values()), "s", GOAL)
    yield watched("segnalazioni.mass_price_50k_s", seconds["price"], "s")
    yield watched("segnalazioni.mass_line_state_50k_s", seconds["line_state"], "s")
    for name in ("dry", "undo"):
        yield watched(f"segnalazioni.mass_{name}_50k_s", _seconds(found, name), "s")


def _seconds(found, name):
    """Return the seconds of a run, in proportion for 50,000 lines."""
    run = found[name]
    if run["state"] != "done" or run["refused"] or not run["lines"]:
        raise EnvironmentProblem(f"the mass change {name} did not work: {run}")
    return run["seconds"] * LINES / run["lines"]
