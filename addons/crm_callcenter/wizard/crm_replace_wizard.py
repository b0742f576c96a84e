from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

#: The fields of old and new node, by their model.
_FIELDS = {
    "mail.activity.type": ("old_type_id", "new_type_id"),
    "crm.outcome": ("old_outcome_id", "new_outcome_id"),
    "crm.commercial.state": ("old_state_id", "new_state_id"),
}


class CrmReplaceWizard(models.TransientModel):
    """Sostituisci: another type, outcome or state wherever one is planned or set."""

    _name = "crm.replace.wizard"
    _description = "Replace a Type, an Outcome or a State"

    kind = fields.Selection(
        [
            ("mail.activity.type", "Type"),
            ("crm.outcome", "Outcome"),
            ("crm.commercial.state", "Commercial State"),
        ],
        "What",
        required=True,
        default="mail.activity.type",
    )
    old_type_id = fields.Many2one(
        "mail.activity.type",
        domain="[('is_commercial', '=', True), ('is_system', '=', False)]",
        context={"active_test": False},
    )
    new_type_id = fields.Many2one(
        "mail.activity.type",
        domain="[('is_commercial', '=', True), ('is_system', '=', False),"
        " ('id', '!=', old_type_id)]",
    )
    old_outcome_id = fields.Many2one(
        "crm.outcome",
        domain="[('is_system', '=', False)]",
        context={"active_test": False},
    )
    new_outcome_id = fields.Many2one(
        "crm.outcome",
        domain="[('is_system', '=', False), ('id', '!=', old_outcome_id)]",
    )
    old_state_id = fields.Many2one(
        "crm.commercial.state", context={"active_test": False}
    )
    new_state_id = fields.Many2one(
        "crm.commercial.state", domain="[('id', '!=', old_state_id)]"
    )
    preview = fields.Html("What Changes", compute="_compute_preview", sanitize=False)
    problem = fields.Text(compute="_compute_preview")

    @api.model
    def default_get(self, fields_list):
        """Start from the record whose button was pressed.

        :return: default values
        :rtype: dict
        """
        values = super().default_get(fields_list)
        model, record_id = (
            self.env.context.get("active_model"),
            self.env.context.get("active_id"),
        )
        if model in _FIELDS and record_id:
            values.update({"kind": model, _FIELDS[model][0]: record_id})
        return values

    def _nodes(self):
        """Return the old and the new node, each maybe empty.

        :rtype: tuple
        """
        self.ensure_one()
        return tuple(self[name] for name in _FIELDS[self.kind])

    @api.depends("kind", *(name for pair in _FIELDS.values() for name in pair))
    def _compute_preview(self):
        for wizard in self:
            old, new = wizard._nodes() if wizard.kind else (None, None)
            wizard.preview = wizard.problem = False
            if not old or not new:
                continue
            try:
                old._check_replaceable(new)
            except UserError as error:
                wizard.problem = str(error)
                continue
            wizard.preview = wizard._render_preview(old, new)

    def _render_preview(self, old, new):
        """Return a table of what changes, and the relations that give way.

        :rtype: Markup
        """
        rows = Markup("").join(
            Markup("<tr><td>%s</td><td>%s</td><td class='text-end'>%s</td></tr>")
            % (
                # sudo: the name of a kind of record
                self.env["ir.model"].sudo()._get(model_name).name,
                self.env[model_name]._fields[name]._description_string(self.env),
                count,
            )
            for model_name, name, count in old._count_replaced(new)
        ) or Markup("<tr><td colspan='3'>%s</td></tr>") % self.env._(
            "It is planned and configured nowhere."
        )
        head = Markup("").join(
            Markup("<th class='%s'>%s</th>") % (css, title)
            for css, title in (
                ("", self.env._("Records")),
                ("", self.env._("Field")),
                ("text-end", self.env._("How Many")),
            )
        )
        table = Markup(
            "<table class='table table-sm'><thead><tr>%s</tr></thead>"
            "<tbody>%s</tbody></table>"
        ) % (head, rows)
        return table + self._render_collisions(old, new)

    def _render_collisions(self, old, new):
        relations = old._colliding_relations(new).filtered("active")
        if not relations:
            return Markup("")
        items = Markup("").join(
            Markup("<li>%s</li>") % relation.display_name for relation in relations
        )
        return Markup("<p>%s</p><ul>%s</ul>") % (
            self.env._(
                "%(new)s has relations of its own for these, which stay; these are"
                " switched off:",
                new=new.display_name,
            ),
            items,
        )

    def action_replace(self):
        """Replace, switch the old one off, and say how many records changed.

        :return: a notification
        :rtype: dict
        :raise UserError: nothing was chosen, or the replacement makes no sense
        """
        self.ensure_one()
        old, new = self._nodes()
        if not old or not new:
            raise UserError(
                self.env._("Choose what to replace, and what takes its place.")
            )
        names = {"old": old.display_name, "new": new.display_name}
        count = old._replace_by(new)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(old)s was replaced by %(new)s in %(count)s records, and switched"
                    " off.",
                    count=count,
                    **names,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
