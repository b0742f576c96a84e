from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

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

    def test_nothing_is_left_of_the_search_for_duplicates(self):
        first, second = self.leads[:2]
        first.write({"contact_name": "Zebedeo Unico", "street": "Via Unica 7"})
        second.write({"contact_name": "Zebedeo Unico", "street": "Via Unica 7"})
        self.env.flush_all()
        pair = self.env["crm.duplicate.pair"].create(
            {
                "kind": "lead",
                "first_lead_id": first.id,
                "second_lead_id": second.id,
                "verdict": "same",
                "score": 20,
            }
        )
        self.env["crm.duplicate.sample"]._label_pairs(pair, "same")
        rule = self.env["crm.duplicate.rule"].search([], limit=1)
        rule.trial_text = "Zebedeo Unico / Zebedeo Unico"
        common = self.env["crm.dedup.frequency"].create(
            {"counts": {"shared": {first.mobile_e164: 4, second.mobile_e164: 5}}}
        )
        self.env["crm.dedup.key"]._refresh_keys(first.ids)
        first._erase("Letter of the person")
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.cr.execute(
            SQL(
                """SELECT (SELECT count(*) FROM crm_duplicate_sample)
                        + (SELECT count(*) FROM crm_duplicate_pair)
                        + (SELECT count(*) FROM crm_dedup_key WHERE holder = %(id)s)
                        + (SELECT count(*) FROM crm_dedup_stale
                            WHERE holder = %(id)s)""",
                id=first.id,
            )
        )
        self.assertEqual(self.env.cr.fetchone(), (0,))
        self.assertFalse(rule.trial_text)
        # The number of the other one is still in use.
        self.assertEqual(list(common.counts["shared"]), [second.mobile_e164])
