import contextlib
import dataclasses
import json

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.commissions import LATER, LATER_KEY, WATCHED

#: What else changes with a field, by itself: all of it can be undone.
FOLLOWING = {
    "product_id": (
        "name",
        "product_uom_id",
        "price_unit",
        "technical_price_unit",
        "discount",
        "tax_ids",
    ),
    "product_uom_qty": ("price_unit", "technical_price_unit", "discount"),
    "user_id": ("team_id",),
}


class _Rehearsed(Exception):
    """Ends a dry run: what was done is rolled back."""


@dataclasses.dataclass
class Plan:
    """What one document is to become."""

    order: models.Model
    #: New values of the document, and of each of its lines.
    values: dict = dataclasses.field(default_factory=dict)
    lines: dict = dataclasses.field(default_factory=dict)
    #: The state that it is brought to, and the one that it came from.
    state: models.Model = None
    came_from: models.Model = None
    #: Line (or None), field and sentence of what can't be done.
    refused: list = dataclasses.field(default_factory=list)


class CrmSegnalazioneMassRun(models.Model):
    """The work on a batch of documents.

    A dry run does the same as a run and rolls it back, but for steps from state to
    state: their effects reach other people, so that only obstacles are asked for.
    """

    _inherit = "crm.segnalazione.mass.run"

    def _change_documents(self, orders):
        """Change a batch of documents, or rehearse it.

        :param sale.order orders: locked, in the environment of the run's user
        :return: rows of ``crm.segnalazione.mass.result``
        :rtype: list[dict]
        """
        allowed = orders._filtered_access("write")
        rows = [
            self._refusal(order, None, None, self._not_yours(order))
            for order in orders - allowed
        ]
        prepare = self._undo_plans if self.kind == "undo" else self._plans
        with contextlib.suppress(_Rehearsed), self.env.cr.savepoint():
            plans = prepare(allowed)
            before = self._snapshot(plans)
            self._write_plans(plans)
            self.env.cr.flush()
            rows += self._rows(plans, before, self._snapshot(plans))
            if self.kind == "dry":
                raise _Rehearsed
        return rows

    def _not_yours(self, order):
        return self.env._(
            "%(user)s may not change %(document)s.",
            user=self.user_id.name,
            document=order.sudo().name,  # sudo: the number, for the sentence only
        )

    # ------------------------------------------------------------
    # WHAT IS TO BECOME OF THEM
    # ------------------------------------------------------------

    def _plans(self, orders):
        """Return what is to become of some documents.

        :rtype: list[Plan]
        """
        values = self.change_id.value_ids
        of_orders = values.filtered(lambda value: value._model_name() == "sale.order")
        of_lines = (values - of_orders)._prepared()
        lines = self._lines_of(orders) if of_lines else {}
        of_fields = of_orders.filtered(lambda value: value.target != "state")
        states = (of_orders - of_fields).state_id[:1]
        prepared = of_fields._prepared()
        plans = []
        for order in orders:
            plan = Plan(order)
            self._plan_values(plan, order, None, prepared)
            if states and order.segnalazione_state_id != states:
                plan.state = states
            for line in lines.get(order.id, ()):
                self._plan_values(plan, line, line, of_lines)
            plans.append(plan)
        return plans

    def _lines_of(self, orders):
        """Return the lines that are changed, by document.

        :rtype: dict[int, sale.order.line]
        """
        lines = orders.order_line.search(
            self.change_id._lines_domain(self.user_id) & orders._lines_of_domain()
        )
        return lines.grouped(lambda line: line.order_id.id)

    def _plan_values(self, plan, record, line, prepared):
        """Add the new values of a document or line to its plan.

        :param list prepared: from ``_prepared`` of the values
        """
        new = {}
        for name, title, change, obstacle in prepared:
            value, same, problem = change(record)
            problem = problem or (not same and obstacle and obstacle(record))
            if problem:
                plan.refused.append((line, title, problem))
                return
            if not same:
                new[name] = value
        if new and line:
            problem = line._mass_change_obstacle(new.keys())
            if problem:
                titles = [line._fields[name].string for name in new]
                plan.refused.append((line, ", ".join(titles), problem))
            else:
                plan.lines[line] = new
        elif new:
            plan.values = new

    # ------------------------------------------------------------
    # WRITE
    # ------------------------------------------------------------

    def _write_plans(self, plans):
        """Write what is planned: all together, or each alone if something is wrong.

        :param list plans: of ``Plan``; what is refused is added to them
        """
        together = [plan for plan in plans if not plan.state]
        try:
            with self.env.cr.savepoint():
                self._write_lines(together)
                self._write_orders(together)
        except UserError:
            for plan in together:
                self._write_alone(plan)
        for plan in plans:
            if plan.state:
                self._write_alone(plan)

    def _write_alone(self, plan):
        if plan.lines:
            try:
                with self.env.cr.savepoint():
                    self._write_lines([plan])
            except UserError:
                self._write_lines_alone(plan)
        try:
            with self.env.cr.savepoint():
                self._write_orders([plan])
                if plan.state:
                    came_from = plan.order.segnalazione_state_id
                    self._take_step(plan)
                    plan.came_from = came_from
        except UserError as error:
            plan.refused.append((None, None, str(error)))

    def _write_lines_alone(self, plan):
        for line, values in plan.lines.items():
            try:
                with self.env.cr.savepoint():
                    self._write_lines([Plan(plan.order, lines={line: values})])
            except UserError as error:
                titles = [
                    line._fields[name]._description_string(self.env) for name in values
                ]
                plan.refused.append((line, ", ".join(titles), str(error)))

    def _write_lines(self, plans):
        groups = {}
        for plan in plans:
            for line, values in plan.lines.items():
                groups.setdefault(repr(values), (values, []))[1].append(line.id)
        if not groups:
            return
        lines = plans[0].order.order_line
        # One correction for each document, not one for each line.
        later = lines.with_context(**{LATER_KEY: LATER})
        for values, line_ids in groups.values():
            later.browse(line_ids).write(values)
        changed = lines.browse(
            [line_id for _values, ids in groups.values() for line_id in ids]
        )
        changed._recompute_amounts_in_bulk()
        if WATCHED & set().union(*(values for values, _ids in groups.values())):
            changed._synchronize_commissions()

    def _write_orders(self, plans):
        groups = {}
        for plan in plans:
            if plan.values:
                key = repr(plan.values)
                groups.setdefault(key, (plan.values, []))[1].append(plan.order.id)
        for values, order_ids in groups.values():
            plans[0].order.browse(order_ids).write(values)

    def _take_step(self, plan):
        """Bring a document to its new state.

        :raise UserError: no step leads there, or it may not be taken
        """
        order, state = plan.order, plan.state
        steps = order._steps_from_here().filtered(
            lambda step: step.to_state_id == state
        )
        if not steps:
            raise UserError(
                self.env._(
                    "No step leads from %(old)s to %(new)s in a document of type"
                    " %(type)s.",
                    old=order.segnalazione_state_id.name,
                    new=state.name,
                    type=order.segnalazione_type_id.name,
                )
            )
        obstacles = {step: order._transition_obstacles(step) for step in steps}
        free = [step for step, sentences in obstacles.items() if not sentences]
        if not free:
            raise UserError("\n".join(obstacles[steps[0]]))
        if self.kind != "dry":
            order._take_transition(
                free[0], reason=self._step_reason() or self.change_id.name
            )

    def _step_reason(self):
        if self.kind == "undo":
            return self.env._("Undo of %(change)s", change=self.change_id.name)
        return self.change_id.value_ids.filtered("state_id")[:1].reason

    # ------------------------------------------------------------
    # WHAT HAS CHANGED
    # ------------------------------------------------------------

    def _traced_fields(self):
        """Return which fields of documents and lines a run may change.

        :return: names, by model
        :rtype: dict[str, list[str]]
        """
        names = {"sale.order": [], "sale.order.line": []}
        for value in self.change_id.value_ids:
            field = value._field()
            if field is not None:
                names[value._model_name()] += [
                    field.name,
                    *FOLLOWING.get(field.name, ()),
                ]
        return {model: list(dict.fromkeys(found)) for model, found in names.items()}

    def _snapshot(self, plans):
        """Return the values of documents and lines as they are in the database.

        :return: values by field, by model and id
        :rtype: dict[tuple[str, int], dict]
        """
        traced = self._undone_fields() if self.kind == "undo" else self._traced_fields()
        ids = {
            "sale.order": [plan.order.id for plan in plans],
            "sale.order.line": [line.id for plan in plans for line in plan.lines],
        }
        found = {}
        for model_name, names in traced.items():
            if not names or not ids[model_name]:
                continue
            model = self.env[model_name]
            model.flush_model(names)
            columns = SQL(", ").join(_column(model, name) for name in names)
            rows = self.env.execute_query(
                SQL(
                    "SELECT id, %s FROM %s AS record WHERE id = ANY(%s)",
                    columns,
                    SQL.identifier(model._table),
                    ids[model_name],
                )
            )
            for record_id, *values in rows:
                found[model_name, record_id] = dict(zip(names, values, strict=True))
        return found

    def _rows(self, plans, before, after):
        """Return what has changed, and what was refused, as rows of the result.

        :rtype: list[dict]
        """
        texts = _Texts(self._job_leads())
        rows = []
        for plan in plans:
            for record, line in [
                (plan.order, None),
                *((line, line) for line in plan.lines),
            ]:
                key = record._name, record.id
                for name, old in before.get(key, {}).items():
                    new = after.get(key, {}).get(name)
                    if new != old:
                        field = record._fields[name]
                        rows.append(self._row(plan.order, line, field, old, new, texts))
            if plan.came_from is not None:
                field = plan.order._fields["segnalazione_state_id"]
                old, new = plan.came_from.id, plan.state.id
                rows.append(self._row(plan.order, None, field, old, new, texts))
            rows += [self._refusal(plan.order, *refused) for refused in plan.refused]
        return rows

    def _row(self, order, line, field, old, new, texts):
        return {
            "run_id": self.id,
            "order_id": order.id,
            "line_id": line.id if line else None,
            "outcome": "changed",
            "field_name": field.name,
            "title": texts.title(field),
            "old_value": old,
            "new_value": new,
            "old_text": texts.text(field, old),
            "new_text": texts.text(field, new),
            "reason": None,
        }

    def _refusal(self, order, line, title, reason):
        return {
            "run_id": self.id,
            "order_id": order.id,
            "line_id": line.id if line else None,
            "outcome": "refused",
            "field_name": None,
            "title": title,
            "old_value": None,
            "new_value": None,
            "old_text": None,
            "new_text": None,
            "reason": reason,
        }

    def _busy_row(self, order):
        reason = self.env._("Somebody was working on it. Run it again for this one.")
        return self._refusal(order, None, None, reason)

    def _write_results(self, rows):
        """Write rows of the result in one statement."""
        if not rows:
            return
        self.env.cr.execute(
            """INSERT INTO crm_segnalazione_mass_result
                      (run_id, order_id, line_id, outcome, field_name, title,
                       old_value, new_value, old_text, new_text, reason)
               SELECT run_id, order_id, line_id, outcome, field_name, title,
                      old_value, new_value, old_text, new_text, reason
                 FROM jsonb_to_recordset(%s::jsonb) AS row(
                      run_id int, order_id int, line_id int, outcome varchar,
                      field_name varchar, title varchar, old_value jsonb,
                      new_value jsonb, old_text varchar, new_text varchar,
                      reason varchar)""",
            [json.dumps(rows, default=str)],
        )
        self.env["crm.segnalazione.mass.result"].invalidate_model()
        self.invalidate_recordset(["result_ids"], flush=False)


def _column(model, name):
    """Return how a field is read; taxes are the sorted list of their numbers."""
    field = model._fields[name]
    if field.type != "many2many":
        return SQL.identifier("record", name)
    return SQL(
        "(SELECT coalesce(json_agg(%s ORDER BY %s), '[]') FROM %s AS link"
        " WHERE link.%s = record.id)",
        SQL.identifier("link", field.column2),
        SQL.identifier("link", field.column2),
        SQL.identifier(field.relation),
        SQL.identifier(field.column1),
    )


class _Texts:
    """Values as people read them; each is looked up once."""

    def __init__(self, orders):
        self.env = orders.env
        self.known = {}

    def title(self, field):
        key = field.model_name, field.name
        if key not in self.known:
            self.known[key] = field._description_string(self.env)
        return self.known[key]

    def text(self, field, value):
        key = field.model_name, field.name, repr(value)
        if key not in self.known:
            self.known[key] = self._text(field, value)
        return self.known[key]

    def _text(self, field, value):
        if value is None or value == []:
            return ""
        if field.relational:
            ids = value if isinstance(value, list) else [value]
            # sudo: names of what the document has, also where they are closed
            records = self.env[field.comodel_name].sudo().browse(ids).exists()
            return ", ".join(records.mapped("display_name"))
        if isinstance(value, float):
            return f"{value:.6f}".rstrip("0").rstrip(".")
        return str(value)
