"""What tests of merges share: rows in every table, and the state of the database."""

from odoo.tests import TransactionCase
from odoo.tools import SQL

#: Tables that a merge and its undo may leave different: its own journal, and who has to
#: be compared again.
_OWN = ("crm_merge_journal", "crm_merge_run", "crm_merge_run_item", "crm_dedup_stale")


def dump_tables(env):
    """Return all rows of all tables: how many of each there are.

    :rtype: dict[str, dict[str, int]]
    """
    env.flush_all()
    env.cr.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = current_schema::regnamespace ORDER BY 1"
    )
    dump = {}
    for (table,) in env.cr.fetchall():
        if table not in _OWN:
            env.cr.execute(
                SQL(
                    "SELECT to_jsonb(t)::text, count(*) FROM %s t GROUP BY 1",
                    SQL.identifier(table),
                )
            )
            dump[table] = dict(env.cr.fetchall())
    return dump


class MergeCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.merge = cls.env["crm.merge"]
        cls.kept, cls.gone = cls.env["crm.lead"].create(
            [
                {
                    "name": f"Rossi {number}",
                    "type": "lead",
                    "user_id": False,
                    "team_id": False,
                }
                for number in range(2)
            ]
        )

    def setUp(self):
        super().setUp()
        # Merges commit in a transaction of their own, here within that of the test.
        self.registry_enter_test_mode()

    def _dump(self):
        return dump_tables(self.env)

    def assertSameRows(self, before, after):
        """Check that all tables have the same rows, column by column."""
        differences = {
            table: (
                sorted(set(before[table].items()) - set(after[table].items())),
                sorted(set(after[table].items()) - set(before[table].items())),
            )
            for table in before
            if before[table] != after[table]
        }
        self.assertFalse(differences)

    def _pointing_to(self, record):
        """Return the columns in which something still points to a record.

        :rtype: dict[str, int]
        """
        self.env.flush_all()
        found = {}
        for link in self.env["crm.merge.links"]._links(record._table):
            self.env.cr.execute(
                SQL(
                    "SELECT count(*) FROM %s AS t WHERE %s = %s AND %s",
                    SQL.identifier(link.table),
                    SQL.identifier("t", link.column),
                    f"{link.prefix}{record.id}" if link.prefix else record.id,
                    link.filter_sql("t"),
                )
            )
            [count] = self.env.cr.fetchone()
            if count:
                found[f"{link.table}.{link.column}"] = count
        return found
