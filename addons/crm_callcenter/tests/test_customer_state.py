from odoo.exceptions import UserError
from odoo.tests import tagged

from ..hooks import post_init_hook
from .graph_case import GraphCase


@tagged("post_install", "-at_install")
class TestCustomerState(GraphCase):
    """A customer and its names keep the same commercial state."""

    def _customer_of(self, lead):
        lead.partner_id = self.env["res.partner"].create({"name": lead.name})
        return lead.partner_id

    def test_a_new_customer_takes_the_state_of_its_name(self):
        self.lead._register_outcome(self.interested, self.call_type)
        partner = self._customer_of(self.lead)
        self.assertEqual(partner.commercial_state_id, self.prospect)

    def test_an_outcome_moves_all_names_of_a_customer(self):
        other = self.leads[1]
        partner = self._customer_of(self.lead)
        other.partner_id = partner
        self.lead._register_outcome(self.interested, self.call_type)
        self.assertEqual(partner.commercial_state_id, self.prospect)
        self.assertEqual(other.commercial_state_id, self.prospect)
        row = self._ledger(other)[-1]
        self.assertEqual(row.state_after_id, self.prospect)
        self.assertEqual(row.points, 0)
        # In bulk the same.
        other._register_outcome_batch(self.signed, self.quote_type)
        self.assertEqual(partner.commercial_state_id, self.customer)
        self.assertEqual(self.lead.commercial_state_id, self.customer)

    def test_a_name_that_joins_a_customer_takes_its_state(self):
        partner = self._customer_of(self.lead)
        self.lead._register_outcome(self.signed, self.quote_type)
        other = self.leads[1]
        other.partner_id = partner
        self.assertEqual(other.commercial_state_id, self.customer)
        self.assertEqual(self._ledger(other).state_after_id, self.customer)
        created = self.env["crm.lead"].create(
            {"name": "Second plant", "partner_id": partner.id}
        )
        self.assertEqual(created.commercial_state_id, self.customer)

    def test_a_blocked_name_blocks_the_customer_that_it_gets(self):
        """Whoever is found to be a customer said no all the same."""
        partner = self._customer_of(self.lead)
        self.lead._register_outcome(self.signed, self.quote_type)
        blocked = self.env["crm.commercial.state"].create(
            {"name": "Never again", "state_class": "blocked"}
        )
        other = self.leads[1]
        other._correct_state(blocked)
        other.partner_id = partner
        self.assertEqual(other.commercial_state_id, blocked)
        self.assertEqual(partner.commercial_state_id, blocked)
        self.assertEqual(self.lead.commercial_state_id, blocked)
        self.assertEqual(self._ledger(self.lead)[-1].state_after_id, blocked)

    def test_the_customer_has_the_history_of_its_name(self):
        row = self.lead._register_outcome(self.interested, self.call_type)
        partner = self._customer_of(self.lead)
        self.env.cr.precommit.run()
        self.assertEqual(row.partner_id, partner)
        self.assertIn(row, partner.interaction_ids)

    def test_nobody_writes_the_state_of_a_customer(self):
        partner = self._customer_of(self.lead)
        with self.assertRaisesRegex(UserError, "moved by outcomes only"):
            partner.with_user(self.manager).commercial_state_id = self.customer

    def test_the_customer_keeps_who_looks_after_the_name(self):
        self.lead.write(
            {"contact_user_id": self.coordinator.id, "technician_id": self.agent_two.id}
        )
        partner = self.lead._create_customer()
        self.assertEqual(partner.contact_user_id, self.coordinator)
        self.assertEqual(partner.technician_id, self.agent_two)

    def test_names_from_before_the_addon_get_the_first_state(self):
        partner = self._customer_of(self.lead)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET commercial_state_id = NULL, portfolio_id = NULL"
            " WHERE id = %s",
            [self.lead.id],
        )
        self.env.cr.execute(
            "UPDATE res_partner SET commercial_state_id = NULL WHERE id = %s",
            [partner.id],
        )
        post_init_hook(self.env)
        self.env.invalidate_all()
        self.assertEqual(
            self.lead.commercial_state_id,
            self.env["crm.commercial.state"]._get_initial(),
        )
        self.assertTrue(self.lead.portfolio_id)
        self.assertEqual(partner.commercial_state_id, self.lead.commercial_state_id)

    def test_merged_customers_keep_their_names_in_step(self):
        kept = self._customer_of(self.lead)
        other = self.leads[1]
        gone = self._customer_of(other)
        self.lead._register_outcome(self.signed, self.quote_type)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (kept | gone).ids, kept, extra_checks=False
        )
        self.assertEqual(other.partner_id, kept)
        self.assertEqual(other.commercial_state_id, self.customer)
