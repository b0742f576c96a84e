from odoo import fields, models


class CrmListImportMapping(models.Model):
    _inherit = "crm.list.import.mapping"

    fill_custom = fields.Boolean("Fill Custom Fields")


class CrmListImport(models.Model):
    """Custom fields of known names are filled by themselves, if somebody wants it."""

    _inherit = "crm.list.import"

    fill_custom = fields.Boolean(
        "Fill Custom Fields",
        help="Known names get the custom fields of the file, for each column as it"
        " says, also when nothing else of theirs is updated.",
    )

    def _update_modes(self):
        modes = super()._update_modes()
        if self.update_existing:
            return modes
        own = self._custom_targets()
        return {name: mode for name, mode in modes.items() if name in own}
