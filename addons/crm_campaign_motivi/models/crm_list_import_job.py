import contextlib

from odoo import api, fields, models
from odoo.sql_db import Cursor

from odoo.addons.crm_callcenter.models.crm_names_job_mixin import OPEN_STATES

from ..tools.index_builders import PATIENCE, IndexBuilders
from ..tools.row_workers import RowWorkers

#: Processes that read rows beside the database's work.
WORKERS = 2


class CrmListImportJob(models.Model):
    """The work of an import, or of taking one back: in batches, in the background.

    How far it got is committed with what was done, so that a server that is killed
    goes on where it was.
    """

    _name = "crm.list.import.job"
    _description = "Work of a List Import"
    _inherit = ["crm.names.job.mixin"]
    _order = "id desc"

    import_id = fields.Many2one(
        "crm.list.import", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("import", "Import"), ("undo", "Take back")], required=True, readonly=True
    )
    matched = fields.Integer("Rows", help="Rows of the file.")
    seen = fields.Integer("Rows Done")
    date_batch = fields.Datetime("Last Sign of Life", readonly=True, copy=False)

    @api.depends("kind", "import_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for job in self:
            job.display_name = f"{kinds.get(job.kind, '')}: {job.import_id.name}"

    @api.model
    def _begin(self, list_import, kind):
        """Make the work of an import.

        :param crm.list.import list_import: the import
        :param str kind: what is done
        :rtype: crm.list.import.job
        """
        # sudo: work is written by the system; the buttons asked for the right
        return self.sudo().create(
            {"import_id": list_import.id, "kind": kind, "user_id": self.env.uid}
        )

    def _job_trigger(self):
        # sudo: waking up a scheduled action needs no right to change it
        self.env.ref("crm_campaign_motivi.ir_cron_list_imports").sudo()._trigger()

    def _job_lock_id(self):
        # One import at a time: two that bring the same new name don't see each other.
        return 0

    # ------------------------------------------------------------
    # WORK
    # ------------------------------------------------------------

    def _work(self, remaining=1):
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        with self._job_runtime() as working:
            return super(CrmListImportJob, working)._work(remaining=remaining)

    @contextlib.contextmanager
    def _job_runtime(self):
        """Give this work with what it keeps in memory between two batches."""
        with contextlib.closing(ImportRuntime()) as runtime:
            yield self.with_context(import_runtime=runtime)

    def _job_lock_row(self):
        # A batch sees what operators did up to its own moment, and never fails
        # because of them. A test's cursor shares the transaction of the test.
        if self.env.context.get("import_runtime") and isinstance(self.env.cr, Cursor):
            self.env.cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        result = super()._job_lock_row()
        # Whatever this transaction knew is older than it.
        self.env.invalidate_all(flush=False)
        return result

    def _job_batch(self, page):
        self._job_lock_row()
        if self.state not in OPEN_STATES:
            return False
        if self.cancel_asked:
            self._job_end("cancelled")
            return False
        if self.state == "queued":
            self.write(
                {
                    "state": "running",
                    "date_start": self.date_start or fields.Datetime.now(),
                }
            )
            return True
        # In the environment of whoever started it, whose rights and language count.
        mine = self.import_id.with_user(self.user_id).with_context(
            lang=self.user_id.lang,
            tz=self.user_id.tz,
            allowed_company_ids=self._companies().ids,
        )
        runtime = self.env.context.get("import_runtime") or _NO_RUNTIME
        more = getattr(mine, f"_{self.kind}_step")(runtime)
        mine.flush_recordset()
        self.invalidate_recordset()
        self.write(
            {
                "matched": self.import_id.row_count,
                "seen": self.import_id.row_count - self.import_id.pending_count,
                "date_batch": fields.Datetime.now(),
            }
        )
        say = self.env.context.get("import_say")
        if say:
            say(self.import_id)
        if not more:
            self._job_end("done")
        return more

    def _companies(self):
        """Return the companies in which the import works, its own first."""
        # sudo: which companies there are, for the environment of the work only
        own = self.sudo().import_id.company_id
        return own | self.sudo().user_id.company_ids

    def _job_end(self, state, error=False):
        result = super()._job_end(state, error)
        self.import_id._work_ended(self)
        return result

    def _job_failed(self):
        # sudo: a message of the system
        self.env["mail.thread"].sudo().message_notify(
            partner_ids=self.user_id.partner_id.ids,
            subject=self.env._("%(job)s failed", job=self.display_name),
            body=self.error,
            model="crm.list.import",
            res_id=self.import_id.id,
        )

    def action_continue(self):
        result = super().action_continue()
        # sudo: an import shows the state of its work
        self.sudo().import_id.state = "running"
        return result


class ImportRuntime:
    """What an import keeps in memory between two batches: an open file, processes."""

    #: Whether others may work beside it, on connections of their own.
    has_connections = True

    def __init__(self):
        self._workers = self._builders = None
        self._reading = {}
        self._rows = None
        self.table_rows = None
        #: Probability of each combination of values that was asked for.
        self.foretold = {}

    def workers(self, reader):
        """Return the processes that read rows."""
        if self._workers is None:
            self._workers = RowWorkers(reader, WORKERS)
        return self._workers

    def staged_rows(self, after, open_rows):
        """Return the rows of the file behind one, from where the last batch ended.

        :param int after: number of the last row that is staged
        :param callable open_rows: opens the file and returns its rows
        """
        if self._rows is None or self._rows[0] != after:
            self._rows = self._rows_behind(after, open_rows)
        return self._rows

    @staticmethod
    def _rows_behind(after, open_rows):
        rows = open_rows()
        if after:
            rows = (row for row in rows if row[0] > after)
        return [after, rows]

    def read_rows(self, after, rows, reader):
        """Return the rows of a batch as they were read, maybe already.

        :param int after: number of the row behind which the batch begins
        """
        waiting = self._reading.pop(after, None)
        self._reading.clear()
        return (waiting or self.workers(reader).read_rows(rows))()

    def read_ahead(self, after, rows, reader):
        """Let the rows of the next batch be read meanwhile."""
        self._reading[after] = self.workers(reader).read_rows(rows)

    def build_indexes(self, registry, patience=PATIENCE):
        """Let missing indexes be built, and wait a little.

        :param float patience: seconds to wait; ``None``: until all are built
        """
        self._builders = self._builders or IndexBuilders(registry)
        if not self._builders.wait(patience):
            self._builders = None

    def close(self):
        """End what was begun."""
        if self._builders:
            self._builders.close()
        if self._workers:
            self._workers.close()
        if self._rows:
            self._rows[1].close()


class _NoRuntime(ImportRuntime):
    """For few rows, which are read where they are.

    It keeps nothing: all imports of the process share it, whatever their database.
    """

    has_connections = False

    def staged_rows(self, after, open_rows):
        return self._rows_behind(after, open_rows)

    def read_rows(self, after, rows, reader):
        return [reader.read_row(number, cells) for number, cells in rows]

    def read_ahead(self, after, rows, reader):
        """Nothing is read ahead."""


_NO_RUNTIME = _NoRuntime()
