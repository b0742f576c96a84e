"""Indexes, taken away for a first load and built again after it."""

import concurrent.futures

from ...environment import databases

SEPARATOR = "\x1f"


def drop(database, tables):
    """Drop the indexes that no constraint stands on; return how to make them again.

    Odoo keeps the definition of its own indexes in their comments and builds an index
    again whose comment differs, so comments come back too.
    """
    names = ", ".join(f"'{table}'" for table in tables)
    rows = databases.query(
        database,
        f"""SELECT concat_ws(E'\\x1f', i.indexrelid::regclass,
                             pg_get_indexdef(i.indexrelid),
                             obj_description(i.indexrelid, 'pg_class'))
              FROM pg_index i
             WHERE i.indrelid::regclass::text IN ({names})
               AND NOT EXISTS (SELECT 1 FROM pg_constraint c
                                WHERE c.conindid = i.indexrelid)
               AND NOT i.indisprimary""",
    )
    found = [row[0].split(SEPARATOR) for row in rows]
    for name, *_definition in found:
        databases.query(database, f"DROP INDEX {name}")
    # The slow kind first, so that the connections end together.
    return sorted(found, key=lambda row: "USING gin" not in row[1])


def create(database, definitions, connections):
    """Build indexes, several at a time."""
    with concurrent.futures.ThreadPoolExecutor(connections) as pool:
        list(pool.map(lambda row: _create(database, *row), definitions))


def _create(database, name, definition, comment=""):
    text = f"SET maintenance_work_mem = '512MB'; {definition}"
    if comment:
        quoted = comment.replace("'", "''")
        text += f"; COMMENT ON INDEX {name} IS '{quoted}'"
    databases.query(database, text)
