from odoo import fields, models
from odoo.tools import SQL


class CrmLeadOriginal(models.Model):
    """The values of a name as they were written; filled set-based."""

    _name = "crm.lead.original"
    _description = "Name as It Was Written"
    _inherit = ["crm.original.mixin"]
    _rec_name = "lead_id"
    _record_column = "lead_id"

    lead_id = fields.Many2one(
        "crm.lead", required=True, readonly=True, ondelete="cascade"
    )

    _once = models.Constraint("UNIQUE (lead_id)", "A name has one row of originals.")


class ResPartnerOriginal(models.Model):
    """The values of a customer as they were written; filled set-based."""

    _name = "res.partner.original"
    _description = "Customer as It Was Written"
    _inherit = ["crm.original.mixin"]
    _rec_name = "partner_id"
    _record_column = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", required=True, readonly=True, ondelete="cascade"
    )

    _once = models.Constraint(
        "UNIQUE (partner_id)", "A customer has one row of originals."
    )


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _erasing_statements(self, partners):
        return super()._erasing_statements(partners) | {
            "values as written": SQL(
                "DELETE FROM crm_lead_original WHERE lead_id = ANY(%s) RETURNING id",
                self.ids,
            ),
            "values of customers as written": SQL(
                "DELETE FROM res_partner_original WHERE partner_id = ANY(%s)"
                " RETURNING id",
                partners.ids,
            ),
            "normalised values": SQL(
                "DELETE FROM crm_normalise_change WHERE lead_id = ANY(%s) RETURNING id",
                self.ids,
            ),
            "normalised values of customers": SQL(
                "DELETE FROM crm_normalise_change WHERE partner_id = ANY(%s)"
                " RETURNING id",
                partners.ids,
            ),
        }
