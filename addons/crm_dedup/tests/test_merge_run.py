from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon

from .merge_case import dump_tables


@tagged("post_install", "-at_install")
class TestMergeRun(CallcenterCommon):
    """All sure pairs in one go: the plan, the guard, the undo of all."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        first, second, third, fourth, fifth, sixth = self.leads
        # Three that are each like the other; two; and one that is like the fifth only.
        self.pairs = self._pairs(
            [(first, second), (second, third), (first, third), (fourth, fifth)]
        )
        self.guarded = self._pairs([(fifth, sixth)])
        (first | fourth).type = "opportunity"
        self._pairs([(first, sixth)], verdict="review")

    def _pairs(self, couples, verdict="same"):
        return self.env["crm.duplicate.pair"].create(
            [
                {
                    "kind": "lead",
                    "first_lead_id": one.id,
                    "second_lead_id": two.id,
                    "verdict": verdict,
                    "score": 20,
                }
                for one, two in couples
            ]
        )

    def _start(self, phase="merge"):
        runs = self.env["crm.merge.run"].with_user(self.manager)
        run = runs._start("lead", phase).sudo()
        run._work_at_once()
        self.env.invalidate_all()
        return run

    def test_only_who_makes_a_sure_pair_with_the_survivor(self):
        run = self._start()
        first, second, third, fourth, fifth, sixth = self.leads
        self.assertEqual(run.state, "done")
        self.assertEqual((run.matched, run.done, run.skipped), (3, 3, 0))
        self.assertEqual((second | third).merged_into_id, first)
        self.assertEqual(fifth.merged_into_id, fourth)
        self.assertFalse(sixth.merged_into_id)
        self.assertEqual(run.left_out, 1)
        journals = self.env["crm.merge.journal"].search([("run_id", "=", run.id)])
        self.assertEqual(len(journals), 3)
        self.assertEqual(journals.create_uid, self.manager)
        # What was found of who went is a pair of who stayed.
        self.assertEqual(
            self.guarded.first_lead_id | self.guarded.second_lead_id, fourth | sixth
        )

    def test_looking_changes_nothing_and_can_be_carried_out(self):
        run = self._start("plan")
        self.assertEqual((run.state, run.matched), ("done", 3))
        self.assertFalse(self.leads.merged_into_id)
        self.assertEqual(set(run.item_ids.mapped("state")), {"planned"})
        run.with_user(self.manager).action_merge()
        run._work_at_once()
        self.env.invalidate_all()
        self.assertEqual(run.done, 3)
        self.assertEqual(set(run.item_ids.mapped("state")), {"merged"})

    def test_a_whole_run_is_taken_back(self):
        self.env["res.users"].flush_model()
        before = dump_tables(self.env)
        run = self._start()
        run.with_user(self.manager).action_undo()
        run._work_at_once()
        after = dump_tables(self.env)
        self.assertEqual((run.state, run.done, run.skipped), ("done", 3, 0))
        changed = {table for table in before if before[table] != after[table]}
        self.assertLessEqual(changed, {"ir_cron_trigger"})

    def test_a_run_goes_on_where_it_was(self):
        runs = self.env["crm.merge.run"].with_user(self.manager)
        run = runs._start("lead").sudo()
        page = []
        run._job_batch(page)
        run._job_batch(page)
        self.assertEqual(run.done, 2)
        run.cancel_asked = True
        self.assertFalse(run._job_batch(page))
        self.assertEqual(run.state, "cancelled")
        run.action_continue()
        run._work_at_once()
        self.assertEqual(run.done, 3)

    def test_one_that_can_not_be_merged_is_told(self):
        self.leads[4].company_id = self.env["res.company"].create({"name": "Other"})
        self.leads[3].company_id = self.company
        run = self._start()
        refused = run.item_ids.filtered(lambda item: item.state == "refused")
        self.assertEqual(run.done + len(refused), run.matched)
        self.assertFalse(self.leads[4].merged_into_id)

    def test_only_managers_begin_one(self):
        for user in (self.operator, self.coordinator):
            with self.assertRaises(AccessError):
                self.env["crm.merge.run"].with_user(user)._start("lead")
