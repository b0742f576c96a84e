"""``make bench``: measure what must stay fast, beside a baseline of the same run.

Prints a table and writes .local/bench.json, a list of rows with name, value, unit,
baseline, ratio, goal and ok. Ends with 1 when a goal is missed.

Some groups need the big database, callcenter_bench with 3,000,000 names: it is built
when first needed and kept. 'make bench-database' builds it alone; SIZE=100000 makes a
smaller one, of another name.
"""

import argparse
import importlib.util
import os
import sys
from pathlib import Path

from ..environment import settings, virtualenv
from ..environment.setup import setup
from ..environment.shell import EnvironmentProblem, main, say
from . import registry, report
from .archive import build

JSON_FILE = settings.LOCAL / "bench.json"


def run():
    """Measure the chosen groups; return the exit code."""
    arguments = parse()
    use_libraries()
    groups = registry.chosen(arguments.only, registry.load())
    setup(core_template=False)
    bench = registry.Bench(size=arguments.size)
    if arguments.database:
        return build_database(arguments.size)
    rows = measure(groups, bench)
    report.write(rows, arguments.json)
    print(f"\n{report.table(rows)}\n\n{report.summary(rows)}")
    return 0 if all(row.ok for row in rows) else 1


def use_libraries():
    """Go on with the interpreter that has what the measurements import."""
    if importlib.util.find_spec("psycopg2") is None:
        setup(core_template=False)
        python = str(virtualenv.python())
        os.execv(python, [python, "-m", "tools.bench", *sys.argv[1:]])


def measure(groups, bench):
    """Return the rows of some groups, one after the other."""
    rows = []
    for group in groups:
        say(f"{group.name}: {group.title}")
        rows += list(group.measure(bench))
    return rows


def build_database(size):
    """Build the big database and say how long that took."""
    database = build.name(size)
    seconds = build.ensure(database, size)
    took = f"built in {seconds:.0f} s" if seconds else "there already"
    say(f"{database}: {size} names, {took}")


def parse():
    """Return the arguments; their defaults come from the environment."""
    parser = argparse.ArgumentParser(
        "make bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    option = parser.add_argument
    option("--only", default=os.environ.get("ONLY", ""), help="groups, with commas")
    option("--size", type=_size, default=os.environ.get("SIZE") or str(build.SIZE))
    option("--database", action="store_true", help="build the big database only")
    option("--json", default=JSON_FILE, type=Path)
    return parser.parse_args()


def _size(text):
    if not text.isdecimal() or int(text) < build.SMALLEST:
        raise EnvironmentProblem(
            f"SIZE={text} is not a number of names from {build.SMALLEST} on."
        )
    return int(text)


if __name__ == "__main__":
    main(run)
