import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.cursor import read_committed_cursor
from ..tools.place import city_key_sql

#: Names that change zone in one transaction, at most: an operator who saves one of them
#: waits less than a second. And names that are looked at in one, at most.
BATCH_SIZE = 5000
WINDOW_SIZE = 20_000
#: Seconds after which the job lets other jobs go first.
SLICE_SECONDS = 60
#: States of a run that is not over.
OPEN_STATES = ("waiting", "running")
#: Finished runs are kept for so many days.
KEEP_DAYS = 90


class CrmZoneRunAddress(models.Model):
    """An address that names have, and the zone in which the rules put it.

    Rules are asked once for each, not once for each of three million names. Those of
    the last run stay, to tell which rules meet.
    """

    _name = "crm.zone.run.address"
    _description = "Address of a Zone Assignment"
    _log_access = False

    zip = fields.Char(required=True)
    state_id = fields.Integer(required=True)
    city_key = fields.Char(required=True)
    zone_id = fields.Integer()

    _lookup = models.Index("(zip, state_id, city_key)")


class CrmZoneRun(models.Model):
    """A job that brings the zones of all names in line with the rules.

    It works in the background, batch by batch, each a short transaction of its own
    that steps over names that somebody is saving; those come last.
    """

    _name = "crm.zone.run"
    _description = "Zone Assignment"
    _order = "id desc"
    _rec_name = "create_date"

    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        default="waiting",
        required=True,
        readonly=True,
    )
    position = fields.Integer(readonly=True, help="Last name that was looked at.")
    last_lead_id = fields.Integer(readonly=True, help="Where the job ends.")
    seen_count = fields.Integer("Names Looked At", readonly=True)
    changed_count = fields.Integer("Names That Changed Zone", readonly=True)
    skipped_ids = fields.Json(readonly=True)
    progress = fields.Float(compute="_compute_progress")
    date_start = fields.Datetime("Started", readonly=True)
    date_end = fields.Datetime("Ended", readonly=True)

    _one_at_a_time = models.UniqueIndex(
        "((true)) WHERE state IN ('waiting', 'running')",
        "Names are being assigned to their zones already. Wait until that is done, or"
        " cancel it.",
    )

    @api.depends("position", "last_lead_id", "state")
    def _compute_progress(self):
        for run in self:
            share = run.position / run.last_lead_id if run.last_lead_id else 0
            run.progress = 100 if run.state == "done" else min(100 * share, 99)

    # ------------------------------------------------------------
    # START AND STOP
    # ------------------------------------------------------------

    @api.model
    def _begin(self):
        """Start a run; one that is under way begins anew with the rules as they are.

        :rtype: crm.zone.run
        """
        self.check_access("create")
        run = self.search([("state", "in", OPEN_STATES)], limit=1)
        if not run or not run._set_beside_the_job(
            SQL(
                "state = 'waiting', position = 0, seen_count = 0, changed_count = 0,"
                " skipped_ids = '[]'"
            )
        ):
            run = self.create(
                {"position": 0, "seen_count": 0, "changed_count": 0, "skipped_ids": []}
            )
        # sudo: whoever may change rules may have them carried out
        self.env.ref("crm_callcenter.ir_cron_assign_zones").sudo()._trigger()
        return run

    def action_cancel(self):
        """Button: stop; the names that have changed zone keep the new one."""
        self.check_access("write")
        self._set_beside_the_job(
            SQL("state = 'cancelled', date_end = now() AT TIME ZONE 'UTC'")
        )

    def _set_beside_the_job(self, values):
        """Change runs that are open, between two batches of whoever works on them.

        The job holds the row until each commit: on a snapshot of its own this would
        fail again and again, here it waits for its turn.

        :param SQL values: assignments
        :return: how many runs were open still
        :rtype: int
        """
        self.env.flush_all()
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(
                SQL(
                    "UPDATE crm_zone_run SET %s WHERE id = ANY(%s) AND state = ANY(%s)",
                    values,
                    self.ids,
                    list(OPEN_STATES),
                )
            )
            changed = cr.rowcount
        self.invalidate_recordset(flush=False)
        return changed

    def run_progress(self):
        """Return how far the job is, for the screen that shows it.

        :return: ``state``, ``progress`` (percent), ``seen`` and ``changed``
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "state": self.state,
            "progress": self.progress,
            "seen": self.seen_count,
            "changed": self.changed_count,
        }

    # ------------------------------------------------------------
    # WORK
    # ------------------------------------------------------------

    @api.model
    def _cron_assign(self):
        """Job: go on with the run that is open, until done or a slice is over."""
        cron = self.env["ir.cron"]
        run = self.search([("state", "in", OPEN_STATES)], limit=1)
        if run and not run._work(SLICE_SECONDS):
            self.env.ref("crm_callcenter.ir_cron_assign_zones").sudo()._trigger()
        if self.env.context.get("cron_id"):
            cron._commit_progress(1, remaining=0)

    def _work(self, seconds=None):
        """Work on this run, each batch in a transaction of its own.

        :param float seconds: at most; ``None``: until it is done
        :return: whether it is done, or was cancelled
        :rtype: bool
        """
        self.ensure_one()
        self.env.flush_all()
        end = time.monotonic() + seconds if seconds else float("inf")
        finished = False
        while not finished and time.monotonic() < end:
            with read_committed_cursor(self.env.registry) as cr:
                finished = self.with_env(self.env(cr=cr))._work_batch()
        self.env.invalidate_all(flush=False)
        return finished

    def _work_batch(self):
        """Do the next piece of the run.

        :return: whether nothing is left
        :rtype: bool
        """
        # A crash may lose the last batches, zones and position alike.
        self.env.cr.execute("SET LOCAL synchronous_commit = off")
        self.env.cr.execute(
            "SELECT state, position FROM crm_zone_run WHERE id = %s FOR UPDATE",
            [self.id],
        )
        state, position = self.env.cr.fetchone() or ("cancelled", 0)
        if state == "waiting":
            self._find_zones()
            return False
        if state != "running":
            return True
        upto, seen = self._next_window(position)
        if not seen:
            return self._finish()
        changed, skipped, last = self._assign(
            SQL("l.id > %s AND l.id <= %s", position, upto), wait=False
        )
        if changed + len(skipped) == BATCH_SIZE:
            upto, seen = last, self._count_names(position, last)
        self.env.cr.execute(
            SQL(
                """UPDATE crm_zone_run
                      SET position = %s, seen_count = seen_count + %s,
                          changed_count = changed_count + %s,
                          last_lead_id = greatest(last_lead_id, %s),
                          skipped_ids = coalesce(skipped_ids, '[]') || %s::jsonb
                    WHERE id = %s""",
                upto,
                seen,
                changed,
                upto,
                str(list(skipped)),
                self.id,
            )
        )
        return False

    def _next_window(self, position):
        """Return the last id of the next batch, and how many names it has."""
        self.env.cr.execute(
            "SELECT max(id), count(*) FROM (SELECT id FROM crm_lead WHERE id > %s"
            " ORDER BY id LIMIT %s) AS next",
            [position, WINDOW_SIZE],
        )
        return self.env.cr.fetchone()

    def _count_names(self, position, last):
        self.env.cr.execute(
            "SELECT count(*) FROM crm_lead WHERE id > %s AND id <= %s", [position, last]
        )
        return self.env.cr.fetchone()[0]

    def _find_zones(self):
        """Ask the rules for the zone of each distinct address that names have."""
        self.env.cr.execute("TRUNCATE crm_zone_run_address")
        zones = self.env["crm.zone"]
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_zone_run_address (zip, state_id, city_key, zone_id)
                   SELECT a.zip, a.state_id, a.city_key, %(zone)s
                     FROM (SELECT DISTINCT coalesce(l.zip, '') AS zip,
                                  coalesce(l.state_id, 0) AS state_id,
                                  %(city)s AS city_key
                             FROM crm_lead l) AS a""",
                zone=zones._zone_of_query(
                    SQL("a.zip"), SQL("a.state_id"), SQL("a.city_key")
                ),
                city=self._city_of_names(),
            )
        )
        self.env.cr.execute("ANALYZE crm_zone_run_address")
        self.env.cr.execute(
            """UPDATE crm_zone_run
                  SET state = 'running', date_start = now() AT TIME ZONE 'UTC',
                      last_lead_id = (SELECT coalesce(max(id), 0) FROM crm_lead)
                WHERE id = %s""",
            [self.id],
        )

    def _city_of_names(self):
        """Return the SQL of a name's municipality; none, if no rule asks for it."""
        return (
            city_key_sql(SQL("l.city"))
            if self.env["crm.zone"]._rules_ask_for_city()
            else SQL("''")
        )

    def _assign(self, which, wait):
        """Set the zone of some names.

        :param SQL which: condition on ``crm_lead l``
        :param bool wait: for names that somebody is saving; otherwise they are left
        :return: how many changed, the ids of those that were left, and the last id of
            either; ``BATCH_SIZE`` names at most, the first ones, unless it waits
        :rtype: tuple[int, list[int], int]
        """
        # NO KEY: whoever registers a call of such a name meanwhile doesn't wait. An
        # address that somebody changes meanwhile is looked at again when the lock is
        # there, and then differs: that name is left, whoever saved it found its zone.
        self.env.cr.execute(
            SQL(
                """WITH wanted AS MATERIALIZED (
                       SELECT l.id, l.zip, l.state_id, l.city, a.zone_id
                         FROM crm_lead l
                         JOIN crm_zone_run_address a
                           ON a.zip = coalesce(l.zip, '')
                          AND a.state_id = coalesce(l.state_id, 0)
                          AND a.city_key = %(city)s
                        WHERE %(which)s AND l.zone_id IS DISTINCT FROM a.zone_id
                     ORDER BY l.id LIMIT %(limit)s
                   ), free AS MATERIALIZED (
                       SELECT l.id, w.zone_id
                         FROM wanted w JOIN crm_lead l ON l.id = w.id
                        WHERE l.zip IS NOT DISTINCT FROM w.zip
                          AND l.state_id IS NOT DISTINCT FROM w.state_id
                          AND l.city IS NOT DISTINCT FROM w.city
                          FOR NO KEY UPDATE OF l %(skip)s
                   ), changed AS (
                       UPDATE crm_lead l SET zone_id = free.zone_id
                         FROM free WHERE l.id = free.id
                    RETURNING l.id
                   )
                   SELECT (SELECT count(*) FROM changed),
                          (SELECT array_agg(id) FROM wanted
                            WHERE id NOT IN (SELECT id FROM free)),
                          (SELECT max(id) FROM wanted)""",
                city=self._city_of_names(),
                which=which,
                limit=None if wait else BATCH_SIZE,
                skip=SQL("") if wait else SQL("SKIP LOCKED"),
            )
        )
        changed, left, last = self.env.cr.fetchone()
        return changed, left or [], last

    def _finish(self):
        """Do the names that others were saving, and end the run."""
        self.env.cr.execute(
            "SELECT skipped_ids FROM crm_zone_run WHERE id = %s", [self.id]
        )
        skipped = self.env.cr.fetchone()[0] or []
        changed = 0
        if skipped:
            changed, _left, _last = self._assign(
                SQL("l.id = ANY(%s)", skipped), wait=True
            )
        self._assign_sites()
        self.env.cr.execute(
            """UPDATE crm_zone_run
                  SET state = 'done', date_end = now() AT TIME ZONE 'UTC',
                      changed_count = changed_count + %s, skipped_ids = NULL
                WHERE id = %s""",
            [changed, self.id],
        )
        return True

    def _assign_sites(self):
        """Do the sites of names, of which there are few, and their addresses."""
        self.env.cr.execute(
            SQL(
                """WITH address AS (
                       SELECT DISTINCT zip, state_id, city FROM crm_lead_site
                   ), found AS (
                       SELECT a.*, %s AS zone_id FROM address a
                   )
                   UPDATE crm_lead_site site SET zone_id = found.zone_id
                     FROM found
                    WHERE site.zip IS NOT DISTINCT FROM found.zip
                      AND site.state_id IS NOT DISTINCT FROM found.state_id
                      AND site.city IS NOT DISTINCT FROM found.city
                      AND site.zone_id IS DISTINCT FROM found.zone_id""",
                self.env["crm.zone"]._zone_of_query(
                    SQL("a.zip"), SQL("a.state_id"), city_key_sql(SQL("a.city"))
                ),
            )
        )
        self.env.cr.execute(
            """UPDATE res_partner partner SET zone_id = site.zone_id
                 FROM crm_lead_site site
                WHERE site.partner_id = partner.id
                  AND partner.zone_id IS DISTINCT FROM site.zone_id"""
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_open(self):
        if any(run.state in OPEN_STATES for run in self):
            raise UserError(self.env._("The assignment is under way. Cancel it first."))

    @api.autovacuum
    def _gc_runs(self):
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search(
            [("state", "in", ("done", "cancelled")), ("date_end", "<", limit)]
        ).unlink()
