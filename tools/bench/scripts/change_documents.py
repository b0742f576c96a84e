"""Inside Odoo's shell: one change to very many lines of documents."""

import time

#: Documents whose totals are compared with those that Odoo computes itself.
SAMPLE = 25
COPY = """
INSERT INTO {table} ({columns})
SELECT {values} FROM {table} AS original, generate_series(1, %(count)s) AS number
 WHERE original.id = %(id)s ORDER BY number RETURNING id
"""


def answer(env, login, documents):
    """Return how long a new price and a new line state took, in seconds.

    Documents have two or three lines in turn, with several taxes, also included in
    the price, and discounts. The caller drops the database.

    :param str login: back office, whose rights hold
    :param int documents: how many are made
    """
    env = env(context=dict(env.context, tracking_disable=True))
    user = env["res.users"].search([("login", "=", login)])
    order_ids = generate(env, documents)
    env.cr.commit()
    env.cr.execute("ANALYZE sale_order; ANALYZE sale_order_line")
    env.cr.commit()
    domain = repr([("id", ">=", min(order_ids)), ("id", "<=", max(order_ids))])
    price = {"target": "price", "operation": "percent", "number": 7}
    state = env["crm.segnalazione.line.state"].search(
        [("category", "=", "refused")], limit=1
    )
    line_state = {"target": "line_state", "line_state_id": state.id}
    answers = {"documents": len(order_ids)}
    for title, kind, value in (
        ("dry", "dry", price),
        ("price", "run", price),
        ("line_state", "run", line_state),
    ):
        change = (
            env["crm.segnalazione.mass.change"]
            .with_user(user)
            .create({"name": title, "domain": domain, "value_ids": [(0, 0, value)]})
        )
        env.cr.commit()
        answers[title] = measure(env, change, kind)
        if title == "price":
            answers["wrong"] = wrong_totals(env, order_ids)
    started = time.perf_counter()
    changes = env["crm.segnalazione.mass.change"].with_user(user)
    undo = changes.search([("name", "=", "price")], limit=1).last_run_id.action_undo()
    answers["undo"] = work(env, undo["res_id"], started)
    return answers


def measure(env, change, kind):
    """Return what a run did and how long it took."""
    started = time.perf_counter()
    run = change._queue_run(kind, origin="schedule")
    return work(env, run.id, started)


def work(env, run_id, started):
    """Work on a run until it has ended, as a cron worker does."""
    env.cr.commit()
    run = env["crm.segnalazione.mass.run"].browse(run_id)
    while not run._work():
        pass
    env.cr.commit()
    return {
        "seconds": time.perf_counter() - started,
        "state": run.state,
        "error": run.error,
        "lines": run.changed_lines,
        "refused": run.refused,
    }


def wrong_totals(env, order_ids):
    """Return how many of a sample have totals that Odoo would compute otherwise."""
    env.invalidate_all()
    step = max(len(order_ids) // SAMPLE, 1)
    wrong = 0
    for order in env["sale.order"].browse(order_ids[::step]):
        totals = order.amount_untaxed, order.amount_tax, order.amount_total
        lines = order.order_line.mapped("price_total")
        order.order_line._compute_amount()
        order._compute_amounts()
        wrong += lines != order.order_line.mapped("price_total")
        wrong += totals != (order.amount_untaxed, order.amount_tax, order.amount_total)
    env.invalidate_all(flush=False)
    env.cr.rollback()
    return wrong


def generate(env, documents):
    """Make documents: two by the ORM, the others as copies of their rows.

    :return: their ids
    """
    document_type = env.ref("crm_segnalazioni.type_contract")
    lines = line_values(env)
    first, second = env["sale.order"].create(
        [
            {
                "partner_id": env["res.partner"].create({"name": "Bench"}).id,
                "segnalazione_type_id": document_type.id,
                "order_line": lines[:count],
            }
            for count in (2, 3)
        ]
    )
    env.flush_all()
    order_ids = []
    for order in (first, second):
        found = copy_rows(env, order, documents // 2, {"name": "'BENCH/' || "})
        for line in order.order_line:
            copy_lines(env, line, found)
        order_ids += found
    return sorted(order_ids)


def line_values(env):
    """Return the lines of a document: taxes on top and included, with a discount."""
    taxes = env["account.tax"]
    tax = taxes.create({"name": "Bench 22", "amount": 22, "type_tax_use": "sale"})
    small = taxes.create({"name": "Bench 10", "amount": 10, "type_tax_use": "sale"})
    included = taxes.create(
        {
            "name": "Bench 22 included",
            "amount": 22,
            "type_tax_use": "sale",
            "price_include_override": "tax_included",
        }
    )
    product = env["product.product"].create(
        {"name": "Bench", "type": "service", "list_price": 100, "taxes_id": False}
    )
    return [
        (
            0,
            0,
            {
                "product_id": product.id,
                "price_unit": price,
                "product_uom_qty": quantity,
                "discount": discount,
                "tax_ids": [(6, 0, chosen.ids)],
            },
        )
        for price, quantity, discount, chosen in (
            (199.99, 3, 0, tax),
            (1234.56, 1, 7.5, included),
            (17.33, 12, 5, small | tax),
        )
    ]


def copy_rows(env, record, count, changed):
    """Insert copies of a row; return their ids.

    :param dict changed: SQL before the number of the copy, by column
    """
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND table_schema = current_schema"
        " AND column_name != 'id' AND is_generated = 'NEVER'",
        [record._table],
    )
    columns = [name for [name] in env.cr.fetchall()]
    values = [
        f"{changed[name]} original.id || '/' || number"
        if name in changed
        else f'original."{name}"'
        for name in columns
    ]
    quoted = ", ".join(f'"{name}"' for name in columns)
    env.cr.execute(
        COPY.format(table=record._table, columns=quoted, values=", ".join(values)),
        {"id": record.id, "count": count},
    )
    return [row_id for [row_id] in env.cr.fetchall()]


def copy_lines(env, line, order_ids):
    """Give each document a copy of a line, each with a price of its own."""
    line_ids = copy_rows(env, line, len(order_ids), {})
    env.cr.execute(
        "UPDATE sale_order_line line SET order_id = new.order_id,"
        " price_unit = price_unit + (new.order_id %% 997) * 0.37"
        " FROM unnest(%s, %s) AS new(line_id, order_id) WHERE line.id = new.line_id",
        [line_ids, order_ids],
    )
    field = line._fields["tax_ids"]
    env.cr.execute(
        f"INSERT INTO {field.relation} ({field.column1}, {field.column2})"
        f" SELECT new.id, link.{field.column2} FROM unnest(%s) AS new(id),"
        f" {field.relation} link WHERE link.{field.column1} = %s",
        [line_ids, line.id],
    )
