import logging
import time
from bisect import bisect_right
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..tools.cursor import read_committed_cursor

_logger = logging.getLogger(__name__)

#: States in which a job still has work to do.
OPEN_STATES = ("queued", "running")
#: Names that are worked on between two commits: nobody waits long for them.
BATCH_SIZE = 5000
#: Numbers of names that are looked up at a time and kept in memory.
PAGE_SIZE = 100000
#: How often a batch is tried that met somebody else's work on the same rows.
TRIES = 5


class CrmNamesJobMixin(models.AbstractModel):
    """A job over very many names: in batches, each with a commit of its own.

    How far it got is committed together with what was done, so a job that is
    killed goes on where it was, and does nothing twice. Whoever looks at it sees
    its progress, and may stop it between two batches.

    A model that inherits it says whose names they are (``_job_leads``), which
    (``_job_domain``) and what is done with a batch (``_job_process``).
    """

    _name = "crm.names.job.mixin"
    _description = "Job over Names"

    state = fields.Selection(
        [
            ("queued", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
            ("failed", "Failed"),
        ],
        required=True,
        default="queued",
        readonly=True,
        copy=False,
    )
    user_id = fields.Many2one(
        "res.users",
        "Started By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    date_start = fields.Datetime("Started", readonly=True, copy=False)
    date_end = fields.Datetime("Ended", readonly=True, copy=False)
    matched = fields.Integer(
        "Names Found", readonly=True, copy=False, help="Names that the search finds."
    )
    seen = fields.Integer("Names Looked At", readonly=True, copy=False)
    done = fields.Integer(readonly=True, copy=False)
    skipped = fields.Integer(
        readonly=True, copy=False, help="Names that were left as they are."
    )
    progress = fields.Float(
        "Progress (%)", compute="_compute_progress", help="From 0 to 100."
    )
    error = fields.Text(readonly=True, copy=False)
    cancel_asked = fields.Boolean(readonly=True, copy=False)
    last_lead_id = fields.Integer(
        readonly=True, copy=False, help="Names are taken in the order of their numbers."
    )
    max_lead_id = fields.Integer(
        readonly=True, copy=False, help="Names that come later are not part of it."
    )

    @api.depends("state", "matched", "seen")
    def _compute_progress(self):
        for job in self:
            if job.state == "done":
                job.progress = 100.0
            else:
                job.progress = min(100.0 * job.seen / (job.matched or 1), 100.0)

    # ------------------------------------------------------------
    # TO BE SAID BY EACH JOB
    # ------------------------------------------------------------

    def _job_leads(self):
        """Return an empty ``crm.lead`` in the environment that the search runs in.

        :rtype: crm.lead
        """
        self.ensure_one()
        leads = self.env["crm.lead"].with_user(self.user_id)
        return leads.with_context(lang=self.user_id.lang)

    def _job_domain(self):
        """Return which names the job is about.

        :rtype: Domain
        :raise UserError: the search can't be run any more
        """
        raise NotImplementedError

    def _job_process(self, leads):
        """Do the job with a batch of names.

        :param crm.lead leads: the names, in the environment of ``_job_leads``
        :return: with how many it was done, and how many were looked at: all of them,
            unless a limit was reached
        :rtype: tuple[int, int]
        """
        raise NotImplementedError

    def _job_is_full(self):
        """Tell whether a limit is reached: what is left is left alone.

        :rtype: bool
        """
        return False

    def _job_failed(self):
        """Tell somebody that the job failed; its sentence stands in ``error``."""

    def _job_lock_id(self):
        """Return the number that no two jobs at work have in common.

        :rtype: int
        """
        return self.id

    # ------------------------------------------------------------
    # BUTTONS
    # ------------------------------------------------------------

    def action_cancel(self):
        """Stop the job; what is done stays done.

        :raise UserError: it is not at work
        """
        self.ensure_one()
        self.check_access("read")
        if self.state not in OPEN_STATES:
            raise UserError(
                self.env._("%(job)s has ended already.", job=self.display_name)
            )
        [[nobody_at_work]] = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)",
                self._table,
                self._job_lock_id(),
            )
        )
        if nobody_at_work:
            # sudo: a job is written by the system; who may read it may cancel it
            self.sudo()._job_end("cancelled")
            return
        # The worker holds the row until each commit: on a snapshot of its own this
        # would fail again and again, here it waits for its turn.
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(
                SQL(
                    "UPDATE %s SET cancel_asked = true"
                    " WHERE id = %s AND state = ANY(%s)",
                    SQL.identifier(self._table),
                    self.id,
                    list(OPEN_STATES),
                )
            )
        self.invalidate_recordset(["cancel_asked"], flush=False)

    def action_continue(self):
        """Let a job that was cancelled or failed go on where it was.

        :raise UserError: it is at work, or done
        """
        self.ensure_one()
        self.check_access("read")
        if self.state not in ("cancelled", "failed"):
            raise UserError(
                self.env._(
                    "%(job)s can't go on: only a job that was cancelled or that"
                    " failed can.",
                    job=self.display_name,
                )
            )
        # sudo: a job is written by the system; who may read it may let it go on
        self.sudo().write(
            {
                "state": "queued",
                "date_end": False,
                "error": False,
                "cancel_asked": False,
            }
        )
        self._job_trigger()

    def _job_trigger(self):
        """Wake up the scheduled action that works on these jobs."""
        raise NotImplementedError

    def action_open(self):
        """Show the job and its progress.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self._description,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------
    # WORK
    # ------------------------------------------------------------

    @api.model
    def _work_open_jobs(self):
        """Work on all jobs that wait or were interrupted; called by cron.

        One that fails says so and lets the others go on.
        """
        cron = self.env["ir.cron"]
        job_ids = self.search([("state", "in", OPEN_STATES)], order="id").ids
        if not cron._commit_progress(remaining=len(job_ids)):
            # Odoo calls again at once when the time is over: begin nothing new.
            return
        for place, job in enumerate(self.browse(job_ids)):
            job = job.with_context(lang=job.user_id.lang)
            with job._job_lock() as is_mine:
                in_time = not is_mine or job._work(remaining=len(job_ids) - place)
            if not in_time:
                return
            cron._commit_progress(1, remaining=len(job_ids) - place - 1)

    @contextmanager
    def _job_lock(self):
        """Keep other workers from this job, over all of its commits.

        The lock belongs to the connection: it goes when the worker is killed.
        """
        self.ensure_one()
        key = SQL("hashtext(%s), %s", self._table, self._job_lock_id())
        [[is_mine]] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_lock(%s)", key)
        )
        try:
            yield is_mine
        finally:
            if is_mine:
                self.env.execute_query(SQL("SELECT pg_advisory_unlock(%s)", key))

    def _work(self, remaining=1):
        """Work on this job until it ends, or the time of the worker is over.

        :param int remaining: jobs that the worker still has to do, this one included
        :return: whether it ended
        :rtype: bool
        """
        cron = self.env["ir.cron"]
        page, failures = [], 0
        while True:
            try:
                more = self._job_batch(page)
                time_left = cron._commit_progress(1, remaining=remaining)
                failures = 0
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # Somebody else changed the same rows; nothing of the batch is done.
                self.env.cr.rollback()
                failures += 1
                if failures >= TRIES:
                    return False
                time.sleep(0.1 * failures)
                continue
            except Exception as error:  # noqa: BLE001 - whatever it is, the job says it
                self.env.cr.rollback()
                self._job_fail(error)
                cron._commit_progress(1, remaining=remaining)
                return True
            if not more:
                return True
            if not time_left:
                return False

    def _work_at_once(self):
        """Do the whole job in the current transaction; for few names."""
        page = []
        while self._job_batch(page):
            pass

    def _job_batch(self, page):
        """Do one batch; the caller commits.

        :param list page: numbers of names that were looked up already; changed
        :return: whether there is more to do
        :rtype: bool
        """
        self._job_lock_row()
        if self.state not in OPEN_STATES:
            return False
        if self.cancel_asked:
            self._job_end("cancelled")
            return False
        if self.state == "queued":
            self._job_begin(page)
            return True
        if self._job_is_full():
            self._job_end("done")
            return False
        # What was committed meanwhile goes; a batch that was rolled back stays.
        del page[: bisect_right(page, self.last_lead_id)]
        if not page:
            page[:] = self._job_page()
        lead_ids = page[:BATCH_SIZE]
        if not lead_ids:
            self._job_end("done")
            return False
        done, seen = self._job_process(self._job_leads().browse(lead_ids))
        self.write(
            {
                "last_lead_id": lead_ids[seen - 1],
                "seen": self.seen + seen,
                "done": self.done + done,
                "skipped": self.skipped + seen - done,
            }
        )
        return True

    def _job_lock_row(self):
        """Read the job anew, and let nobody change it before the next commit."""
        self.flush_recordset()
        # Somebody may be cancelling it right now: that is tried again, no error.
        self.env.cr.execute(
            SQL(
                "SELECT 1 FROM %s WHERE id = %s FOR NO KEY UPDATE",
                SQL.identifier(self._table),
                self.id,
            ),
            log_exceptions=False,
        )
        self.invalidate_recordset()

    def _job_begin(self, page):
        """Count the names, and fix which is the last one of the job.

        :param list page: is filled with the first names
        """
        if not self.max_lead_id:
            table = SQL.identifier(self._job_leads()._table)
            [[last]] = self.env.execute_query(SQL("SELECT max(id) FROM %s", table))
            self.max_lead_id = last or 0
            page[:] = self._job_page()
            matched = len(page)
            if matched >= PAGE_SIZE:
                matched = self._job_leads().search_count(self._job_domain())
            self.write({"matched": matched, "date_start": fields.Datetime.now()})
        self.state = "running"

    def _job_page(self):
        """Return the numbers of the next names, in their order.

        :rtype: list[int]
        """
        leads = self._job_leads()
        query = leads._search(
            self._job_domain()
            & Domain("id", ">", self.last_lead_id)
            & Domain("id", "<=", self.max_lead_id),
            order="id",
            limit=PAGE_SIZE,
        )
        return [lead_id for [lead_id] in self.env.execute_query(query.select())]

    def _job_end(self, state, error=False):
        self.write(
            {
                "state": state,
                "date_end": fields.Datetime.now(),
                "error": error,
                "cancel_asked": False,
            }
        )

    def _job_fail(self, error):
        """Write down why the job failed; its last batch is rolled back already.

        :param Exception error: what stopped it
        """
        if isinstance(error, UserError):
            sentence = str(error)
        else:
            _logger.error("%s failed", self.display_name, exc_info=error)
            sentence = self.env._(
                "The job stopped at an unexpected problem (%(kind)s). What was done"
                " stays. The log of the server says more.",
                kind=type(error).__name__,
            )
        self._job_end("failed", sentence)
        self._job_failed()
