from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.custom_field import CHOICE_TYPES

#: The field of this mixin that holds a value, by type of custom field.
HOLDERS = {
    "text": "value_text",
    "long_text": "value_text",
    "integer": "value_integer",
    "decimal": "value_decimal",
    "amount": "value_decimal",
    "date": "value_date",
    "datetime": "value_datetime",
    "yes_no": "value_yes_no",
    "choice": "value_choice_id",
    "choices": "value_choice_ids",
    "contact": "value_contact_id",
}


class CrmCustomValueMixin(models.AbstractModel):
    """A record that names a custom field and a value for it."""

    _name = "crm.custom.value.mixin"
    _description = "Custom Field and Value"

    custom_field_id = fields.Many2one(
        "crm.custom.field",
        "Field",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('compute_expression', '=', False)]",
    )
    field_type = fields.Selection(related="custom_field_id.field_type")
    value_text = fields.Text("Text")
    value_integer = fields.Integer("Whole Number")
    value_decimal = fields.Float("Number", digits=(16, 4))
    value_date = fields.Date("Date")
    value_datetime = fields.Datetime("Date and Time")
    value_yes_no = fields.Boolean("Yes")
    value_choice_id = fields.Many2one(
        "crm.custom.field.choice",
        "Value",
        ondelete="restrict",
        domain="[('custom_field_id', '=', custom_field_id)]",
    )
    value_choice_ids = fields.Many2many(
        "crm.custom.field.choice",
        string="Values",
        domain="[('custom_field_id', '=', custom_field_id)]",
    )
    value_contact_id = fields.Many2one("res.partner", "Contact", ondelete="restrict")

    @api.constrains("custom_field_id", "value_choice_id", "value_choice_ids")
    def _check_own_choices(self):
        for record in self:
            chosen = record.value_choice_id | record.value_choice_ids
            if record.field_type in CHOICE_TYPES and (
                chosen.custom_field_id - record.custom_field_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(value)s is no value of %(field)s. Choose one of its own.",
                        value=chosen[0].name,
                        field=record.custom_field_id.label,
                    )
                )

    @api.constrains("custom_field_id")
    def _check_not_computed(self):
        for record in self:
            if record.custom_field_id.compute_expression:
                raise ValidationError(
                    self.env._(
                        "%(field)s is computed and can't be set. Choose another field.",
                        field=record.custom_field_id.label,
                    )
                )

    def _custom_value(self):
        """Return the value as ``write`` of a name takes it; False when empty."""
        self.ensure_one()
        value = self[HOLDERS[self.field_type]]
        if self.field_type == "choices":
            return [fields.Command.set(value.ids)]
        if self.field_type in ("choice", "contact"):
            return value.id
        return value

    def _has_custom_value(self):
        self.ensure_one()
        if self.field_type in ("integer", "decimal", "amount", "yes_no"):
            return True
        return bool(self[HOLDERS[self.field_type]])

    def _show_value(self):
        """Return the value in words.

        :rtype: str
        """
        self.ensure_one()
        value = self[HOLDERS[self.field_type]]
        if isinstance(value, models.BaseModel):
            return ", ".join(value.mapped("display_name"))
        if self.field_type == "yes_no":
            return self.env._("yes") if value else self.env._("no")
        return str(value or "")
