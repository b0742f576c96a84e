import time

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from .merge_case import MergeCase

#: Calls, facts of the history and messages that a much-called name has of each.
LONG = 5000
#: Seconds within which such a name is merged, whatever else the machine does.
PATIENCE = 20


@tagged("post_install", "-at_install")
class TestMergeLongHistory(MergeCase):
    """A name with a history of years is merged as quickly as it is short to say."""

    def _copy_rows(self, table, key, count, **values):
        """Give a name many rows of a table, made of one that it has.

        :param str table: name of the table
        :param int key: id of the row that is copied
        :param values: SQL of the columns that differ
        """
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND column_name != 'id'"
            " AND is_generated = 'NEVER'",
            [table],
        )
        names = [name for (name,) in self.env.cr.fetchall()]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s, generate_series(1, %s)"
                " WHERE id = %s",
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(
                    SQL(values[name]) if name in values else SQL.identifier(name)
                    for name in names
                ),
                SQL.identifier(table),
                count,
                key,
            )
        )
        self.env.invalidate_all()

    def _give_history(self, lead, count):
        call = self.env["crm.call"].create(
            {
                "uuid": f"long-{lead.id}",
                "number_e164": "+390309200669",
                "started_at": fields.Datetime.now(),
                "lead_id": lead.id,
            }
        )
        self._copy_rows("crm_call", call.id, count, uuid="gen_random_uuid()::text")
        message = lead.message_post(body="called")
        self._copy_rows("mail_message", message.id, count, message_id="NULL")

    def _counts(self, lead):
        self.env.flush_all()
        return [
            self.env["crm.call"].search_count([("lead_id", "=", lead.id)]),
            self.env["mail.message"].search_count(
                [("model", "=", "crm.lead"), ("res_id", "=", lead.id)]
            ),
        ]

    def _merged(self, count):
        """Merge a name with some history; return statements, seconds, what it got."""
        kept, gone = self.env["crm.lead"].create(
            [{"name": name, "type": "lead"} for name in ("kept", "gone")]
        )
        self._give_history(gone, count)
        before = [
            sum(one) for one in zip(*map(self._counts, (kept, gone)), strict=True)
        ]
        queries, started = self.env.cr.sql_log_count, time.perf_counter()
        journal = self.merge._merge(kept, gone)
        self.env.flush_all()
        seconds = time.perf_counter() - started
        queries = self.env.cr.sql_log_count - queries
        self.env.invalidate_all()
        self.assertEqual(self._counts(kept)[0], before[0])
        self.assertGreaterEqual(self._counts(kept)[1], before[1])
        self.assertEqual(self._counts(gone)[0], 0)
        return queries, seconds, journal

    def test_five_thousand_calls(self):
        self._merged(1)
        few, _seconds, _journal = self._merged(5)
        many, seconds, journal = self._merged(LONG)
        self.assertLessEqual(many, few + 5, "statements grow with the history")
        self.assertLess(seconds, PATIENCE)
        started = time.perf_counter()
        journal._undo()
        self.env.flush_all()
        self.assertLess(time.perf_counter() - started, PATIENCE)
