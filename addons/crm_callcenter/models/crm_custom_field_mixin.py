from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL

from ..tools.custom_field import NUMBER_TYPES, PREFIX

#: Key of the context of writes that keep customer and names in step.
IN_STEP_KEY = "crm_custom_field_in_step"
#: Its value: no request can send this object.
IN_STEP = object()


class CrmCustomFieldMixin(models.AbstractModel):
    """What names and customers have in common: their custom fields."""

    _name = "crm.custom.field.mixin"
    _description = "Record with Custom Fields"

    custom_currency_id = fields.Many2one(
        "res.currency",
        "Currency of Custom Amounts",
        compute="_compute_custom_currency_id",
        compute_sudo=True,
        export_string_translation=False,
    )
    custom_field_keys = fields.Char(
        "Custom Fields Shown",
        compute="_compute_custom_field_keys",
        export_string_translation=False,
        exportable=False,
        help="Which custom fields and groups the form of this record shows.",
    )

    def _compute_custom_currency_id(self):
        for record in self:
            company = record.company_id or self.env.company
            record.custom_currency_id = company.currency_id

    @api.depends(lambda self: self._custom_portfolio_fields())
    @api.depends_context("uid")
    def _compute_custom_field_keys(self):
        entries = self._visible_entries()
        # Only a value makes these show.
        self.sudo().fetch(
            [name for name, entry, _mode in entries if not entry["is_shown"]]
        )
        for record in self:
            record.custom_field_keys = record._custom_keys(entries) if entries else ","

    def _custom_keys(self, entries):
        """Return the keys of the fields and groups that this record shows.

        :param list entries: as ``_visible_entries`` returns them
        :return: ``f`` and id of each field, ``g`` and id of each group, with commas
        :rtype: str
        """
        entry_model = self.env["crm.custom.field"]
        # sudo: where a name belongs decides, not who looks
        record = self.sudo()
        place = entry_model._place_of(record._custom_portfolios())
        added = record._custom_fields_added()
        keys = []
        for name, entry, _mode in entries:
            shown = entry_model._applies_to(entry, place) and (
                entry["is_shown"] or entry["id"] in added or record._has_value(name)
            )
            if shown:
                keys += [f"f{entry['id']}", f"g{entry['group'] or 0}"]
        return f",{','.join(dict.fromkeys(keys))},"

    def _has_value(self, name):
        return name in self._fields and bool(self[name])

    @api.model
    def _custom_portfolio_fields(self):
        """Return the fields on which the portfolios of a record depend.

        :rtype: list[str]
        """
        return []

    def _custom_portfolios(self):
        """Return the portfolios that decide which custom fields a record has.

        :rtype: crm.portfolio
        """
        return self.env["crm.portfolio"]

    def _custom_fields_added(self):
        """Return the ids of the fields that somebody added to this record.

        :rtype: set[int]
        """
        return set()

    def _custom_twins(self):
        """Return the records that keep the same custom values as these.

        :return: customer of a name, names of a customer
        """
        return self.browse()

    @api.model
    def _custom_names(self):
        """Return the technical names of all columns of custom fields.

        :rtype: list[str]
        """
        # A copy: another request may be setting the models up anew.
        return [name for name in list(self._fields) if name.startswith(PREFIX)]

    # ------------------------------------------------------------
    # READING MANY AT ONCE
    # ------------------------------------------------------------

    # Odoo reads no column of a manual field ahead, and a query each for those of
    # several choices: whoever needs many calls ``fetch`` first, which costs two.

    def _fetch_query(self, query, fields):
        several = [
            field
            for field in fields
            if field.type == "many2many" and field.name.startswith(PREFIX)
        ]
        if len(several) < 2:
            return super()._fetch_query(query, fields)
        rest = [field for field in fields if field not in several]
        fetched = super()._fetch_query(query, rest)
        if fetched:
            fetched._fetch_several_choices(several)
        return fetched

    def _fetch_several_choices(self, fields):
        """Read fields of several choices into the cache with one query.

        :param list fields: of type many2many
        """
        links = SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s AS name, %s AS record_id, %s AS choice_id FROM %s"
                " WHERE %s = ANY(%s)",
                field.name,
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                self.ids,
            )
            for field in fields
        )
        found = {}
        for name, record_id, choice_id in self.env.execute_query(
            SQL(
                """SELECT link.name, link.record_id, link.choice_id
                     FROM (%s) AS link
                     JOIN crm_custom_field_choice choice ON choice.id = link.choice_id
                 ORDER BY choice.sequence, choice.id""",
                links,
            )
        ):
            found.setdefault((name, record_id), []).append(choice_id)
        # Odoo asks each value whether it is active, field by field.
        # sudo: the values of a choice are no secret
        every = {choice_id for ids in found.values() for choice_id in ids}
        self.env["crm.custom.field.choice"].sudo().browse(every).fetch()
        for field in fields:
            field._insert_cache(
                self, [tuple(found.get((field.name, id_), ())) for id_ in self._ids]
            )

    def _warm_links(self, names):
        """Read how the choices and contacts that these records hold are called.

        :param names: of fields; those that are no links are left out
        """
        linked = {}
        for name in names:
            field = self._fields.get(name)
            if field and field.relational and name.startswith(PREFIX):
                linked.setdefault(field.comodel_name, []).append(name)
        # sudo: whoever may read a field may read how its values are called
        records = self.sudo()
        records.fetch([name for found in linked.values() for name in found])
        for comodel_name, found in linked.items():
            ids = {id_ for name in found for id_ in records.mapped(name)._ids}
            self.env[comodel_name].sudo().browse(ids).mapped("display_name")

    @api.readonly
    def web_read(self, specification):
        links = [
            name
            for name, wanted in specification.items()
            if name.startswith(PREFIX) and wanted.get("fields")
        ]
        if len(links) > 1 and self.ids:
            self._origin._warm_links(links)
        return super().web_read(specification)

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    def _has_field_access(self, field, operation):
        if field.name.startswith(PREFIX) and not self.env.su:
            mode = self.env["crm.custom.field"]._my_modes().get(field.name, "hidden")
            if mode == "hidden" or (operation == "write" and mode == "readonly"):
                return False
        return super()._has_field_access(field, operation)

    @api.model
    def _check_field_access(self, field, operation):
        if (
            field.name.startswith(PREFIX)
            and operation == "write"
            and not self._has_field_access(field, operation)
            and self._has_field_access(field, "read")
        ):
            raise AccessError(
                self.env._(
                    "You may read %(field)s, but not change it. A campaign manager"
                    " decides who may, in the catalogue of custom fields.",
                    field=field._description_string(self.env),
                )
            )
        return super()._check_field_access(field, operation)

    @api.model
    def _valid_field_parameter(self, field, name):
        return name == "update_db_foreign_key" or super()._valid_field_parameter(
            field, name
        )

    # ------------------------------------------------------------
    # ORM
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        names = [name for name in fields_list if name.startswith(PREFIX)]
        if names:
            for name, value in self._custom_defaults(names).items():
                values.setdefault(name, value)
        return values

    @api.model
    def _custom_defaults(self, names):
        """Return the default values of those fields that all names have.

        Fields that belong to some portfolios get theirs when the name is saved.

        :rtype: dict
        """
        catalogue = self.env["crm.custom.field"]._catalogue()
        return {
            name: self.env["crm.custom.field"]._evaluate(name, "default", None)
            for name in names
            if name in catalogue
            and catalogue[name]["binding"] == "all"
            and catalogue[name]["default_expression"]
        }

    @api.model_create_multi
    def create(self, vals_list):
        names = self._custom_names()
        if not names:
            return super().create(vals_list)
        for vals in vals_list:
            self._check_custom_choices(vals)
        records = super().create(vals_list)
        records._fill_bound_defaults(vals_list)
        records._check_custom_required()
        records._after_custom_change(None)
        return records

    def copy_data(self, default=None):
        # sudo: only ahead of Odoo, which asks for the rights of each field
        self.sudo().fetch(self._custom_names())
        return super().copy_data(default)

    def _fill_bound_defaults(self, vals_list):
        """Give new records the defaults of the fields of their portfolios."""
        entry_model = self.env["crm.custom.field"]
        bound = {
            name: entry
            for name, entry in entry_model._catalogue().items()
            if entry["default_expression"] and entry["binding"] != "all"
        }
        if not bound:
            return
        for record, vals in zip(self.sudo(), vals_list, strict=True):
            place = entry_model._place_of(record._custom_portfolios())
            values = {
                name: entry_model._evaluate(name, "default", None)
                for name, entry in bound.items()
                if name not in vals and entry_model._applies_to(entry, place)
            }
            if values:
                record._write_in_step(values)

    def write(self, vals):
        inputs = self._custom_inputs(vals)
        if not inputs:
            return super().write(vals)
        if self.env.context.get(IN_STEP_KEY) is IN_STEP:
            return super().write(vals)
        self._check_custom_choices(vals)
        self._check_custom_emptied(vals)
        result = super().write(vals)
        self._after_custom_change(inputs)
        return result

    @api.model
    def _custom_inputs(self, vals):
        """Return what of these values is a custom field, or moves one.

        :param dict vals: as given to ``write``
        :rtype: set[str]
        """
        touched = {name for name in vals if name.startswith(PREFIX)}
        if self._custom_names():
            expressions = self.env["crm.custom.field"]._expressions()
            for _name, needed in expressions["compute"] + expressions["rule"]:
                touched |= needed & set(vals)
        return touched

    def _write_in_step(self, values):
        """Write values as the system, without following them any further."""
        # sudo: computed values and those of the other side are nobody's to refuse
        self.sudo().with_context(**{IN_STEP_KEY: IN_STEP}).write(values)

    def _after_custom_change(self, touched):
        """Compute what depends on a change, check the rules, tell the other side.

        :param set touched: columns that were written; None for new records
        :raise ValidationError: a rule is broken
        """
        entry_model = self.env["crm.custom.field"]
        expressions = entry_model._expressions()
        if touched is None:
            self._fetch_needed(expressions)
        changed = set(touched or ())
        for name, needed in expressions["compute"]:
            if not self._are_columns_known({name, *needed}):
                continue
            if touched is None or needed & changed:
                changed.add(name)
                for record in self:
                    value = entry_model._evaluate(name, "compute", record)
                    record._write_in_step({name: value})
        for name, needed in expressions["rule"]:
            if not self._are_columns_known({name, *needed}):
                continue
            if touched is None or needed & changed:
                for record in self:
                    record._check_custom_rule(name)
        if touched is not None:
            self._tell_twins({name for name in changed if name.startswith(PREFIX)})

    def _are_columns_known(self, columns):
        """Tell whether Odoo knows the custom fields that an expression needs.

        While addons are loaded it knows only those that were made meanwhile: customers
        of an addon's demo data get their computed values when they are next computed.

        :param set columns: column names
        :rtype: bool
        """
        return all(
            column in self._fields for column in columns if column.startswith(PREFIX)
        )

    def _fetch_needed(self, expressions):
        """Read what expressions need, at once."""
        needed = {
            name
            for rows in expressions.values()
            for own_name, names in rows
            for name in (own_name, *names)
        }
        # sudo: expressions may need what their user doesn't see
        self.sudo().fetch([name for name in needed if name in self._fields])

    def _tell_twins(self, names):
        """Bring the customer of these names, or the names of it, in step.

        :param set names: custom fields that were written
        """
        # sudo: whoever may write the one side keeps the other in step
        for record in self.sudo():
            twins = record._custom_twins()
            if twins:
                values = record._custom_values(names)
                twins._write_in_step(values)

    def _custom_values(self, names):
        """Return custom values of this record, to be written on another.

        :rtype: dict
        """
        self.ensure_one()
        self.fetch(names)
        values = {}
        for name in names:
            field = self._fields[name]
            value = self[name]
            if field.type == "many2many":
                value = [Command.set(value.ids)]
            elif field.type == "many2one":
                value = value.id
            values[name] = value
        return values

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    def _check_custom_rule(self, name):
        """Refuse a value that breaks the rule of its field.

        :raise ValidationError: with the sentence of the catalogue
        """
        entry_model = self.env["crm.custom.field"]
        record = self.sudo()  # sudo: a rule holds for what its user doesn't see, too
        if not record._has_value(name) or entry_model._evaluate(name, "rule", record):
            return
        entry = entry_model._catalogue()[name]
        raise ValidationError(
            self.env._(
                "%(field)s of %(name)s is not accepted: %(reason)s",
                field=entry["label"],
                name=record.display_name,
                reason=entry["rule_message"]
                or self.env._("it has to keep to %s.", entry["rule_expression"]),
            )
        )

    @api.model
    def _check_custom_choices(self, vals):
        """Refuse values of another field's list.

        :param dict vals: as given to ``create`` or ``write``
        :raise ValidationError: one is of another field
        """
        chosen = {
            name: _ids_in(value)
            for name, value in vals.items()
            if name.startswith(PREFIX)
            and name in self._fields
            and self._fields[name].comodel_name == "crm.custom.field.choice"
        }
        every = {choice_id for ids in chosen.values() for choice_id in ids}
        if not every:
            return
        # sudo: the values of a choice are no secret
        choices = self.env["crm.custom.field.choice"].sudo().browse(every).exists()
        field_of = {choice.id: choice.custom_field_id for choice in choices}
        for name, ids in chosen.items():
            for choice_id in ids:
                if choice_id in field_of and field_of[choice_id].name != name:
                    raise ValidationError(
                        self.env._(
                            "%(value)s is no value of %(field)s. Choose one of its"
                            " own.",
                            value=choices.browse(choice_id).name,
                            field=self._fields[name]._description_string(self.env),
                        )
                    )

    def _check_custom_emptied(self, vals):
        """Refuse to empty what the role of the user has to fill."""
        if self.env.su:
            return
        modes = self.env["crm.custom.field"]._my_modes()
        for name, value in vals.items():
            if modes.get(name) == "required" and self._is_empty(name, value):
                self._refuse_empty(name, self[:1])

    def _check_custom_required(self):
        """Refuse new records without what the role of their user has to fill."""
        if self.env.su:
            return
        entry_model = self.env["crm.custom.field"]
        catalogue = entry_model._catalogue()
        required = [
            name for name, mode in entry_model._my_modes().items() if mode == "required"
        ]
        if not required:
            return
        records = self.sudo()
        records.fetch(required)
        for record in records:
            place = entry_model._place_of(record._custom_portfolios())
            for name in required:
                applies = entry_model._applies_to(catalogue[name], place)
                if applies and self._is_empty(name, record[name]):
                    self._refuse_empty(name, record)

    @api.model
    def _is_empty(self, name, value):
        entry = self.env["crm.custom.field"]._catalogue()[name]
        if entry["field_type"] in (*NUMBER_TYPES, "yes_no"):
            return value is None
        if isinstance(value, list):
            return value in ([], [Command.clear()], [Command.set([])])
        return not value

    def _refuse_empty(self, name, record):
        raise ValidationError(
            self.env._(
                "Fill in %(field)s of %(name)s: your role has to.",
                field=self._fields[name]._description_string(self.env),
                name=record.display_name or "",
            )
        )


def _ids_in(value):
    """Return the ids that a value given to a link names."""
    if not value:
        return []
    if isinstance(value, int):
        return [value]
    if isinstance(value, models.BaseModel):
        return value.ids
    found = []
    for command in value if isinstance(value, (list, tuple)) else ():
        if isinstance(command, int):
            found.append(command)
        elif command[0] == Command.LINK:
            found.append(command[1])
        elif command[0] == Command.SET:
            found.extend(command[2])
    return found
