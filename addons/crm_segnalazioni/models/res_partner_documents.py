from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    document_count = fields.Integer("Documents", compute="_compute_document_count")

    def _compute_document_count(self):
        """Count the documents of customers, with their contacts', that one may see."""
        self.document_count = 0
        orders = self.env["sale.order"]
        if not orders.has_access("read"):
            return
        for partner in self.filtered("id"):
            partner.document_count = orders.search_count(partner._document_domain())

    def _document_domain(self):
        """Return which documents are those of a customer, its contacts and addresses.

        :rtype: list
        """
        self.ensure_one()
        return [
            ("segnalazione_type_id", "!=", False),
            ("partner_id", "child_of", self._origin.id or self.id),
        ]

    def action_view_documents(self):
        """Open the documents of a customer.

        :rtype: dict
        """
        self.ensure_one()
        return self.env["sale.order"]._documents_action(
            self._document_domain(), default_partner_id=self.id
        )
