from odoo import api, fields, models

from odoo.addons.crm_callcenter.tools.custom_field import PREFIX


class CrmCallListLine(models.Model):
    """The custom fields of the name in the operators' list.

    What a role may do with one is said once, in the catalogue; the name is asked.
    """

    _inherit = "crm.call.list.line"

    custom_currency_id = fields.Many2one(
        related="lead_id.custom_currency_id",
        string="Currency of Custom Amounts",
        export_string_translation=False,
    )

    @api.model
    def _valid_field_parameter(self, field, name):
        return name == "update_db_foreign_key" or super()._valid_field_parameter(
            field, name
        )

    def _has_field_access(self, field, operation):
        if field.name.startswith(PREFIX) and not self.env.su:
            leads = self.env["crm.lead"]
            of_name = leads._fields.get(field.name)
            if of_name is None or not leads._has_field_access(of_name, operation):
                return False
        return super()._has_field_access(field, operation)

    @api.readonly
    def web_read(self, specification):
        """Read the custom fields of all names at once; Odoo would read one by one."""
        names = [name for name in specification if name.startswith(PREFIX)]
        if names and self.ids:
            # sudo: only what the user may read of them leaves the method, see super()
            leads = self.sudo().lead_id
            leads.fetch(name for name in names if name in leads._fields)
            leads._warm_links(names)
        return super().web_read(specification)

    @api.model
    def _name_fields(self):
        # A copy: another request may be setting the models up anew.
        custom = [name for name in list(self._fields) if name.startswith(PREFIX)]
        return super()._name_fields() | {name: name for name in custom}

    @api.model
    def _editable_name_fields(self):
        """Leave out what the catalogue lets this user only read."""
        modes = self.env["crm.custom.field"]._my_modes()
        return {
            column
            for column in super()._editable_name_fields()
            if not column.startswith(PREFIX)
            or modes.get(column) in ("edit", "required")
        }

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        entries = self.env["crm.custom.field"]
        return (*key, entries._catalogue_version(), entries._my_roles())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Offer the columns, filters and groups that lists of names offer."""
        arch, view = super()._get_view(view_id, view_type, **options)
        leads = self.env["crm.lead"]
        if view_type == "list" and arch.get("js_class") == "call_list_lines":
            leads._patch_custom_list(arch)
            editable = self._editable_name_fields()
            for node in arch.xpath("./field"):
                if node.get("name") not in editable:
                    node.set("readonly", "1")
        elif view_type == "search":
            leads._patch_custom_search(arch)
        return arch, view
