"""A short shift on a server and database of its own, and the rules that judge it."""

import pytest

from tests.conftest import DEMO_TEMPLATE
from tools.environment import demo
from tools.environment.testing.odoo_run import database_name
from tools.shift import checks, floor, form, report, site
from tools.shift.journal import Change, Journal, Served
from tools.shift.script import MIX, Options, Script

OPERATORS = 6
SECONDS = 8


@pytest.fixture(scope="module")
def shift():
    """Let six operators work for eight seconds; return the figures."""
    demo.ensure_template(DEMO_TEMPLATE)
    options = Options(
        operators=OPERATORS, duration=SECONDS, talk=0.4, warm_up=2, fields=1
    )
    name = database_name("shift")
    with site.own_copy(DEMO_TEMPLATE, name), site.own_server(name) as place:
        journal = floor.work(place, options)
        return report.figures(place, options, journal)


@pytest.mark.slow
def test_nothing_is_served_booked_or_lost_twice(shift):
    assert shift["must_be_zero"] == dict.fromkeys(shift["must_be_zero"], 0), shift
    assert report.is_clean(shift)


@pytest.mark.slow
def test_operators_got_on(shift):
    assert shift["names_served"] >= OPERATORS * 3
    assert {"R", "N"} <= set(shift["outcomes"]) <= set(MIX)
    assert not any(note.startswith("no name") for note in shift["remarks"])


@pytest.mark.slow
def test_a_field_was_added_meanwhile(shift):
    assert shift["fields_added"]["count"] == 1
    assert "fields added" in report.text(shift)


@pytest.mark.slow
def test_both_goals_have_a_ratio(shift):
    # After the first name the desk takes the one that it has prefetched.
    assert {"take_ahead", "confirm"} <= set(shift["ratios"]) <= set(report.GOALS)
    assert "goal: at most 4 x" in report.text(shift)


def served(lead_id, since, until, operator="operatore1", **values):
    return Served(
        operator=operator,
        user_id=int(operator[-1]),
        lead_id=lead_id,
        line_id=lead_id,
        claim_token=f"{since}",
        since=since,
        until=until,
        **values,
    )


def test_one_name_in_two_pairs_of_hands_is_found():
    apart = [served(1, 0, 2), served(1, 3, 4, "operatore2"), served(2, 1, 2)]
    assert checks.overlapping_hands(apart) == []
    together = [*apart, served(2, 1.5, 3, "operatore2")]
    assert checks.overlapping_hands(together) == ["name 2: operatore1, operatore2"]


def test_a_long_hold_hides_no_later_one():
    long = [served(1, 0, 9), served(1, 1, 2, "operatore2"), served(1, 5, 6)]
    assert len(checks.overlapping_hands(long)) == 2


def test_a_name_that_was_never_given_back_is_in_hand_still():
    assert checks.overlapping_hands([served(1, 0, None), served(1, 5, 6)])


def test_a_private_recall_is_its_owners():
    mine = served(1, 0, 1, confirmed=True, private_recall=True)
    assert checks.strangers_recalls([mine, served(1, 5, 6)]) == []
    assert checks.strangers_recalls([mine, served(1, 5, 6, "operatore2")])


def test_a_recall_that_was_put_back_is_its_owners_still():
    mine = served(1, 0, 1, confirmed=True, private_recall=True)
    back = served(1, 5, 6, kind="X")
    assert checks.strangers_recalls([mine, back, served(1, 7, 8, "operatore2")])


class Database:
    """Answers every query with the same rows."""

    log = None

    def __init__(self, *rows):
        self.rows = rows

    def query(self, _sql):
        return list(self.rows)

    def log_lines(self):
        return []


def journal_of(*served_names):
    journal = Journal()
    journal.served.extend(served_names)
    return journal


def test_an_outcome_without_its_row_is_lost():
    one = served(7, 0, 1, confirmed=True, token="a", interaction_id=3)
    assert checks.lost_outcomes(Database(("a", "7", "1")), journal_of(one)) == []
    assert checks.lost_outcomes(Database(("a", "7", "2")), journal_of(one))
    assert checks.lost_outcomes(Database(), journal_of(one))


def test_two_outcomes_for_one_claim_are_found():
    one = served(7, 0, 1, confirmed=True, token="a", interaction_id=3)
    assert checks.outcomes_beside_claims(Database(("7", "1")), journal_of(one)) == []
    assert checks.outcomes_beside_claims(Database(("7", "2")), journal_of(one))


def test_an_appointment_without_its_slot_is_found():
    slot = {
        "agent_id": 4,
        "start": "2026-01-01 09:00:00",
        "stop": "2026-01-01 10:00:00",
    }
    one = served(7, 0, 1, confirmed=True, event_id=5, slot=slot)
    booked = Database(("5", "4", slot["start"], slot["stop"]))
    assert checks.lost_appointments(booked, journal_of(one)) == []
    assert checks.lost_appointments(Database(), journal_of(one))


def test_a_confirmed_appointment_without_event_is_found():
    slot = {
        "agent_id": 4,
        "start": "2026-01-01 09:00:00",
        "stop": "2026-01-01 10:00:00",
    }
    one = served(7, 0, 1, confirmed=True, event_id=None, slot=slot)
    assert checks.lost_appointments(Database(), journal_of(one))


def test_calls_beside_a_new_field_are_judged_against_the_others():
    journal = Journal()
    change = Change(
        field_id=1, name="x_cc_a", choice_ids=[], started=100.0, answered=101.0
    )
    assert report._after_changes(journal) == {}
    journal.changes.append(change)
    journal.moments["next_name"] = [
        (50.0, 0.1),
        (99.5, 1.0),  # waited for the change
        (105.9, 0.2),
        (106.1, 0.1),
        (200.0, 0.1),
    ]
    found = report._after_changes(journal)
    assert (found["beside_ms"]["count"], found["idle_ms"]["count"]) == (2, 3)
    assert found["ratio"] == 10 and not found["ok"]
    assert "MISSED" in "\n".join(report._change_lines(found))


def test_a_refusal_in_the_log_is_no_error_of_the_shift():
    assert not checks.is_complaint("2026-01-01 1 WARNING db odoo.http: Just taken.")
    assert checks.is_complaint("2026-01-01 1 WARNING db odoo.addons.x: Odd.")
    assert checks.is_complaint("2026-01-01 1 ERROR db odoo.http: Exception")


def test_percentiles_are_values_that_were_measured():
    values = list(range(1, 101))
    assert [report.percentile(values, share) for share in (50, 95, 99)] == [50, 95, 99]
    assert report.percentile([7], 95) == 7


def test_the_same_seed_draws_the_same():
    draws = [
        [script.kind() for _ in range(50)]
        for script in (Script(Options(), 1), Script(Options(), 1), Script(Options(), 2))
    ]
    assert draws[0] == draws[1] != draws[2]
    assert sum(MIX.values()) == 100


def test_the_specification_is_that_of_the_web_client():
    arch = form.ElementTree.fromstring(
        """<form><sheet><field name="name"/><field name="zone_id"/>
           <field name="company_id" invisible="1"/>
           <field name="lines"><list><field name="date"/></list></field>
           </sheet></form>"""
    )
    models = {
        "lead": {
            "name": {"type": "char"},
            "zone_id": {"type": "many2one", "relation": "zone"},
            "company_id": {"type": "many2one", "relation": "company"},
            "lines": {"type": "one2many", "relation": "line"},
        },
        "line": {"date": {"type": "datetime"}},
    }
    assert form.specification(arch, "lead", models) == {
        "name": {},
        "zone_id": {"fields": {"display_name": {}}},
        "company_id": {"fields": {}},
        "lines": {"fields": {"date": {}}, "limit": form.LIMIT},
    }
