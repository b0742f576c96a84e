from odoo import api, fields, models, tools


class CrmFieldEffect(models.Model):
    """Set this field to that, when something happens.

    A relation of the graph has any number of them. Other addons make theirs without
    a relation and call ``_apply_to`` when their own event happens.
    """

    _name = "crm.field.effect"
    _description = "Effect on a Custom Field"
    _inherit = ["crm.custom.value.mixin"]
    _order = "sequence, id"

    relation_id = fields.Many2one("crm.relation", index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    operation = fields.Selection(
        [("set", "Set"), ("clear", "Clear"), ("add", "Add")],
        required=True,
        default="set",
        help="Add: numbers grow by the value, several choices get it besides theirs,"
        " other fields get it where they are empty.",
    )

    @api.depends("custom_field_id", "relation_id", "operation")
    def _compute_display_name(self):
        for effect in self:
            where, what = effect.relation_id.display_name, effect._describe()
            effect.display_name = f"{where}: {what}" if where else what

    def _describe(self):
        """Say what this effect changes.

        :rtype: str
        """
        self.ensure_one()
        labels = dict(self._fields["operation"]._description_selection(self.env))
        what = f"{labels.get(self.operation, '')} {self.custom_field_id.label or ''}"
        value = "" if self.operation == "clear" else self._show_value()
        return f"{what}: {value}" if value else what

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @tools.ormcache("relation_id")
    def _ids_of_relation(self, relation_id):
        # sudo: a configuration, for every user's request
        return tuple(self.sudo().search([("relation_id", "=", relation_id)]).ids)

    @api.model
    def _of_relation(self, relation):
        """Return the effects of a relation, in sudo and without a query when cached.

        :param crm.relation relation: may be empty or ``None``
        :rtype: crm.field.effect
        """
        found = self._ids_of_relation(relation.id) if relation else ()
        return self.sudo().browse(found)

    def _apply_to(self, leads):
        """Change the fields of these names, and of their customers, in step.

        :param crm.lead leads: names; whoever calls has checked the right to do so
        :raise ValidationError: a value breaks the rule of its field
        """
        # sudo: effects are the manager's, who decided what an event changes
        for effect in self.sudo():
            field = effect.custom_field_id
            if field.state != "active":
                continue
            leads = leads.sudo()
            if effect.operation != "add":
                cleared = effect.operation == "clear"
                leads.write({field.name: effect._emptied_or_value(cleared)})
                continue
            for lead in leads:
                lead.write({field.name: effect._added_value(lead)})

    def _emptied_or_value(self, cleared):
        if not cleared:
            return self._custom_value()
        return [fields.Command.clear()] if self.field_type == "choices" else False

    def _added_value(self, lead):
        """Return what a name has after the value was added."""
        present = lead[self.custom_field_id.name]
        if self.field_type == "choices":
            return [fields.Command.link(choice.id) for choice in self.value_choice_ids]
        if self.field_type in ("integer", "decimal", "amount"):
            return present + self._custom_value()
        if present:
            return present.id if isinstance(present, models.BaseModel) else present
        return self._custom_value()
