"""Search for duplicates by the product itself, among very many names."""

from pathlib import Path

from ...shift import report
from ...shift.site import copy_name, own_copy
from .. import odoo_shell
from ..archive import build
from ..registry import group
from ..rows import at_most, watched

SCRIPT = Path(__file__).parents[1] / "scripts" / "search_duplicates.py"
#: Seconds for three million names; in proportion for fewer.
NAMES = 3_000_000
SECONDS = 180
SINGLE_MS = 30
SINGLES = 400


@group("dedup_3m")
def measure(bench):
    """Search of the whole archive, and of one name, through Odoo"""
    database = build.name(bench.size)
    build.ensure(database, bench.size)
    with own_copy(database, copy_name(database, "bench")) as copy:
        found = odoo_shell.run(copy, SCRIPT, singles=SINGLES)
    limit = SECONDS * bench.size / NAMES
    yield watched("dedup.run_first_s", found["first_seconds"], "s")
    yield at_most("dedup.run_s", found["next_seconds"], "s", limit)
    milliseconds = [seconds * 1000 for seconds in found["single_seconds"]]
    yield at_most(
        "dedup.single_p95_ms", report.percentile(milliseconds, 95), "ms", SINGLE_MS
    )
    for verdict, count in sorted(found["pairs"].items()):
        yield watched(f"dedup.run_pairs_{verdict}", count, "pairs")
