"""Odoo's own CRM works on when our addons go."""

import subprocess

import pytest

from tools.environment import cluster, databases, odoo_config
from tools.environment.testing.addon_tests import template
from tools.environment.testing.odoo_run import database_name

_UNINSTALL = """
for name in ("crm_segnalazioni", "crm_campaign_motivi", "crm_dedup", "crm_callcenter"):
    module = env["ir.module.module"].search([("name", "=", name)])
    module.button_immediate_uninstall()
    env.cr.commit()
"""
_WORK = """
lead = env["crm.lead"].create(
    {"name": "After", "contact_name": "Ada", "phone": "030 5550001", "type": "lead"}
)
lead._handle_partner_assignment(create_missing=True)
lead.convert_opportunity(lead.partner_id)
lead.action_set_won()
env["phone.blacklist"]._add(["+390305550001"])
lead.get_views([(False, "form"), (False, "list"), (False, "search")])
env.flush_all()
env.cr.execute(
    "SELECT proname FROM pg_proc WHERE proname LIKE 'callcenter%'"
    " UNION SELECT tgname FROM pg_trigger WHERE tgname LIKE 'callcenter%'"
    " UNION SELECT column_name FROM information_schema.columns"
    " WHERE table_name = 'crm_lead' AND (column_name LIKE 'x_cc_%'"
    " OR column_name LIKE '%e164')"
    " UNION SELECT relname FROM pg_class WHERE relname LIKE 'crm_dedup%'"
)
print("LEFT BEHIND:", env.cr.fetchall())
env.cr.commit()
"""


@pytest.fixture
def installed():
    """Give a database with both addons, some names and a blocked number."""
    cluster.start()
    database = database_name("uninstall")
    databases.clone(template(["sale_crm"]), database)
    _odoo(
        [
            "-d",
            database,
            "-i",
            "crm_campaign_motivi,crm_segnalazioni",
            "--stop-after-init",
        ]
    )
    yield database
    databases.drop(database)


def _odoo(args, script=None):
    done = subprocess.run(
        odoo_config.command(*odoo_config.with_free_port(args)),
        env=odoo_config.environment(),
        input=script,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    output = done.stdout + done.stderr
    assert not done.returncode, output[-4000:]
    bad = [
        line
        for line in output.splitlines()
        if (" ERROR " in line or " CRITICAL " in line or "Traceback" in line)
    ]
    assert not bad, "\n".join(bad)[:4000]
    return output


@pytest.mark.slow
def test_odoos_crm_works_without_us(installed):
    before = """
env["crm.lead"].create({"name": "Before", "phone": "030 5550002"})
env["phone.blacklist"]._add(["+390305550002"])
env.cr.commit()
"""
    shell = ["shell", "-d", installed, "--no-http"]
    _odoo(shell, before)
    _odoo(shell, _UNINSTALL)
    assert "LEFT BEHIND: []" in _odoo(shell, _WORK)
