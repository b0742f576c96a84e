from psycopg2 import Error

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.sql_db import Cursor
from odoo.tools import SQL

from ..tools.custom_field import MODELS

#: An index on these would not be used.
UNINDEXED_TYPES = ("long_text", "choices", "yes_no")


class CrmCustomField(models.Model):
    """Indexes of custom fields, built while everybody goes on working."""

    _inherit = "crm.custom.field"

    is_indexed = fields.Boolean(
        "Index",
        tracking=True,
        help="Makes searches for few of many names quick, and mass maintenance of"
        " this field slower. Built in the background, nobody waits for it.",
    )
    index_state = fields.Selection(
        [("none", "None"), ("queued", "Being Built"), ("built", "Built")],
        default="none",
        readonly=True,
        copy=False,
    )
    index_error = fields.Char(readonly=True, copy=False)

    @api.constrains("is_indexed", "field_type")
    def _check_indexed(self):
        for record in self:
            if record.is_indexed and record.field_type in UNINDEXED_TYPES:
                raise ValidationError(
                    self.env._(
                        "An index on %(field)s would not make any search quicker:"
                        " fields of its type don't get one.",
                        field=record.label,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records.filtered(
            lambda record: record.is_indexed or record.field_type == "contact"
        )._queue_index()
        return records

    def write(self, vals):
        result = super().write(vals)
        if "is_indexed" in vals:
            self._queue_index()
        return result

    def _queue_index(self):
        if not self:
            return
        self.sudo().write({"index_state": "queued", "index_error": False})
        # sudo: jobs are the administrator's
        self.env.ref("crm_callcenter.ir_cron_custom_field_index").sudo()._trigger()

    @api.model
    def _cron_build_indexes(self):
        """Build, or drop, the indexes that were asked for."""
        for record in self.search([("index_state", "=", "queued")]):
            # The links to a contact are looked up when the contact is deleted.
            wanted = record.is_indexed or record.field_type == "contact"
            if wanted:
                plan = record._index_plan()
                # PostgreSQL waits for every older transaction, this one too.
                self.env["ir.cron"]._commit_progress()
                error = self._build_indexes(plan)
            else:
                error = record._drop_index()
            record.write(
                {
                    "index_state": "built" if wanted and not error else "none",
                    "index_error": error,
                }
            )
            self.env["ir.cron"]._commit_progress(1)

    def _index_name(self, model_name):
        """Return the name of the index; Odoo's own would be rebuilt with a lock."""
        return f"{self.name}_{model_name.rpartition('.')[2]}_cc_idx"

    def _index_plan(self):
        """Return name, table and column of each index of this field.

        :rtype: list[tuple]
        """
        self.ensure_one()
        return [
            (self._index_name(name), self.env[name]._table, self.name)
            for name in MODELS
        ]

    @api.model
    def _build_indexes(self, plan):
        """Build indexes while everybody goes on reading and writing.

        On a connection of its own and outside any transaction, as PostgreSQL asks
        for when nobody is to be locked out. The caller has ended its transaction.

        :param list plan: as ``_index_plan`` returns it
        :return: why one could not be built, False when all were
        :rtype: str | bool
        """
        with self.env.registry.cursor() as cr:
            is_real = isinstance(cr, Cursor)
            if is_real:
                cr.rollback()
                cr._cnx.autocommit = True
            try:
                for name, table, column in plan:
                    self._build_one_index(cr, name, table, column, is_real)
            except Error as error:
                reason = str(error).strip()
                return self.env._("The index could not be built: %s", reason)
            finally:
                if is_real:
                    cr._cnx.autocommit = False
        return False

    @api.model
    def _build_one_index(self, cr, name, table, column, concurrently):
        cr.execute(
            """SELECT index.indisvalid FROM pg_index index
                 JOIN pg_class class ON class.oid = index.indexrelid
                WHERE class.relname = %s""",
            [name],
        )
        found = cr.fetchone()
        if found and found[0]:
            return
        how = SQL("CONCURRENTLY") if concurrently else SQL()
        if found:
            # What an interrupted attempt has left.
            cr.execute(SQL("DROP INDEX %s %s", how, SQL.identifier(name)))
        cr.execute(
            SQL(
                "CREATE INDEX %s %s ON %s (%s) WHERE %s IS NOT NULL",
                how,
                SQL.identifier(name),
                SQL.identifier(table),
                SQL.identifier(column),
                SQL.identifier(column),
            ),
            log_exceptions=False,
        )

    def _drop_index(self):
        self.ensure_one()
        for model_name in MODELS:
            self.env.cr.execute(
                SQL(
                    "DROP INDEX IF EXISTS %s",
                    SQL.identifier(self._index_name(model_name)),
                )
            )
        return False
