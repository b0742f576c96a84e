import json

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools.merge_log import MergeLog
from .link_rows import LinkRows
from .merge_case import MergeCase

#: What a customer that goes can't be: see ``crm.merge._own_partners``.
_NEVER_GO = ("res_users", "res_company")
#: Rows of a video call that is going on, one for each member of a channel.
_NOT_MADE = ("discuss_channel_rtc_session",)


@tagged("post_install", "-at_install")
class TestMerge(MergeCase):
    """Whatever is linked to a name follows it, and returns."""

    def _fill(self, records):
        """Make rows that point to each record, in every table."""
        maker = LinkRows(self.env)
        made = {}
        for record in records:
            for link in self.env["crm.merge.links"]._links(record._table):
                if link.table in _NEVER_GO + _NOT_MADE:
                    continue
                if maker.make(link, record.id, record._name, f"{record.id}"):
                    made.setdefault(record.id, set()).add(f"{link.table}.{link.column}")
        return made, maker.failed

    def setUp(self):
        super().setUp()
        if "crm.call.list" in self.env:
            # Of what a list belongs to, the database doesn't know.
            self.env["crm.call.list"].create(
                {"name": "Personal", "owner_id": self.env.uid}
            )

    def test_every_table_of_every_addon(self):
        self._merge_both_ways(self.kept, self.gone, 20)

    def test_every_table_of_customers(self):
        customers = self.env["res.partner"].create(
            [{"name": "Rossi"}, {"name": "Rossi Mario"}]
        )
        self._merge_both_ways(*customers, 40)

    def _merge_both_ways(self, first, second, least):
        """Merge, undo, merge again and undo, both ways, with rows in every table."""
        made, failed = self._fill(first | second)
        self.assertFalse(failed)
        for survivor, loser in ((first, second), (second, first)):
            self.assertGreater(len(made[loser.id]), least)
            before = self._dump()
            journal = self.merge._merge(survivor, loser)
            self.assertFalse(self._pointing_to(loser))
            self.assertEqual(loser.merged_into_id, survivor)
            merged = self._dump()
            journal.action_undo()
            self.assertSameRows(before, self._dump())
            again = self.merge._merge(survivor, loser)
            self.assertSameRows(self._timeless(merged), self._timeless(self._dump()))
            # The statements that take many back do the same for each.
            self.assertEqual(again._undo_many(), 1)
            self.assertSameRows(before, self._dump())

    def _timeless(self, dump):
        """Return a dump without what differs from merge to merge: number and time."""
        result = {}
        for table, rows in dump.items():
            result[table] = counted = {}
            for text, count in rows.items():
                row = json.loads(text)
                for name in ("write_date", "date", "decided_at", "date_close"):
                    row.pop(name, None)
                if table == "crm_interaction":
                    row.pop("id")
                key = json.dumps(row, sort_keys=True)
                counted[key] = counted.get(key, 0) + count
        return result

    def _latecomers(self):
        """Do what the scheduled action does, but for what it notes of itself.

        :return: the tables as they are afterwards
        """
        self.env.ref("crm_dedup.ir_cron_merge_latecomers").method_direct_trigger()
        self.env.invalidate_all()
        return self._without_crons(self._dump())

    @staticmethod
    def _without_crons(dump):
        return {
            table: rows
            for table, rows in dump.items()
            if not table.startswith("ir_cron")
        }

    def test_a_name_that_was_linked_to_its_customer_keeps_all_it_has(self):
        partner = self.env["res.partner"].create({"name": "Rossi"})
        self._fill(self.kept)
        journal = self.merge._link_customer(self.kept, partner)
        before, entries = self._without_crons(self._dump()), journal.sudo().entries
        self.assertSameRows(before, self._latecomers())
        self.assertEqual(journal.sudo().entries, entries)

    def test_a_record_never_meets_itself(self):
        self._fill(self.kept)
        log, before = MergeLog(self.env.cr), self._dump()
        pair = (self.kept.id, self.kept.id, self.kept.id)
        self.env["crm.merge.links"]._relink("crm_lead", [pair], log)
        self.assertSameRows(before, self._dump())
        self.assertFalse(log.entries)

    def test_what_was_taken_back_or_erased_gets_no_latecomers(self):
        taken_back = self.merge._merge(self.kept, self.gone)
        taken_back.action_undo()
        self.env["mail.message"].create(
            {"model": "crm.lead", "res_id": self.gone.id, "body": "Late"}
        )
        before = self._without_crons(self._dump())
        self.assertEqual(taken_back._fetch_latecomers(), 0)
        self.assertSameRows(before, self._latecomers())
        merged = self.merge._merge(self.kept, self.gone)
        self.env["mail.message"].create(
            {"model": "crm.lead", "res_id": self.gone.id, "body": "Later"}
        )
        merged.sudo().entries = False
        self.assertEqual(merged._fetch_latecomers(), 0)
        self.assertFalse(merged.sudo().entries)

    def test_a_chain_is_undone_from_its_end(self):
        third = self.kept.copy({"name": "Third"})
        first = self.merge._merge(self.kept, self.gone)
        second = self.merge._merge(third, self.kept)
        self.assertEqual(self.gone._merged_target(), third)
        with self.assertRaisesRegex(UserError, "Take that merge back first"):
            first.action_undo()
        second.action_undo()
        first.action_undo()
        self.assertTrue(self.gone.active)
        self.assertFalse(self.gone.merged_into_id)
