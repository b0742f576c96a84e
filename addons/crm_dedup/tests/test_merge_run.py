from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

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

    def test_many_are_taken_back_by_the_statements_of_a_few(self):
        run = self._start()
        counts = []
        journals = self.env["crm.merge.journal"].search([("run_id", "=", run.id)])
        # Two of the three have a survivor in common, so there are two steps.
        self.assertEqual(
            [len(layer) for layer in journals._undo_layers()],
            [2, 1],
        )
        for number in range(2):
            leads = self.env["crm.lead"].create(
                [
                    {"name": f"Copy {number} {position}", "type": "lead"}
                    for position in range(4 + 40 * number)
                ]
            )
            pairs = list(zip(leads[::2].ids, leads[1::2].ids, strict=True))
            merged, refused = self.env["crm.merge"]._merge_batch(
                "crm.lead", pairs, {"reason": "run"}
            )
            self.assertFalse(refused)
            self.env.flush_all()
            start = self.env.cr.sql_log_count
            self.assertEqual(merged._undo_many(), len(pairs))
            counts.append(self.env.cr.sql_log_count - start)
            self.assertFalse(leads.merged_into_id)
            self.assertTrue(all(lead.active for lead in leads))
        few, many = counts
        # Each is still checked by itself; what it did is undone together.
        self.assertLess((many - few) / 20, 10)

    def test_what_has_no_place_to_return_to_stays_alone(self):
        run = self._start()
        # It was merged further since: that merge comes first.
        other = self.env["crm.merge"]._merge(self.leads[5], self.leads[3])
        run.with_user(self.manager).action_undo()
        run._work_at_once()
        self.env.invalidate_all()
        self.assertEqual((run.done, run.skipped), (2, 1))
        self.assertFalse((self.leads[1] | self.leads[2]).merged_into_id)
        self.assertEqual(other.state, "done")
        self.assertEqual(self.leads[3].merged_into_id, self.leads[5])

    def test_one_whose_place_is_taken_does_not_hold_up_the_others(self):
        first, second, third, fourth = self.leads[:4]
        partner = self.env["res.partner"].create({"name": "Follower"})
        self.leads[:4].message_subscribe(partner.ids)
        self.env.flush_all()
        journals, _refused = self.env["crm.merge"]._merge_batch(
            "crm.lead",
            [(first.id, second.id), (third.id, fourth.id)],
            {"reason": "run"},
        )
        self.assertFalse(second.message_partner_ids)
        # Somebody makes it follow what went: the place is taken.
        second.message_subscribe(partner.ids)
        self.env.flush_all()
        self.assertEqual(journals._undo_many(), 1)
        self.env.invalidate_all()
        self.assertEqual(journals.mapped("state"), ["done", "undone"])
        self.assertEqual(second.merged_into_id, first)
        self.assertFalse(fourth.merged_into_id)
        self.assertEqual(fourth.message_partner_ids, partner)

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

    def _carry_out(self, run):
        run.with_user(self.manager).action_merge()
        run._work_at_once()
        self.env.invalidate_all()
        return {
            item.pair_ref: item.why for item in run.item_ids if item.state == "refused"
        }

    def test_what_is_decided_after_the_plan_counts(self):
        run = self._start("plan")
        first, second, third, fourth, fifth, _sixth = self.leads
        different = self.pairs[0]
        different.with_user(self.manager).action_different()
        self.pairs[3].verdict = "review"
        refused = self._carry_out(run)
        self.assertEqual(set(refused), {different.id, self.pairs[3].id})
        self.assertIn("has decided", refused[different.id])
        self.assertIn("not a sure pair", refused[self.pairs[3].id])
        self.assertFalse((second | fifth).merged_into_id)
        self.assertEqual(third.merged_into_id, first)
        self.assertEqual(different.state, "different")
        self.assertEqual((run.done, run.skipped), (1, 2))
        self.assertTrue(fourth.active)

    def test_two_told_different_after_the_plan_stay_two(self):
        run = self._start("plan")
        self.pairs[1].with_user(self.manager).action_different()
        self._carry_out(run)
        self.assertEqual(len((self.leads[1] | self.leads[2]).merged_into_id), 1)
        self.assertEqual(len((self.leads[1] | self.leads[2]).filtered("active")), 1)
        self.assertEqual((run.done, run.skipped), (2, 1))

    def test_two_told_different_never_go_into_the_same_one(self):
        self.pairs[1].with_user(self.manager).action_different()
        run = self._start()
        first, second, third = self.leads[:3]
        # A father and a son, who are both like what a list wrote without a first name.
        merged = (second | third).filtered("merged_into_id")
        self.assertEqual(len(merged), 1)
        self.assertEqual(merged.merged_into_id, first)
        self.assertEqual((run.matched, run.done, run.skipped), (2, 2, 0))
        self.assertEqual(run.left_out, 2)
        # What was decided holds for the one that stays.
        left = self.env["crm.duplicate.pair"]._among(self.leads[:3])
        self.assertFalse(left)

    def test_one_whose_values_are_refused_does_not_hold_up_the_others(self):
        first, second, third = self.leads[:3]
        first.partner_id = self.env["res.partner"].create({"name": "Customer"})
        self.env.flush_all()
        # As lists of years ago brought it; whoever writes it today is refused.
        self.env.cr.execute(
            "UPDATE crm_lead SET vat_number = '12345' WHERE id = %s", [second.id]
        )
        self.env.invalidate_all()
        run = self._start()
        refused = run.item_ids.filtered(lambda item: item.state == "refused")
        self.assertEqual(refused.loser_ref, second.id)
        self.assertIn("is not valid", refused.why)
        self.assertEqual(run.state, "done")
        self.assertFalse(second.merged_into_id)
        self.assertEqual(third.merged_into_id, first)
        self.assertEqual(self.leads[4].merged_into_id, self.leads[3])

    def test_one_that_fails_does_not_hold_up_the_others(self):
        first, second, third = self.leads[:3]
        merge = self.registry["crm.merge"]
        take_values = merge._take_values

        def fail(model, records, pairs, *args):
            if second.id in [lost for _key, _kept, lost in pairs]:
                raise ValueError("unreadable")
            return take_values(model, records, pairs, *args)

        with (
            patch.object(merge, "_take_values", fail),
            mute_logger("odoo.addons.crm_dedup.models.crm_merge_run_item"),
        ):
            run = self._start()
        refused = run.item_ids.filtered(lambda item: item.state == "refused")
        self.assertEqual(refused.loser_ref, second.id)
        self.assertIn("unreadable", refused.why)
        self.assertEqual((run.state, run.done, run.skipped), ("done", 2, 1))
        self.assertFalse(second.merged_into_id)
        self.assertEqual(third.merged_into_id, first)

    def test_names_of_another_company_are_left_to_it(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.manager.company_ids |= company
        (self.leads[3] | self.leads[4]).company_id = company
        self.pairs[3].company_id = company
        run = self._start()
        self.assertEqual(run.company_id, self.company)
        self.assertEqual(run.done, 2)
        self.assertFalse(self.leads[4].merged_into_id)

    def test_who_may_only_read_merges_nothing(self):
        self.env["ir.rule"].create(
            {
                "name": "Not these",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "domain_force": [("id", "!=", self.leads[4].id)],
                "perm_read": False,
            }
        )
        run = self._start()
        self.assertEqual(run.matched, 2)
        self.assertFalse(self.leads[4].merged_into_id)

    def test_only_managers_begin_one(self):
        for user in (self.operator, self.coordinator):
            with self.assertRaises(AccessError):
                self.env["crm.merge.run"].with_user(user)._start("lead")
