import re
import time

from psycopg2.errors import LockNotAvailable

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..tools.custom_field import MODELS, TYPES
from .ir_model_fields import BY_CATALOGUE, CATALOGUE_KEY, KEEP_KEY

#: At most so many custom fields: PostgreSQL ends at 1,600 columns of a table, those
#: that were dropped included, and Odoo and its apps need some.
MAX_FIELDS = 1200
MAX_COLUMNS = 1600
#: Columns that custom fields leave to Odoo's next versions and apps.
RESERVED_COLUMNS = 50
#: How often the lock on both tables is tried for, and the pause in between.
LOCK_ATTEMPTS = 3
LOCK_PAUSE_SECONDS = 0.5
#: A deleted field with at most so many values is emptied and its column kept for the
#: next one of its type. With more, emptying would write the table anew: it's dropped.
EMPTIED_VALUES = 100_000

TTYPES = {key: ttype for key, _label, ttype in TYPES}


class CrmCustomField(models.Model):
    """The columns behind the catalogue."""

    _inherit = "crm.custom.field"

    # ------------------------------------------------------------
    # ROOM
    # ------------------------------------------------------------

    @api.model
    def _count_free_slots(self):
        """Count how many more custom fields there can be.

        :rtype: int
        """
        return max(0, min(MAX_FIELDS - self._count_used(), self._count_room()))

    @api.model
    def _count_used(self):
        return self.with_context(active_test=False).search_count(
            [("state", "in", ("active", "deleted"))]
        )

    @api.model
    def _count_room(self):
        """Count the columns that PostgreSQL still allows, free slots included."""
        tables = [self.env[name]._table for name in MODELS]
        # attnum counts columns that were dropped, as PostgreSQL's limit does.
        [[columns]] = self.env.execute_query(
            SQL(
                """SELECT max(attribute.attnum)
                     FROM pg_attribute attribute
                     JOIN pg_class class ON class.oid = attribute.attrelid
                    WHERE class.relname = ANY(%s) AND class.relkind = 'r'
                      AND class.relnamespace = current_schema::regnamespace""",
                tables,
            )
        )
        kept = self.with_context(active_test=False).search_count(
            [("state", "=", "slot")]
        )
        return MAX_COLUMNS - RESERVED_COLUMNS - columns + kept

    def _check_room(self):
        # These entries are counted as used already, and have no column yet.
        if self._count_used() > MAX_FIELDS or self._count_room() < len(self):
            raise UserError(
                self.env._(
                    "There is no room for %(count)s more custom fields: a database"
                    " holds %(limit)s at most. Delete some that nobody uses first.",
                    count=len(self),
                    limit=MAX_FIELDS,
                )
            )

    @api.model
    def _check_no_bulk_work(self):
        """Refuse new columns while bulk work runs on names. Addons below add theirs.

        :raise UserError: a mass maintenance runs
        """
        # sudo: whoever started it
        running = (
            self.env["crm.custom.field.mass"]
            .sudo()
            .search([("state", "=", "running")], limit=1)
        )
        if running:
            raise UserError(
                self.env._(
                    "The mass maintenance %(name)s is running. Add or delete custom"
                    " fields when it has ended, or stop it first.",
                    name=running.display_name,
                )
            )

    # ------------------------------------------------------------
    # LOCK
    # ------------------------------------------------------------

    def _lock_tables(self):
        """Lock names and customers, without making anybody wait for long.

        Whoever reads a name waits behind a lock that is waited for: the wait ends
        after two seconds, and is tried again after a pause.

        :raise UserError: the tables are in use the whole time
        """
        self.env.flush_all()
        tables = SQL(", ").join(
            SQL.identifier(self.env[name]._table) for name in MODELS
        )
        for attempt in range(LOCK_ATTEMPTS):
            if attempt:
                time.sleep(LOCK_PAUSE_SECONDS)
            try:
                with self.env.cr.savepoint():
                    self.env.cr.execute("SET LOCAL lock_timeout = '2s'")
                    self.env.cr.execute(
                        SQL("LOCK TABLE %s IN ACCESS EXCLUSIVE MODE", tables),
                        log_exceptions=False,
                    )
                return
            except LockNotAvailable:
                continue
        raise UserError(
            self.env._(
                "The archive of names is in use by a long-running search, report or"
                " import, and custom fields can't be added or deleted meanwhile."
                " Nothing was changed: try again in some minutes."
            )
        )

    # ------------------------------------------------------------
    # ADD
    # ------------------------------------------------------------

    def _create_columns(self):
        """Add the columns of new entries to names and customers, all or none."""
        if not self:
            return
        everything = self.sudo()  # sudo: the columns are Odoo's own configuration
        everything._check_room()
        everything._check_no_bulk_work()
        everything._lock_tables()
        for record in everything:
            record._take_free_slot()
        # sudo: only administrators make fields in Odoo; the catalogue lets campaign
        # managers, whom the rights of this very model have let in, make these ones
        self.env["ir.model.fields"].sudo().create(
            [
                record._prepare_column(model_name)
                for record in everything
                for model_name in MODELS
            ]
        )

    @api.model
    def _carriers(self):
        """Return the models that have a field for each custom field.

        Addons add those that show the fields of a name beside something else.

        :rtype: list[str]
        """
        return list(MODELS)

    def _prepare_column(self, model_name):
        """Return the values of the field of Odoo behind this entry.

        :param str model_name: one of MODELS
        :rtype: dict
        """
        self.ensure_one()
        values = {
            "name": self.name,
            "model_id": self.env["ir.model"]._get_id(model_name),
            "ttype": TTYPES[self.field_type],
            "field_description": self.label,
            "help": self.help_text or False,
            "state": "manual",
            "copied": True,
            "store": True,
        }
        if self.field_type in ("choice", "choices"):
            values["relation"] = "crm.custom.field.choice"
            values["domain"] = f"[('custom_field_id', '=', {self.id})]"
        elif self.field_type == "contact":
            values["relation"] = "res.partner"
        elif self.field_type == "amount":
            values["currency_field"] = "custom_currency_id"
        if self.field_type == "choices":
            kind = model_name.rpartition(".")[2]
            values.update(
                relation_table=f"{self.name}_{kind}_rel",
                column1="name_id",
                column2="choice_id",
            )
        return values

    def _rename_columns(self):
        """Bring the labels of Odoo's fields in step with the catalogue."""
        for record in self:
            columns = record._columns()
            # sudo: see _create_columns
            columns.sudo().write(
                {
                    "field_description": record.label,
                    "help": record.help_text or False,
                }
            )

    def _columns(self):
        return self.env["ir.model.fields"].search(
            [("model", "in", MODELS), ("name", "in", self.mapped("name"))]
        )

    def _take_free_slot(self):
        """Take the empty columns of a deleted field of the same type, if any."""
        self.ensure_one()
        if self.field_type == "choices":
            return
        slot = self.with_context(active_test=False).search(
            [("state", "=", "slot"), ("field_type", "=", self.field_type)], limit=1
        )
        if not slot:
            return
        for model_name in MODELS:
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE %s RENAME COLUMN %s TO %s",
                    SQL.identifier(self.env[model_name]._table),
                    SQL.identifier(slot.name),
                    SQL.identifier(self.name),
                )
            )
        slot.unlink()

    # ------------------------------------------------------------
    # DELETE
    # ------------------------------------------------------------

    def action_delete(self):
        """Ask what becomes of the data before the field is deleted.

        :return: the action that opens the dialog
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Delete %(field)s", field=self.label),
            "res_model": "crm.custom.field.delete.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_custom_field_id": self.id},
        }

    def _delete(self):
        """Hide these fields at once; their columns go at night.

        :raise ValidationError: an expression, an effect, a saved search, an export or
            a setting uses one of them
        :raise UserError: bulk work runs on names
        """
        self.check_access("unlink")
        self._check_no_bulk_work()
        for record in self:
            users = record._used_by()
            if users:
                raise ValidationError(
                    self.env._(
                        "%(field)s can't be deleted, it is used by: %(users)s. Change"
                        " those first.",
                        field=record.label,
                        users=", ".join(users),
                    )
                )
        self.write({"state": "deleted", "active": False})

    def _used_by(self):
        """Return what uses this field, in words; addons above add theirs.

        :rtype: list[str]
        """
        self.ensure_one()
        return [
            *self._used_by_expressions(),
            # sudo: effects of every relation count
            *self.env["crm.field.effect"]
            .sudo()
            .search([("custom_field_id", "=", self.id)])
            .mapped("display_name"),
            *self._used_by_searches(),
            *self._used_as_mandatory(),
        ]

    def _used_by_expressions(self):
        others = self.search([("id", "!=", self.id)])
        return [
            other.label
            for other in others
            if {self.name, self._short_name()} & other._all_names_used()
        ]

    def _used_by_searches(self):
        """Return the saved searches and exports that know this field, in words."""
        found = []
        for model_name, columns, name_field, words in (
            (
                "ir.filters",
                ("domain", "context", "sort"),
                "name",
                self.env._("the saved search %s"),
            ),
            ("crm.macro", ("domain",), "name", self.env._("the macro %s")),
            ("ir.exports.line", ("name",), "export_id", self.env._("the export %s")),
        ):
            # sudo: searches of everybody count; only how they are called is told
            model = self.env[model_name].sudo().with_context(active_test=False)
            records = model.search(
                fields.Domain.OR(
                    fields.Domain(column, "like", self.name) for column in columns
                )
            )
            for record in records:
                texts = " ".join(str(record[column] or "") for column in columns)
                if re.search(rf"\b{self.name}\b", texts):
                    name = record[name_field]
                    name = name.name if isinstance(name, models.BaseModel) else name
                    found.append(words % name)
        return list(dict.fromkeys(found))

    def _used_as_mandatory(self):
        """Return companies and portfolios that ask for this field, in words."""
        # sudo: settings of every company count
        found = []
        for model_name in ("res.company", "crm.portfolio"):
            model = self.env[model_name].sudo()
            asking = model.search([("mandatory_field_ids.name", "=", self.name)])
            found += [
                self.env._("the mandatory fields of %s", record.display_name)
                for record in asking
            ]
        return found

    @api.model
    def _cron_remove_deleted(self):
        """Remove the columns of deleted fields, while nobody works."""
        for record in self.with_context(active_test=False).search(
            [("state", "=", "deleted")]
        ):
            record._remove_columns()
            self.env["ir.cron"]._commit_progress(1)
            # The other workers learn at once that the columns are gone.
            self.env.registry.signal_changes()

    def _remove_columns(self):
        """Drop the columns of a deleted field, or keep them empty for the next one."""
        self.ensure_one()
        self._check_no_bulk_work()
        keeps = self.field_type != "choices" and self._count_values() <= EMPTIED_VALUES
        if keeps:
            self._empty_columns()
        self._lock_tables()
        self._drop_index()
        context = {CATALOGUE_KEY: BY_CATALOGUE}
        if keeps:
            context[KEEP_KEY] = BY_CATALOGUE
        self._drop_columns(context)
        if keeps:
            self.choice_ids.unlink()
            self.state = "slot"
        else:
            self.unlink()

    def _drop_columns(self, context):
        """Remove the fields of Odoo behind these entries; addons remove theirs first.

        :param dict context: what lets the catalogue do so
        """
        self._columns().with_context(**context).unlink()

    def _empty_columns(self):
        for model_name in MODELS:
            self.env.execute_query(
                SQL(
                    """UPDATE %(table)s SET %(column)s = NULL
                        WHERE %(column)s IS NOT NULL RETURNING id""",
                    table=SQL.identifier(self.env[model_name]._table),
                    column=SQL.identifier(self.name),
                )
            )

    def _count_values(self, model_name=None):
        """Count how many names, or customers, have a value of this field.

        :param str model_name: one of MODELS; names and customers by default
        :rtype: int
        """
        self.ensure_one()
        count = 0
        for name in [model_name] if model_name else MODELS:
            model = self.env[name].sudo()  # sudo: whoever may see them
            if self.name not in model._fields:
                continue
            model.flush_model([self.name])
            [[found]] = self.env.execute_query(
                SQL(
                    "SELECT count(*) FROM %s AS row WHERE %s",
                    SQL.identifier(model._table),
                    self._sql_is_filled(model),
                )
            )
            count += found
        return count

    def _sql_is_filled(self, model):
        """Return the condition that a record, aliased row, has a value."""
        field = model._fields[self.name]
        if field.type == "many2many":
            return SQL(
                "EXISTS (SELECT FROM %s rel WHERE rel.%s = row.id)",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
            )
        return SQL("row.%s IS NOT NULL", SQL.identifier(self.name))
