"""Inside Odoo's shell: a list of 100,000 names, built from a search of zones."""

import time

NAMES = 100_000
PREVIEW = 50_000


def answer(env, manager):
    """Return how long the preview and the job took, and of how many names.

    The list is built for two campaigns, one after the other: for the first one the
    copied database reads its pages from disk, as no server at work does.
    The caller drops the database.

    :param str manager: login of the campaign manager who builds it
    """
    env = env(user=env["res.users"].search([("login", "=", manager)]).id)
    cold = build(env)
    return {**build(env), "cold_seconds": cold["seconds"]}


def build(env):
    """Look at the preview of a list, and build it; return the figures."""
    campaign = env["utm.campaign"].create({"title": "Bench", "is_call_campaign": True})
    call_list = env["crm.call.list"].create(
        {"name": "Bench", "campaign_id": campaign.id}
    )
    env.cr.commit()
    domain = [("type", "=", "lead"), ("zone_id", "in", _zones(env))]
    started = time.perf_counter()
    leads = env["crm.lead"].search(domain, order="id", limit=PREVIEW)
    counts = call_list.sudo()._sort_names(leads.ids)
    preview = time.perf_counter() - started
    env.cr.commit()
    started = time.perf_counter()
    job = (
        env["crm.list.job"]
        .sudo()
        .create(
            {
                "kind": "build",
                "list_id": call_list.id,
                "domain": repr(domain),
                "user_id": env.uid,
            }
        )
    )
    env.cr.commit()
    while not job._work():
        pass
    seconds = time.perf_counter() - started
    return {
        "state": job.state,
        "seen": job.seen,
        "added": job.done,
        "left_out": job.counts or {},
        "seconds": seconds,
        "preview_names": len(leads),
        "preview_seconds": preview,
        "preview_added": counts.get("added", 0),
    }


def _zones(env):
    """Return the smallest zones that hold 100,000 names together, or all of them."""
    env.cr.execute(
        "SELECT zone_id, count(*) FROM crm_lead WHERE zone_id IS NOT NULL"
        " AND type = 'lead' AND active GROUP BY zone_id ORDER BY count(*), zone_id"
    )
    chosen, names = [], 0
    for zone_id, count in env.cr.fetchall():
        if names < NAMES:
            chosen.append(zone_id)
            names += count
    return chosen
