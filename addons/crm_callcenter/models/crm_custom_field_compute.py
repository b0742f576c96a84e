from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, split_every
from odoo.tools.safe_eval import safe_eval

from ..tools.custom_expression import TOOLS, guarded_for_rows, guards, names_in
from ..tools.custom_field import PREFIX
from .crm_names_job_mixin import BATCH_SIZE, OPEN_STATES

#: Types of the columns of custom fields.
SQL_TYPES = {
    "bool": SQL("bool"),
    "date": SQL("date"),
    "float8": SQL("float8"),
    "int4": SQL("int4"),
    "numeric": SQL("numeric"),
    "text": SQL("text"),
    "timestamp": SQL("timestamp"),
    "varchar": SQL("varchar"),
}


class CrmCustomFieldCompute(models.Model):
    """Computes a field anew on all names, after its expression has changed."""

    _name = "crm.custom.field.compute"
    _description = "Computation of a Custom Field"
    _inherit = ["crm.names.job.mixin"]
    _order = "id desc"

    custom_field_id = fields.Many2one(
        "crm.custom.field",
        "Field",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    expression = fields.Char(related="custom_field_id.compute_expression")
    done = fields.Integer("Names Changed")
    skipped = fields.Integer("Names as They Were")

    @api.depends("custom_field_id")
    def _compute_display_name(self):
        for job in self:
            job.display_name = self.env._(
                "Computation of %(field)s", field=job.custom_field_id.label
            )

    # ------------------------------------------------------------
    # THE JOB
    # ------------------------------------------------------------

    @api.model
    def _begin(self, custom_fields):
        """Let these fields be computed on all names; open jobs of theirs end.

        :param crm.custom.field custom_fields: computed ones
        :rtype: crm.custom.field.compute
        """
        # sudo: whoever keeps the catalogue has every name computed
        jobs = self.sudo()
        for job in jobs.search(
            [
                ("custom_field_id", "in", custom_fields.ids),
                ("state", "in", OPEN_STATES),
            ]
        ):
            job.action_cancel()
        jobs = jobs.create([{"custom_field_id": field.id} for field in custom_fields])
        if jobs:
            jobs[0]._job_trigger()
        return jobs

    def _job_trigger(self):
        # sudo: waking up a scheduled action needs no right to change it
        self.env.ref("crm_callcenter.ir_cron_custom_field_compute").sudo()._trigger()

    def _job_leads(self):
        # sudo: a computed value is the same whoever looks at the name
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        return leads.with_context(lang=self.user_id.lang, tz=self.user_id.tz)

    def _job_domain(self):
        return Domain.TRUE

    def _job_process(self, leads):
        field = self.custom_field_id
        if field.name not in field._catalogue() or not field.compute_expression:
            raise UserError(
                self.env._(
                    "%(field)s isn't computed any more, or has been deleted.",
                    field=field.label,
                )
            )
        changed = set()
        for name in field._computed_from():
            changed.update(leads._compute_custom_column(name))
        return len(changed), len(leads)

    def _job_end(self, state, error=False):
        if state == "done":
            self._compute_customers()
        return super()._job_end(state, error)

    def _compute_customers(self):
        """Compute the field on customers that have no name, and so were not seen."""
        field = self.custom_field_id
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        columns = {
            name
            for own_name, needed in field._expressions()["compute"]
            if own_name == field.name
            for name in (own_name, *needed)
            if name.startswith(PREFIX) and partners._fields[name].column_type
        }
        if not columns:
            return
        rows = self.env.execute_query(
            SQL(
                """SELECT partner.id FROM res_partner partner
                    WHERE (%s) AND NOT EXISTS (
                          SELECT FROM crm_lead lead
                           WHERE lead.partner_id = partner.id)""",
                SQL(" OR ").join(
                    SQL("%s IS NOT NULL", SQL.identifier("partner", name))
                    for name in sorted(columns)
                ),
            )
        )
        for ids in split_every(BATCH_SIZE, [row[0] for row in rows]):
            for name in field._computed_from():
                partners.browse(ids)._compute_custom_column(name)


class CrmCustomField(models.Model):
    """Computed fields are computed on every name when their expression changes."""

    _inherit = "crm.custom.field"

    compute_progress = fields.Float(
        "Computed (%)",
        compute="_compute_compute_progress",
        compute_sudo=True,
        help="How far the computation of all names is; 0 when none is at work.",
    )

    def _compute_compute_progress(self):
        jobs = self.env["crm.custom.field.compute"].search(
            [("custom_field_id", "in", self.ids), ("state", "in", OPEN_STATES)]
        )
        progress = {job.custom_field_id: max(job.progress, 1) for job in jobs}
        for field in self:
            field.compute_progress = progress.get(field, 0)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._compute_all_names()
        return records

    def write(self, vals):
        touched = self.browse()
        if "compute_expression" in vals:
            touched = self.filtered(
                lambda field: field.compute_expression != vals["compute_expression"]
            )
        result = super().write(vals)
        touched._compute_all_names()
        return result

    def _compute_all_names(self):
        computed = self.filtered("compute_expression")
        # Nothing to compute in an empty archive, nor while it is being set up.
        if computed and self.env["crm.lead"].sudo().search_count([], limit=1):
            self.env["crm.custom.field.compute"]._begin(computed)

    def action_compute_again(self):
        """Button: compute the field on all names once more.

        For expressions with today, and values that came past Odoo.

        :return: the action that shows the job
        :rtype: dict
        :raise UserError: it is not computed
        """
        self.ensure_one()
        self.check_access("write")
        if not self.compute_expression:
            raise UserError(
                self.env._("%(field)s is not computed.", field=self.label),
            )
        job = self.env["crm.custom.field.compute"]._begin(self)
        return job.sudo(False).action_open()

    def action_show_computation(self):
        """Button: show how far the computation of all names is.

        :rtype: dict
        """
        self.ensure_one()
        job = self.env["crm.custom.field.compute"].search(
            [("custom_field_id", "=", self.id)], limit=1
        )
        return job.action_open()

    def _computed_from(self):
        """Return this computed field and those that need it, in order.

        :return: technical names
        :rtype: list[str]
        """
        self.ensure_one()
        found = [self.name]
        for name, needed in self._expressions()["compute"]:
            if name not in found and needed.intersection(found):
                found.append(name)
        return found

    # ------------------------------------------------------------
    # MANY AT ONCE
    # ------------------------------------------------------------

    @api.model
    def _evaluate_many(self, name, records):
        """Compute a field for many records: its expression is read once.

        :param str name: technical name of a computed field
        :param records: names or customers
        :return: what to write by id; without those whose value is refused
        :rtype: dict
        """
        entry = self._catalogue()[name]
        expression = entry["compute_expression"]
        rows = self._rows_of(records, names_in(expression) - TOOLS)
        try:
            results = self._evaluate_rows(expression, rows)
            choices = self._choice_ids(name)
            values = [
                self._fitting_value(
                    entry["field_type"], entry["label"], choices, result
                )
                for result in results
            ]
        except Exception:  # noqa: BLE001 - one by one, it is said which fails
            return self._evaluate_one_by_one(name, records)
        found = dict(zip(records.ids, values, strict=True))
        return self._without_refused(name, records, found)

    def _evaluate_one_by_one(self, name, records):
        found = {}
        for record in records:
            try:
                found[record.id] = self._evaluate(name, "compute", record)
            except ValidationError:
                continue
        return self._without_refused(name, records, found)

    @api.model
    def _rows_of(self, records, names):
        """Return the values of many records for an expression.

        :rtype: list[dict]
        """
        columns = [self._column(name) for name in names]
        columns = [name for name in columns if name in records._fields]
        records.fetch(columns)
        records._warm_links(columns)
        return [self._values_of(record, names) for record in records]

    @api.model
    def _evaluate_rows(self, expression, rows):
        columns = frozenset(rows[0]) if rows else frozenset()
        return safe_eval(
            guarded_for_rows(expression, columns),
            {**self._tool_values(), **guards(), "_rows": rows},
        )

    @api.model
    def _without_refused(self, name, records, found):
        """Leave out the values that break the rule of their own field.

        :param dict found: values by id
        :rtype: dict
        """
        expression = self._catalogue()[name]["rule_expression"]
        if not expression:
            return found
        rows = self._rows_of(records.browse(found), names_in(expression) - TOOLS)
        labels = {number: label for label, number in self._choice_ids(name).items()}
        for row, value in zip(rows, found.values(), strict=True):
            if isinstance(value, list):
                row["value"] = [labels[number] for number in value[0][2]]
            else:
                row["value"] = labels.get(value, value) if labels else value
            row.update({one: row["value"] for one in row if self._column(one) == name})
        accepted = self._accepted(expression, rows)
        return {
            id_: value
            for (id_, value), fits in zip(found.items(), accepted, strict=True)
            if fits or not value
        }

    @api.model
    def _breaking(self, name, records):
        """Return which records have a value that breaks the rule of its field.

        :param str name: technical name of a field with a rule
        :param records: names or customers, in sudo
        :return: ids
        :rtype: set[int]
        """
        records.fetch([name])
        filled = records.filtered(lambda record: record._has_value(name))
        expression = self._catalogue()[name]["rule_expression"]
        names = names_in(expression) - TOOLS
        rows = self._rows_of(filled, names | {name})
        for row in rows:
            row["value"] = row[name]
        accepted = self._accepted(expression, rows) if rows else []
        return {
            record.id for record, fits in zip(filled, accepted, strict=True) if not fits
        }

    def _accepted(self, expression, rows):
        """Return which rows a rule accepts; one that it fails on isn't."""
        try:
            return self._evaluate_rows(expression, rows)
        except ValueError:
            if len(rows) == 1:
                return [False]
            return [self._accepted(expression, [row])[0] for row in rows]


class CrmCustomFieldMixin(models.AbstractModel):
    """Computed values of many records, calculated at once and written at once."""

    _inherit = "crm.custom.field.mixin"

    def _compute_custom_column(self, name):
        """Compute a field on these records and bring their twins in step.

        Records on which the expression fails, and those whose value would break the
        rule of the field, keep what they have.

        :param str name: technical name of a computed field
        :return: ids of the records that got another value
        :rtype: list[int]
        """
        entry_model = self.env["crm.custom.field"].sudo()
        results = entry_model._evaluate_many(name, self)
        field = self._fields[name]
        if not field.column_type:
            return self._write_one_by_one(name, results)
        self.env.flush_all()
        records = self.filtered(lambda record: record.id in results)
        rows = self.env.execute_query(
            SQL(
                """UPDATE %(table)s AS row SET %(column)s = new.value
                     FROM unnest(%(ids)s, %(values)s::%(type)s[]) AS new (id, value)
                    WHERE row.id = new.id AND %(old)s IS DISTINCT FROM %(new)s
                RETURNING row.id""",
                table=SQL.identifier(self._table),
                column=SQL.identifier(name),
                ids=records.ids,
                values=[
                    field.convert_to_column_insert(results[record.id], record)
                    if results[record.id]
                    else None
                    for record in records
                ],
                type=SQL_TYPES[field.column_type[0]],
                old=_or_nothing(field, SQL("row.%s", SQL.identifier(name))),
                new=_or_nothing(field, SQL("new.value")),
            )
        )
        changed = [row[0] for row in rows]
        self.invalidate_model([name], flush=False)
        if changed and self._name == "crm.lead":
            custom_field = entry_model.browse(entry_model._catalogue()[name]["id"])
            custom_field._sql_copy_to_customers(changed)
            self.env["res.partner"].invalidate_model([name], flush=False)
        return changed

    def _write_one_by_one(self, name, results):
        """Write a field of several choices, which is no column."""
        changed = []
        for record in self.browse(list(results)):
            wanted = results[record.id] or [(6, 0, [])]
            if set(record[name].ids) != set(wanted[0][2]):
                record._write_in_step({name: wanted})
                record._tell_twins({name})
                changed.append(record.id)
        return changed


def _or_nothing(field, value):
    """Return the SQL of a value, in which nothing stands for zero and no.

    Rows in which only that differs are not written anew.
    """
    nothing = {"boolean": SQL("false")}.get(field.type)
    if field.type in ("integer", "float", "monetary"):
        nothing = SQL("0")
    return SQL("coalesce(%s, %s)", value, nothing) if nothing else value
