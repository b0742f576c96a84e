"""``make shift``: operators work on a real server, over HTTP, as at the desk.

Each operator logs in, opens a desk of its own and repeats: next name (the one that was
prefetched, as a rule), read the names form (the yardstick), prefetch the next, dial,
talk, end the call, and one outcome of a fixed mix, with the answers of the campaign's
steps, agenda and slot for an appointment, and a cart for a sale; now and then a pause.
The calls are those that the desk makes. Prints the figures, writes .local/shift.json,
and ends with 1 if a name was served twice, a slot booked twice, or anything failed.

Where: on the server of 'make run' if one answers on PORT (its demo names are used
up); otherwise on a copy of the demo database with a server of its own, and both
are gone afterwards. --database NAME works on that database itself.
"""

import argparse
import os
from pathlib import Path

from ..environment import settings
from ..environment.setup import setup
from ..environment.shell import main
from . import floor, report
from .script import MIX_TEXT, Options
from .site import shift_site

FIELDS_HELP = "custom fields that a manager adds meanwhile"
JSON_FILE = settings.LOCAL / "shift.json"


def run():
    """Run a shift and print its figures; return the exit code."""
    arguments = parse()
    options = Options(
        operators=arguments.operators,
        duration=arguments.duration,
        talk=arguments.talk,
        seed=arguments.seed,
        fields=arguments.fields,
    )
    setup(core_template=False)
    with shift_site(arguments.database, arguments.workers) as site:
        journal = floor.work(site, options)
        result = report.figures(site, options, journal)
    report.write(result, arguments.json)
    print(report.text(result))
    return 0 if report.is_clean(result) else 1


def parse():
    """Return the arguments; their defaults come from the environment."""
    parser = argparse.ArgumentParser(
        "make shift",
        description=__doc__,
        epilog=f"The mix: {MIX_TEXT}.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    option = parser.add_argument
    option("--operators", type=int, default=_number("OPERATORS", 20))
    option("--duration", type=float, default=_number("DURATION", 60), help="seconds")
    option("--talk", type=float, default=_number("TALK", Options.talk), help="seconds")
    option("--seed", type=int, default=_number("SEED", Options.seed))
    option("--fields", type=int, default=_number("FIELDS", 0), help=FIELDS_HELP)
    option("--workers", type=int, default=_number("WORKERS", 0), help="processes")
    option("--database", default=os.environ.get("DATABASE") or None)
    option("--json", default=JSON_FILE, type=Path)
    return parser.parse_args()


def _number(name, default):
    """Return a number from the environment, as text: argparse checks it."""
    return os.environ.get(name) or str(default)


if __name__ == "__main__":
    main(run)
