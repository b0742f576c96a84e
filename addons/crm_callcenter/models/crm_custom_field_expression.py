from datetime import date, datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.safe_eval import safe_eval

from ..tools.custom_expression import (
    FUNCTIONS,
    MOST_CHARACTERS,
    TOOLS,
    NotAllowed,
    guarded,
    guards,
    names_in,
)
from ..tools.custom_field import CHOICE_TYPES, COMMON_FIELDS, PREFIX

EXPRESSIONS = ("default_expression", "compute_expression", "rule_expression")

#: What a result has to be, by type of field.
RESULTS = {
    "text": str,
    "long_text": str,
    "integer": int,
    "decimal": (int, float),
    "amount": (int, float),
    "date": date,
    "datetime": datetime,
    "yes_no": bool,
    "choice": str,
    "choices": (list, tuple, set),
}


class CrmCustomField(models.Model):
    """Default, computed value and validation rule of a custom field."""

    _inherit = "crm.custom.field"

    def _short_name(self):
        self.ensure_one()
        return self.name.removeprefix(PREFIX)

    def _all_names_used(self):
        """Return the names that the expressions of this field use.

        :rtype: set[str]
        """
        self.ensure_one()
        return set().union(*(names_in(self[name]) for name in EXPRESSIONS))

    # ------------------------------------------------------------
    # CHECKS BEFORE SAVING
    # ------------------------------------------------------------

    @api.constrains(*EXPRESSIONS, "field_type", "example_lead_id")
    def _check_expressions(self):
        """Try every expression on an example, and explain what is wrong with it."""
        for record in self:
            if record.field_type == "contact" and (
                record.default_expression or record.compute_expression
            ):
                raise ValidationError(
                    self.env._(
                        "%(field)s links a contact, which no expression can choose."
                        " Leave default and computed value empty.",
                        field=record.label,
                    )
                )
            for expression in EXPRESSIONS:
                if record[expression]:
                    record._try_expression(expression)
            record._check_no_circle()

    def _try_expression(self, expression):
        """Evaluate an expression on the example.

        :param str expression: one of EXPRESSIONS
        :raise ValidationError: it can't be evaluated or its result doesn't fit
        """
        self.ensure_one()
        label = self._fields[expression]._description_string(self.env)
        used = self._check_allowed(expression)
        values = {**self._example_values(used, expression), **guards()}
        try:
            result = safe_eval(guarded(self[expression]), values)
            self._fitting(result, is_rule=expression == "rule_expression")
        except Exception as error:
            raise ValidationError(
                self.env._(
                    "'%(kind)s' of %(field)s fails on the example: %(error)s."
                    " Correct %(expression)s, or try it on another name.",
                    kind=label,
                    field=self.label,
                    error=_reason(error),
                    expression=self[expression],
                )
            ) from error

    def _check_allowed(self, expression):
        """Refuse what can't be read, and what might never end.

        :param str expression: one of EXPRESSIONS
        :return: the names that it uses
        :rtype: frozenset[str]
        :raise ValidationError: with the place, or the piece that is not allowed
        """
        label = self._fields[expression]._description_string(self.env)
        try:
            used = names_in(self[expression])
            guarded(self[expression])
        except SyntaxError as error:
            raise ValidationError(
                self.env._(
                    "'%(kind)s' of %(field)s can't be read: something is wrong near"
                    " character %(position)s of %(expression)s.",
                    kind=label,
                    field=self.label,
                    position=error.offset or 1,
                    expression=self[expression],
                )
            ) from error
        except (NotAllowed, RecursionError) as error:
            raise ValidationError(
                self.env._(
                    "'%(kind)s' of %(field)s uses %(piece)s, which is not possible"
                    " here. Expressions calculate and compare (+ - * / %% < == and or"
                    " not in, 'a if b else c'), call %(functions)s, and are %(length)s"
                    " characters long at most.",
                    kind=label,
                    field=self.label,
                    piece=getattr(error, "piece", "()"),
                    functions=", ".join(sorted(FUNCTIONS)),
                    length=MOST_CHARACTERS,
                )
            ) from error
        return used

    def _example_values(self, used, expression):
        """Return the values of the names that an expression uses, as an example.

        :param set used: the names
        :param str expression: one of EXPRESSIONS, for the sentence
        :rtype: dict
        :raise ValidationError: a name means nothing
        """
        # sudo: every field of the catalogue may be used, whoever may see it
        entries = {
            name: entry
            for entry in self.sudo().search([("state", "=", "active")])
            for name in (entry.name, entry._short_name())
        }
        values = self._tool_values()
        for name in used - TOOLS:
            entry = entries.get(name)
            if not entry and name not in COMMON_FIELDS:
                raise ValidationError(
                    self.env._(
                        "'%(kind)s' of %(field)s uses %(name)s, which is no custom"
                        " field. Besides those it may use: %(known)s.",
                        kind=self._fields[expression]._description_string(self.env),
                        field=self.label,
                        name=name,
                        known=", ".join((*COMMON_FIELDS, "today", "now", "days")),
                    )
                )
            values[name] = entry._sample() if entry else "text"
        if expression == "rule_expression":
            values["value"] = self._sample()
        lead = self.example_lead_id
        if lead:
            known = [name for name in used | {"value"} if self._column(name) in lead]
            values.update(self._values_of(lead, known))
        return values

    def _sample(self):
        """Return a made-up value of this field."""
        self.ensure_one()
        first = self.choice_ids[:1].name or "text"
        return {
            "integer": 1,
            "decimal": 1.0,
            "amount": 1.0,
            "date": fields.Date.context_today(self),
            "datetime": fields.Datetime.now(),
            "yes_no": True,
            "choice": first,
            "choices": [first],
        }.get(self.field_type, "text")

    def _fitting(self, result, is_rule=False):
        """Return the value to write for the result of an expression.

        :raise ValueError: it doesn't fit the type of the field
        """
        return self._fitting_value(
            self.field_type,
            self.label,
            {c.name: c.id for c in self.choice_ids},
            result,
            is_rule,
        )

    @api.model
    def _fitting_value(self, field_type, label, choices, result, is_rule=False):
        """Return what to write for a result.

        :param dict choices: ids by name
        :raise ValueError: it doesn't fit the type, with the reason
        """
        if is_rule:
            return bool(result)
        if result is None or result is False or result == "":
            return False
        if field_type == "integer" and isinstance(result, float):
            result = int(result) if result == int(result) else result
        is_bool = isinstance(result, bool)
        if not isinstance(result, RESULTS[field_type]) or (
            is_bool != (field_type == "yes_no")
        ):
            raise ValueError(
                self.env._(
                    "the result %(result)s is not of the type of %(field)s",
                    result=repr(result),
                    field=label,
                )
            )
        if field_type == "date" and isinstance(result, datetime):
            return result.date()
        if field_type in ("choice", "choices"):
            names = [result] if field_type == "choice" else list(result)
            unknown = [name for name in names if name not in choices]
            if unknown:
                raise ValueError(
                    self.env._(
                        "%(value)s is not among the values of %(field)s",
                        value=unknown[0],
                        field=label,
                    )
                )
            ids = [choices[name] for name in names]
            return ids[0] if field_type == "choice" else [(6, 0, ids)]
        return result

    def _check_no_circle(self):
        """Refuse computed values that need themselves."""
        self.ensure_one()
        # sudo: as above
        computed = {
            entry.name: {
                self._column(name) for name in names_in(entry.compute_expression)
            }
            for entry in self.sudo().search([("compute_expression", "!=", False)])
            | self.sudo().filtered("compute_expression")
        }
        needed, waiting = set(), list(computed.get(self.name, ()))
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed.add(name)
                waiting.extend(computed.get(name, ()))
        if self.name in needed:
            raise ValidationError(
                self.env._(
                    "%(field)s would be computed from itself. Take it out of its"
                    " own expression, or out of those of the fields that it uses.",
                    field=self.label,
                )
            )

    # ------------------------------------------------------------
    # AT WORK
    # ------------------------------------------------------------

    @api.model
    def _column(self, name):
        """Return the column that a name in an expression means."""
        return (
            name
            if name in COMMON_FIELDS or name.startswith(PREFIX)
            else (PREFIX + name)
        )

    @api.model
    def _tool_values(self):
        return {
            "today": fields.Date.context_today(self),
            "now": fields.Datetime.now(),
            "days": lambda number: timedelta(days=number),
        }

    @api.model
    def _values_of(self, record, names):
        """Return the values of a name or customer for an expression.

        Links and choices go by their name, so that an expression sees what people
        read.

        :param record: one name or customer
        :param names: as the expression writes them
        :rtype: dict
        """
        # sudo: an expression may need what its user doesn't see
        record = record.sudo()
        values = {}
        for name in names:
            column = self._column(name)
            if column not in record._fields:
                continue
            value = record[column]
            if record._fields[column].type == "many2many":
                value = value.mapped("name")
            elif record._fields[column].relational:
                value = value.display_name or ""
            elif record._fields[column].type in ("char", "text"):
                value = value or ""
            values[name] = value
        return values

    @api.model
    def _evaluate(self, name, kind, record):
        """Evaluate an expression of a field on a name or customer.

        :param str name: technical name of the field
        :param str kind: ``default``, ``compute`` or ``rule``
        :param record: the name or customer; empty for a default
        :return: the value to write, or for a rule whether it is kept
        :raise ValidationError: the expression fails although nothing is empty
        """
        entry = self._catalogue()[name]
        expression = entry[f"{kind}_expression"]
        used = names_in(expression)
        values = self._values_of(record, used - TOOLS) if record else {}
        if kind == "rule":
            values["value"] = self._values_of(record, [name])[name]
        try:
            result = safe_eval(
                guarded(expression), {**self._tool_values(), **values, **guards()}
            )
            is_choice = entry["field_type"] in CHOICE_TYPES and kind != "rule"
            choices = self._choice_ids(name) if is_choice else {}
            return self._fitting_value(
                entry["field_type"], entry["label"], choices, result, kind == "rule"
            )
        except Exception as error:
            if kind == "compute" and not all(
                value not in (False, None, "", 0) and value != []
                for value in values.values()
            ):
                return False
            raise ValidationError(
                self.env._(
                    "The expression of %(field)s fails on %(name)s: %(error)s. Tell a"
                    " campaign manager, who can correct it.",
                    field=entry["label"],
                    name=record.display_name if record else "",
                    error=_reason(error),
                )
            ) from error

    @api.model
    def _choice_ids(self, name):
        # sudo: the values of a choice are no secret
        choices = (
            self.env["crm.custom.field.choice"]
            .sudo()
            .search([("custom_field_id.name", "=", name)])
        )
        return {choice.name: choice.id for choice in choices}


def _reason(error):
    """Return in words why an expression failed, without the words around it."""
    # safe_eval tells the expression as well, which the sentence does already.
    cause = error.__cause__ or error.__context__ or error
    return str(cause).strip().rstrip(".")
