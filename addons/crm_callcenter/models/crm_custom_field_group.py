from odoo import fields, models


class CrmCustomFieldGroup(models.Model):
    """A heading under which custom fields stand on the screen and on paper."""

    _name = "crm.custom.field.group"
    _description = "Group of Custom Fields"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    custom_field_ids = fields.One2many(
        "crm.custom.field", "group_id", string="Custom Fields"
    )

    _name_once = models.Constraint(
        "UNIQUE (name)", "There is a group of this name already. Use that one."
    )

    def write(self, vals):
        # The headings are part of the cached views.
        self.env.registry.clear_cache("templates")
        self.env.registry.clear_cache()
        return super().write(vals)
