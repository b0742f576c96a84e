"""Inside Odoo's shell: put a big campaign in order while operators claim names."""

import random
import threading
import time

from odoo import api

#: Keys of the order: of the name, of its zone, and by lot.
KEYS = (("lead_id.city", "asc"), ("lead_id.zone_id", "desc"), (False, "random"))


def answer(env, operators):
    """Return how long the job took, and what operators were served meanwhile.

    The names of the campaign stay in their new order: it was drawn by lot before. All
    else is taken away again.
    """
    campaign = biggest_campaign(env)
    users = campaign.call_list_ids.operator_ids[:operators]
    campaign.write(
        {
            "work_mode": "group",
            "order_key_ids": [
                (0, 0, {"field_path": path, "direction": direction, "sequence": place})
                for place, (path, direction) in enumerate(KEYS)
            ],
        }
    )
    env.cr.commit()
    job = env["crm.queue.job"].search(
        [("campaign_id", "=", campaign.id), ("kind", "=", "rank")]
    )
    stop, claims, empty = threading.Event(), [], []
    threads = [
        threading.Thread(
            target=operate,
            args=(env.registry, user.id, campaign.id, stop, claims, empty),
            daemon=True,
        )
        for user in users
    ]
    for thread in threads:
        thread.start()
    started = time.perf_counter()
    job._work()
    seconds = time.perf_counter() - started
    stop.set()
    for thread in threads:
        thread.join(60)
    env.cr.commit()
    env.invalidate_all()
    found = {
        "names": job.total_count,
        "state": job.state,
        "seconds": seconds,
        "claims": claims,
        "empty": len(empty),
    }
    campaign.order_key_ids.unlink()
    campaign.work_mode = "list"
    env["crm.queue.job"].search([("campaign_id", "=", campaign.id)]).unlink()
    env.cr.commit()
    return found


def biggest_campaign(env):
    """Return the running campaign with the most names."""
    env.cr.execute(
        """SELECT line.campaign_id FROM crm_call_list_line line
             JOIN utm_campaign campaign ON campaign.id = line.campaign_id
            WHERE campaign.call_state = 'running'
         GROUP BY line.campaign_id ORDER BY count(*) DESC LIMIT 1"""
    )
    return env["utm.campaign"].browse(env.cr.fetchone()[0])


def operate(registry, user_id, campaign_id, stop, claims, empty):
    """Take names and put them back, one after the other, until told to stop."""
    while not stop.is_set():
        with registry.cursor() as cr:
            env = api.Environment(cr, user_id, {})
            campaign = env["utm.campaign"].sudo().browse(campaign_id)
            dispatch = env["crm.dispatch"]
            started = time.perf_counter()
            line = dispatch._claim_next(campaign)
            claims.append(time.perf_counter() - started)
            if line:
                dispatch._release(line["id"], line["claim_token"])
            else:
                empty.append(user_id)
        time.sleep(random.uniform(0.05, 0.2))
