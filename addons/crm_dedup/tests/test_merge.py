from odoo.exceptions import UserError
from odoo.tests import tagged

from .link_rows import LinkRows
from .merge_case import MergeCase

#: Links that the generic maker of rows can't fill by itself, and who tests them.
NOT_MADE = set()


@tagged("post_install", "-at_install")
class TestMerge(MergeCase):
    """Whatever is linked to a name follows it, and returns."""

    def _fill(self, records):
        """Make rows that point to each record, in every table."""
        maker = LinkRows(self.env)
        made = {}
        for record in records:
            for link in self.env["crm.merge.links"]._links(record._table):
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
        for survivor, loser in (
            (self.kept, self.gone),
            (self.gone, self.kept),
        ):
            made, failed = self._fill(survivor | loser)
            self.assertEqual(set(failed), NOT_MADE & set(failed), failed)
            self.assertGreater(len(made[loser.id]), 20)
            before = self._dump()
            journal = self.merge._merge(survivor, loser)
            self.assertFalse(self._pointing_to(loser))
            self.assertEqual(loser.merged_into_id, survivor)
            merged = self._dump()
            journal.action_undo()
            self.assertSameRows(before, self._dump())
            again = self.merge._merge(survivor, loser)
            self.assertSameRows(
                self._without_clock(merged), self._without_clock(self._dump())
            )
            again.action_undo()
            self.assertSameRows(before, self._dump())

    def _without_clock(self, dump):
        return {table: rows for table, rows in dump.items() if table != "crm_lead"}

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
