import logging
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

_logger = logging.getLogger(__name__)

#: Lines changed by one transaction: a claim walks past those that it has locked.
BATCH_SIZE = 2000
#: Hours after which the names of running campaigns are sifted anew.
SIFT_HOURS = 2
#: Names are put in order anew at night, before this hour where the customers are,
NIGHT_ENDS = 5
#: unless that was so many hours ago or less,
RANK_HOURS = 12
#: and at any time when it was longer ago: the server was off at night.
RANK_HOURS_MOST = 36
#: Names whose rest is over are woken up in pieces of so many.
WAKE_SIZE = 5000


class CrmQueueJob(models.Model):
    """Brings the queue of a campaign in step with its order or its filter.

    In the background, in short transactions of their own that step over lines in
    somebody's hands, so that claims go on meanwhile and always find names. A killed
    job begins anew, which does no harm.
    """

    _name = "crm.queue.job"
    _description = "Upkeep of a Queue"
    _log_access = False
    _order = "id"

    campaign_id = fields.Many2one(
        "utm.campaign", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("rank", "Order"), ("filter", "Filter")], required=True, readonly=True
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
    )
    done_count = fields.Integer(readonly=True)
    total_count = fields.Integer(readonly=True)
    asked_at = fields.Datetime(readonly=True)
    begun_at = fields.Datetime(readonly=True)
    ended_at = fields.Datetime(readonly=True)
    error = fields.Char(readonly=True)

    _once = models.Constraint("UNIQUE (campaign_id, kind)", "This job is there.")

    # ------------------------------------------------------------
    # ASK
    # ------------------------------------------------------------

    @api.model
    def _ask(self, campaigns, kind):
        """Have the queues of campaigns brought in step, soon and in the background.

        One that is at work begins anew when it is through.

        :param utm.campaign campaigns: whose queues
        :param str kind: ``rank`` or ``filter``
        """
        if not campaigns:
            return
        campaigns.flush_recordset()
        self.env.cr.execute(self._ask_sql(campaigns, kind))
        self.invalidate_model()
        # sudo: waking up a scheduled action needs no right to change it
        self.env.ref("crm_campaign_motivi.ir_cron_queues").sudo()._trigger()

    @api.model
    def _ask_sql(self, campaigns, kind):
        """Return the statement of ``_ask``."""
        return SQL(
            """INSERT INTO crm_queue_job
                      (campaign_id, kind, state, asked_at, done_count, total_count)
               SELECT id, %s, 'waiting', clock_timestamp() AT TIME ZONE 'UTC', 0, 0
                 FROM unnest(%s::int[]) AS id
          ON CONFLICT (campaign_id, kind) DO UPDATE
                  SET state = 'waiting', asked_at = excluded.asked_at,
                      done_count = 0, total_count = 0, error = NULL""",
            kind,
            campaigns.ids,
        )

    # ------------------------------------------------------------
    # WORK
    # ------------------------------------------------------------

    @api.model
    def _cron_work(self):
        """Look after all queues: called every minute, and when somebody asks."""
        for step in (
            self._wake_rested,
            self.env["crm.call.list.line"]._leave_places_by_hand,
            self._ask_for_sifting,
            self._ask_for_ranking,
            self.env["utm.campaign"]._refresh_adaptive,
        ):
            with self._isolated(step.__name__):
                step()
        self.env.flush_all()
        if self.env.context.get("cron_id"):
            self.env["ir.cron"]._commit_progress(0)
        for job in self.search([("state", "in", ("waiting", "running"))]):
            with self._isolated(job):
                job._work()
        if self.env.context.get("cron_id"):
            self.env["ir.cron"]._commit_progress(1, remaining=0)

    @contextmanager
    def _isolated(self, what):
        """Let a step fail by itself: the log says it, and all other queues go on.

        :param what: the step, or the record that it is about
        """
        try:
            with self.env.cr.savepoint():
                yield
        except Exception:
            _logger.exception("Upkeep of queues: %s failed, the rest goes on", what)

    @api.model
    def _wake_rested(self):
        """Let names return to their queue that have rested long enough."""
        woken = WAKE_SIZE
        while woken == WAKE_SIZE:
            with read_committed_cursor(self.env.registry) as cr:
                cr.execute(
                    SQL(
                        """UPDATE crm_call_list_line SET rest_until = NULL
                            WHERE id IN (
                                  SELECT id FROM crm_call_list_line
                                   WHERE rest_until <= now() AT TIME ZONE 'UTC'
                                ORDER BY rest_until LIMIT %s FOR UPDATE SKIP LOCKED)""",
                        WAKE_SIZE,
                    )
                )
                woken = cr.rowcount

    @api.model
    def _ask_for_sifting(self):
        """Sift the names of running campaigns anew: names change, and leave queues."""
        running = self.env["utm.campaign"].search(
            [("is_call_campaign", "=", True), ("call_state", "=", "running")]
        )
        lately = fields.Datetime.subtract(fields.Datetime.now(), hours=SIFT_HOURS)
        known = self.search([("kind", "=", "filter"), ("asked_at", ">", lately)])
        # A cursor of its own: the jobs are worked on with others, which must see them.
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(self._ask_sql(running - known.campaign_id, "filter"))
        self.invalidate_model()

    @api.model
    def _ask_for_ranking(self):
        """Put the names of running campaigns in order anew, once a night.

        What they are ordered by changes: scores, attempts, custom fields.
        """
        running = self.env["utm.campaign"].search(
            [
                ("is_call_campaign", "=", True),
                ("call_state", "=", "running"),
                ("order_key_ids", "!=", False),
            ]
        )
        ranked = {
            job.campaign_id: job.asked_at
            for job in self.search([("kind", "=", "rank")])
        }
        stale = running.filtered(
            lambda campaign: self._is_stale(campaign, ranked.get(campaign))
        )
        # A cursor of its own, as for sifting.
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(self._ask_sql(stale, "rank"))
        self.invalidate_model()

    @api.model
    def _is_stale(self, campaign, asked_at):
        """Tell whether the names of a campaign are to be put in order anew.

        :param datetime.datetime asked_at: when that was asked for last, naive UTC
        :rtype: bool
        """
        now = fields.Datetime.now()
        age = now - asked_at if asked_at else timedelta.max
        is_night = campaign._local_now().hour < NIGHT_ENDS
        return age > timedelta(hours=RANK_HOURS if is_night else RANK_HOURS_MOST)

    def _work(self):
        """Do one job, unless another worker is at it."""
        self.ensure_one()
        self.env.flush_all()
        campaign, kind = self.campaign_id, self.kind
        with self._lock() as is_mine:
            if not is_mine:
                return
            asked_at = self._begin()
            try:
                # A new snapshot, in which the campaign is as it was asked for.
                with self.env.registry.cursor() as cr:
                    job = self.with_env(self.env(cr=cr))
                    getattr(job, f"_work_{kind}")(campaign.with_env(job.env))
            except UserError as error:
                self._end("failed", asked_at, str(error))
            except Exception as error:  # noqa: BLE001 - whatever it is, the job says it
                _logger.exception("The queue of %s could not be looked after", campaign)
                self._end(
                    "failed",
                    asked_at,
                    self.env._(
                        "Stopped at an unexpected problem (%(kind)s). The log of the"
                        " server says more.",
                        kind=type(error).__name__,
                    ),
                )
            else:
                self._end("done", asked_at)
        self.env.invalidate_all(flush=False)

    @contextmanager
    def _lock(self):
        """Keep other workers from this job; the lock goes with the connection."""
        key = SQL("hashtext('crm.queue.job'), %s", self.id)
        [[is_mine]] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_lock(%s)", key)
        )
        try:
            yield is_mine
        finally:
            if is_mine:
                self.env.execute_query(SQL("SELECT pg_advisory_unlock(%s)", key))

    def _note(self, assignment, *arguments):
        """Write on the job for everybody to see, at once.

        :param str assignment: of the SET clause, with placeholders
        :return: when the job was asked for last
        """
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(
                SQL(
                    "UPDATE crm_queue_job SET %s WHERE id = %s RETURNING asked_at",
                    SQL(assignment, *arguments),
                    self.id,
                )
            )
            row = cr.fetchone()
        return row and row[0]

    def _begin(self):
        return self._note(
            "state = 'running', begun_at = clock_timestamp() AT TIME ZONE 'UTC',"
            " ended_at = NULL, error = NULL, done_count = 0, total_count = 0"
        )

    def _end(self, state, asked_at, error=None):
        """Say how it ended; one that was asked for again meanwhile waits again."""
        self._note(
            "state = CASE WHEN asked_at = %s THEN %s ELSE 'waiting' END, error = %s,"
            " ended_at = clock_timestamp() AT TIME ZONE 'UTC'",
            asked_at,
            state,
            error,
        )

    def _in_batches(self, ids, change):
        """Change lines in transactions of their own, and those left once more.

        :param list ids: of lines, in the order in which they are changed
        :param callable change: gets the position of a batch and its ids, and returns
            the statement that changes those of them that nobody has locked, and yields
            their ids
        """
        self._note("total_count = %s", len(ids))
        left = []
        for first in range(0, len(ids), BATCH_SIZE):
            batch = ids[first : first + BATCH_SIZE]
            with read_committed_cursor(self.env.registry) as cr:
                cr.execute(change(first, batch))
                changed = {line_id for (line_id,) in cr.fetchall()}
            left += [
                (place, line_id)
                for place, line_id in enumerate(batch, first)
                if line_id not in changed
            ]
            if not (first // BATCH_SIZE) % 5:
                self._note("done_count = %s", first + len(batch))
        for place, line_id in left:
            with read_committed_cursor(self.env.registry) as cr:
                cr.execute(change(place, [line_id]))
        self._note("done_count = %s", len(ids))

    # ------------------------------------------------------------
    # ORDER
    # ------------------------------------------------------------

    def _work_rank(self, campaign):
        """Give all waiting lines of a campaign their place in its order.

        New ranks lie below all old ones, and the first names get theirs first: after
        the first batch the queue begins as it should, and it is never empty.
        """
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(campaign.with_env(self.env(cr=cr))._ordered_lines_sql())
            ids = [line_id for (line_id,) in cr.fetchall()]
        if not ids:
            return
        start = campaign._room_below(len(ids)) - len(ids)

        def change(first, batch):
            return SQL(
                """UPDATE crm_call_list_line line SET rank = %s + place.number
                     FROM unnest(%s) WITH ORDINALITY AS place(id, number)
                    WHERE line.id = place.id AND line.id IN (
                          SELECT id FROM crm_call_list_line
                           WHERE id = ANY(%s) AND category = 'to_call'
                             AND claimed_by_id IS NULL FOR UPDATE SKIP LOCKED)
                RETURNING line.id""",
                start + first - 1,
                batch,
                batch,
            )

        self._in_batches(ids, change)

    # ------------------------------------------------------------
    # FILTER
    # ------------------------------------------------------------

    def _work_filter(self, campaign):
        """Take the names out of the queue that the filter leaves out, and back in."""
        asked = campaign.filter_domain
        for is_filtered in (False, True):
            # Names that come in first: whoever asks for one finds it.
            with read_committed_cursor(self.env.registry) as cr:
                env = self.env(cr=cr)
                cr.execute(campaign.with_env(env)._lines_to_sift_sql(is_filtered))
                ids = [line_id for (line_id,) in cr.fetchall()]

            def change(_first, batch, is_filtered=is_filtered):
                return SQL(
                    """UPDATE crm_call_list_line SET is_filtered = %s
                        WHERE id IN (SELECT id FROM crm_call_list_line
                                      WHERE id = ANY(%s) FOR UPDATE SKIP LOCKED)
                    RETURNING id""",
                    is_filtered,
                    batch,
                )

            self._in_batches(ids, change)
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(
                SQL(
                    """UPDATE utm_campaign SET is_filter_pending = false
                        WHERE id = %s AND is_filter_pending
                          AND filter_domain IS NOT DISTINCT FROM %s""",
                    campaign.id,
                    asked or None,
                )
            )
