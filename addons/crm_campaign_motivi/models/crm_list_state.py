from odoo import api, fields, models
from odoo.exceptions import UserError

#: What the dispatch understands of a list state.
CATEGORIES = [
    ("to_call", "To Call"),
    ("recall", "To Call Again"),
    ("in_progress", "In Progress"),
    ("closed_positive", "Closed, Positive"),
    ("closed_negative", "Closed, Negative"),
    ("exhausted", "Exhausted"),
]


class CrmListState(models.Model):
    """Where a name stands within a list (Stato Elenco), defined freely."""

    _name = "crm.list.state"
    _description = "List State"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Char(default="#6c757d")
    category = fields.Selection(
        CATEGORIES,
        required=True,
        help="What the dispatch does with the name: only names to call and to call"
        " again are served.",
    )

    _color_hex = models.Constraint(
        "CHECK (color IS NULL OR color ~ '^#[0-9a-fA-F]{6}$')",
        "A colour is written as # and six hexadecimal digits, for instance #28a745.",
    )

    def _get_by_category(self, category):
        """Return the first active state of a category.

        :param str category: one of ``CATEGORIES``
        :rtype: crm.list.state
        :raise UserError: nobody has defined one
        """
        # sudo: the configuration is read for an operator who may not see it
        state = self.sudo().search([("category", "=", category)], limit=1)
        if not state:
            label = dict(self._fields["category"]._description_selection(self.env))[
                category
            ]
            raise UserError(
                self.env._(
                    "No list state of category %(category)s is active. Ask a manager to"
                    " activate or create one under Configuration > List States.",
                    category=label,
                )
            )
        return state.sudo(self.env.su)

    def write(self, vals):
        if "category" in vals:
            self._check_category_change(vals["category"])
            self.filtered(
                lambda state: state.category != vals["category"]
            )._check_not_last()
        if "active" in vals and not vals["active"]:
            self._check_not_last()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_last(self):
        self._check_not_last()

    def _check_not_last(self):
        """Refuse to take the last states of a category away from the lists there are.

        An outcome in the middle of a call would have nowhere to lead.

        :raise UserError: nothing of the category would be left
        """
        # sudo: whether there is any list at all
        lists = self.env["crm.call.list"].sudo()
        going = self.filtered("active")
        if not going or not lists.search_count([("owner_id", "=", False)], limit=1):
            return
        staying = self.search([("active", "=", True), ("id", "not in", self.ids)])
        labels = dict(self._fields["category"]._description_selection(self.env))
        for state in going:
            if state.category not in staying.mapped("category"):
                raise UserError(
                    self.env._(
                        "%(state)s is the last list state in use of the category"
                        " %(category)s, which lists need: outcomes would lead nowhere."
                        " Create or switch on another one first.",
                        state=state.name,
                        category=labels[state.category],
                    )
                )

    def _check_category_change(self, category):
        changed = self.filtered(lambda state: state.category != category)
        # sudo: the question is whether any line anywhere is in this state
        used = (
            self.env["crm.call.list.line"]
            .sudo()
            .search([("list_state_id", "in", changed.ids)], limit=1)
        )
        if used:
            raise UserError(
                self.env._(
                    "Names are in the state %(state)s, so its category can't be"
                    " changed. Create a new state instead.",
                    state=used.list_state_id.name,
                )
            )
