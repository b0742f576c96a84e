"""Inside Odoo's shell: set a custom field on very many names."""

import time


def answer(env, names):
    """Return how long setting took, without and with an index, in seconds.

    As the browser does it: batch by batch, each committed. The caller drops the
    database.

    :param int names: how many names are set; as many as there are if there are fewer
    """
    field = env["crm.custom.field"].create({"label": "Misura", "field_type": "integer"})
    env.cr.commit()
    env.cr.execute(
        "SELECT max(id) FROM (SELECT id FROM crm_lead ORDER BY id LIMIT %s) t", [names]
    )
    last = env.cr.fetchone()[0]
    plain, changed = run(env, field, last, 1)
    field.is_indexed = True
    plan = field._index_plan()
    env.cr.commit()
    error = env["crm.custom.field"]._build_indexes(plan)
    if error:
        raise ValueError(error)
    indexed, _changed = run(env, field, last, 2)
    return {"names": changed, "seconds": plain, "indexed_seconds": indexed}


def run(env, field, last, value):
    """Set a value on the names up to an id.

    :return: seconds, and how many names were changed
    """
    job = env["crm.custom.field.mass"].create(
        {
            "custom_field_id": field.id,
            "operation": "set",
            "value_integer": value,
            "domain": repr([("id", "<=", last)]),
        }
    )
    env.cr.commit()
    started = time.perf_counter()
    job.action_run()
    env.cr.commit()
    while not job.run_next_batch()["finished"]:
        env.cr.commit()
    env.cr.commit()
    return time.perf_counter() - started, job.changed
