from odoo import api, models
from odoo.tools import SQL

from .crm_lead_segnalazione import KINDS


class CrmInteraction(models.Model):
    """Outcomes that make a document, and what becomes of it when they are no more."""

    _inherit = "crm.interaction"

    def _segnalazione_source(self):
        """Return what this outcome makes a document of.

        :return: ``appointment``, ``closing``, ``report``, or an empty text
        :rtype: str
        """
        self.ensure_one()
        if self.reversed_id:
            return ""
        if self.outcome_kind in KINDS:
            return KINDS[self.outcome_kind]
        relation = self.env["crm.relation"]._get(self.activity_type_id, self.outcome_id)
        return "report" if relation.makes_report else ""

    @api.model
    def _last_id(self):
        """Return the highest number in the ledger.

        :rtype: int
        """
        [(last,)] = self.env.execute_query(
            SQL("SELECT coalesce(max(id), 0) FROM crm_interaction")
        )
        return last

    def _reverse(self, reason):
        reversal = super()._reverse(reason)
        # sudo: the document follows the ledger, whoever corrects it
        documents = self.env["sale.order"].sudo()
        documents = documents.search([("interaction_id", "=", self.id)])
        documents._cancel_by_system(
            self.env._("The outcome was taken back: %(reason)s", reason=reason)
        )
        return reversal
