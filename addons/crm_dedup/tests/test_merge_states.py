from odoo.tests import tagged

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon

from .merge_case import dump_tables


@tagged("post_install", "-at_install")
class TestMergeStates(CallcenterCommon):
    """Of two commercial states the stronger one stays, whoever brings it."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.merge = self.env["crm.merge"]
        self.kept, self.gone, self.other = self.leads[:3]
        self.partner = self.env["res.partner"].create({"name": "Customer"})

    def _state(self, state_class, sequence=10):
        return self.env["crm.commercial.state"].create(
            {"name": state_class, "state_class": state_class, "sequence": sequence}
        )

    def _give(self, lead, state, partner=False):
        lead._correct_state(state)
        if partner:
            lead.partner_id = partner
        self.env.flush_all()
        self.env.invalidate_all()

    def assertUndone(self, before):
        """Check that all tables are as they were."""
        after = dump_tables(self.env)
        self.assertEqual(
            {
                table: sorted(set(before[table].items()) ^ set(after[table].items()))
                for table in before
                if before[table] != after[table]
            },
            {},
        )

    def _merge_and_undo(self, state, leads=None):
        """Merge, look at the state of all, undo and compare all tables."""
        leads = leads or self.kept
        before = dump_tables(self.env)
        journal = self.merge._merge(self.kept, self.gone)
        self.env.invalidate_all()
        self.assertEqual(leads.commercial_state_id, state)
        self.assertEqual(
            leads.partner_id.commercial_state_id,
            state if leads.partner_id else state.browse(),
        )
        last = self.env["crm.interaction"].search(
            [("lead_id", "=", self.kept.id)], order="date desc, id desc", limit=1
        )
        self.assertEqual(last.state_after_id, state)
        journal.action_undo()
        self.assertUndone(before)

    def test_progress_of_the_one_that_goes_stays(self):
        prospect = self._state("prospect")
        self._give(self.kept, self._state("lead"))
        self._give(self.gone, prospect)
        self._merge_and_undo(prospect)

    def test_progress_of_the_one_that_stays_is_kept(self):
        customer = self._state("customer")
        self._give(self.kept, customer)
        self._give(self.gone, self._state("former", sequence=99))
        self._merge_and_undo(customer)

    def test_within_a_class_the_later_one_stays(self):
        later = self._state("prospect", sequence=30)
        self._give(self.kept, self._state("prospect", sequence=20))
        self._give(self.gone, later)
        self._merge_and_undo(later)

    def test_a_blocked_name_that_stays_blocks_the_customer_that_it_gets(self):
        blocked = self._state("blocked")
        customer = self._state("customer")
        self._give(self.kept, blocked)
        self._give(self.gone, customer, self.partner)
        self._give(self.other, customer, self.partner)
        self.assertEqual(self.partner.commercial_state_id, customer)
        self._merge_and_undo(blocked, self.kept | self.other)

    def test_a_blocked_name_that_goes_blocks_the_customer_that_stays(self):
        blocked = self._state("blocked")
        customer = self._state("customer")
        self._give(self.kept, customer, self.partner)
        self._give(self.other, customer, self.partner)
        self._give(self.gone, blocked)
        self._merge_and_undo(blocked, self.kept | self.other)

    def test_a_blocked_customer_blocks_the_name_that_gets_it(self):
        blocked = self._state("blocked")
        self._give(self.kept, self._state("customer"))
        self._give(self.gone, blocked, self.partner)
        self._merge_and_undo(blocked)

    def test_a_name_in_front_moves_the_customer_that_it_gets(self):
        prospect = self._state("prospect")
        self._give(self.kept, prospect)
        self._give(self.gone, self._state("lead"), self.partner)
        self._merge_and_undo(prospect)

    def test_a_blocked_name_blocks_the_customer_that_it_is_linked_to(self):
        blocked = self._state("blocked")
        self._give(self.kept, blocked)
        self._give(self.other, self._state("customer"), self.partner)
        before = dump_tables(self.env)
        journal = self.merge._link_customer(self.kept, self.partner)
        self.env.invalidate_all()
        self.assertEqual((self.kept | self.other).commercial_state_id, blocked)
        self.assertEqual(self.partner.commercial_state_id, blocked)
        self.assertEqual(self.other.interaction_ids[:1].state_after_id, blocked)
        journal.action_undo()
        self.assertUndone(before)

    def test_a_link_leaves_the_state_to_the_customer(self):
        customer = self._state("customer")
        self._give(self.kept, self._state("prospect"))
        self._give(self.other, customer, self.partner)
        self.merge._link_customer(self.kept, self.partner)
        self.env.invalidate_all()
        self.assertEqual((self.kept | self.other).commercial_state_id, customer)

    def test_customers_keep_the_stronger_state(self):
        second = self.env["res.partner"].create({"name": "Customer"})
        customer = self._state("customer")
        self._give(self.kept, self._state("prospect"), self.partner)
        self._give(self.gone, customer, second)
        before = dump_tables(self.env)
        journal = self.merge._merge(self.partner, second)
        self.env.invalidate_all()
        self.assertEqual(self.partner.commercial_state_id, customer)
        self.assertEqual((self.kept | self.gone).commercial_state_id, customer)
        journal.action_undo()
        self.assertUndone(before)
