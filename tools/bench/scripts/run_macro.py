"""Inside Odoo's shell: run a macro over many names of the archive."""

import time

MARK = "Banco di prova: macro"
#: Operators who get the actions in turn.
OPERATORS = 20


def answer(env, actions, assignee):
    """Return how many actions were planned in how many seconds.

    What the run wrote is deleted again. The time is that of the whole run, as the
    scheduled action does it: counting the names, looking them up, planning in
    batches with a commit each.
    """
    first_follower = last_id(env, "mail_followers")
    made = prepare(env, actions, assignee)
    try:
        run = made["macro"]._queue_run().sudo()
        env.cr.commit()
        started = time.perf_counter()
        env["crm.macro"]._cron_run()
        env.cr.commit()
        seconds = time.perf_counter() - started
        if (run.state, run.done) != ("done", actions):
            raise ValueError(f"the run ended as {run.state} with {run.done}")
        return {"planned": run.done, "seconds": seconds}
    finally:
        env.cr.rollback()
        clean(env, made, first_follower)


def prepare(env, actions, assignee):
    """Create a type, a category with operators, and the macro; commit."""
    category = env["crm.operator.category"].create({"name": MARK})
    users = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": f"{MARK} {number}",
                    "login": f"banco-macro-{number}",
                    "tz": "Europe/Rome",
                    "operator_category_id": category.id,
                }
                for number in range(OPERATORS)
            ]
        )
    )
    macro = env["crm.macro"].create(
        {
            "name": MARK,
            "user_id": env.ref("base.user_admin").id,
            "domain": repr(domain(env, actions)),
            "activity_type_id": env["mail.activity.type"]
            .create({"name": MARK, "is_commercial": True})
            .id,
            "assignee": assignee,
            "operator_category_id": category.id,
            "cap": actions,
            "delay_days": 1,
        }
    )
    env.cr.commit()
    return {"macro": macro, "users": users, "category": category}


def domain(env, actions):
    """Return a search that finds little more names than the macro plans.

    :return: the names of one province, or all names of a small archive
    :rtype: list
    """
    leads = [("type", "=", "lead")]
    groups = env["crm.lead"]._read_group(leads, ["state_id"], ["__count"])
    fitting = sorted(
        (count, state.id) for state, count in groups if state and count > actions * 1.05
    )
    if not fitting:
        return leads
    return [*leads, ("state_id", "=", fitting[0][1])]


def last_id(env, table):
    """Return the last number that a table has given."""
    env.cr.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
    return env.cr.fetchone()[0]


def clean(env, made, first_follower):
    """Delete what was made."""
    macro, users = made["macro"], made["users"]
    activity_type = macro.activity_type_id
    env.cr.execute(
        "DELETE FROM mail_activity WHERE activity_type_id = %s", [activity_type.id]
    )
    env.cr.execute(
        "DELETE FROM mail_followers WHERE id > %s AND partner_id = ANY(%s)",
        [first_follower, users.partner_id.ids],
    )
    env.invalidate_all()
    macro.run_ids.state = "done"
    macro.run_ids.unlink()
    macro.unlink()
    activity_type.unlink()
    partners = users.partner_id
    users.unlink()
    partners.unlink()
    made["category"].unlink()
    env.cr.commit()
