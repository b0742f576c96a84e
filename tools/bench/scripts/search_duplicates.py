"""Inside Odoo's shell: search the archive for duplicates, and for those of one name."""

import time


def answer(env, singles):
    """Return how long the searches take, as the product does them.

    :param int singles: names that are looked up one by one
    :return: seconds of the first run, which makes all keys, and of the next one; pairs
        of each verdict; seconds of each look-up
    :rtype: dict
    """
    found = {
        "first_seconds": search(env, makes_keys=True),
        "next_seconds": search(env, makes_keys=False),
    }
    env.cr.execute("SELECT verdict, count(*) FROM crm_duplicate_pair GROUP BY 1")
    found["pairs"] = dict(env.cr.fetchall())
    env.cr.execute(
        "SELECT id FROM crm_lead WHERE active AND id %% 7919 = 11 LIMIT %s", [singles]
    )
    service = env["crm.dedup"]
    records = service._record_values([lead_id for (lead_id,) in env.cr.fetchall()])
    service._find_duplicates(records[:5])
    found["single_seconds"] = [look_up(service, record) for record in records]
    return found


def search(env, makes_keys):
    """Search the whole archive; the steps are committed. Return the seconds."""
    run = env["crm.duplicate.run"].create({"mode": "full", "makes_keys": makes_keys})
    env.cr.commit()
    started = time.perf_counter()
    env["crm.duplicate.run"]._work_open_jobs()
    env.cr.commit()
    seconds = time.perf_counter() - started
    if run.state != "done":
        raise ValueError(f"the search ended as {run.state}: {run.error}")
    return seconds


def look_up(service, record):
    """Return the seconds of one look-up."""
    started = time.perf_counter()
    service._find_duplicates([record])
    return time.perf_counter() - started
