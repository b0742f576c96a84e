from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    document_count = fields.Integer("Documents", compute="_compute_document_count")

    def _compute_document_count(self):
        """Count the documents of each name that the user may see."""
        counts = self.env["sale.order"]._count_documents("opportunity_id", self)
        for lead in self:
            lead.document_count = counts.get(lead._origin, 0)

    def action_view_documents(self):
        """Open the documents of a name or opportunity.

        :rtype: dict
        """
        self.ensure_one()
        return self.env["sale.order"]._documents_action(
            [("opportunity_id", "=", self.id)],
            default_opportunity_id=self.id,
            default_partner_id=self.partner_id.id,
        )
