from odoo import api, fields, models
from odoo.exceptions import AccessError


class CrmCustomFieldAddWizard(models.TransientModel):
    """Shows a field of the catalogue on a name that doesn't show it by default."""

    _name = "crm.custom.field.add.wizard"
    _description = "Add a Custom Field to a Name"

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade")
    possible_ids = fields.Many2many("crm.custom.field", compute="_compute_possible_ids")
    custom_field_id = fields.Many2one(
        "crm.custom.field",
        "Field",
        required=True,
        ondelete="cascade",
        domain="[('id', 'in', possible_ids)]",
    )

    @api.depends("lead_id")
    def _compute_possible_ids(self):
        for wizard in self:
            wizard.possible_ids = wizard._possible()

    def _possible(self):
        """Return the fields that the user may see and the name doesn't show yet.

        :rtype: crm.custom.field
        """
        self.ensure_one()
        field = self.env["crm.custom.field"]
        # sudo: where a name belongs decides, not who looks
        place = field._place_of(self.lead_id.sudo()._custom_portfolios())
        modes = field._my_modes()
        shown = self.lead_id.custom_field_keys or ""
        return field.browse(
            [
                entry["id"]
                for name, entry in field._catalogue().items()
                if modes[name] != "hidden"
                and field._applies_to(entry, place)
                and f",f{entry['id']}," not in shown
            ]
        )

    def action_add(self):
        """Show the field on the name from now on.

        :raise AccessError: the user may not write the name or see the field
        """
        self.ensure_one()
        self.lead_id.check_access("write")
        if self.custom_field_id not in self._possible():
            raise AccessError(
                self.env._(
                    "%(field)s can't be added to %(name)s. Choose another field.",
                    field=self.custom_field_id.label,
                    name=self.lead_id.display_name,
                )
            )
        # sudo: whoever may write the name and see the field may show it there
        self.env["crm.custom.field.added"].sudo().create(
            {"lead_id": self.lead_id.id, "custom_field_id": self.custom_field_id.id}
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
