import logging

import psycopg2

from odoo import api, fields, models
from odoo.sql_db import Cursor
from odoo.tools import SQL
from odoo.tools.sql import table_exists

from ..tools.index_builders import build

_logger = logging.getLogger(__name__)


#: Rows of a file from which on indexes are rather built at the end.
LARGE_FILE = 300_000
#: An archive with more names than this is at work: its indexes stay.
SMALL_ARCHIVE = 20_000
#: Columns by which the import itself looks names up; their indexes stay.
_LOOKED_UP = (
    *("phone_e164", "mobile_e164", "phone_second_e164"),
    *("email_normalized", "fiscal_code", "vat_number", "id"),
)
TABLES = ("crm_lead",)


class CrmListImportIndex(models.Model):
    """An index that is missing while a first load fills the archive.

    Its definition is written down in the transaction that drops it, so that whatever
    happens in between, the next start of the server or the next look builds it again.
    """

    _name = "crm.list.import.index"
    _description = "Index to Build Again"
    _log_access = False

    import_id = fields.Many2one("crm.list.import", ondelete="set null", index=True)
    name = fields.Char(required=True)
    definition = fields.Char(required=True)

    _once = models.Constraint("UNIQUE (name)", "This index waits to be built already.")

    def _register_hook(self):
        """Build again what a server that was killed left behind."""
        result = super()._register_hook()
        # Before the addon is upgraded the table isn't there yet.
        if table_exists(self.env.cr, self._table) and self.search_count(
            ["|", ("import_id", "=", False), ("import_id.state", "!=", "running")],
            limit=1,
        ):
            self._restore(at_work=False)
        return result

    @api.model
    def _restore(self, at_work=True, limit=None):
        """Build indexes again.

        :param bool at_work: also those of imports that are at work
        :param int limit: how many
        :return: how many were built
        :rtype: int
        """
        domain = []
        if not at_work:
            domain = [
                "|",
                ("import_id", "=", False),
                ("import_id.state", "!=", "running"),
            ]
        missing = self.search(domain, order="id", limit=limit)
        for index in missing:
            build(self.env.cr, index.definition)
        count = len(missing)
        missing.unlink()
        return count


class CrmListImport(models.Model):
    """The first load of an empty archive builds its indexes at the end."""

    _inherit = "crm.list.import"

    def _prepare_first_load(self):
        """Drop the indexes that a first load doesn't need, and write them down."""
        if self.row_count < LARGE_FILE or self._count_names() > SMALL_ARCHIVE:
            return
        keys = {part for parts in self.key_ids._parts() for part in parts}
        for table in TABLES:
            for name, definition, columns in self._plain_indexes(table):
                if not keys.union(_LOOKED_UP).isdisjoint(columns[:1]):
                    continue
                # sudo: the system's own table
                self.env["crm.list.import.index"].sudo().create(
                    {"import_id": self.id, "name": name, "definition": definition}
                )
                self.env.flush_all()
                self.env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))

    def _count_names(self):
        """Count the names of the archive, as far as it matters.

        :rtype: int
        """
        [[count]] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM (SELECT FROM crm_lead LIMIT %s) AS names",
                SMALL_ARCHIVE + 1,
            )
        )
        return count

    def _plain_indexes(self, table):
        """Return the indexes of a table that no constraint needs.

        :return: name, definition and columns of each
        :rtype: list[tuple[str, str, list[str]]]
        """
        return self.env.execute_query(
            SQL(
                """SELECT relation.relname, pg_get_indexdef(relation.oid),
                          ARRAY(SELECT attname::text FROM pg_attribute
                                 WHERE attrelid = found.indrelid
                                   AND attnum = ANY(found.indkey)
                              ORDER BY array_position(found.indkey::int[], attnum::int))
                     FROM pg_index found
                     JOIN pg_class relation ON relation.oid = found.indexrelid
                    WHERE found.indrelid = %s::regclass
                      AND NOT found.indisunique AND NOT found.indisprimary
                      AND NOT EXISTS (SELECT FROM pg_constraint
                                       WHERE conindid = found.indexrelid)
                 ORDER BY relation.relname""",
                table,
            )
        )

    def _finish_first_load(self, runtime, wrote):
        """Build some of the missing indexes again.

        :param ImportRuntime runtime: what is kept between two parts of the work
        :param bool wrote: this transaction has written names: until it ends nobody
            else can build an index of theirs
        :return: whether there may be more
        :rtype: bool
        """
        if self.row_count < LARGE_FILE:
            return False
        # sudo: the system's own table
        indexes = self.env["crm.list.import.index"].sudo()
        if not indexes.search_count([], limit=1):
            return False
        # A test's connection is the only one that sees what the test has done.
        if not runtime.has_connections or not isinstance(self.env.cr, Cursor):
            return bool(indexes._restore(limit=1))
        if not wrote:
            runtime.build_indexes(self.env.registry)
        return True

    def _work_ended(self, job):
        result = super()._work_ended(job)
        if job.state in ("cancelled", "failed"):
            # Nobody knows when it goes on: the archive must be quick meanwhile.
            self._restore_indexes()
        return result

    def _restore_indexes(self):
        """Build all missing indexes; what can't be built waits for the next start."""
        # sudo: the system's own table
        indexes = self.env["crm.list.import.index"].sudo()
        runtime = self.env.context.get("import_runtime")
        try:
            if runtime and isinstance(self.env.cr, Cursor):
                if indexes.search_count([], limit=1):
                    runtime.build_indexes(self.env.registry, patience=None)
            else:
                with self.env.cr.savepoint():
                    indexes._restore()
        except psycopg2.Error:
            _logger.exception("Indexes of the first load wait for the next start")
