from odoo import models


class CrmSegnalazioneType(models.Model):
    """The workflow of a type, as it is drawn."""

    _inherit = "crm.segnalazione.type"

    def action_open_workflow(self):
        """Open the drawing of the workflow.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_segnalazioni.crm_segnalazione_workflow_action"
        )
        return {
            **action,
            "display_name": self.env._("Workflow: %(type)s", type=self.name),
            "context": {"active_id": self.id, "active_ids": self.ids},
        }

    def get_workflow_graph(self):
        """Return the states and steps of a type, for the drawing.

        A state stands as many steps from the first as the shortest way has; states
        that no way leads to are marked. Where a step makes another type of the
        document, the drawing ends in a node for that type's state.

        :return: ``name``, ``nodes`` and ``steps``
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        steps = self.transition_ids
        levels = self._workflow_levels(steps)
        nodes = [
            self._workflow_node(state, state.id, levels.get(state.id))
            for state in self.state_ids.sorted()
        ]
        outside = {}
        for step in steps.filtered("next_type_id"):
            key = (step.next_type_id, step.to_state_id)
            level = levels.get(step.from_state_id.id, 0) + 1
            outside[key] = max(level, outside.get(key, 0))
        ends = {}
        for number, ((kind, state), level) in enumerate(outside.items(), 1):
            # Nodes of other types have numbers that no state has.
            ends[kind, state] = -number
            node = self._workflow_node(state, -number, level)
            nodes.append({**node, "type": f"{kind.name}", "is_first": False})
        return {
            "name": self.name,
            "nodes": nodes,
            "steps": [
                {
                    "id": step.id,
                    "name": step.name,
                    "from_id": step.from_state_id.id,
                    "to_id": ends.get(
                        (step.next_type_id, step.to_state_id), step.to_state_id.id
                    ),
                    "color": step.to_state_id.color,
                    "is_backward": step.is_backward,
                    "lines": step._describe(),
                }
                for step in steps
            ],
            "can_write": self.has_access("write"),
        }

    def _workflow_node(self, state, key, level):
        categories = dict(state._fields["category"]._description_selection(self.env))
        return {
            "id": key,
            "name": state.name,
            "color": state.color or "#6c757d",
            "category": state.category,
            "category_name": categories[state.category],
            "is_first": state == self.default_state_id,
            "is_unreachable": level is None,
            "locks_lines": state.locks_lines,
            "is_confirmed": state.is_confirmed,
            "type": False,
            "level": level or 0,
        }

    def _workflow_levels(self, steps):
        """Return how many steps each state lies from the first one.

        :param crm.segnalazione.transition steps: of this type
        :return: by id of the state; those that no way leads to are left out
        :rtype: dict[int, int]
        """
        levels = {}
        # Documents of other types may come in at another state.
        entries = self.env["crm.segnalazione.transition"].search(
            [("next_type_id", "=", self.id)]
        )
        for entry in self.default_state_id | entries.to_state_id:
            if entry.id in levels:
                continue
            levels[entry.id] = 0
            ahead = [entry.id]
            while ahead:
                here = ahead.pop(0)
                for step in steps:
                    target = step.to_state_id.id
                    if (
                        step.from_state_id.id == here
                        and not step.next_type_id
                        and target not in levels
                    ):
                        levels[target] = levels[here] + 1
                        ahead.append(target)
        return levels
