#!/usr/bin/env python3
"""Load the demo campaign's names into a demo database, through the real import.

Called by ``make run`` once the demo database exists (addons ``crm_callcenter`` and
``crm_campaign_motivi`` installed with demo data)::

    python tools/demo.py DATABASE
    python tools/demo.py --database DATABASE

It starts ``odoo shell`` on the database, which runs :func:`seed`. Running it again
changes nothing; after an interruption it goes on where it was.
"""

import argparse
import base64
import subprocess
import sys
import uuid
from datetime import timedelta
from pathlib import Path

NAMES = Path(__file__).resolve().parent.parent / "tests/data/names_fotovoltaico.csv"
MODULE = "crm_campaign_motivi"
#: How many names of a hundred have each of the photovoltaic fields.
SHARES = (95, 80, 55, 60, 75, 70, 30, 25)
#: So many operators have called already.
OPERATORS = 6
#: What came of it: the outcome, with minutes and scope of a promised recall.
CALLS = (
    *(("no_answer", None), ("not_interested", None), ("busy", None)) * 4,
    *(("call_back", (minutes, "public")) for minutes in (20, 40, 60, 80, 150)),
    *(("call_back", (minutes, "private")) for minutes in (15, 45, 90, 180, 240)),
    *(("call_back", (minutes, "skill")) for minutes in (30, 120)),
    ("not_owner", None),
    ("not_interested", None),
)
#: So many minutes ago the first public recalls were due.
DUE = (100, 8, 5, 3)


def seed(env):
    """Import the list of names into the demo campaign.

    :param odoo.api.Environment env: of the demo database
    """
    call_list = env.ref(f"{MODULE}.call_list_lombardia", raise_if_not_found=False)
    if not call_list:
        raise SystemExit("The demo campaign is missing: install with --with-demo.")
    # Not as superuser: the import is what a campaign manager does.
    manager = env.ref("crm_callcenter.user_campaign_manager")
    imports = env(user=manager.id, context={"lang": manager.lang, "tz": manager.tz})[
        "crm.list.import"
    ]
    done = imports.search(
        [("filename", "=", NAMES.name), ("list_id", "=", call_list.id)], limit=1
    )
    list_import = done or imports.create(
        {
            "campaign_id": call_list.campaign_id.id,
            "list_id": call_list.id,
            "filename": NAMES.name,
            "file": base64.b64encode(NAMES.read_bytes()),
        }
    )
    if list_import.state == "draft":
        list_import.action_read_file()
    if list_import.state != "done":
        list_import._import_all()
    progress = list_import._progress()
    env.cr.commit()
    fill_photovoltaic(env)
    env.cr.commit()
    fill_campaign(env)
    env.cr.commit()
    print(
        f"{progress['total']} rows of {NAMES.name}: {progress['accepted']} new names, "
        f"{progress['existing']} known, {progress['rejected']} rejected with a reason",
        flush=True,
    )


def fill_photovoltaic(env):
    """Give seven names of ten what a seller of photovoltaic plants knows of them.

    So that filters, groups and columns of the custom fields show something. Names
    that have a value already are left alone.

    :param odoo.api.Environment env: of the demo database
    """
    # Here and not above: the launcher runs without Odoo.
    from odoo.tools import SQL

    for (name, values), share in zip(photovoltaic(env).items(), SHARES, strict=True):
        field = env.ref(f"crm_callcenter.custom_field_{name}")
        for place, value in enumerate(values):
            # A name gets the same values each time, and not all the same ones.
            source = SQL(
                """SELECT id FROM crm_lead
                    WHERE type = 'lead' AND id %% 10 < 7
                      AND (id / 10) %% %s = %s AND id %% 100 < %s""",
                len(values),
                place,
                share,
            )
            field._sql_change(env["crm.lead"], source, "add", value)
    env.invalidate_all()
    computed = env.ref("crm_callcenter.custom_field_pv_yearly_cost")
    env["crm.custom.field.compute"]._begin(computed)._work_at_once()


def fill_campaign(env):
    """Put the queue in order, fill the live list, and have some names called.

    So that the pages of campaigns, lists and recalls show something.

    :param odoo.api.Environment env: of the demo database
    """
    campaign = env.ref(f"{MODULE}.campaign_fotovoltaico_lombardia")
    if env["crm.interaction"].search_count([("campaign_id", "=", campaign.id)]):
        return
    env["crm.queue.job"]._cron_work()
    manager = env.ref("crm_callcenter.user_campaign_manager")
    live = env.ref(f"{MODULE}.call_list_laghi").with_user(manager)
    wizard = env(user=manager.id)["crm.list.build.wizard"]
    wizard.with_context(default_list_id=live.id).create({}).action_fill()
    for number, (outcome, recall) in enumerate(CALLS):
        operator = env.ref(f"crm_callcenter.user_operator_{number % OPERATORS + 1}")
        call_name(env(user=operator.id), campaign, outcome, recall)
    let_recalls_pass(env, campaign)


def let_recalls_pass(env, campaign):
    """Let some public recalls be due: one is kept, one late, the others are waiting.

    :param utm.campaign campaign: in which names were called
    """
    # Here and not above: the launcher runs without Odoo.
    from odoo import fields

    lines = env["crm.call.list.line"].search(
        [("campaign_id", "=", campaign.id), ("recall_scope", "=", "public")], order="id"
    )
    now = fields.Datetime.now()
    for line, minutes in zip(lines, DUE, strict=False):
        line.recall_at = now - timedelta(minutes=minutes)
    env.cr.commit()
    for outcome in ("not_interested", "no_answer"):
        operator = env.ref("crm_callcenter.user_operator_1")
        call_name(env(user=operator.id), campaign, outcome, None)


def call_name(env, campaign, outcome, recall):
    """Take the next name as an operator does, and confirm an outcome.

    :param str outcome: of ``crm_callcenter``
    :param tuple recall: minutes from now and who calls, or ``None``
    """
    # Here and not above: the launcher runs without Odoo.
    from odoo import fields

    desk = env["crm.desk"]
    values = {}
    if recall:
        minutes, values["recall_scope"] = recall
        at = fields.Datetime.now() + timedelta(minutes=minutes)
        values["recall_at"] = fields.Datetime.to_string(at)
    payload = desk.next_name(campaign.id)
    # The claim was made by a transaction of its own: look at it with a new snapshot.
    env.cr.commit()
    env.invalidate_all()
    desk.confirm(
        payload["line_id"],
        payload["claim_token"],
        uuid.uuid4().hex,
        outcome_id=env.ref(f"crm_callcenter.crm_outcome_{outcome}").id,
        **values,
    )
    env.cr.commit()


def photovoltaic(env):
    """Return the values of each photovoltaic field, as columns hold them."""

    def choices(field, *names):
        return [
            env.ref(f"crm_callcenter.custom_choice_{field}_{name}").id for name in names
        ]

    sides = choices("pv_roof_side", "south", "south_east", "south_west", "west")
    return {
        "pv_tenure": choices("pv_tenure", "owner", "owner", "owner", "tenant", "loan"),
        "pv_roof_kind": choices("pv_roof_kind", "pitched", "pitched", "flat", "shed"),
        "pv_roof_side": [[side] for side in sides] + [sides[:2]],
        "pv_roof_area": [45.0, 60.0, 80.0, 110.0, 240.0],
        "pv_kwh": [2100, 2700, 3200, 3900, 5200, 8800],
        "pv_bill": [95.0, 120.0, 148.5, 186.0, 240.0, 410.0],
        "pv_incentive": [[number] for number in choices("pv_incentive", "deduction")]
        + [choices("pv_incentive", "deduction", "community")],
        "pv_financing": choices("pv_financing", "cash", "loan", "undecided"),
    }


def run(arguments):
    """Start ``odoo shell`` on a database and let it call :func:`seed`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="?", metavar="DATABASE")
    parser.add_argument("--database", metavar="DATABASE")
    options = parser.parse_args(arguments)
    database = options.database or options.name
    if not database:
        parser.error("name the database")

    # Here and not above: inside the shell this file is loaded without its folder.
    from environment import cluster, databases, odoo_config
    from environment.shell import EnvironmentProblem

    cluster.start()
    if not databases.exists(database):
        raise EnvironmentProblem(f"there is no database {database}.")
    command = odoo_config.command(
        "shell", "-d", database, "--no-http", "--log-level=warn"
    )
    path = str(Path(__file__).resolve())
    done = subprocess.run(
        command,
        input=f"import runpy; runpy.run_path({path!r})['seed'](env)\n",
        text=True,
        env=odoo_config.environment(),
        check=False,
    )
    return done.returncode


if __name__ == "__main__":
    from environment.shell import main

    main(run, sys.argv[1:])
