"""Next name and confirm, with 20 operators at work over HTTP."""

from ...environment import demo, settings
from ...shift import floor, report, site
from ...shift.script import Options
from ..registry import group
from ..rows import at_most, at_most_times

OPTIONS = Options(operators=20, duration=45)


@group("dispatch")
def measure(_bench):
    """20 operators over HTTP against the plain read of the names form"""
    demo.prepare()
    copy = site.copy_name(settings.DEMO_DATABASE, "bench")
    with site.own_copy(settings.DEMO_DATABASE, copy), site.own_server(copy) as place:
        journal = floor.work(place, OPTIONS)
        result = report.figures(place, OPTIONS, journal)
    durations = result["durations_ms"]
    baseline = durations[report.BASELINE]["p95"]
    for name, method in (("next", "next_name"), ("confirm", "confirm")):
        value = durations[method]["p95"]
        times = report.GOALS[method]
        yield at_most_times(f"dispatch.{name}_p95", value, "ms", baseline, times)
    wrong = sum(result["must_be_zero"].values())
    yield at_most("dispatch.wrong", wrong, "cases", 0)
