"""Inside Odoo's shell: import a list with ours, load the same rows with ``load()``."""

import base64
import time
from pathlib import Path

CONTACT = ("name", "lead_kind", "contact_name", "partner_name", "email_from")
PLACE = ("street", "zip", "city")
PHONES = ("phone", "mobile", "phone_second")


def answer(env, file, sample):
    """Return how long both took, in seconds; the caller drops the database.

    Both work as the administrator. ``load()`` gets values that are clean already, as
    our import reads them from the file: reading and cleaning is not in its time.
    """
    record = new_import(env, Path(file))
    rows = clean_rows(record)[:sample]
    env.cr.commit()
    load_seconds = timed(lambda: load(env, rows))
    # The import is to meet an empty list, as ``load()`` did.
    env.cr.rollback()
    started = time.perf_counter()
    record.action_read_file()
    found = record._import_all()
    env.cr.commit()
    return {
        "rows": found["total"],
        "import_seconds": time.perf_counter() - started,
        "load_seconds": load_seconds,
    }


def timed(function):
    """Return how many seconds a function takes."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def new_import(env, file):
    """Create an import of a file into a new list of a new campaign."""
    campaign = env["utm.campaign"].create(
        {
            "title": "Misura",
            "is_call_campaign": True,
            "company_id": env.company.id,
        }
    )
    return env["crm.list.import"].create(
        {
            "file": base64.b64encode(file.read_bytes()),
            "filename": file.name,
            "campaign_id": campaign.id,
            "new_list_name": "Misura",
        }
    )


def clean_rows(record):
    """Return the rows of the file that can be called, as lists for ``load()``."""
    record.action_read_file()
    reader = record._row_reader()
    read = (reader.read_row(*row) for row in record._open_table().rows())
    fields = (*CONTACT, *PLACE, *PHONES)
    return [
        [row.values.get(name) or "" for name in fields] + [row.province or ""]
        for row in read
        if not row.problem
    ]


def load(env, rows):
    """Create leads with Odoo's own method, as its import screen calls it."""
    states = {state.code: str(state.id) for state in env.ref("base.it").state_ids}
    italy = str(env.ref("base.it").id)
    fields = [*CONTACT, *PLACE, *PHONES, "state_id/.id", "country_id/.id", "type"]
    values = [[*row[:-1], states.get(row[-1], ""), italy, "lead"] for row in rows]
    model = env["crm.lead"].with_context(import_file=True, tracking_disable=True)
    found = model.load(fields, values)
    if not found["ids"]:
        raise ValueError(found["messages"])
    env.flush_all()
