"""Our import of a list against Odoo's own ``load()`` of the same rows."""

import threading
from pathlib import Path

from ...environment import demo, settings
from ...shift import floor, report, site
from ...shift.script import Options
from ...shift.site import copy_name, own_copy
from .. import odoo_shell
from ..archive import build
from ..imports import command, lists
from ..registry import group
from ..rows import at_least_times, at_most, at_most_times, watched

FILE = settings.ROOT / "tests" / "data" / "names_fotovoltaico.csv"
#: Rows that ``load()`` gets: enough for a steady figure, few enough to wait for.
SAMPLE = 500
SCRIPT = Path(__file__).parents[1] / "scripts" / "load_sample.py"
#: Rows of the largest file that is taken.
LARGEST = 10_000_000
#: Rows that a week's lists bring while people work.
WEEK = 100_000
#: Times ``load()`` that the first load, and a file beside operators, must reach.
GOAL_FIRST, GOAL_LIVE = 20, 8
GOAL_PEAK_MB = 500
#: Times the idle p95 of the next name that operators may wait meanwhile.
GOAL_NEXT = 2
OPERATORS = 20


def load_rate(database, file, sample=SAMPLE):
    """Return the rows a second of Odoo's ``load()`` of the first rows of a file.

    :rtype: float
    """
    found = odoo_shell.run(database, SCRIPT, file=str(file), sample=sample)
    return found["rows"] / found["seconds"]


@group("import")
def measure(_bench):
    """Rows per second of a list's import against Odoo's own load()"""
    demo.prepare()
    copy = copy_name(settings.DEMO_DATABASE, "bench")
    with own_copy(settings.DEMO_DATABASE, copy):
        load = load_rate(copy, FILE)
        done = command.run(copy, FILE, "--archive")
    rows = sum(1 for _line in FILE.open("rb")) - 1
    yield watched("import.rows_per_s", rows / done.seconds, "rows/s", load)


@group("import_3m")
def measure_first(bench):
    """A first load of 3,000,000 names, and its memory"""
    demo.prepare()
    file = lists.whole(bench.size)
    copy = copy_name(settings.DEMO_DATABASE, "bench")
    with own_copy(settings.DEMO_DATABASE, copy):
        load = load_rate(copy, file)
        done = command.run(copy, file, "--archive")
    rate = bench.size / done.seconds
    yield at_least_times("import.rows_per_s_3m", rate, "rows/s", load, GOAL_FIRST)
    yield at_most("import.peak_mb", done.peak_mb, "MB", GOAL_PEAK_MB)


@group("import_10m", asked=True)
def measure_largest(bench):
    """The largest file that is taken, 10,000,000 rows: its memory stays flat"""
    demo.prepare()
    rows = bench.size * LARGEST // build.SIZE
    file = lists.largest(bench.size, rows)
    copy = copy_name(settings.DEMO_DATABASE, "bench")
    with own_copy(settings.DEMO_DATABASE, copy):
        done = command.run(copy, file, "--archive")
    yield watched("import.rows_per_s_10m", rows / done.seconds, "rows/s")
    yield at_most("import.peak_mb_10m", done.peak_mb, "MB", GOAL_PEAK_MB)


@group("import_live")
def measure_live(bench):
    """A week's file into the 3,000,000 while operators work"""
    database = build.name(bench.size)
    build.ensure(database, bench.size)
    rows = min(WEEK, bench.size // 10)
    file = lists.week(bench.size, rows)
    copy = copy_name(database, "bench")
    with own_copy(database, copy):
        load = load_rate(copy, file)
        with site.own_server(copy) as place:
            idle = next_p95(place, 30)
            done = []
            importer = threading.Thread(
                target=lambda: done.append(command.run(copy, file, "--archive"))
            )
            importer.start()
            busy = next_p95(place, max(30, rows / load / GOAL_LIVE / 2))
            importer.join()
    # As in a first load: until every row is a name. Who is alike is compared behind it.
    rate = rows / done[0].seconds_of(f"{rows:,} of {rows:,} rows")
    yield at_least_times("import.rows_per_s_live", rate, "rows/s", load, GOAL_LIVE)
    compared = rows / done[0].seconds
    yield watched("import.rows_per_s_live_compared", compared, "rows/s", load)
    yield at_most_times("import.next_p95_live", busy, "ms", idle, GOAL_NEXT)


def next_p95(place, seconds):
    """Return how long operators wait for the next name, in milliseconds.

    :param int seconds: length of the shift
    :rtype: float
    """
    options = Options(operators=OPERATORS, duration=seconds)
    journal = floor.work(place, options)
    return report.figures(place, options, journal)["next_ms"]["p95"]
