"""Inside Odoo's shell: read the coordinator's page of the biggest campaign."""

import time

MARK = "banco-coordinatore"
#: Read before the watch starts: caches are warm then, as on a server at work.
WARM_UP = 3


def answer(env, repeats, outcomes):
    """Return the seconds of each reading by period, and how big the campaign is."""
    campaign = biggest_campaign(env)
    user = coordinator_of(env, campaign)
    fill_today(env, campaign, outcomes)
    env.cr.commit()
    board = env(user=user.id)["crm.campaign.board"]
    seconds = {}
    for period in ("today", "week"):
        times = [timed(board, campaign, period) for _time in range(repeats + WARM_UP)]
        seconds[period] = times[WARM_UP:]
    env.invalidate_all()
    before = env.cr.sql_log_count
    figures = board.get_board(campaign.id)
    queries = env.cr.sql_log_count - before
    if figures["total"] < 1 or figures["calls"] < outcomes:
        raise ValueError(f"the page is empty: {figures['total']} {figures['calls']}")
    env.cr.execute(
        "SELECT reltuples::bigint FROM pg_class WHERE relname = 'crm_interaction'"
    )
    [ledger] = env.cr.fetchone()
    return {
        "seconds": seconds,
        "lines": figures["total"],
        "ledger": ledger,
        "queries": queries,
    }


def timed(board, campaign, period):
    """Return the seconds of one reading in a transaction of its own."""
    board.env.invalidate_all()
    started = time.perf_counter()
    board.get_board(campaign.id, period)
    seconds = time.perf_counter() - started
    board.env.cr.rollback()
    return seconds


def biggest_campaign(env):
    """Return the campaign with the most names in its lists."""
    env.cr.execute(
        "SELECT campaign_id FROM crm_call_list_line WHERE campaign_id IS NOT NULL"
        " GROUP BY campaign_id ORDER BY count(*) DESC LIMIT 1"
    )
    return env["utm.campaign"].browse(env.cr.fetchone()[0])


def coordinator_of(env, campaign):
    """Return the coordinator of the campaign, made when first needed."""
    users = env["res.users"].with_context(no_reset_password=True)
    user = users.search([("login", "=", MARK)]) or users.create(
        {
            "name": MARK,
            "login": MARK,
            "group_ids": [(4, env.ref("crm_callcenter.group_coordinator").id)],
        }
    )
    campaign.coordinator_ids |= user
    return user


def fill_today(env, campaign, outcomes):
    """Write outcomes of today into the ledger until there are so many."""
    points = env["crm.points"]
    start, _stop = points._bounds(points._today(), points._today())
    env.cr.execute(
        "SELECT count(*) FROM crm_interaction WHERE campaign_id = %s AND date >= %s",
        [campaign.id, start],
    )
    missing = outcomes - env.cr.fetchone()[0]
    if missing <= 0:
        return
    env.cr.execute(
        """INSERT INTO crm_interaction
                  (lead_id, date, user_id, campaign_id, outcome_id, outcome_kind,
                   points, note)
           SELECT line.lead_id,
                  %(start)s + random() * ((now() AT TIME ZONE 'UTC') - %(start)s),
                  (%(users)s)[1 + line.id %% cardinality(%(users)s)], %(campaign)s,
                  outcome.id, outcome.kind, 0, %(mark)s
             FROM (SELECT id, lead_id FROM crm_call_list_line
                    WHERE campaign_id = %(campaign)s
                    LIMIT %(missing)s) AS line
             JOIN (SELECT id, kind, row_number() OVER (ORDER BY id) - 1 AS place,
                          count(*) OVER () AS total
                     FROM crm_outcome WHERE kind IS NOT NULL) outcome
               ON outcome.place = line.id %% outcome.total""",
        {
            "start": start,
            "users": env["res.users"].search([("login", "=like", "operatore%")]).ids,
            "campaign": campaign.id,
            "missing": missing,
            "mark": MARK,
        },
    )
    env.cr.execute("ANALYZE crm_interaction")
