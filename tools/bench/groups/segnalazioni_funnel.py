"""Effectiveness, from calls to confirmed contracts, over years of work."""

from pathlib import Path

from ...shift.site import copy_name, own_copy
from .. import odoo_shell
from ..archive import build
from ..registry import group
from ..rows import at_most, watched

SCRIPT = Path(__file__).parents[1] / "scripts" / "read_funnel.py"
#: Rows of the ledger and documents of the goal; a small database has its share.
INTERACTIONS = 1_000_000
DOCUMENTS = 200_000
GOAL_SECONDS = 2


@group("segnalazioni_funnel")
def measure(bench):
    """Effectiveness over 1,000,000 interactions and 200,000 documents"""
    database = build.name(bench.size)
    build.ensure(database, bench.size)
    with own_copy(database, copy_name(database, "bench")) as copy:
        share = bench.size / build.SIZE
        found = odoo_shell.run(
            copy,
            SCRIPT,
            interactions=int(INTERACTIONS * share),
            documents=int(DOCUMENTS * share),
        )
        yield from rows(found)


def rows(found):
    """Yield the rows of the slowest view of the report, and what it stands on."""
    slowest = max(found["seconds"].values())
    yield at_most("segnalazioni.funnel_report_s", slowest, "s", GOAL_SECONDS)
    for name, seconds in found["seconds"].items():
        yield watched(f"segnalazioni.funnel_{name}_s", seconds, "s")
    yield watched("segnalazioni.funnel_add_up_s", found["add_up_seconds"], "s")
    yield watched("segnalazioni.funnel_ledger", found["ledger"], "rows")
    yield watched("segnalazioni.funnel_documents", found["documents"], "rows")
    yield watched("segnalazioni.funnel_day_rows", found["day_rows"], "rows")
