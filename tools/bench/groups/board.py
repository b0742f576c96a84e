"""The coordinator's page of a campaign of 500,000 names and a ledger of a million rows.

It is read as a browser asks for it, by a coordinator, each time in a transaction of its
own. Outcomes of today, which the big database has none of, are made in it once.
"""

from pathlib import Path

from ...shift import report
from .. import odoo_shell
from ..archive import build
from ..registry import group
from ..rows import at_most, watched

SCRIPT = Path(__file__).parents[1] / "scripts" / "read_board.py"
#: Times that each period of the page is read.
REPEATS = 30
#: Outcomes of today in the campaign: 50 operators at work all day.
OUTCOMES_TODAY = 12_000


@group("board")
def measure(bench):
    """The page of a campaign, all its figures in one request"""
    database = build.name(bench.size)
    build.ensure(database, bench.size)
    found = odoo_shell.run(
        database, SCRIPT, repeats=REPEATS, outcomes=min(OUTCOMES_TODAY, bench.size)
    )
    for period, name in (("today", "board_ms"), ("week", "board_week_ms")):
        value = report.percentile(found["seconds"][period], 95) * 1000
        yield at_most(f"campaign.{name}", value, "ms", 300)
    yield watched("campaign.board_lines", found["lines"], "names")
    yield watched("campaign.board_ledger", found["ledger"], "rows")
    yield watched("campaign.board_queries", found["queries"], "queries")
