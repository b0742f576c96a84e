from odoo import api, models
from odoo.tools import SQL

from ..tools.engine import ENGINE, ENGINE_KEY


class CrmLead(models.Model):
    """Names and their customer keep the same commercial state."""

    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads.filtered("partner_id")._join_customer()
        return leads

    def write(self, vals):
        joining = self.browse()
        if vals.get("partner_id"):
            joining = self.filtered(
                lambda lead: lead.partner_id.id != vals["partner_id"]
            )
        result = super().write(vals)
        if joining:
            joining._join_customer()
            joining._link_history_at_commit()
        return result

    def _join_customer(self):
        """Bring names that have just got a customer in step with it.

        The customer is the master of the state; a customer without one takes that
        of its first name. That a name is blocked holds for the customer as well: a
        refusal is not forgotten because somebody finds out who said it.
        """
        for lead in self.sudo():  # sudo: states are written by the engine alone
            customer = lead.partner_id
            if not customer.commercial_state_id:
                # Into the cache: it is written together with what else changes on the
                # customer, whom Odoo has often made in this moment.
                customer._fields["commercial_state_id"].write(
                    customer, lead.commercial_state_id.id or False
                )
            elif customer.commercial_state_id == lead.commercial_state_id:
                continue
            elif (
                lead.commercial_state_id.state_class == "blocked"
                and customer.commercial_state_id.state_class != "blocked"
            ):
                lead._keep_customer_in_step()
            else:
                lead._correct_state(customer.commercial_state_id, "customer")

    def _link_history_at_commit(self):
        """Link history and processes of these names to their customer, all at once."""
        precommit = self.env.cr.precommit
        waiting = precommit.data.setdefault("crm_callcenter.history", set())
        if not waiting:
            precommit.add(self.env["crm.lead"].sudo()._link_history_to_customers)
        waiting.update(self.ids)

    @api.model
    def _link_history_to_customers(self):
        """Show history and processes of names on their customers as well.

        A link, not a fact: rows that stand without a customer get the one of their
        name.
        """
        ids = self.env.cr.precommit.data.pop("crm_callcenter.history", ())
        self.env.flush_all()
        for table in ("crm_interaction", "crm_lead_process"):
            self.env.execute_query(
                SQL(
                    """UPDATE %(table)s AS row SET partner_id = lead.partner_id
                         FROM crm_lead lead
                        WHERE lead.id = row.lead_id AND row.lead_id = ANY(%(ids)s)
                          AND row.partner_id IS NULL
                          AND lead.partner_id IS NOT NULL
                    RETURNING row.id""",
                    table=SQL.identifier(table),
                    ids=list(ids),
                )
            )
        self.env["crm.interaction"].invalidate_model(["partner_id"])
        self.env["crm.lead.process"].invalidate_model(["partner_id"])

    def _keep_customer_in_step(self):
        """Give customers the state of their name, and it to their other names.

        Whatever moves is a row of the ledger of the name that moves.
        """
        for state, leads in self.sudo().grouped("commercial_state_id").items():
            partners = leads.partner_id.with_context(**{ENGINE_KEY: ENGINE})
            partners = partners.filtered(
                lambda partner, state=state: partner.commercial_state_id != state
            )
            if not partners or not state:
                continue
            partners.commercial_state_id = state
            others = (
                self.sudo()
                .with_context(active_test=False)
                .search(
                    [
                        ("partner_id", "in", partners.ids),
                        ("id", "not in", leads.ids),
                        ("commercial_state_id", "!=", state.id),
                    ]
                )
            )
            if others:
                others._correct_state(state, "customer")
