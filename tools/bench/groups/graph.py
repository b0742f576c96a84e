"""The commercial graph: an outcome against stock Odoo, and a macro over 100,000 names.

Both work on the big database, and take away again what they wrote.
"""

from pathlib import Path

from ...shift import report
from .. import odoo_shell
from ..archive import build
from ..registry import group
from ..rows import at_least, at_most, at_most_times, watched

SCRIPTS = Path(__file__).parents[1] / "scripts"
#: Outcomes registered one after the other, in turn with stock Odoo's.
REPEATS = 120
#: Actions that the macro plans; a small database has fewer names.
ACTIONS = 100_000


@group("graph")
def measure(bench):
    """Outcomes against stock Odoo's mark-done, and a macro over 100,000 names"""
    database = build.name(bench.size)
    build.ensure(database, bench.size)
    found = odoo_shell.run(database, SCRIPTS / "register_outcomes.py", repeats=REPEATS)
    ours, stock = (
        report.percentile(found[side]["seconds"], 95) * 1000
        for side in ("ours", "stock")
    )
    yield at_most_times("graph.register_p95", ours, "ms", stock, 1.5)
    yield at_most(
        "graph.register_queries", max(found["ours"]["queries"]), "queries", 45
    )
    yield watched("graph.stock_queries", max(found["stock"]["queries"]), "queries")
    actions = min(ACTIONS, bench.size // 2)
    for assignee, name in (("category", ""), ("everyone", "_pool")):
        found = odoo_shell.run(
            database, SCRIPTS / "run_macro.py", actions=actions, assignee=assignee
        )
        speed = found["planned"] / found["seconds"]
        row = f"graph.macro_actions_per_s{name}"
        yield at_least(row, speed, "actions/s", 15_000)
