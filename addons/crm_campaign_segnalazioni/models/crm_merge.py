from odoo import api, models


class CrmMerge(models.AbstractModel):
    """A name that became an opportunity with a customer by a merge gets a document.

    Documents that the merged names have go to the one that stays with all else.
    """

    _inherit = "crm.merge"

    @api.model
    def _after_merge(self, model_name, pairs, rows, log):
        result = super()._after_merge(model_name, pairs, rows, log)
        if model_name == "crm.lead":
            leads = self.env["crm.lead"].browse(kept for _key, kept, _lost in pairs)
            leads.invalidate_recordset(["type", "partner_id"], flush=False)
            changed = leads.filtered(
                lambda lead: (
                    rows[lead.id]["type"] != lead.type
                    or rows[lead.id]["partner_id"] != (lead.partner_id.id or None)
                )
            )
            changed._note_opportunities()
        return result
