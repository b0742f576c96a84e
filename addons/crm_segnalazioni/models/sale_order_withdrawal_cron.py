import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

#: So many documents are looked at before what was done is committed.
BATCH = 100


class SaleOrder(models.Model):
    """Documents go on by themselves when nobody may withdraw any more."""

    _inherit = "sale.order"

    @api.model
    def _cron_withdrawal_over(self):
        """Take the steps marked "when the term is over", each document by itself.

        A document that can't take it (an obstacle of another kind) is left where it is
        and tried again the next day.
        """
        transitions = self.env["crm.segnalazione.transition"].search(
            [("is_after_withdrawal", "=", True)]
        )
        for transition in transitions:
            last_id = 0
            while documents := self._withdrawal_over(transition, last_id):
                last_id = documents[-1].id
                for document in documents:
                    document._go_on_after_withdrawal(transition)
                if not self.env["ir.cron"]._commit_progress(len(documents)):
                    return

    @api.model
    def _withdrawal_over(self, transition, last_id):
        """Return the next documents that wait for nothing but the end of the term.

        :param crm.segnalazione.transition transition: the step that they shall take
        :param int last_id: documents up to this one have been looked at
        :rtype: sale.order
        """
        return self.search(
            [
                ("id", ">", last_id),
                ("segnalazione_type_id", "=", transition.type_id.id),
                ("segnalazione_state_id", "=", transition.from_state_id.id),
                ("withdrawal_until", "<", fields.Date.context_today(self)),
                ("withdrawn_on", "=", False),
            ],
            order="id",
            limit=BATCH,
        )

    def _go_on_after_withdrawal(self, transition):
        """Take the step, or leave the document as it was.

        :param crm.segnalazione.transition transition: the step
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._take_transition(
                    transition,
                    expected=transition.from_state_id,
                    reason=self.env._("The term of withdrawal is over."),
                )
        except UserError as problem:
            _logger.info("%s stays where it is: %s", self.name, problem)
