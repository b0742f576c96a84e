from odoo import api, models


class CrmSegnalazioneType(models.Model):
    """Which type a document gets that is made by itself."""

    _inherit = "crm.segnalazione.type"

    @api.model
    def _by_origin(self):
        """Return the first type in use for each thing that documents are made from.

        :rtype: dict[str, crm.segnalazione.type]
        """
        types = self.search([("origin", "!=", False)])
        found = {}
        for document_type in types:
            found.setdefault(document_type.origin, document_type)
        return found
