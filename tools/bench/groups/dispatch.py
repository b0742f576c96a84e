"""Next name and confirm, with 20 operators at work over HTTP."""

from ...environment import demo, settings
from ...shift import floor, report, site
from ...shift.script import Options
from ..archive import build
from ..registry import group
from ..rows import at_most, at_most_times, watched

OPTIONS = Options(operators=20, duration=45)


@group("dispatch")
def measure(_bench):
    """20 operators over HTTP against the plain read of the names form"""
    demo.prepare()
    result = work_on_copy(settings.DEMO_DATABASE)
    for name, method in (("next", "next_name"), ("confirm", "confirm")):
        yield beside_form(f"dispatch.{name}_p95", result, method)
    wrong = sum(result["must_be_zero"].values())
    yield at_most("dispatch.wrong", wrong, "cases", 0)


@group("dispatch_3m")
def measure_full(bench):
    """The same with 3,000,000 names, and a campaign of 500,000 of them"""
    database = build.name(bench.size)
    build.ensure(database, bench.size)
    result = work_on_copy(database)
    yield beside_form("dispatch.next_p95_3m", result, "next_name")
    confirm = result["durations_ms"]["confirm"]["p95"]
    yield watched("dispatch.confirm_p95_3m", confirm, "ms")
    wrong = sum(result["must_be_zero"].values())
    yield at_most("dispatch.wrong_3m", wrong, "cases", 0)


def work_on_copy(database):
    """Let 20 operators work on a copy of a database; return the figures.

    :rtype: dict
    """
    copy = site.copy_name(database, "bench")
    with site.own_copy(database, copy), site.own_server(copy) as place:
        journal = floor.work(place, OPTIONS)
        return report.figures(place, OPTIONS, journal)


def beside_form(name, result, method):
    """Return the row of a method: its p95 beside that of a plain read of the form."""
    durations = result["durations_ms"]
    baseline = durations[report.BASELINE]["p95"]
    value = durations[method]["p95"]
    return at_most_times(name, value, "ms", baseline, report.GOALS[method])
