from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon

from .merge_case import dump_tables


@tagged("post_install", "-at_install")
class TestMergeUndoOrder(CallcenterCommon):
    """Merges of names and of their customers are taken back the newest first."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.merge = self.env["crm.merge"]
        self.kept, self.gone = self.leads[:2]

    def test_a_merge_of_its_customer_is_taken_back_first(self):
        first, second = self.env["res.partner"].create(
            [{"name": "One"}, {"name": "Two"}]
        )
        self.gone.partner_id = first
        self.env.flush_all()
        before = dump_tables(self.env)
        names = self.merge._merge(self.kept, self.gone)
        self.env.invalidate_all()
        customers = self.merge._merge(second, first)
        self.env.invalidate_all()
        self.assertEqual(self.kept.partner_id, second)
        with self.assertRaisesRegex(UserError, "One was merged into Two after"):
            names.action_undo()
        self.assertEqual(names._undo_many(), 0)
        customers.action_undo()
        self.env.invalidate_all()
        names.action_undo()
        after = dump_tables(self.env)
        self.assertEqual(
            {table for table in before if before[table] != after[table]}, set()
        )
