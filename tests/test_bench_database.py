"""The big database, small: what the set-based load must have in common with the ORM."""

import time

import pytest

from tests.conftest import DEMO_TEMPLATE
from tools.bench import odoo_shell
from tools.bench.archive import build
from tools.environment import databases, demo
from tools.environment.testing.odoo_run import database_name

SIZE = build.SMALLEST
INDEXES = """SELECT indexdef, obj_description(indexname::regclass, 'pg_class')
               FROM pg_indexes WHERE tablename IN ('crm_lead', 'crm_call_list_line')
           ORDER BY indexname"""
CHECK = """
def answer(env, size):
    names = env["crm.lead"].search([], order="id desc", limit=300)
    wrong = [n.id for n in names if n.phone_sanitized != n._e164_numbers()[0]]
    stored = {name.id: name._e164_numbers() for name in names}
    for field in ("phone", "mobile", "phone_second"):
        env.add_to_compute(env["crm.lead"]._fields[f"{field}_e164"], names)
    wrong += [name.id for name in names if name._e164_numbers() != stored[name.id]]
    return {"wrong": wrong, "zones": env["crm.zone"]._assign_zones()}
"""


@pytest.fixture(scope="module")
def archive():
    """Build a small archive on a copy of the demo database."""
    demo.ensure_template(DEMO_TEMPLATE)
    name = database_name("archive")
    databases.clone(DEMO_TEMPLATE, name)
    before = databases.query(name, INDEXES)
    build.Builder(name, SIZE, time.monotonic()).run()
    yield name, before
    databases.drop(name)


def number(name, sql):
    return int(databases.query(name, sql)[0][0])


@pytest.mark.slow
def test_all_names_are_there(archive):
    name, _before = archive
    assert number(name, "SELECT count(*) FROM crm_lead") >= SIZE
    assert number(name, "SELECT count(*) FROM crm_interaction") >= SIZE // 3
    lists = "SELECT count(DISTINCT list_id) FROM crm_call_list_line"
    assert number(name, lists) >= 26
    unused = "SELECT last_value - (SELECT max(id) FROM crm_lead) FROM crm_lead_id_seq"
    assert number(name, unused) >= 0


@pytest.mark.slow
def test_numbers_and_zones_are_what_the_models_compute(archive, tmp_path):
    name, _before = archive
    script = tmp_path / "check.py"
    script.write_text(CHECK)
    found = odoo_shell.run(name, script, size=SIZE)
    assert found == {"wrong": [], "zones": 0}


@pytest.mark.slow
def test_the_indexes_are_as_before(archive):
    name, before = archive
    assert databases.query(name, INDEXES) == before


@pytest.mark.slow
def test_the_fillfactor_leaves_room_for_updates(archive):
    name, _before = archive
    options = databases.query(
        name, "SELECT reloptions FROM pg_class WHERE relname = 'crm_lead'"
    )
    assert "fillfactor=70" in options[0][0]
