from odoo import api, models

#: Documents whose amounts have changed in this transaction.
CHANGED = "crm_segnalazioni.amounts"
#: Says that a change comes from a document, or from an opportunity: an object that no
#: client can send with a request.
IN_STEP = object()
IN_STEP_KEY = "crm_segnalazioni_in_step"


def is_in_step(env):
    """Tell whether document and opportunity are just being brought in step."""
    return env.context.get(IN_STEP_KEY) is IN_STEP


class SaleOrder(models.Model):
    """The opportunity follows its document by one table of rules."""

    _inherit = "sale.order"

    def _state_reached(self, transition, move):
        result = super()._state_reached(transition, move)
        if self.opportunity_id and not is_in_step(self.env):
            rule = self.env["crm.segnalazione.opportunity.rule"]._rule_of(self)
            if rule:
                rule._apply(self.with_context(**{IN_STEP_KEY: IN_STEP}))
        return result

    def _rivals(self):
        """Return the other documents for whose sake an opportunity isn't lost.

        :rtype: sale.order
        """
        self.ensure_one()
        return self.search(
            [
                ("opportunity_id", "=", self.opportunity_id.id),
                ("id", "!=", self.id),
                ("state_category", "in", ("open", "won")),
            ],
            limit=1,
        )

    def _note_amounts(self):
        """Remember to bring expected revenues in step before the commit."""
        documents = self.filtered(
            lambda order: order.segnalazione_type_id and order.opportunity_id
        )
        if not documents:
            return
        precommit = self.env.cr.precommit
        changed = precommit.data.setdefault(CHANGED, set())
        if not changed:
            precommit.add(self.env["sale.order"]._follow_amounts)
        changed.update(documents.ids)

    @api.model
    def _follow_amounts(self):
        """Bring expected revenues in step with documents whose lines have changed."""
        ids = self.env.cr.precommit.data.pop(CHANGED, ())
        # sudo: the opportunity follows, whoever may change the document
        orders = self.sudo().browse(sorted(ids)).exists()
        rules, found = self.env["crm.segnalazione.opportunity.rule"].sudo(), {}
        for order in orders.with_context(**{IN_STEP_KEY: IN_STEP}):
            # Very many documents are changed at once, and few of them differ in this.
            key = (
                order.segnalazione_type_id.id,
                order.company_id.id,
                order.segnalazione_state_id.id,
            )
            if key not in found:
                found[key] = rules._rule_of(order)
            rule, lead = found[key], order.opportunity_id
            values = rule._revenue_values(order) if rule else {}
            revenue = values.get("expected_revenue")
            if values and lead.company_currency.compare_amounts(
                lead.expected_revenue, revenue
            ):
                lead.write(values)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.order_id._note_amounts()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if {"product_uom_qty", "price_unit", "discount", "tax_ids"} & set(vals):
            self.order_id._note_amounts()
        return result

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        orders._note_amounts()
        return result


class CrmLead(models.Model):
    """An opportunity that somebody gives up takes its open documents along."""

    _inherit = "crm.lead"

    def action_set_lost(self, **additional_values):
        result = super().action_set_lost(**additional_values)
        if not is_in_step(self.env):
            self._lose_documents()
        return result

    def _lose_documents(self):
        """Bring the open documents of lost opportunities to a lost state.

        By a step that leads there; a document without one, or that may not take it,
        stays, with a note that the back office sees.
        """
        # sudo: documents follow, whoever gives up the opportunity
        documents = self.env["sale.order"].sudo()
        for order in documents.search(
            [("opportunity_id", "in", self.ids), ("state_category", "=", "open")]
        ).with_context(**{IN_STEP_KEY: IN_STEP}):
            reason = order.opportunity_id.lost_reason_id.name
            text = self.env._(
                "The opportunity was marked as lost: %(reason)s",
                reason=reason or self.env._("no reason given"),
            )
            step = order._step_to("lost")
            if step and not order._transition_obstacles(step):
                order._take_transition(step, reason=text)
            else:
                order._note_on_document(text)
