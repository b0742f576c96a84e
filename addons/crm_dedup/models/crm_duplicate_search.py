import logging
import time

from odoo import models, modules
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import first_keys, strata
from ..tools.matching import archive
from ..tools.matching.pool import PoolProblem
from . import crm_duplicate_run
from .crm_dedup_archive import SearchProcesses

_logger = logging.getLogger(__name__)

#: Key of the context: the processes that work for a run.
PROCESSES = "dedup_processes"
#: Holders that a process works on at a time.
POOL_BATCH = 10000
#: Seconds of work of the processes between two commits of their run: as long as
#: somebody who cancels it may have to wait.
POOL_SECONDS = 3.0
#: Seconds until a first fill asks again for the moment in which its table takes over.
TAKE_OVER_PAUSE = 2.0
#: Batches handed out at a time; those for which there is no time are handed out again.
POOL_RANGES = 16


class CrmDuplicateRun(models.Model):
    """The steps of a full run, set-based, in processes outside Odoo where there are.

    Names are read into narrow forms, who shares a key is found by SQL, the comparisons
    are scored, and what was found becomes pairs. Each batch may be done twice: a run
    that was killed goes on with the batch in which it was.
    """

    _inherit = "crm.duplicate.run"

    # ------------------------------------------------------------
    # PROCESSES
    # ------------------------------------------------------------

    def _work(self, remaining=1):
        # What a test has not committed is seen by no other connection.
        if modules.module.current_test and PROCESSES not in self.env.context:
            return super()._work(remaining)
        processes = SearchProcesses()
        run = self.with_context(**{PROCESSES: processes})
        try:
            return super(CrmDuplicateRun, run)._work(remaining)
        finally:
            processes.end()

    def _pool(self):
        """Return the processes that work for this run, None without any."""
        processes = self.env.context.get(PROCESSES)
        return processes and processes.start(self.env["crm.dedup"]._new_pool)

    def _end_pool(self):
        processes = self.env.context.get(PROCESSES)
        if processes:
            processes.end()

    def _do(self, step, ranges, in_odoo):
        """Do batches of a step, as many as there is time for.

        :param str step: see ``Pool.do``
        :param list ranges: of ``(first, last)``
        :param in_odoo: function that does one range in Odoo's own transaction
        :return: how many were done, in their order, and what came of each
        :rtype: tuple[int, list]
        :raise UserError: a process ended twice
        """
        for attempt in (1, 2):
            pool = self._pool()
            if not pool:
                return 1, [in_odoo(*ranges[0])]
            answers, until = [], time.monotonic() + POOL_SECONDS
            try:
                left = pool.do(
                    step,
                    ranges,
                    progress=lambda _range, done: answers.append(done),  # noqa: B023
                    stop=lambda: time.monotonic() > until,  # noqa: B023
                )
            except PoolProblem as problem:
                self._end_pool()
                _logger.info("%s: %s", self.display_name, problem)
                if attempt == 2:
                    raise self._pool_error(problem) from problem
            else:
                return len(ranges) - len(left), answers
        return 0, []

    def _pool_error(self, problem):
        """Return what is said of processes that ended before their work was done.

        :param PoolProblem problem: why
        :rtype: UserError
        """
        return UserError(
            self.env._(
                "A process of the search ended before its work was done (%(problem)s)."
                " What was done stays: let the search go on.",
                problem=str(problem).partition("\n")[0],
            )
        )

    # ------------------------------------------------------------
    # RANGES
    # ------------------------------------------------------------

    def _next_ranges(self, count=1, size=None):
        """Return the next ranges of names, and after the last one those of customers.

        :param int count: most ranges
        :param int size: records in each
        :return: first and last holder of each; customers have a minus sign, so that
            their highest number is the first one
        :rtype: list[tuple[int, int]]
        """
        size = size or crm_duplicate_run.BATCH_SIZE
        ranges = []
        if self.last_lead_id >= 0:
            ranges = self._ranges_of("crm_lead", self.last_lead_id, count, size)
        if ranges:
            return ranges
        found = self._ranges_of("res_partner", max(-self.last_lead_id, 0), count, size)
        return [(-last, -first) for first, last in found]

    def _ranges_of(self, table, after, count, size):
        ranges = []
        while len(ranges) < count:
            [(first, last)] = self.env.execute_query(
                SQL(
                    """SELECT min(id), max(id) FROM (
                           SELECT id FROM %s WHERE id > %s ORDER BY id LIMIT %s
                       ) AS next""",
                    SQL.identifier(table),
                    after,
                    size,
                )
            )
            if first is None:
                break
            ranges.append((first, last))
            after = last
        return ranges

    def _work_ranges(self):
        """Return the ranges to hand out: many small ones with processes."""
        if self._pool():
            return self._next_ranges(POOL_RANGES, POOL_BATCH)
        return self._next_ranges()

    def _went_to(self, reached, **values):
        """Write down how far the run is.

        :param tuple reached: the last range that was done
        """
        first, last = reached
        # Customers come after all names: their numbers lie below 0.
        position = last if last > 0 else first
        self.write({"last_lead_id": position, **values})
        self._show_progress(self._share_done(position))

    def _share_done(self, position):
        """Return which share of all names and customers lies up to a position."""
        tops = self.env.execute_query(
            SQL(
                "SELECT coalesce((SELECT max(id) FROM crm_lead), 0),"
                " coalesce((SELECT max(id) FROM res_partner), 0)"
            )
        )
        [(leads, partners)] = tops
        done = position if position > 0 else leads - position
        return done / ((leads + partners) or 1)

    def _show_progress(self, share):
        """Show how far the run is, over all its passes.

        :param float share: of this pass, 0 to 1
        """
        passes = crm_duplicate_run.PASSES
        done = passes.index(self.phase) + min(share, 1.0)
        self.seen = int(self.matched * done / len(passes))

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _phase_keys(self):
        """Read the next names or customers into their forms, and make their keys."""
        if not self._has_tables():
            # They have to be committed before another process sees them.
            self._make_tables()
            return
        ranges = self._work_ranges()
        is_first_fill = first_keys.is_under_way(self.env.cr)
        if not ranges:
            if not is_first_fill or self._end_first_fill():
                self._next_phase()
            return
        step = "keys" if self.makes_keys else "forms"
        if is_first_fill:
            step = "fill"
        if ranges[0][0] < 0:
            # Customers are read by Odoo: they are few, and their numbers are not kept
            # in the form in which they are compared.
            self._read_holders(step, *ranges[0])
            self._went_to(ranges[0])
            return
        count, _answers = self._do(
            step, ranges, lambda first, last: self._read_holders(step, first, last)
        )
        if count:
            self._went_to(ranges[count - 1])

    def _read_holders(self, step, first, last):
        service = self.env["crm.dedup"]
        known = service._records_of(self._holders_between(first, last))
        return service._archive_search().write_forms(
            self.env.cr, known, first, last, step
        )

    def _end_first_fill(self):
        """Index the keys that were filled in, then let their table take over.

        :return: whether it did; there is more to do otherwise
        :rtype: bool
        """
        missing = first_keys.missing_indexes(self.env.cr)
        if missing:
            self._do(
                "index",
                [(number, number) for number in missing],
                lambda first, last: first_keys.index(self.env.cr, first, last),
            )
            return False
        # A cursor of its own: this transaction sees what was there when it began.
        with self.env.registry.cursor() as cursor:
            if first_keys.take_over(cursor):
                return True
            cursor.rollback()
        _logger.info("%s: the keys are in use, trying again", self.display_name)
        time.sleep(TAKE_OVER_PAUSE)
        return False

    def _holders_between(self, first, last):
        """Return the holders of a range that there are.

        :rtype: list[int]
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT %(sign)s * id FROM %(table)s WHERE id BETWEEN %(low)s AND"
                " %(high)s",
                sign=1 if first > 0 else -1,
                table=SQL.identifier("crm_lead" if first > 0 else "res_partner"),
                low=min(abs(first), abs(last)),
                high=max(abs(first), abs(last)),
            )
        )
        return [holder for (holder,) in rows]

    def _phase_words(self):
        """Count names; processes know the new counts when they start anew."""
        if not self._goes_on_with_tables():
            return
        self.env["crm.dedup.frequency"]._count()
        self._end_pool()
        self._next_phase()

    def _phase_candidates(self):
        """Find who shares a key, for some parts of all keys."""
        if not self._goes_on_with_tables():
            return
        parts = crm_duplicate_run.PARTS
        done = self.last_lead_id
        if done == parts:
            archive.index_candidates(self.env.cr)
            self._next_phase()
            return
        if not done and self._pool():
            self._do("vacuum", [(0, 0)], lambda *_range: True)
        settings = self.env["crm.dedup"]._matcher().settings
        count, crowded = self._do(
            "candidates",
            [(part, parts) for part in range(done, parts)],
            lambda *part: archive.find_candidates(self.env.cr, settings, *part),
        )
        self.write(
            {
                "last_lead_id": done + count,
                "crowded_keys": self.crowded_keys + sum(crowded),
            }
        )
        self._show_progress(self.last_lead_id / parts)

    def _phase_scores(self):
        """Compare the candidates that are met at the next names or customers."""
        if not self._goes_on_with_tables():
            return
        ranges = self._work_ranges()
        if not ranges:
            archive.follow_merges(self.env.cr)
            self._next_phase()
            return
        count, answers = self._do(
            "scores",
            ranges,
            lambda first, last: (
                self.env["crm.dedup"]._archive_search().score(self.env.cr, first, last)
            ),
        )
        counted = self.strata or {}
        for answer in answers:
            counted = strata.merged(counted, answer["strata"])
        if count:
            self._went_to(ranges[count - 1], strata=counted)

    def _phase_compare(self):
        """Make pairs of what was found of the next names or customers."""
        if not self._goes_on_with_tables():
            return
        self._end_pool()
        ranges = self._next_ranges()
        if not ranges:
            self._next_phase()
            return
        first, last = ranges[0]
        service, model = self.env["crm.dedup"], self.env["crm.duplicate.pair"]
        pairs = service._found_pairs(first, last)
        # Who changed since it was read is compared after the run, as it is then.
        waiting = service._waiting_among(
            {holder for pair in pairs for holder in pair[:2]}
        )
        pairs = [pair for pair in pairs if waiting.isdisjoint(pair[:2])]
        new = model._write_pairs(pairs)
        holders = self._holders_between(first, last)
        found = [pair[:2] for pair in pairs]
        dropped = model._drop_open(holders, found, True, spare_waiting=True)
        self._went_to(
            ranges[0],
            done=self.done + len(holders),
            pairs_new=self.pairs_new + new,
            pairs_dropped=self.pairs_dropped + dropped,
        )

    def _phase_end(self):
        archive.drop_tables(self.env.cr)
        self.env.cr.execute("DELETE FROM crm_dedup_work")
        if self.mode == "full":
            self.seen = self.matched
        return super()._phase_end()

    # ------------------------------------------------------------
    # TABLES
    # ------------------------------------------------------------

    def _has_tables(self):
        """Tell whether the tables that a full run works with are those of this one."""
        rows = self.env.execute_query(SQL("SELECT run_id FROM crm_dedup_work"))
        return rows == [(self.id,)]

    def _make_tables(self):
        """Begin with empty tables."""
        self.env.flush_all()
        archive.create_tables(self.env.cr, keep_keys=True)
        first_keys.drop(self.env.cr)
        if self.makes_keys and self._pool() and first_keys.is_wanted(self.env.cr):
            first_keys.begin(self.env.cr)
        self.env.cr.execute("DELETE FROM crm_dedup_work")
        self.env.cr.execute(
            SQL("INSERT INTO crm_dedup_work (run_id) VALUES (%s)", self.id)
        )
        self.write({"last_lead_id": 0, "strata": False, "crowded_keys": 0})

    def _goes_on_with_tables(self):
        """Begin anew when the tables are gone: another run, or a crash of the database.

        :return: whether this step may go on
        :rtype: bool
        """
        if self._has_tables():
            return True
        self.write({"phase": "keys", "last_lead_id": 0})
        return False
