from odoo import models


class CrmConversion(models.Model):
    """A conversion that is taken back cancels what was made of it."""

    _inherit = "crm.conversion"

    def _undo(self):
        result = super()._undo()
        documents = self.env["sale.order"].search(
            [
                ("opportunity_id", "=", self.lead_id.id),
                ("segnalazione_type_id", "!=", False),
                ("create_date", ">=", self.create_date),
            ]
        )
        documents._cancel_by_system(self.env._("The conversion was taken back."))
        # The name may become an opportunity again, with a document of its own.
        documents.filtered("source_ref").write(
            {"source_kind": "undone", "source_ref": 0}
        )
        return result
