"""The name: its archive, its card and its zone, among very many."""

from pathlib import Path

from ...environment import databases
from ...shift import site
from ...shift.form import ElementTree, NameForm, specification
from ...shift.rpc import Browser
from ...shift.site import copy_name, own_copy
from .. import odoo_shell
from ..archive import build
from ..registry import group
from ..rows import at_most, at_most_times, watched
from .archive import NamesList, p95

MANAGER = "responsabile"
SCRIPTS = Path(__file__).parents[1] / "scripts"
#: Seconds for three million names, when a fifth of them and when all change zone.
NAMES = 3_000_000
GOAL_FIFTH, GOAL_ALL = 120, 420
GOAL_SEARCH = 300
ORDERS = (
    "id",
    "name ASC, id ASC",
    "name DESC, id ASC",
    "city ASC, id ASC",
    "city DESC, id ASC",
)
SAMPLES = """
    SELECT name, phone_e164, mobile_e164, email_normalized
      FROM crm_lead WHERE id % 99991 = 7 AND type = 'lead' LIMIT 20"""


@group("name")
def measure(bench):
    """Archive search, zones sorted, the card, and new rules for all zones"""
    database = build.name(bench.size)
    build.ensure(database, bench.size)
    with site.own_server(database) as place:
        browser = Browser(place.host, place.port)
        browser.login(place.database, MANAGER, MANAGER)
        yield from measure_search(browser, database)
        yield from measure_zones(browser)
        yield from measure_card(browser)
    with own_copy(database, copy_name(database, "bench")) as copy:
        yield from measure_rezone(copy)


class ArchiveList(NamesList):
    """The archive as the web client asks for it."""

    path = "archive"


def measure_search(browser, database):
    """Yield the search by every kind of what people type."""
    archive = ArchiveList(browser)
    rows = databases.query(database, SAMPLES)
    kinds = {"name": 0, "phone": 1, "mobile": 2, "email": 3}
    typed = {kind: [row[at] for row in rows if row[at]] for kind, at in kinds.items()}
    typed["surname"] = [name.split()[0] for name in typed["name"]]
    typed["email_start"] = [email[:9] for email in typed["email"] if "@" in email[:9]]
    typed["phone_start"] = [number[3:10] for number in typed["phone"]]
    typed["words_swapped"] = [
        " ".join(reversed(name.upper().split())) for name in typed["name"]
    ]
    typed["vat"] = ["01234567890", "IT01234567890"]
    typed["fiscal_code"] = ["RSSMRA80A01F205X"]
    worst = 0.0
    for kind, texts in typed.items():
        if not texts:
            continue
        domains = [
            [("is_anchor", "=", True), ("archive_text", "ilike", text)]
            for text in texts
        ]
        value = p95(archive.read, domains)
        worst = max(worst, value)
        yield watched(f"name.search_p95_{kind}", value, "ms")
    yield at_most("name.search_p95_ms", worst, "ms", GOAL_SEARCH)


def measure_zones(browser):
    """Yield a list filtered by zone in each order that is offered."""
    archive = ArchiveList(browser)
    zones = browser.call(
        "crm.zone", "search_read", [("child_ids", "=", False)], ["id"], limit=5
    )
    # Branches, too: several zones have no common order.
    zones += browser.call(
        "crm.zone", "search_read", [("child_ids", "!=", False)], ["id"], limit=3
    )
    states = browser.call(
        "res.country.state",
        "search_read",
        [("country_id.code", "=", "IT"), ("code", "in", ("MI", "BS", "RM"))],
        ["id"],
    )
    stock = p95(
        lambda domain: archive.read(domain, "city ASC"),
        [[("state_id", "=", state["id"])] for state in states],
    )
    worst = 0.0
    for order in ORDERS:
        value = p95(
            lambda domain, order=order: archive.read(domain, order),
            [
                [("is_anchor", "=", True), ("zone_id", "child_of", zone["id"])]
                for zone in zones
            ],
        )
        worst = max(worst, value)
    yield at_most("name.list_zone_p95_ms", worst, "ms", GOAL_SEARCH)
    yield watched("name.list_zone_stock_p95", worst, "ms", stock)


def measure_card(browser):
    """Yield opening the card beside Odoo's own form."""
    leads = browser.call("crm.lead", "search", [("type", "=", "lead")], limit=30)
    form, stock = NameForm(browser), StockForm(browser)

    def card(lead_id):
        form.read(lead_id)
        browser.call("crm.lead", "card_header", [lead_id])
        browser.call("crm.lead", "card_timeline", [lead_id])

    value, baseline = p95(card, leads), p95(stock.read, leads)
    yield at_most_times("name.card_ms", value, "ms", baseline, 3)


class StockForm(NameForm):
    """Odoo's own form of a lead."""

    def __init__(self, browser):
        self.browser = browser
        views = browser.call("crm.lead", "get_views", views=[[False, "form"]])
        arch = ElementTree.fromstring(views["views"]["form"]["arch"])
        models = {name: model["fields"] for name, model in views["models"].items()}
        self.specification = specification(arch, "crm.lead", models)


def measure_rezone(database):
    """Yield the job that assigns all names again; scaled to three million."""
    found = odoo_shell.run(database, SCRIPTS / "rezone.py")
    scale = NAMES / found["names"]
    fifth, everything = found["fifth"]["seconds"], found["all"]["seconds"]
    yield at_most("name.rezone_3m_s", fifth * scale, "s", GOAL_FIFTH)
    yield at_most("name.rezone_3m_all_s", everything * scale, "s", GOAL_ALL)
