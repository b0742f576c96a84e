import json

from odoo import models
from odoo.fields import Command
from odoo.tools import SQL

from .crm_segnalazione_mass_run_apply import Plan

STATE = "segnalazione_state_id"


class CrmSegnalazioneMassRun(models.Model):
    """The undo of a run: the exact old values, where nobody has changed them since."""

    _inherit = "crm.segnalazione.mass.run"

    def _undo_plans(self, orders):
        """Return what is to become of documents whose run is undone.

        :rtype: list[Plan]
        """
        plans = {order.id: Plan(order) for order in orders}
        rows = self._changed_rows(orders)
        lines = orders.order_line.browse({row[1] for row in rows if row[1]}).exists()
        shadows = {order.id: Plan(order) for order in orders}
        for line in lines:
            shadows[line.order_id.id].lines[line] = {}
        current = self._snapshot(shadows.values())
        found = {line.id: line for line in lines}
        by_record = {}
        for order_id, line_id, name, old, new in rows:
            by_record.setdefault((order_id, line_id), {})[name] = old, new
        for (order_id, line_id), changes in by_record.items():
            plan = plans[order_id]
            line = found.get(line_id)
            if line_id and not line:
                continue  # deleted meanwhile
            self._plan_undo(plan, line, changes, current)
        return list(plans.values())

    def _plan_undo(self, plan, line, changes, current):
        """Plan the old values of a document or line.

        A document or line of which somebody changed something of it since is left as
        it is: its values belong together (product, price, taxes).

        :param dict changes: old and new value by field
        :param dict current: from ``_snapshot``
        """
        record = line or plan.order
        state = changes.pop(STATE, None)
        now = current.get((record._name, record.id), {})
        other = [name for name in changes if _plain(now.get(name)) != changes[name][1]]
        if other:
            titles = [
                record._fields[name]._description_string(self.env) for name in other
            ]
            plan.refused.append((line, ", ".join(titles), self._changed_since()))
        elif changes:
            values = {
                name: _to_write(record._fields[name], old)
                for name, (old, _new) in changes.items()
            }
            problem = line and line._mass_change_obstacle(values.keys())
            if problem:
                plan.refused.append((line, None, problem))
            elif line:
                plan.lines[line] = values
            else:
                plan.values = values
        if state:
            self._plan_state_undo(plan, *state)

    def _plan_state_undo(self, plan, old, new):
        states = plan.order.env["crm.segnalazione.state"]
        if plan.order.segnalazione_state_id.id != new:
            title = plan.order._fields[STATE]._description_string(self.env)
            plan.refused.append((None, title, self._changed_since()))
        else:
            plan.state = states.browse(old)

    def _changed_since(self):
        return self.env._("Changed since the run: it is left as it is now.")

    def _changed_rows(self, orders):
        """Return what the run that is undone has changed in some documents.

        :return: rows of document, line, field, old and new value
        :rtype: list[tuple]
        """
        return self.env.execute_query(
            SQL(
                """SELECT order_id, line_id, field_name, old_value, new_value
                     FROM crm_segnalazione_mass_result
                    WHERE run_id = %s AND outcome = 'changed' AND order_id = ANY(%s)
                 ORDER BY id""",
                self.undo_of_id.id,
                orders.ids,
            )
        )

    def _undone_fields(self):
        """Return the fields that the run has changed, by model.

        :rtype: dict[str, list[str]]
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT field_name, line_id IS NOT NULL
                     FROM crm_segnalazione_mass_result
                    WHERE run_id = %s AND outcome = 'changed' AND field_name != %s""",
                self.undo_of_id.id,
                STATE,
            )
        )
        names = {"sale.order": [], "sale.order.line": []}
        for name, of_line in sorted(rows):
            names["sale.order.line" if of_line else "sale.order"].append(name)
        return names


def _plain(value):
    """Return a value as it comes back from a JSON column."""
    return json.loads(json.dumps(value, default=str))


def _to_write(field, value):
    """Return a stored old value as ``write`` takes it."""
    if field.type == "many2many":
        return [Command.set(value or [])]
    return False if value is None else value
