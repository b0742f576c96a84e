"""The operator's desk in a real browser: how long the screen takes to turn.

One operator works names of the usual mix by clicks, on a copy of the demo database,
with a headless Chromium. A turn lasts from the click on CONFIRM until the next name is
painted: the second animation frame after its elements are in the page.
"""

import json
import random
from pathlib import Path

from ...environment import demo, settings
from ...environment.shell import EnvironmentProblem, say
from ...screenshot import Browser, log_in
from ...shift import report, site
from ...shift.script import MIX
from ..registry import group
from ..rows import at_most, watched

PAGE_SCRIPT = Path(__file__).parents[1] / "scripts" / "desk_turns.js"
LOGIN = "operatore1"
#: Names that are worked; those of the warm-up don't count.
NAMES = 72
WARM_UP = 6
#: Seconds of talk per name: far less than anybody takes, so that it is no easy case.
TALK = (1.6, 3.0)
GOAL_MS = 300
SEED = 8


@group("desk")
def measure(_bench):
    """The screen of the desk turns to the next name, in a real browser"""
    demo.prepare()
    copy = site.copy_name(settings.DEMO_DATABASE, "bench")
    with site.own_copy(settings.DEMO_DATABASE, copy), site.own_server(copy) as place:
        turns = work(f"http://{place.host}:{place.port}")
    everything = [value for values in turns.values() for value in values]
    yield at_most("desk.turn_p95_ms", report.percentile(everything, 95), "ms", GOAL_MS)
    yield watched("desk.turn_p50_ms", report.percentile(everything, 50), "ms")
    yield watched("desk.turns", len(everything), "names")
    for kind, values in sorted(turns.items()):
        for share in (50, 95):
            value = report.percentile(values, share)
            yield watched(f"desk.turn_{kind}_p{share}_ms", value, "ms")


def kinds():
    """Return the kinds of the names in their order: the usual mix, each kind in it.

    :rtype: list[str]
    """
    draws = random.Random(SEED)
    drawn = draws.choices(list(MIX), MIX.values(), k=NAMES - 2 * len(MIX))
    drawn += 2 * list(MIX)
    draws.shuffle(drawn)
    return drawn


def work(base):
    """Let one operator work; return the milliseconds of the turns by kind.

    :param str base: address of the server
    :rtype: dict[str, list[float]]
    """
    draws = random.Random(SEED)
    turns = {}
    browser = Browser(1366, 768, "it-IT", "Europe/Rome")
    try:
        log_in(browser, base, LOGIN, LOGIN)
        browser.call("Page.navigate", url=f"{base}/odoo/desk")
        browser.wait(".o_desk_phase_start .o_desk_next, .o_desk_confirm")
        browser.evaluate(PAGE_SCRIPT.read_text())
        browser.evaluate("return window.deskTurns.start()")
        for number, kind in enumerate(kinds()):
            talk = draws.uniform(*TALK)
            arguments = ", ".join(map(json.dumps, (kind, talk, number)))
            spent = browser.evaluate(f"return window.deskTurns.work({arguments})")
            if spent is not None and number >= WARM_UP:
                turns.setdefault(kind, []).append(spent)
    except SystemExit as problem:
        raise EnvironmentProblem(str(problem)) from problem
    finally:
        browser.close()
    if browser.errors:
        raise EnvironmentProblem(f"the page complains: {browser.errors[0]}")
    say(f"{sum(map(len, turns.values()))} turns measured")
    return turns
