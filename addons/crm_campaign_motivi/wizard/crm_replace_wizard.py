from odoo import api, fields, models

_FIELDS = ("old_list_state_id", "new_list_state_id")
_MODEL = "crm.list.state"


class CrmReplaceWizard(models.TransientModel):
    """List states are replaced like outcomes and commercial states."""

    _inherit = "crm.replace.wizard"

    kind = fields.Selection(
        selection_add=[(_MODEL, "List State")], ondelete={_MODEL: "cascade"}
    )
    old_list_state_id = fields.Many2one(
        "crm.list.state", context={"active_test": False}
    )
    new_list_state_id = fields.Many2one(
        "crm.list.state", domain="[('id', '!=', old_list_state_id)]"
    )

    @api.model
    def default_get(self, fields_list):
        """Start from the record whose button was pressed; see the base method.

        :rtype: dict
        """
        values = super().default_get(fields_list)
        context = self.env.context
        if context.get("active_model") == _MODEL and context.get("active_id"):
            values.update({"kind": _MODEL, _FIELDS[0]: context["active_id"]})
        return values

    def _nodes(self):
        if self.kind == _MODEL:
            return tuple(self[name] for name in _FIELDS)
        return super()._nodes()

    @api.depends(*_FIELDS)
    def _compute_preview(self):
        return super()._compute_preview()
