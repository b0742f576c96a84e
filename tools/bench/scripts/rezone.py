"""Inside Odoo's shell: new rules for zones, carried out for every name."""

import time


def answer(env):
    """Return how long the job took, when a fifth and when all of the names change.

    The caller drops the database.
    """
    env.cr.execute(
        "SELECT state_id, count(*) FROM crm_lead WHERE state_id IS NOT NULL"
        " GROUP BY state_id ORDER BY count(*) DESC"
    )
    counts = env.cr.fetchall()
    total = sum(count for _state, count in counts)
    found = {"names": total}
    env["crm.zone.rule"].search([]).unlink()
    first, second = env["crm.zone"].create([{"name": "First"}, {"name": "Second"}])
    rules = env["crm.zone.rule"].create(
        [
            {"kind": "province", "state_id": state_id, "zone_id": first.id}
            for state_id, _count in counts
        ]
    )
    # Every name gets another zone than the one it came with; then a fifth once more.
    found["all"] = _timed(env)
    share = 0
    for rule, (_state, count) in zip(rules, counts, strict=True):
        if share + count <= total * 0.2:
            rule.zone_id = second
            share += count
    found["fifth"] = _timed(env)
    return found


def _timed(env):
    """Assign all names, and return seconds and how many changed."""
    run = env["crm.zone.run"]._begin()
    env.cr.commit()
    started = time.perf_counter()
    run._work()
    return {"seconds": time.perf_counter() - started, "changed": run.changed_count}
