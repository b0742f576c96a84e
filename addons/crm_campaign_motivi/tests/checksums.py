"""What is in the database, table by table, as numbers that can be compared."""

from odoo.tools import SQL


def _tables(cr):
    """Return the names of all tables of the database, whoever made them."""
    cr.execute(
        """SELECT relname FROM pg_class
            WHERE relkind IN ('r', 'p') AND NOT relispartition
              AND relnamespace = current_schema::regnamespace
         ORDER BY relname"""
    )
    return [name for (name,) in cr.fetchall()]


def table_checksums(env, left_out=(), columns=None, rows=None):
    """Return a checksum of every table, and of what numbers documents get next.

    :param env: an environment; what it has not written yet is written first
    :param left_out: names of tables that aren't looked at
    :param dict columns: by table, names of columns that aren't looked at
    :param dict rows: by table, the condition (SQL) of the rows that are looked at
    :return: number of rows and checksum by table
    :rtype: dict[str, tuple[int, str]]
    """
    env.flush_all()
    columns, rows = columns or {}, rows or {}
    found = {}
    for table in _tables(env.cr):
        if table in left_out:
            continue
        # As text of the whole row, so that a column that comes tomorrow is in it.
        env.cr.execute(
            SQL(
                """SELECT count(*), md5(string_agg(row, chr(10) ORDER BY row))
                     FROM (SELECT (to_jsonb(t) - %s::text[])::text AS row
                             FROM %s t WHERE %s) AS plain""",
                list(columns.get(table, ())),
                SQL.identifier(table),
                rows.get(table, SQL("TRUE")),
            )
        )
        found[table] = env.cr.fetchone()
    return {**found, **sequence_states(env.cr)}


def sequence_states(cr):
    """Return the next numbers of documents; those of plain ids may have gaps."""
    cr.execute(
        """SELECT sequencename, last_value FROM pg_sequences
            WHERE schemaname = current_schema
              AND sequencename LIKE 'ir\\_sequence\\_%'"""
    )
    return {name: (1, str(value)) for name, value in cr.fetchall()}


def differences(before, after):
    """Return which tables differ.

    :rtype: dict[str, tuple]
    """
    return {
        name: (before.get(name), after.get(name))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    }
