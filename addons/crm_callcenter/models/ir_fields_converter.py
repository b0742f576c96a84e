from odoo import api, models

from ..tools.custom_field import PREFIX


class IrFieldsConverter(models.AbstractModel):
    """Imports find the values of the very field that a column goes into."""

    _inherit = "ir.fields.converter"

    @api.model
    def db_id_for(self, model, field, subfield, value, savepoint):
        if (
            field.name.startswith(PREFIX)
            and field.comodel_name == "crm.custom.field.choice"
        ):
            # Two fields may both know a value "Other".
            self = self.with_context(
                custom_field_name=field.name,
                default_custom_field_id=self.env["crm.custom.field"]
                ._catalogue()
                .get(field.name, {})
                .get("id"),
            )
        return super().db_id_for(model, field, subfield, value, savepoint)
