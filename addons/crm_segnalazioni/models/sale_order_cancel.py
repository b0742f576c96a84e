from odoo import models


class SaleOrder(models.Model):
    """What the system does when the reason for a document is gone."""

    _inherit = "sale.order"

    def _cancel_by_system(self, reason):
        """Cancel open documents by a step of theirs, or say in them why they should be.

        A numbered document is never deleted. One that is closed, or has no step that
        cancels it and may be taken, only gets a note: what its condition still lacks
        must not keep the outcome, or the conversion, from being taken back.

        :param str reason: a sentence
        """
        for order in self:
            step = order._step_to("cancelled")
            if (
                order.state_category == "open"
                and step
                and not order._transition_obstacles(step)
            ):
                order._take_transition(step, reason=reason)
            else:
                order._note_on_document(reason)

    def _step_to(self, category):
        """Return the first step of this document that leads to a category of states.

        :param str category: of ``crm.segnalazione.state``
        :rtype: crm.segnalazione.transition
        """
        self.ensure_one()
        return self.env["crm.segnalazione.transition"].search(
            [
                ("type_id", "=", self.segnalazione_type_id.id),
                ("from_state_id", "=", self.segnalazione_state_id.id),
                ("to_state_id.category", "=", category),
            ],
            limit=1,
        )
