import contextlib

from odoo import models
from odoo.tools import SQL

#: What the references of a table point to; only those of one column.
_REFERENCES = """
    SELECT own.attname::text, found.confrelid::regclass::text, other.attname::text
      FROM pg_constraint found
      JOIN pg_attribute own
        ON own.attrelid = found.conrelid AND own.attnum = found.conkey[1]
      JOIN pg_attribute other
        ON other.attrelid = found.confrelid AND other.attnum = found.confkey[1]
     WHERE found.conrelid = %s::regclass AND found.contype = 'f'
       AND cardinality(found.conkey) = 1"""


class CrmListImport(models.Model):
    """References of written rows are checked once for each value, not for each row.

    PostgreSQL asks for each row and each reference of it whether what it points to is
    there, also when all rows point to the same company. Here each value is asked for
    once, with the same lock, and PostgreSQL's own check is left out for this one
    statement, where it lets us: a superuser, or a role to which somebody has granted
    it (``GRANT SET ON PARAMETER session_replication_role``). Elsewhere nothing changes.
    """

    _inherit = "crm.list.import"

    @contextlib.contextmanager
    def _checked_once(self, table, columns, rows, constants, own_ids=()):
        """Check references ahead of a statement that inserts rows, instead of in it.

        :param str table: that gets the rows
        :param list[str] columns: that they have
        :param list rows: their values, without those of the last columns
        :param constants: values of the last columns, the same for every row
        :param own_ids: ids that this transaction has made, which nobody can delete
        """
        unchecked = self._may_leave_out_checks(table) and all(
            self._are_there(place, other, values)
            for place, other, values in self._referred(
                table, columns, rows, constants, frozenset(own_ids)
            )
        )
        if not unchecked:
            yield
            return
        self.env.cr.execute("SET LOCAL session_replication_role = replica")
        yield
        self.env.cr.execute("SET LOCAL session_replication_role = origin")

    def _may_leave_out_checks(self, table):
        """Tell whether PostgreSQL allows it, and nothing but its checks is left out.

        A trigger that somebody made for inserted rows, as there is one for names, would
        be left out, too.

        :param str table: that gets rows
        :rtype: bool
        """

        def compute():
            [[allowed]] = self.env.execute_query(
                SQL(
                    """SELECT current_setting('is_superuser') = 'on'
                           OR (current_setting('server_version_num')::int >= 150000
                               AND has_parameter_privilege(
                                       'session_replication_role', 'SET'))"""
                )
            )
            return allowed

        [[has_triggers]] = self.env.execute_query(
            SQL(
                """SELECT EXISTS (SELECT FROM pg_trigger
                                   WHERE tgrelid = %s::regclass AND NOT tgisinternal
                                     AND tgtype & 4 > 0)
                       OR current_setting('session_replication_role') != 'origin'""",
                table,
            )
        )
        return not has_triggers and self._import_cache("may_leave_out", compute)

    def _referred(self, table, columns, rows, constants, own_ids):
        """Return what rows point to.

        :return: table, column and values of each reference
        :rtype: list[tuple[str, str, set]]
        """
        references = self.env.execute_query(SQL(_REFERENCES, table))
        first = len(columns) - len(constants)
        found = []
        for column, place, other in references:
            if column not in columns:
                continue
            at = columns.index(column)
            if at >= first:
                values = {constants[at - first]}
            else:
                values = {row[at] for row in rows}
            values = {int(value) for value in values if value} - own_ids
            if values:
                found.append((place, other, values))
        return found

    def _are_there(self, table, column, values):
        """Tell whether rows are there, and keep others from deleting them.

        :rtype: bool
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT 1 FROM %(table)s WHERE %(column)s = ANY(%(values)s)"
                " FOR KEY SHARE",
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                values=list(values),
            )
        )
        return len(rows) == len(values)
