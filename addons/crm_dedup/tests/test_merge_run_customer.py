from odoo.tests import tagged

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestMergeRunCustomer(CallcenterCommon):
    """Names of the archive that are customers already, linked in one go."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.ada, self.ugo = self.env["res.partner"].create(
            [{"name": "Ada Bruni"}, {"name": "Ugo Bruni"}]
        )
        self.pairs = self._pairs([(self.leads[0], self.ada), (self.leads[1], self.ada)])
        self.unclear = self._pairs(
            [(self.leads[2], self.ada), (self.leads[2], self.ugo)]
        )
        self._pairs([(self.leads[3], self.ugo)], verdict="review")

    def _pairs(self, couples, verdict="same"):
        return self.env["crm.duplicate.pair"].create(
            [
                {
                    "kind": "customer",
                    "first_lead_id": lead.id,
                    "second_partner_id": partner.id,
                    "verdict": verdict,
                    "score": 20,
                }
                for lead, partner in couples
            ]
        )

    def _start(self, phase="merge"):
        wizard = (
            self.env["crm.merge.run.wizard"]
            .with_user(self.manager)
            .create({"kind": "customer"})
        )
        self.assertEqual(wizard.sure_count, 4)
        action = getattr(wizard, "action_look" if phase == "plan" else "action_merge")()
        run = self.env["crm.merge.run"].browse(action["res_id"])
        run._work_at_once()
        self.env.invalidate_all()
        return run

    def test_names_are_linked_to_the_one_customer_that_they_are(self):
        number = self.leads[0].phone
        run = self._start()
        self.assertEqual((run.state, run.done, run.skipped), ("done", 2, 0))
        self.assertEqual(self.leads[:2].partner_id, self.ada)
        self.assertEqual(self.leads[0].phone, number)
        self.assertFalse(self.leads[2:].partner_id)
        self.assertEqual(run.left_out, 1)
        self.assertEqual(set(self.pairs.mapped("state")), {"merged"})
        self.assertEqual(set(self.unclear.mapped("state")), {"open"})

    def test_looking_names_both_and_changes_nothing(self):
        run = self._start("plan")
        self.assertEqual(set(run.item_ids.mapped("survivor_name")), {"Ada Bruni"})
        self.assertEqual(
            set(run.item_ids.mapped("loser_name")),
            set(self.leads[:2].mapped("display_name")),
        )
        self.assertFalse(self.leads.partner_id)

    def test_one_that_was_linked_meanwhile_holds_up_nobody(self):
        run = self._start("plan")
        self.leads[0].partner_id = self.ugo
        run.with_user(self.manager).action_merge()
        run._work_at_once()
        self.env.invalidate_all()
        self.assertEqual((run.done, run.skipped), (1, 1))
        refused = run.item_ids.filtered(lambda item: item.state == "refused")
        self.assertIn("belongs to the customer", refused.why)
        self.assertEqual(self.leads[0].partner_id, self.ugo)
        self.assertEqual(self.leads[1].partner_id, self.ada)

    def test_what_is_decided_after_the_plan_counts(self):
        run = self._start("plan")
        self.pairs[0].with_user(self.manager).action_different()
        self.pairs[1].verdict = "review"
        run.with_user(self.manager).action_merge()
        run._work_at_once()
        self.env.invalidate_all()
        self.assertEqual((run.done, run.skipped), (0, 2))
        self.assertFalse(self.leads.partner_id)
        self.assertEqual(self.pairs[0].state, "different")

    def test_all_links_are_taken_back(self):
        run = self._start()
        run.with_user(self.manager).action_undo()
        run._work_at_once()
        self.env.invalidate_all()
        self.assertEqual((run.state, run.done), ("done", 2))
        self.assertFalse(self.leads.partner_id)
        self.assertEqual(set(self.pairs.mapped("state")), {"open"})
