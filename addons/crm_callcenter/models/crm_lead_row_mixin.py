from odoo import api, fields, models
from odoo.tools import SQL


class CrmLeadRowMixin(models.AbstractModel):
    """A row of a name that becomes a partner below its customer."""

    _name = "crm.lead.row.mixin"
    _description = "Row of a Name"
    _order = "sequence, id"

    lead_id = fields.Many2one(
        "crm.lead", "Of the Name", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    partner_id = fields.Many2one(
        "res.partner",
        "Became",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._tell_names()
        return rows

    def _tell_names(self):
        """Mark the names that have rows; rows of a customer become partners."""
        # sudo: the mark is the system's own
        leads = self.sudo().lead_id
        if not leads:
            return
        self.env.execute_query(
            SQL(
                """UPDATE crm_lead SET has_rows = true
                    WHERE id = ANY(%s) AND has_rows IS NOT TRUE RETURNING id""",
                leads.ids,
            )
        )
        leads.invalidate_recordset(["has_rows"], flush=False)
        leads.filtered("partner_id")._make_partners_at_commit()

    def _prepare_partner_values(self):
        """Return the values of the partner that this row becomes.

        :rtype: dict
        """
        raise NotImplementedError
