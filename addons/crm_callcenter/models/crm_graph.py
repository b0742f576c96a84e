from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools.graph_analysis import (
    FINAL_STATE_CLASSES,
    KINDS_WITH_NEXT_STEP,
    Arrow,
    analyse,
)

#: What the matrix may change of a relation, and the key of each in a payload.
RELATION_FIELDS = {
    "commercial_state_id": "state_id",
    "next_type_id": "next_type_id",
    "next_assignee": "next_assignee",
    "next_user_id": "next_user_id",
    "delay_days": "delay_days",
    "delay_hours": "delay_hours",
    "points": "points",
    "is_conclusive": "is_conclusive",
    "conclusion": "conclusion",
    "process_id": "process_id",
    "takes_charge": "takes_charge",
}

#: Where a type stands without anybody planning it there from scratch.
NO_STARTS = frozenset(("crm.relation", "mail.activity", "crm.process"))


class CrmGraph(models.AbstractModel):
    """The commercial graph as the editor shows and changes it.

    Everybody who may read relations may look at it. Changes go through the rights of
    ``crm.relation``: only campaign managers have them.
    """

    _name = "crm.graph"
    _description = "Commercial Graph"

    # ------------------------------------------------------------
    # READ
    # ------------------------------------------------------------

    @api.model
    def get_graph(self):
        """Return all that the editor shows.

        :return: ``can_write``; ``types``, ``outcomes``, ``states``, ``processes``,
            ``users`` (``id``, ``name``, ``active`` and what each has of icon and
            colour), ``assignees`` (value and label), ``relations`` (active ones of
            active types; see ``RELATION_FIELDS``) and ``findings``
            (:class:`~odoo.addons.crm_callcenter.tools.graph_analysis.Findings`)
        :rtype: dict
        :raise AccessError: the user may not read relations
        """
        relations = self._relations()
        types = self._types()
        can_write = relations.has_access("write") and relations.has_access("create")
        return {
            "can_write": can_write,
            "types": self._read_types(types, relations),
            "outcomes": self._read_nodes("crm.outcome", "kind", "do_not_call"),
            "states": self._read_nodes("crm.commercial.state", "state_class"),
            "processes": self._read_nodes("crm.process"),
            "users": self._read_users(relations, can_write),
            "assignees": relations._fields["next_assignee"]._description_selection(
                self.env
            ),
            "relations": [self._read_relation(relation) for relation in relations],
            "findings": self._find(types.filtered("active"), relations),
        }

    def _types(self):
        return (
            self.env["mail.activity.type"]
            .with_context(active_test=False)
            .search([("is_commercial", "=", True), ("is_system", "=", False)])
        )

    def _relations(self):
        relations = self.env["crm.relation"]
        relations.check_access("read")
        return relations.search([("activity_type_id.active", "=", True)])

    def _read_types(self, types, relations):
        counts = defaultdict(int)
        for relation in relations:
            counts[relation.activity_type_id.id] += 1
        return [
            {
                **self._read_node(activity_type),
                "channel": activity_type.channel,
                "automatic_outcome_id": activity_type.automatic_outcome_id.id,
                "count": counts[activity_type.id],
            }
            for activity_type in types
        ]

    def _read_nodes(self, model_name, *names):
        model = self.env[model_name].with_context(active_test=False)
        domain = Domain.TRUE
        if "is_system" in model._fields:
            domain = Domain("is_system", "=", False)
        return [
            {**self._read_node(node), **{name: node[name] for name in names}}
            for node in model.search(domain)
        ]

    def _read_node(self, node):
        return {
            "id": node.id,
            "name": node.name,
            "active": node.active,
            "color": node.color or "#6c757d",
            "icon": "icon" in node._fields and node.icon or "",
        }

    def _read_relation(self, relation):
        values = {
            "id": relation.id,
            "type_id": relation.activity_type_id.id,
            "outcome_id": relation.outcome_id.id,
        }
        for name, key in RELATION_FIELDS.items():
            value = relation[name]
            values[key] = value.id if relation._fields[name].relational else value
        return values

    def _read_users(self, relations, can_write):
        """Return whom an action may be given to: those who may read names."""
        users = relations.next_user_id
        if can_write:
            users |= self._selectable_users()
        return [
            {"id": user.id, "name": user.name, "active": user.active}
            for user in users.sorted(lambda user: (user.name.lower(), user.id))
        ]

    def _selectable_users(self):
        # sudo: which roles open names is written in Odoo's own access rights
        rights = (
            self.env["ir.model.access"]
            .sudo()
            .search([("model_id.model", "=", "crm.lead"), ("perm_read", "=", True)])
        )
        return self.env["res.users"].search(
            [("share", "=", False), ("all_group_ids", "in", rights.group_id.ids)]
        )

    # ------------------------------------------------------------
    # ANALYSIS
    # ------------------------------------------------------------

    def _find(self, types, relations):
        found = analyse(
            types.ids,
            [
                Arrow(
                    relation.id,
                    relation.activity_type_id.id,
                    relation.next_type_id.id or None,
                    self._is_proper_end(relation),
                )
                for relation in relations
            ],
            self._planned_type_ids(types),
        )
        return {
            "starts": found.starts,
            "unreachable": found.unreachable,
            "loops": found.loops,
            "loop_relations": found.loop_arrows,
            "dead_relations": found.dead_arrows,
            "dead_types": found.dead_types,
            # A list of pairs: keys of an object would become texts.
            "levels": list(found.levels.items()),
        }

    def _is_proper_end(self, relation):
        return (
            relation.is_conclusive
            or relation.commercial_state_id.state_class in FINAL_STATE_CLASSES
            or relation.outcome_id.kind in KINDS_WITH_NEXT_STEP
        )

    def _planned_type_ids(self, types):
        """Return the types that people, campaigns or macros are known to plan.

        These are the type of calls from lists, types with a right to plan them, and
        whatever a configuration of another kind (campaign, macro) names.

        :rtype: set[int]
        """
        planned = {types._default_call().id}
        planned.update(types.filtered("planning_right_ids").ids)
        for model_name, field_name in types._graph_references():
            if model_name in NO_STARTS:
                continue
            # sudo: that some campaign names the type, not which
            model = self.env[model_name].sudo()
            groups = model._read_group([(field_name, "in", types.ids)], [field_name])
            planned.update(activity_type.id for [activity_type] in groups)
        return planned

    # ------------------------------------------------------------
    # CHANGES
    # ------------------------------------------------------------

    @api.model
    def save_relation(self, type_id, outcome_id, values):
        """Tick an outcome of a type, or change what follows from it.

        :param int type_id: an action type
        :param int outcome_id: an outcome
        :param dict values: fields of the relation, as far as they change, see
            ``RELATION_FIELDS``; empty to tick only
        :return: the graph after the change, as :meth:`get_graph`
        :rtype: dict
        :raise AccessError: the user configures nothing
        :raise UserError, ValidationError: the change is refused; the sentence says why
        """
        self._check_values(values)
        relation = self._relation_of(type_id, outcome_id)
        if relation:
            relation.write({"active": True, **values})
        else:
            self.env["crm.relation"].create(
                {"activity_type_id": type_id, "outcome_id": outcome_id, **values}
            )
        self.env.flush_all()
        return self.get_graph()

    @api.model
    def remove_relation(self, type_id, outcome_id):
        """Take the tick of an outcome away.

        The relation is switched off and keeps its values for the next tick.

        :param int type_id: an action type
        :param int outcome_id: an outcome
        :return: the graph after the change, as :meth:`get_graph`
        :rtype: dict
        :raise AccessError: the user configures nothing
        """
        self._relation_of(type_id, outcome_id).write({"active": False})
        self.env.flush_all()
        return self.get_graph()

    def _relation_of(self, type_id, outcome_id):
        relations = self.env["crm.relation"].with_context(active_test=False)
        relations.check_access("write")
        return relations.search(
            [("activity_type_id", "=", type_id), ("outcome_id", "=", outcome_id)]
        )

    def _check_values(self, values):
        unknown = set(values) - set(RELATION_FIELDS)
        if unknown:
            raise UserError(
                self.env._(
                    "The matrix can't change %(fields)s. Reload the page and try"
                    " again.",
                    fields=", ".join(sorted(unknown)),
                )
            )
        if any(values.get(name, 0) < 0 for name in ("delay_days", "delay_hours")):
            raise ValidationError(
                self.env._(
                    "The next action can't be due before the outcome: enter zero or"
                    " more days and hours."
                )
            )
