"""Lists of a big campaign: their order, why a name isn't called, agents' agendas."""

from pathlib import Path

from ...environment import demo, settings
from ...shift import report
from ...shift.site import copy_name, own_copy
from .. import odoo_shell
from ..archive import build
from ..registry import group
from ..rows import at_least, at_most, watched

SCRIPTS = Path(__file__).parents[1] / "scripts"
#: Names of the biggest campaign of the full database; figures are scaled to it.
NAMES = 500_000
GOAL_RERANK, GOAL_WHY_NOT = 30, 100
#: Operators who claim during the re-rank, and names that are asked about.
OPERATORS, SAMPLES = 8, 200
#: Days and calls a day of the simulation: as many appointments as the agendas can take.
#: The first week fills agendas that are empty and doesn't count.
DAYS, CALLS, SEED = 17, 440, 19
GOAL_FILLED = 1.25


@group("lists")
def measure(bench):
    """The order of 500,000 names while operators claim, and why a name isn't called"""
    database = build.name(bench.size)
    build.ensure(database, bench.size)
    found = odoo_shell.run(database, SCRIPTS / "rerank_lists.py", operators=OPERATORS)
    scale = NAMES / found["names"]
    seconds = found["seconds"] * scale
    yield at_most("lists.rerank_500k_s", seconds, "s", GOAL_RERANK)
    yield at_most("lists.rerank_no_names", found["empty"], "claims", 0)
    claims = report.percentile(found["claims"], 95) * 1000
    yield watched("lists.rerank_claim_p95", claims, "ms")
    found = odoo_shell.run(database, SCRIPTS / "why_not.py", samples=SAMPLES)
    value = report.percentile(found["seconds"], 95) * 1000
    yield at_most("lists.why_not_ms", value, "ms", GOAL_WHY_NOT)
    yield watched("lists.why_not_counts_ms", found["counting"] * 1000, "ms")


@group("adaptive")
def measure_adaptive(_bench):
    """Appointments by groups and adaptively: ten zones with unequal agendas"""
    demo.prepare()
    copy = copy_name(settings.DEMO_DATABASE, "bench")
    with own_copy(settings.DEMO_DATABASE, copy):
        found = odoo_shell.run(
            copy,
            SCRIPTS / "simulate_agendas.py",
            days=DAYS,
            calls_per_day=CALLS,
            seed=SEED,
        )
    adaptive, grouped = found["adaptive"], found["group"]
    ratio = adaptive["filled"] / grouped["filled"]
    yield at_least("adaptive.filled_slots_ratio", ratio, "times", GOAL_FILLED)
    yield watched("adaptive.filled_slots", adaptive["filled"], "slots")
    yield watched("adaptive.filled_slots_group", grouped["filled"], "slots")
    whole = adaptive["filled_in_all"] / grouped["filled_in_all"]
    yield watched("adaptive.filled_ratio_from_empty", whole, "times")
    yield at_least("adaptive.least_calls", adaptive["least_calls"], "calls", 1)
