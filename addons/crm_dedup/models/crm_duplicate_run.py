from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_callcenter.models.crm_names_job_mixin import OPEN_STATES

#: Records that are compared between two commits.
BATCH_SIZE = 2000
#: Parts into which all keys are divided to find who shares one.
PARTS = 16
#: Records that the scheduled action compares without a run that people see.
WITHOUT_RUN = 4000
#: The work of a run, in its order. An incremental run has the first and the last.
PHASES = ("waiting", "keys", "words", "candidates", "scores", "compare", "end")
#: Those that go through the archive: each has the same share of the progress.
PASSES = ("keys", "candidates", "scores", "compare")


class CrmDuplicateRun(models.Model):
    """One search for duplicates over the archive: its log, and the work itself.

    A full run compares all names and customers, an incremental one those that wait
    since the last run. The steps of a full run are in ``crm_duplicate_search.py``.
    """

    _name = "crm.duplicate.run"
    _description = "Search for Duplicates"
    _inherit = ["crm.names.job.mixin"]
    _order = "id desc"

    mode = fields.Selection(
        [("incremental", "What Changed"), ("full", "Whole Archive")],
        required=True,
        readonly=True,
        default="full",
    )
    makes_keys = fields.Boolean(
        "Makes Keys Anew", readonly=True, help="After a change of rules, for instance."
    )
    phase = fields.Selection(
        [
            ("waiting", "What Changed"),
            ("keys", "Reading Names"),
            ("words", "Counting Names"),
            ("candidates", "Finding Candidates"),
            ("scores", "Comparing"),
            ("compare", "Writing Pairs"),
            ("end", "Cleaning Up"),
        ],
        readonly=True,
        default="waiting",
        copy=False,
    )
    pairs_new = fields.Integer("New Pairs", readonly=True, copy=False)
    pairs_dropped = fields.Integer(
        readonly=True, copy=False, help="Open pairs that hold no more."
    )
    crowded_keys = fields.Integer(
        "Keys Left Out",
        readonly=True,
        copy=False,
        help="Values that more than 60 names share, such as placeholders and"
        " switchboards. Names are not compared because of them.",
    )
    seconds = fields.Integer(
        "Duration (s)", compute="_compute_seconds", help="In seconds."
    )
    # Of a full run: comparisons by points, and some of each for the sample.
    strata = fields.Json(readonly=True, copy=False)

    @api.depends("mode")
    def _compute_display_name(self):
        modes = dict(self._fields["mode"]._description_selection(self.env))
        for run in self:
            run.display_name = f"{modes.get(run.mode, '')} ({run.id})"

    @api.depends("date_start", "date_end")
    def _compute_seconds(self):
        now = fields.Datetime.now()
        for run in self:
            took = run.date_start and (run.date_end or now) - run.date_start
            run.seconds = took.total_seconds() if took else 0

    # ------------------------------------------------------------
    # STARTED
    # ------------------------------------------------------------

    @api.model
    def action_start(self, mode="full"):
        """Start a search, and show its progress.

        :param str mode: ``full`` or ``incremental``
        :rtype: dict
        :raise UserError: one is at work already
        """
        self.check_access("create")
        at_work = self.search([("state", "in", OPEN_STATES)], limit=1)
        if at_work:
            raise UserError(
                self.env._(
                    "%(run)s is at work already. Wait for it, or cancel it first.",
                    run=at_work.display_name,
                )
            )
        run = self.create({"mode": mode, "makes_keys": self._needs_keys()})
        run._job_trigger()
        return run.action_open()

    @api.model
    def _follow_rules(self, new_keys):
        """Let the archive follow rules or weights that changed.

        A run that hasn't begun takes it along; one that is at work began with the old
        ones, so that another one follows it.

        :param bool new_keys: keys are made anew, too
        """
        waiting = self.search(
            [("state", "=", "queued"), ("mode", "=", "full")], limit=1
        )
        if waiting:
            waiting.makes_keys = waiting.makes_keys or new_keys
        else:
            waiting = self.create({"mode": "full", "makes_keys": new_keys})
        waiting._job_trigger()

    @api.model
    def _needs_keys(self):
        """Tell whether the archive has got no keys for a week, or never.

        Whoever writes names by SQL says so; a week is how long a name is missed if
        somebody forgets it.

        :rtype: bool
        """
        done = (
            Domain("state", "=", "done")
            & Domain("makes_keys", "=", True)
            & Domain("date_end", ">", fields.Datetime.now() - timedelta(days=7))
        )
        return not self.search_count(done, limit=1)

    def _job_trigger(self):
        # sudo: waking up a scheduled action needs no right to change it
        self.env.ref("crm_dedup.ir_cron_duplicate_runs").sudo()._trigger()

    @api.model
    def _cron_nightly(self):
        """Search the whole archive, once every night."""
        if not self.search_count([("state", "in", OPEN_STATES)], limit=1):
            self.create({"mode": "full", "makes_keys": self._needs_keys()})
        self._job_trigger()

    @api.model
    def _cron_work(self):
        """Work on open runs, then on names that wait; called every few minutes."""
        self._work_open_jobs()
        [[waiting]] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM (SELECT 1 FROM crm_dedup_stale LIMIT %s) AS few",
                WITHOUT_RUN + 1,
            )
        )
        if not waiting or self.search_count([("state", "in", OPEN_STATES)], limit=1):
            return
        if waiting > WITHOUT_RUN and not self._needs_keys():
            self.create({"mode": "incremental"})
            self._work_open_jobs()
            return
        service = self.env["crm.dedup"]
        while service._compare_stale(BATCH_SIZE)[0]:
            if not self.env["ir.cron"]._commit_progress(1):
                return

    def _job_lock_id(self):
        # One at a time: two runs would write the same pairs.
        return 0

    def _job_failed(self):
        # sudo: a message of the system
        self.env["mail.thread"].sudo().message_notify(
            partner_ids=self.user_id.partner_id.ids,
            subject=self.env._("%(job)s failed", job=self.display_name),
            body=self.error,
            model=self._name,
            res_id=self.id,
        )

    # ------------------------------------------------------------
    # WORK
    # ------------------------------------------------------------

    def _job_batch(self, page):
        """Do one batch; the caller commits. See ``crm.names.job.mixin``."""
        self._job_lock_row()
        if self.state not in OPEN_STATES:
            return False
        if self.cancel_asked:
            self._job_end("cancelled")
            return False
        if self.state == "queued":
            self._begin()
            return True
        getattr(self, f"_phase_{self.phase}")()
        return self.state == "running"

    def _begin(self):
        """Say what there is to do; a run that goes on has begun before."""
        values = {"state": "running"}
        if not self.date_start:
            values.update(date_start=fields.Datetime.now(), matched=self._amount())
        self.write(values)

    def _amount(self):
        """Return how many records the run goes through."""
        if self.mode == "incremental":
            statement = SQL("SELECT count(*) FROM crm_dedup_stale")
        else:
            statement = SQL(
                "SELECT (SELECT count(*) FROM crm_lead)"
                " + (SELECT count(*) FROM res_partner)"
            )
        [[amount]] = self.env.execute_query(statement)
        return amount

    def _next_phase(self):
        after = PHASES[PHASES.index(self.phase) + 1]
        if self.mode == "incremental":
            after = "end"
        self.write({"phase": after, "last_lead_id": 0})

    def _phase_waiting(self):
        """Compare what changed since the last run."""
        if self.makes_keys:
            # All keys are made anew: nobody has to wait for it any more.
            self.env.cr.execute("DELETE FROM crm_dedup_stale")
            self._next_phase()
            return
        seen, new, dropped = self.env["crm.dedup"]._compare_stale(BATCH_SIZE)
        if not seen:
            self._next_phase()
            return
        self.write(
            {
                "seen": self.seen + (seen if self.mode == "incremental" else 0),
                "done": self.done + seen,
                "pairs_new": self.pairs_new + new,
                "pairs_dropped": self.pairs_dropped + dropped,
            }
        )

    def _phase_end(self):
        self.env["crm.dedup.key"]._drop_orphans()
        if self.mode == "full":
            self.env["crm.duplicate.sample"]._draw(self)
        self._job_end("done")
