"""Makes a row in every table that points to a record, whatever addon it belongs to.

Only the database is asked: which columns must be filled, with what type, and where
their foreign keys point.
"""

from psycopg2.errors import UniqueViolation

from odoo.tools import SQL, mute_logger

_FILLED = {
    "bool": "false",
    "float4": "1",
    "float8": "1",
    "numeric": "1",
    "varchar": "'x'",
    "text": "'x'",
    "date": "current_date",
    "timestamp": "now()",
    "jsonb": "'{}'",
    "bytea": "''",
    "uuid": "gen_random_uuid()",
}
#: What the conditions of tables ask for.
_SPECIAL = {
    "account_move_line": {"display_type": "line_note"},
    "mail_notification": {"notification_type": "none"},
}


class LinkRows:
    """Rows that point to records, made with nothing but PostgreSQL's catalogue."""

    def __init__(self, env):
        self.env, self.cr = env, env.cr
        self.failed = {}
        self.count = 0

    def make(self, link, record_id, model_name, salt):
        """Make a row that points to a record.

        :param Link link: the column
        :param int record_id: of the record
        :param str model_name: of the record
        :param str salt: makes texts differ
        :return: whether a row was made; ``failed`` says why not
        :rtype: bool
        """
        given = {link.column: f"{link.prefix}{record_id}" if link.prefix else record_id}
        if link.condition:
            given[link.condition[0]] = model_name
        given = {**_SPECIAL.get(link.table, {}), **given}
        try:
            try:
                with mute_logger("odoo.sql_db"), self.cr.savepoint(flush=False):
                    self._insert(link.table, given, salt)
            except UniqueViolation:
                # What it belongs to has such a row already: it gets another one.
                with self.cr.savepoint(flush=False):
                    self._insert(link.table, given, salt, fresh=True)
        except Exception as error:  # noqa: BLE001 - whatever the table asks for
            self.failed[f"{link.table}.{link.column}"] = str(error).splitlines()[0]
            return False
        return True

    def _insert(self, table, given, salt, fresh=False):
        """Insert a row, and before it the rows that it needs."""
        self.cr.execute(
            SQL(
                """SELECT a.attname, ty.typname, con.confrelid::regclass::text,
                          a.attnotnull, a.atthasdef,
                          information_schema._pg_char_max_length(
                              a.atttypid, a.atttypmod)
                     FROM pg_attribute a JOIN pg_type ty ON ty.oid = a.atttypid
                LEFT JOIN pg_constraint con
                       ON con.conrelid = a.attrelid AND con.contype = 'f'
                      AND con.conkey = ARRAY[a.attnum]
                    WHERE a.attrelid = %s::regclass AND a.attnum > 0
                      AND NOT a.attisdropped""",
                table,
            )
        )
        columns, values = [], []
        for name, kind, target, required, has_default, longest in self.cr.fetchall():
            if name in given:
                value = SQL("%s", given[name])
            elif not required or has_default or name == "id":
                continue
            elif target:
                value = SQL("%s", self._any_row(target, salt, fresh))
            elif kind in ("varchar", "text"):
                # The end of it is what differs from row to row.
                text = self._text(table, name, salt)
                value = SQL("%s", text[-longest:] if longest else text)
            elif kind in ("int2", "int4", "int8"):
                # Not twice the same: it may be part of a key.
                self.count += 1
                value = SQL("%s", self.count)
            else:
                value = SQL(_FILLED[kind])
            columns.append(SQL.identifier(name))
            values.append(value)
        if not columns:
            columns, values = [SQL("id")], [SQL("DEFAULT")]
        self.cr.execute(
            SQL(
                "INSERT INTO %s (%s) VALUES (%s)",
                SQL.identifier(table),
                SQL(", ").join(columns),
                SQL(", ").join(values),
            )
        )

    def _any_row(self, table, salt, fresh):
        """Return the number of a row of a table, which is made if there is none.

        :param bool fresh: a new one is wanted
        """
        if fresh:
            self._insert(table, {}, f"{salt}_fresh")
            self.cr.execute(SQL("SELECT max(id) FROM %s", SQL.identifier(table)))
            return self.cr.fetchone()[0]
        first = SQL("SELECT min(id) FROM %s", SQL.identifier(table))
        self.cr.execute(first)
        [number] = self.cr.fetchone()
        if not number:
            self._insert(table, {}, salt)
            self.cr.execute(first)
            [number] = self.cr.fetchone()
        return number

    def _text(self, table, name, salt):
        """Return a text for a column: one of its choices, where it has some."""
        for model in self.env.registry.models.values():
            if model._table == table and name in model._fields:
                field = model._fields[name]
                if field.type == "selection":
                    return field.get_values(self.env)[0]
        return f"{name}_{salt}"
