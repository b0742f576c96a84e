from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    document_count = fields.Integer("Documents", compute="_compute_document_count")

    def _compute_document_count(self):
        """Count the documents of each name that the user may see."""
        counts = {}
        if self.env["sale.order"].has_access("read"):
            counts = dict(
                self.env["sale.order"]._read_group(
                    [
                        ("opportunity_id", "in", self.ids),
                        ("segnalazione_type_id", "!=", False),
                    ],
                    ["opportunity_id"],
                    ["__count"],
                )
            )
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
