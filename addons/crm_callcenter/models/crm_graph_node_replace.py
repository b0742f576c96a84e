from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

#: Where a node stands in plans as well as in history: what is still a plan.
_OPEN = {
    "mail.activity": [("active", "=", True)],
    "calendar.event": [("outcome_id", "=", False)],
    "crm.lead.process": [("date_close", "=", False)],
}
#: Relations carry a unique pair of nodes: what the other half is called.
_OTHER_HALF = {"activity_type_id": "outcome_id", "outcome_id": "activity_type_id"}


class CrmGraphNodeMixin(models.AbstractModel):
    """Replacing a node by another wherever it is planned or configured (Sostituisci).

    Set-based and in one transaction. History keeps the node that it was written
    with; reports count it under the new one by ``replaced_by_id``.
    """

    _inherit = "crm.graph.node.mixin"

    def write(self, vals):
        if vals.get("active") and "replaced_by_id" not in vals:
            # Who is back in use is not another's predecessor.
            vals = {**vals, "replaced_by_id": False}
        return super().write(vals)

    # ------------------------------------------------------------
    # WHERE IT STANDS
    # ------------------------------------------------------------

    def _planned_domain(self, model_name, field_name):
        """Return the records of a model in which one of these is planned or set.

        :rtype: Domain
        """
        return Domain(field_name, "in", self.ids) & Domain(_OPEN.get(model_name, []))

    def _scheme_references(self):
        """Return the field of schemes that holds such nodes.

        :rtype: list[tuple[str, str]]
        """
        return [
            ("crm.scheme", name)
            for name, field in self.env["crm.scheme"]._fields.items()
            if field.comodel_name == self._name
        ]

    def _is_used_elsewhere(self):
        """Tell whether an active record plans or configures this node.

        :rtype: bool
        """
        self.ensure_one()
        return any(
            # sudo: whether it is in use, whoever may see by whom
            self.env[model_name]
            .sudo()
            .search_count(self._planned_domain(model_name, field_name), limit=1)
            for model_name, field_name in self._graph_references()
        )

    def _count_replaced(self, new):
        """Count what a replacement by another node would change.

        :param new: the node that takes this one's place
        :return: (model, field name, records), those without records left out
        :rtype: list[tuple[str, str, int]]
        """
        self.ensure_one()
        kept = len(self._colliding_relations(new))
        counts = []
        for model_name, field_name in self._graph_references():
            # sudo: how many, of all
            model = self.env[model_name].sudo().with_context(active_test=False)
            count = model.search_count(self._planned_domain(model_name, field_name))
            if model_name == "crm.relation" and field_name in _OTHER_HALF:
                count -= kept
            if count:
                counts.append((model_name, field_name, count))
        return counts

    def _colliding_relations(self, new):
        """Return the relations of this node that the new one has as well.

        The new one's stay, these are switched off. A relation that the new one has
        switched off itself gives way instead.

        :return: relations of this node
        :rtype: crm.relation
        """
        field_name = self._relation_half()
        relations = self.env["crm.relation"].with_context(active_test=False)
        if not field_name:
            return relations.browse()
        other_half = _OTHER_HALF[field_name]
        theirs = relations.search([(field_name, "=", new.id), ("active", "=", True)])
        return relations.search(
            [
                (field_name, "=", self.id),
                (other_half, "in", theirs[other_half].ids),
            ]
        )

    def _relation_half(self):
        """Return which half of a relation's pair these nodes are, if any.

        :rtype: str | None
        """
        for model_name, field_name in self._graph_references():
            if model_name == "crm.relation" and field_name in _OTHER_HALF:
                return field_name
        return None

    # ------------------------------------------------------------
    # REPLACE
    # ------------------------------------------------------------

    def _check_replaceable(self, new):
        """Refuse a replacement that makes no sense.

        :param new: the node that is to take this one's place
        :raise UserError: it is the same one, one of them is the system's, the new
            one is switched off, or was replaced by this one before
        """
        self.ensure_one()
        new.ensure_one()
        names = {"old": self.display_name, "new": new.display_name}
        if self == new:
            raise UserError(
                self.env._(
                    "%(old)s can't be replaced by itself. Choose another.", **names
                )
            )
        for node in self | new:
            if node.is_system or not node._is_of_graph():
                raise UserError(
                    self.env._(
                        "%(node)s belongs to the system, not to the commercial graph,"
                        " and can neither be replaced nor replace another.",
                        node=node.display_name,
                    )
                )
        if not new.active:
            raise UserError(
                self.env._(
                    "%(new)s is switched off. Switch it on first, or choose another.",
                    **names,
                )
            )
        later = new
        while later.replaced_by_id:
            later = later.replaced_by_id
            if later == self:
                raise UserError(
                    self.env._(
                        "%(new)s was replaced by %(old)s itself. Switch %(new)s off"
                        " and on again to use it anew.",
                        **names,
                    )
                )

    def _is_of_graph(self):
        """Tell whether this is a node of the commercial graph at all.

        :rtype: bool
        """
        self.ensure_one()
        return True

    def _replace_by(self, new):
        """Put another node wherever this one is planned or configured.

        :param new: the node that takes this one's place
        :return: how many records changed
        :rtype: int
        :raise UserError: see ``_check_replaceable``
        :raise ValidationError: the graph would plan automatic actions for ever
        """
        self._check_replaceable(new)
        self.env.flush_all()
        changed = self._give_up_relations(new)
        for model_name, field_name in self._graph_references():
            changed += self._replace_in(model_name, field_name, new)
        for model_name, field_name in self._scheme_references():
            self._replace_in(model_name, field_name, new)
        self._execute_ids(
            SQL(
                "UPDATE %(table)s SET replaced_by_id = %(new)s"
                " WHERE replaced_by_id = %(old)s OR id = %(old)s RETURNING id",
                table=SQL.identifier(self._table),
                new=new.id,
                old=self.id,
            )
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.active = False
        self._relations_of(new)._check_targets()
        self.env["crm.relation"]._check_endless_chain()
        return changed

    def _relations_of(self, node):
        """Return the active relations in which a node stands anywhere.

        :rtype: crm.relation
        """
        return self.env["crm.relation"].search(
            Domain.OR(
                Domain(field_name, "=", node.id)
                for model_name, field_name in self._graph_references()
                if model_name == "crm.relation"
            )
        )

    def _execute_ids(self, query):
        return [row[0] for row in self.env.execute_query(query)]

    def _give_up_relations(self, new):
        """Switch off what the new node has a relation for, and clear its way.

        :return: how many relations were switched off
        :rtype: int
        """
        half = self._relation_half()
        if not half:
            return 0
        given_up = self._colliding_relations(new)
        given_up.active = False
        left = (
            self.env["crm.relation"]
            .with_context(active_test=False)
            .search([(half, "=", self.id), ("id", "not in", given_up.ids)])
        )
        other_half = _OTHER_HALF[half]
        left.search(
            [
                (half, "=", new.id),
                ("active", "=", False),
                (other_half, "in", left[other_half].ids),
            ]
        ).unlink()
        self.env.flush_all()
        return len(given_up)

    def _replace_in(self, model_name, field_name, new):
        """Replace this node in one field.

        :return: how many records changed
        :rtype: int
        """
        model = self.env[model_name]
        field = model._fields[field_name]
        if field.type == "many2many":
            return self._replace_in_many(field, new)
        # sudo: a replacement is complete, or it isn't one
        planned = model.sudo().with_context(active_test=False)
        domain = self._planned_domain(model_name, field_name)
        if model_name == "crm.relation" and field_name in _OTHER_HALF:
            domain &= Domain("id", "not in", self._colliding_relations(new).ids)
        return len(
            self._execute_ids(
                SQL(
                    "UPDATE %(table)s SET %(assignments)s WHERE id IN %(ids)s"
                    " RETURNING id",
                    table=SQL.identifier(model._table),
                    assignments=self._replace_assignments(model_name, field_name, new),
                    ids=planned._search(domain).subselect(),
                )
            )
        )

    def _replace_assignments(self, model_name, field_name, new):
        """Return what is written on the records of a model.

        :rtype: SQL
        """
        return SQL("%s = %s", SQL.identifier(field_name), new.id)

    def _replace_in_many(self, field, new):
        """Replace this node in a table that links many with many."""
        values = {
            "table": SQL.identifier(field.relation),
            "record": SQL.identifier(field.column1),
            "node": SQL.identifier(field.column2),
            "old": self.id,
            "new": new.id,
        }
        changed = self._execute_ids(
            SQL(
                "DELETE FROM %(table)s WHERE %(node)s = %(old)s RETURNING %(record)s",
                **values,
            )
        )
        self._execute_ids(
            SQL(
                """INSERT INTO %(table)s (%(record)s, %(node)s)
                   SELECT record_id, %(new)s
                     FROM unnest(%(changed)s::integer[]) AS record_id
                   ON CONFLICT DO NOTHING RETURNING %(record)s""",
                changed=changed,
                **values,
            )
        )
        return len(changed)
