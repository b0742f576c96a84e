"""Inside Odoo's shell: close planned actions, ours and stock Odoo's in turn.

Ours: an action whose relation moves the commercial state and plans the next action.
Stock: an activity whose type triggers the next one, and a tracked write on the lead.
"""

import time
from functools import partial

#: Closed before the watch starts: caches are warm then, as on a server at work.
WARM_UP = 10
MARK = "Banco di prova: esiti"


def answer(env, repeats):
    """Return seconds and queries of each; what it wrote is deleted again."""
    env = env(user=env.ref("base.user_admin").id)
    made = prepare(env, repeats + WARM_UP)
    try:
        found = {side: {"seconds": [], "queries": []} for side in ("ours", "stock")}
        for number in range(repeats + WARM_UP):
            for side, close in (("ours", close_ours), ("stock", close_stock)):
                seconds, queries = timed(env, partial(close, env, made, number))
                if number >= WARM_UP:
                    found[side]["seconds"].append(seconds)
                    found[side]["queries"].append(queries)
        check(env, made, repeats + WARM_UP)
        return found
    finally:
        env.cr.rollback()
        clean(env, made)


def timed(env, close):
    """Return seconds and queries of one request, its commit included."""
    env.invalidate_all()
    before = env.cr.sql_log_count
    started = time.perf_counter()
    close()
    env.cr.commit()
    return time.perf_counter() - started, env.cr.sql_log_count - before


def close_ours(env, made, number):
    """Close one planned action with its outcome."""
    activity = env["mail.activity"].browse(made["ours"][number])
    outcome = env["crm.outcome"].browse(made["outcome_ids"][0])
    activity._close_with_outcome(outcome, note="Richiamare domani.")


def close_stock(env, made, number):
    """Mark one activity done and move its lead, as a salesperson does."""
    activity = env["mail.activity"].browse(made["stock"][number])
    lead = env["crm.lead"].browse(activity.res_id)
    activity.action_feedback(feedback="Richiamare domani.")
    lead.stage_id = made["stage_id"]


def prepare(env, count):
    """Create types, a relation, names and what is planned with them; commit.

    :return: ids of all of it
    :rtype: dict
    """
    types = env["mail.activity.type"]
    first, second = types.create(
        [{"name": f"{MARK} {number}", "is_commercial": True} for number in (1, 2)]
    )
    stock_next = types.create({"name": f"{MARK} 3", "res_model": "crm.lead"})
    stock_first = types.create(
        {
            "name": f"{MARK} 4",
            "res_model": "crm.lead",
            "chaining_type": "trigger",
            "triggered_next_type_id": stock_next.id,
        }
    )
    outcome = env["crm.outcome"].create({"name": MARK, "color": "#28a745"})
    state = env["crm.commercial.state"].create({"name": MARK})
    relation = env["crm.relation"].create(
        {
            "activity_type_id": first.id,
            "outcome_id": outcome.id,
            "commercial_state_id": state.id,
            "next_type_id": second.id,
            "next_assignee": "me",
            "delay_days": 2,
            "points": 1,
        }
    )
    stages = env["crm.stage"].search([], limit=2)
    leads = env["crm.lead"].create(
        [
            {"name": MARK, "type": "lead", "user_id": env.uid, "stage_id": stages[0].id}
            for _number in range(2 * count)
        ]
    )
    activities = env["mail.activity"].create(
        [
            {
                "res_model_id": env["ir.model"]._get_id("crm.lead"),
                "res_id": lead.id,
                "activity_type_id": (first if place < count else stock_first).id,
                "user_id": env.uid,
            }
            for place, lead in enumerate(leads)
        ]
    )
    env.cr.commit()
    return {
        "ours": activities[:count].ids,
        "stock": activities[count:].ids,
        "lead_ids": leads.ids,
        "stage_id": stages[1].id,
        "state_id": state.id,
        "relation_ids": relation.ids,
        "outcome_ids": outcome.ids,
        "type_ids": (stock_first | stock_next | first | second).ids,
    }


def check(env, made, count):
    """Make sure that both sides did their work.

    :raise ValueError: they did not, and the figures mean nothing
    """
    leads = env["crm.lead"].browse(made["lead_ids"])
    moved = leads[:count].filtered_domain(
        [("commercial_state_id", "=", made["state_id"])]
    )
    staged = leads[count:].filtered_domain([("stage_id", "=", made["stage_id"])])
    planned = env["mail.activity"].search_count(
        [("res_model", "=", "crm.lead"), ("res_id", "in", leads.ids)]
    )
    if (len(moved), len(staged), planned) != (count, count, 2 * count):
        raise ValueError(f"not all was done: {len(moved)} {len(staged)} {planned}")


def clean(env, made):
    """Delete what was made, the ledger's rows by SQL: nobody else may."""
    leads, types = made["lead_ids"], made["type_ids"]
    for query, ids in (
        ("DELETE FROM crm_interaction WHERE lead_id = ANY(%s)", leads),
        ("DELETE FROM mail_activity WHERE activity_type_id = ANY(%s)", types),
        ("DELETE FROM mail_message WHERE mail_activity_type_id = ANY(%s)", types),
    ):
        env.cr.execute(query, [ids])
    env.invalidate_all()
    env["crm.lead"].browse(leads).unlink()
    env["crm.relation"].browse(made["relation_ids"]).unlink()
    env["mail.activity.type"].browse(types).unlink()
    env["crm.outcome"].browse(made["outcome_ids"]).unlink()
    env["crm.commercial.state"].browse(made["state_id"]).unlink()
    env.cr.commit()
