from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon

from .duplicate_case import DuplicateCase


@tagged("post_install", "-at_install")
class TestMergeRights(CallcenterCommon):
    """What merges and normalisation copied is seen by who may see the names."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["crm.portfolio"].create({"name": "Branch"})
        cls.bound = cls._new_user("bound_manager", "group_campaign_manager")
        cls.mine, cls.other = cls.leads[0], cls.leads[1]
        cls.mine.portfolio_id = cls.branch

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()

    def _bind(self):
        self.bound.portfolio_ids = self.branch
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    def _visible(self, records, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return records.with_user(user or self.bound).search([("id", "in", records.ids)])

    def _journals(self):
        merge = self.env["crm.merge"]._merge
        return merge(self.mine, self.leads[2]) | merge(self.other, self.leads[3])

    def test_what_a_merge_kept_is_for_nobody(self):
        journal = self._journals()[0]
        self.assertTrue(journal.entries)
        for user in (self.manager, self.back_office):
            with self.assertRaises(AccessError):
                journal.with_user(user).read(["entries"])

    def test_branches_of_merges(self):
        journals = self._journals()
        self.assertEqual(self._visible(journals), journals)
        self._bind()
        self.assertEqual(self._visible(journals).ids, journals[0].ids)
        with self.assertRaises(AccessError):
            journals[1].with_user(self.bound).read(["loser_name"])
        journals[0].with_user(self.bound).read(["loser_name"])

    def test_back_office_sees_merges_of_its_names(self):
        journals = self._journals()
        self.assertFalse(self._visible(journals, self.back_office))
        self.other.type = "opportunity"
        self.assertEqual(self._visible(journals, self.back_office).ids, journals[1].ids)

    def test_branches_of_normalisation(self):
        run = self.env["crm.normalise.run"].create({})
        changes = self.env["crm.normalise.change"].create(
            [
                {
                    "run_id": run.id,
                    "kind": "names",
                    "lead_id": lead.id,
                    "before": {"name": "A"},
                    "after": {"name": "B"},
                }
                for lead in (self.mine, self.other)
            ]
        )
        originals = self.env["crm.lead.original"].create(
            [{"lead_id": lead.id} for lead in (self.mine, self.other)]
        )
        self.assertEqual(self._visible(changes), changes)
        self._bind()
        self.assertEqual(self._visible(changes).ids, changes[0].ids)
        self.assertEqual(self._visible(originals).ids, originals[0].ids)

    def test_runs_are_for_who_began_them(self):
        """A run goes over all branches, and is taken back as a whole."""
        users = self.bound | self.manager
        runs = self.env["crm.merge.run"].create(
            [{"user_id": user.id, "state": "done"} for user in users]
        )
        items = self.env["crm.merge.run.item"].create(
            [
                {
                    "run_id": run.id,
                    "step": 0,
                    "survivor_ref": self.other.id,
                    "loser_ref": self.leads[3].id,
                    "why": f"{self.other.name} is in somebody's hands",
                }
                for run in runs
            ]
        )
        normalised = self.env["crm.normalise.run"].create(
            [
                {
                    "user_id": user.id,
                    "kind": "run",
                    "state": "done",
                    "done": 1,
                    "date_end": fields.Datetime.now(),
                }
                for user in users
            ]
        )
        for records in (runs, items, normalised):
            self.assertEqual(self._visible(records), records)
        self._bind()
        for records in (runs, items, normalised):
            self.assertEqual(self._visible(records).ids, records[:1].ids)
            self.assertEqual(self._visible(records, self.manager), records)
        for record in (runs[1], normalised[1]):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                record.with_user(self.bound).action_undo()
        runs[0].with_user(self.bound).action_undo()
        self.assertEqual(runs.mapped("state"), ["queued", "done"])

    def test_branches_of_labelled_pairs(self):
        partner = self.env["res.partner"].create({"name": "Customer"})
        samples = self.env["crm.duplicate.sample"].create(
            [
                {
                    "kind": "lead",
                    "first_holder": self.mine.id,
                    "second_holder": second,
                    "stratum": "1",
                }
                for second in (self.other.id, -partner.id)
            ]
        )
        self.assertEqual(self._visible(samples), samples)
        self._bind()
        self.assertEqual(self._visible(samples).ids, samples[1].ids)
        with self.assertRaises(AccessError):
            samples[0].with_user(self.bound).read(["first_values"])


@tagged("post_install", "-at_install")
class TestReviewedPairs(DuplicateCase):
    """What a person decides about a pair is learnt, and unlearnt."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.twin = self.new_lead("Rossi Mario", phone=False)
        self.pair = self.pairs_of(self.twin)
        self.page = self.env["crm.merge.review"].with_user(self.manager)

    def _labels(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["crm.duplicate.sample"].search([]).mapped("label")

    def test_a_merge_is_learnt_and_its_undo_unlearns_it(self):
        answer = self.page.merge(self.pair.id, 0)
        self.assertEqual(self._labels(), ["same"])
        self.page.undo(self.pair.id, answer["journal_id"])
        self.assertEqual(self._labels(), [])
        self.page.merge(self.pair.id, 0)
        journal = self.env["crm.merge.journal"].search([], limit=1)
        journal.with_user(self.manager).action_undo()
        self.assertEqual(self._labels(), [])

    def test_another_mind_is_unlearnt(self):
        self.page.decide(self.pair.id, "different")
        self.assertEqual(self._labels(), ["different"])
        self.page.undo(self.pair.id)
        self.assertEqual(self._labels(), [])
        self.pair.with_user(self.manager).action_different()
        self.pair.with_user(self.manager).action_reopen()
        self.assertEqual(self._labels(), [])

    def test_the_dialog_teaches_too(self):
        context = {
            "active_model": "crm.lead",
            "active_ids": [self.mario.id, self.twin.id],
        }
        wizards = self.env["crm.merge.wizard"].with_user(self.manager)
        wizards.with_context(**context).create({}).action_merge()
        self.assertEqual(self._labels(), ["same"])

    def test_later_is_dropped_when_it_holds_no_more(self):
        self.pair.with_user(self.manager).action_postpone()
        self.twin.write(
            {
                "contact_name": "Bianchi Anna",
                "name": "Bianchi Anna",
                "mobile": "333 9988776",
                "street": "Via Po 3",
            }
        )
        self.commit()
        self.assertFalse(self.pair.exists())
