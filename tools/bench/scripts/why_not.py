"""Inside Odoo's shell: ask why names of a big campaign are not served."""

import time


def answer(env, samples):
    """Return how long each name took, and counting all of the campaign.

    :param int samples: names asked, in every state
    """
    env.cr.execute(
        """SELECT line.campaign_id FROM crm_call_list_line line
             JOIN utm_campaign campaign ON campaign.id = line.campaign_id
            WHERE campaign.call_state = 'running'
         GROUP BY line.campaign_id ORDER BY count(*) DESC LIMIT 1"""
    )
    campaign = env["utm.campaign"].browse(env.cr.fetchone()[0])
    env.cr.execute(
        """SELECT id FROM crm_call_list_line WHERE campaign_id = %s
         ORDER BY md5(id::text) LIMIT %s""",
        [campaign.id, samples],
    )
    lines = [line_id for (line_id,) in env.cr.fetchall()]
    seconds = []
    for line_id in lines:
        env.invalidate_all()
        started = time.perf_counter()
        env["crm.call.list.line"].browse(line_id)._not_callable_reasons()
        seconds.append(time.perf_counter() - started)
    env.invalidate_all()
    started = time.perf_counter()
    counts = campaign._not_callable_counts()
    counting = time.perf_counter() - started
    env.cr.rollback()
    return {"seconds": seconds, "counting": counting, "counts": counts}
