from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmTreeMixin(models.AbstractModel):
    """A tree of named nodes whose full name is the way down to them.

    The model defines ``parent_id`` and ``parent_path`` and sets ``_parent_store``.
    """

    _name = "crm.tree.mixin"
    _description = "Tree of Named Nodes"

    name = fields.Char(required=True)
    complete_name = fields.Char(
        "Full Name", compute="_compute_complete_name", store=True, recursive=True
    )
    active = fields.Boolean(default=True)

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for node in self:
            parent = node.parent_id.complete_name
            node.complete_name = f"{parent} / {node.name}" if parent else node.name

    def write(self, vals):
        if vals.get("parent_id"):
            self._check_new_parent(self.browse(vals["parent_id"]))
        return super().write(vals)

    def _check_new_parent(self, parent):
        """Refuse a branch under itself, before Odoo does so in fewer words."""
        above = {
            int(node_id) for node_id in (parent.parent_path or "").split("/") if node_id
        }
        for node in self:
            if node.id in above:
                raise ValidationError(
                    self.env._(
                        "%(node)s can't be moved under %(parent)s, which lies inside"
                        " it. Choose another parent.",
                        node=node.display_name,
                        parent=parent.display_name,
                    )
                )
