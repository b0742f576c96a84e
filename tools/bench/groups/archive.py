"""The operators' list of names on the big database: a sanity check, without goals."""

import itertools
import time

from ...shift import report, site
from ...shift.form import ElementTree, NameForm, specification
from ...shift.rpc import Browser
from ..archive import build
from ..registry import group
from ..rows import watched

#: One operator works on one big list, the other on 27.
OPERATORS = {"one_list": "operatore20", "all_lists": "operatore1"}
REPEATS = 30
PAGE = 80
COUNT_LIMIT = 10001


@group("archive")
def measure(bench):
    """The list of names filtered by zone, on the big database"""
    database = build.name(bench.size)
    build.ensure(database, bench.size)
    with site.own_server(database) as place:
        for label, login in OPERATORS.items():
            yield from measure_operator(place, label, login)


def measure_operator(place, label, login):
    """Yield the rows of one operator."""
    browser = Browser(place.host, place.port)
    browser.login(place.database, login, login)
    names = NamesList(browser)
    leads = ("type", "=", "lead")
    zones = browser.call("crm.zone", "search_read", [], ["id"], limit=5)
    by_zone = [[leads, ("zone_id", "child_of", zone["id"])] for zone in zones]
    first = names.read([leads])["records"]
    form = NameForm(browser)
    baseline = p95(form.read, [record["id"] for record in first])
    for name, domains in (("list", [[leads]]), ("zone", by_zone)):
        value = p95(names.read, domains)
        yield watched(f"archive.{name}_p95_{label}", value, "ms", baseline)


def p95(function, arguments):
    """Return the 95th percentile of a call with each argument in turn, in ms."""
    function(arguments[0])
    seconds = []
    for argument in itertools.islice(itertools.cycle(arguments), REPEATS):
        started = time.perf_counter()
        function(argument)
        seconds.append(time.perf_counter() - started)
    return report.percentile(seconds, 95) * 1000


class NamesList:
    """The list of names as the web client asks for it."""

    path = "names"

    def __init__(self, browser):
        self.browser = browser
        action = browser.load_action(self.path)
        views = browser.call(
            "crm.lead",
            "get_views",
            views=action["views"],
            options={"toolbar": True, "load_filters": True, "action_id": action["id"]},
        )
        arch = ElementTree.fromstring(views["views"]["list"]["arch"])
        models = {name: model["fields"] for name, model in views["models"].items()}
        self.specification = specification(arch, "crm.lead", models)

    def read(self, domain, order=None):
        """Read the first page of names, and count them up to a limit."""
        sorting = {"order": order} if order else {}
        return self.browser.call(
            "crm.lead",
            "web_search_read",
            domain=domain,
            specification=self.specification,
            limit=PAGE,
            count_limit=COUNT_LIMIT,
            context={"bin_size": True},
            **sorting,
        )
