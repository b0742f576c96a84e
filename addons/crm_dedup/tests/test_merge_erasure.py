from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestMergeErasure(CallcenterCommon):
    """Who is erased is erased with all names that it was made of, and their merges."""

    def test_nothing_is_left_of_a_merged_person(self):
        self.registry_enter_test_mode()
        kept, gone = self.leads[:2]
        gone.write({"contact_name": "Zebedeo Unico", "street": "Via Unica 7"})
        journal = self.env["crm.merge"]._merge(kept, gone)
        self.env.invalidate_all()
        kept._erase("Letter of the person")
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT (SELECT count(*) FROM crm_merge_journal t
                        WHERE to_jsonb(t)::text ILIKE '%unic%')
                    + (SELECT count(*) FROM crm_lead t
                        WHERE to_jsonb(t)::text ILIKE '%unic%')"""
        )
        self.assertEqual(self.env.cr.fetchone(), (0,))
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "erased by law"):
            journal.action_undo()
