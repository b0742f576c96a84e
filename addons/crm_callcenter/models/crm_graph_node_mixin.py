from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmGraphNodeMixin(models.AbstractModel):
    """What action types, outcomes and commercial states have in common.

    They are the nodes of the graph that the manager configures: each has an icon
    and a colour, can be switched off, and can be replaced by another of its kind
    wherever it is planned or configured. History keeps the node that it was
    written with.
    """

    _name = "crm.graph.node.mixin"
    _description = "Node of the Commercial Graph"

    #: Field of a relation that leads to such a node.
    _leads_here_field = None

    color = fields.Char(
        default="#6c757d",
        help="Colour in lists, kanban, calendar, history and in the drawn graph.",
    )
    icon = fields.Char(
        help="Icon shown beside the name, as in Font Awesome 4: fa-phone, fa-home …"
    )
    is_system = fields.Boolean(
        "Used by the System",
        readonly=True,
        copy=False,
        help="Only the system itself registers it: by hand, in bulk, by merge, undo …",
    )

    _color_hex = models.Constraint(
        "CHECK (color IS NULL OR color ~ '^#[0-9a-fA-F]{6}$')",
        "A colour is written as # and six hexadecimal digits, for instance #28a745.",
    )

    def write(self, vals):
        # Who rebuilds the whole graph checks it at the end.
        if vals.get("active") is False and not self.env.context.get("graph_rebuilt"):
            self._check_nothing_leads_here()
        return super().write(vals)

    def _check_nothing_leads_here(self):
        """Refuse to switch off what relations in use lead to.

        :raise UserError: it names the node and the relation
        """
        field_name = self._leads_here_field
        for node in self.filtered("active"):
            relation = self.env["crm.relation"].search(
                [
                    (field_name, "=", node.id),
                    ("activity_type_id.active", "=", True),
                    ("activity_type_id", "not in", node._switched_off_type_ids(self)),
                ],
                limit=1,
            )
            if relation:
                raise UserError(
                    self.env._(
                        "%(node)s is where %(relation)s leads to. Change that relation"
                        " first, or replace %(node)s by another one.",
                        node=node.display_name,
                        relation=relation.display_name,
                    )
                )

    @api.model
    def _switched_off_type_ids(self, nodes):
        """Return the types that are switched off together with these nodes."""
        return nodes.ids if nodes._name == "mail.activity.type" else []

    @api.model
    def _graph_references(self):
        """Return which columns hold such a node, as far as it may be replaced there.

        Addons that let a node be planned or configured elsewhere extend this.
        History is not among them: it stays as it was written.

        :return: pairs of model and field name
        :rtype: list[tuple[str, str]]
        """
        return []

    @api.model
    def _history_references(self):
        """Return the columns of history that hold such a node.

        :return: pairs of model and field name
        :rtype: list[tuple[str, str]]
        """
        return []

    def _count_references(self, references):
        """Count in how many records these nodes stand, archived ones included.

        :param list references: pairs of model and field name
        :return: (model, field name, records), those without records left out
        :rtype: list[tuple[str, str, int]]
        """
        found = []
        for model_name, field_name in references:
            model = self.env[model_name]
            field = model._fields[field_name]
            model.flush_model([field_name])
            if field.type == "many2many":
                table, column = field.relation, field.column2
            else:
                table, column = model._table, field_name
            [(count,)] = self.env.execute_query(
                SQL(
                    "SELECT count(*) FROM %s WHERE %s = ANY(%s)",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    self.ids,
                )
            )
            if count:
                found.append((model_name, field_name, count))
        return found

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        for node in self:
            used = node._count_references(
                node._graph_references() + node._history_references()
            )
            if not used:
                continue
            model_name, _field, count = used[0]
            raise UserError(
                self.env._(
                    "%(node)s is in use (%(model)s: %(count)s) and can't be deleted."
                    " Replace it by another one, or switch it off.",
                    node=node.display_name,
                    # sudo: the name of a kind of record, for the sentence
                    model=self.env["ir.model"].sudo()._get(model_name).name,
                    count=count,
                )
            )
