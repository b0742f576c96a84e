from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools.custom_field import CHOICE_TYPES, MODELS


class CrmCustomFieldChoice(models.Model):
    """A value that a custom field of kind choice may have."""

    _name = "crm.custom.field.choice"
    _description = "Value of a Custom Field"
    _order = "custom_field_id, sequence, id"

    name = fields.Char(required=True)
    custom_field_id = fields.Many2one(
        "crm.custom.field", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(
        default=True,
        help="Switched off, nobody can choose it any more; names keep it.",
    )

    _value_once = models.UniqueIndex(
        "(custom_field_id, lower(name))",
        "This custom field has this value already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        default = self.default_get(["custom_field_id"]).get("custom_field_id")
        ids = [vals.get("custom_field_id") or default for vals in vals_list]
        self._check_may_add(self.env["crm.custom.field"].browse(filter(None, ids)))
        return super().create(vals_list)

    def write(self, vals):
        if "custom_field_id" in vals and any(
            choice.custom_field_id.id != vals["custom_field_id"] for choice in self
        ):
            raise UserError(
                self.env._("A value can't move to another field. Add it there instead.")
            )
        return super().write(vals)

    @api.model
    def _check_may_add(self, custom_fields):
        """Refuse values from those who may not add any.

        :param crm.custom.field custom_fields: that would get a value
        :raise AccessError: the field is closed to new values or to the user
        :raise UserError: the field is no choice
        """
        for field in custom_fields:
            if field.field_type not in CHOICE_TYPES:
                raise UserError(
                    self.env._(
                        "%(field)s is no choice: it can't have values to choose from.",
                        field=field.label,
                    )
                )
            if self.env.su or self.env.user.has_group(
                "crm_callcenter.group_campaign_manager"
            ):
                continue
            mode = field._my_modes().get(field.name, "hidden")
            if not field.allow_new_choices or mode not in ("edit", "required"):
                raise AccessError(
                    self.env._(
                        "You can't add values to %(field)s. Choose one of those that"
                        " are there, or ask a campaign manager.",
                        field=field.label,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        for choice in self:
            held = choice._count_held()
            if held:
                raise UserError(
                    self.env._(
                        "%(count)s names have the value %(choice)s of %(field)s. Give"
                        " them another one first with the mass maintenance, or switch"
                        " the value off.",
                        count=held,
                        choice=choice.name,
                        field=choice.custom_field_id.label,
                    )
                )

    def _count_held(self):
        """Count names and customers that have this value, whoever may see them.

        :rtype: int
        """
        self.ensure_one()
        held = 0
        for model_name in MODELS:
            model = self.env[model_name]
            field = model._fields.get(self.custom_field_id.name)
            if field is None:
                continue
            model.flush_model([field.name])
            table, column = model._table, field.name
            if field.type == "many2many":
                table, column = field.relation, field.column2
            [[count]] = self.env.execute_query(
                SQL(
                    "SELECT count(*) FROM %s WHERE %s = %s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    self.id,
                )
            )
            held += count
        return held

    @api.model
    def _search_display_name(self, operator, value):
        """Look among the values of the field at hand only, when it is known."""
        domain = super()._search_display_name(operator, value)
        field_name = self.env.context.get("custom_field_name")
        if field_name:
            domain = fields.Domain(domain) & fields.Domain(
                "custom_field_id.name", "=", field_name
            )
        return domain
