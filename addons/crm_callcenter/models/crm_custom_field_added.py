from odoo import fields, models


class CrmCustomFieldAdded(models.Model):
    """A field of the catalogue that somebody added to one name.

    For fields that don't show by default.
    """

    _name = "crm.custom.field.added"
    _description = "Custom Field Added to a Name"
    _rec_name = "custom_field_id"

    lead_id = fields.Many2one("crm.lead", required=True, index=True, ondelete="cascade")
    custom_field_id = fields.Many2one(
        "crm.custom.field", required=True, index=True, ondelete="cascade"
    )

    _once = models.Constraint(
        "UNIQUE (lead_id, custom_field_id)", "This name has this field already."
    )
