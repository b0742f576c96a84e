from odoo import api, fields, models

#: The fields of old and new one, by their model.
_FIELDS = {
    "crm.list.state": ("old_list_state_id", "new_list_state_id"),
    "crm.stage": ("old_stage_id", "new_stage_id"),
}


class CrmReplaceWizard(models.TransientModel):
    """List states and stages are replaced like outcomes and commercial states."""

    _inherit = "crm.replace.wizard"

    kind = fields.Selection(
        selection_add=[
            ("crm.list.state", "List State"),
            ("crm.stage", "Opportunity State"),
        ],
        ondelete={"crm.list.state": "cascade", "crm.stage": "cascade"},
    )
    old_list_state_id = fields.Many2one(
        "crm.list.state", context={"active_test": False}
    )
    new_list_state_id = fields.Many2one(
        "crm.list.state", domain="[('id', '!=', old_list_state_id)]"
    )
    old_stage_id = fields.Many2one("crm.stage", context={"active_test": False})
    new_stage_id = fields.Many2one("crm.stage", domain="[('id', '!=', old_stage_id)]")

    @api.model
    def default_get(self, fields_list):
        """Start from the record whose button was pressed; see the base method.

        :rtype: dict
        """
        values = super().default_get(fields_list)
        model = self.env.context.get("active_model")
        record_id = self.env.context.get("active_id")
        if model in _FIELDS and record_id:
            values.update({"kind": model, _FIELDS[model][0]: record_id})
        return values

    def _nodes(self):
        if self.kind in _FIELDS:
            return tuple(self[name] for name in _FIELDS[self.kind])
        return super()._nodes()

    @api.depends(*(name for pair in _FIELDS.values() for name in pair))
    def _compute_preview(self):
        return super()._compute_preview()
