from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_callcenter.models.crm_names_job_mixin import OPEN_STATES
from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

from .crm_list_import_file import SMALL_FILE


class CrmListImport(models.Model):
    """An import works in the background: its buttons, and how far it is."""

    _inherit = "crm.list.import"

    phase = fields.Selection(
        [
            ("read", "Reading the file"),
            ("write", "Making names"),
            ("duplicates", "Search for duplicates"),
            ("done", "Done"),
            ("undo", "Taking back"),
        ],
        readonly=True,
        copy=False,
    )
    staged_row = fields.Integer("Rows Read", readonly=True, copy=False)
    done_row = fields.Integer("Last Row Done", readonly=True, copy=False)
    job_ids = fields.One2many("crm.list.import.job", "import_id", "Work")
    job_error = fields.Text("What Stopped It", compute="_compute_job_error")
    progress = fields.Float(
        "Progress (%)", compute="_compute_progress", help="From 0 to 100."
    )

    def _compute_job_error(self):
        for record in self:
            # sudo: the sentence is for whoever sees the import
            last = record.sudo().job_ids.sorted("id")[-1:]
            record.job_error = last.error if last.state == "failed" else False

    def _compute_progress(self):
        for record in self:
            if record.phase == "write" and record.row_count:
                done = record.row_count - record.pending_count
                record.progress = 100.0 * done / record.row_count
            elif record.phase == "undo":
                record.progress = record._undo_progress()
            else:
                record.progress = 100.0 if record.phase == "done" else 0.0

    # ------------------------------------------------------------
    # BUTTONS
    # ------------------------------------------------------------

    def action_import(self):
        """Button: import the file, or go on with what was stopped.

        A small file is imported at once, a large one in the background.
        """
        self.ensure_one()
        self._check_may_import()
        if self.state in ("running", "stopped"):
            return self.action_continue()
        self._start()
        if self.file_size <= SMALL_FILE and self._is_alone():
            self._import_here(until="duplicates")
            if self.state == "done":
                return True
        self.env["crm.list.import.job"]._begin(self, "import")._job_trigger()
        return True

    def _is_alone(self):
        """Tell whether nobody else imports, and keep it so until the commit.

        Nor may an import have ended since this transaction began, which doesn't see the
        names that it made.

        :rtype: bool
        """
        jobs = self.env["crm.list.import.job"]
        [[alone]] = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)",
                jobs._table,
                jobs._job_lock_id(),
            )
        )
        if not alone or not self.env.registry.ready:
            # While addons are installed, nobody else's connection knows their tables.
            return alone
        # Imports take turns, so that later rows have higher numbers.
        last = SQL("SELECT coalesce(max(id), 0) FROM crm_list_import_row")
        [[seen]] = self.env.execute_query(last)
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(last)
            [written] = cr.fetchone()
        return written <= seen

    def _last_job(self):
        # sudo: work is written by the system; the import was asked for
        return self.sudo().job_ids.sorted("id")[-1:]

    def action_cancel(self):
        """Button: stop the work; what is done stays done."""
        self.ensure_one()
        self._check_may_import()
        job = self._last_job()
        if job.state not in OPEN_STATES:
            raise UserError(self.env._("%(name)s isn't at work.", name=self.name))
        job.action_cancel()
        return True

    def action_continue(self):
        """Button: go on where the work was stopped."""
        self.ensure_one()
        self._check_may_import()
        job = self._last_job()
        if job.state in ("cancelled", "failed"):
            job.action_continue()
        elif job.state in OPEN_STATES:
            job._job_trigger()
        elif self.state in ("running", "stopped"):
            self.state = "running"
            self.env["crm.list.import.job"]._begin(self, "import")._job_trigger()
        return True

    def action_start_again(self):
        """Button: go back to the columns, as long as no row has become a name."""
        self.ensure_one()
        self._check_may_import()
        if self.state != "stopped" or self.done_row:
            raise UserError(
                self.env._("Names have come in already. Go on, or take them back.")
            )
        self.env.cr.execute(
            SQL("DELETE FROM crm_list_import_stage WHERE import_id = %s", self.id)
        )
        self.write({"state": "mapped", "phase": False, "staged_row": 0, "row_count": 0})
        return True

    def _work_ended(self, job):
        """Show that the work has ended.

        :param crm.list.import.job job: the work
        """
        if job.state in ("cancelled", "failed"):
            # sudo: written by the system
            self.sudo().state = "stopped"
