from odoo import api, models

from odoo.addons.crm_callcenter.tools.custom_field import PREFIX

#: The model of names in lists, which shows the custom fields of the name.
LINES = "crm.call.list.line"
#: What a field of the line has in common with that of the name.
_SHARED = ("name", "ttype", "field_description", "help", "relation", "domain")


class CrmCustomField(models.Model):
    """Custom fields of the name beside its state in a list.

    Each is a field of the line without a column: read from the name, searched and
    sorted through it.
    """

    _inherit = "crm.custom.field"

    @api.model
    def _carriers(self):
        return [*super()._carriers(), LINES]

    def _create_columns(self):
        self._forget_stale_line_fields()
        result = super()._create_columns()
        self._create_line_fields()
        return result

    @api.model
    def _forget_stale_line_fields(self):
        """Take fields off the lines that a change left there which was taken back.

        The columns of names are set up anew with each field that is added, and the
        line's would look for one that is gone.
        """
        known = {
            name for name in list(self.env[LINES]._fields) if name.startswith(PREFIX)
        }
        # sudo: Odoo's own configuration
        there = self.env["ir.model.fields"].sudo().search([("model", "=", LINES)])
        if known - set(there.mapped("name")):
            self.env.registry._setup_models__(self.env.cr, [LINES])

    @api.model
    def _show_on_lines(self):
        """Give the lines those custom fields that they lack; when modules load."""
        # sudo: a configuration
        found = self.sudo().search([("state", "=", "active")])
        there = set(found._line_fields().mapped("name"))
        found.filtered(lambda entry: entry.name not in there)._create_line_fields()

    def _create_line_fields(self):
        # sudo: the fields are Odoo's own configuration, see _create_columns
        fields = self.env["ir.model.fields"].sudo()
        of_names = fields.search(
            [("model", "=", "crm.lead"), ("name", "in", self.mapped("name"))]
        )
        if not of_names:
            return
        model_id = self.env["ir.model"]._get_id(LINES)
        fields.create(
            [
                {
                    **{name: field[name] for name in _SHARED},
                    "model_id": model_id,
                    "state": "manual",
                    "store": False,
                    "readonly": False,
                    "copied": False,
                    "related": f"lead_id.{field.name}",
                    "currency_field": field.currency_field or False,
                }
                for field in of_names
            ]
        )

    def _line_fields(self):
        return self.env["ir.model.fields"].search(
            [
                ("model", "=", LINES),
                ("name", "in", self.mapped("name")),
                ("name", "=like", f"{PREFIX}%"),
            ]
        )

    def _rename_columns(self):
        result = super()._rename_columns()
        for record in self:
            # sudo: see _create_line_fields
            record._line_fields().sudo().write(
                {
                    "field_description": record.label,
                    "help": record.help_text or False,
                }
            )
        return result

    def _drop_columns(self, context):
        # Odoo refuses to remove a field that another one reads.
        # sudo: see _create_line_fields
        self._line_fields().sudo().unlink()
        return super()._drop_columns(context)
