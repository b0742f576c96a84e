import logging
import os

from odoo import api, models
from odoo.sql_db import connection_info_for
from odoo.tools import SQL

import odoo.addons.crm_callcenter

from ..tools import strata
from ..tools.archive_search import ArchiveSearch
from ..tools.matching.pool import Pool, PoolProblem
from ..tools.matching.record import Comparison, Reason

_logger = logging.getLogger(__name__)
#: System parameter: processes of a full search, 0 for none beside Odoo's own one.
PROCESSES = "crm_dedup.search_processes"
#: Processes that a search has unless the parameter says otherwise.
MOST_PROCESSES = 2


class SearchProcesses:
    """The processes of one run, started when they are needed for the first time.

    They end with the run, and by themselves when the server ends: then nobody holds
    the other end of their pipe any more.
    """

    def __init__(self):
        self.pool = None
        self.can_start = True

    def start(self, make):
        """Return the processes; none where they can't be started.

        :param make: function that returns a ``Pool`` that has not begun
        :rtype: Pool | None
        """
        if self.pool is None and self.can_start:
            self.pool = make()
            try:
                if self.pool:
                    self.pool.__enter__()
                    self.pool.check()
            except (OSError, PoolProblem) as problem:
                self.end()
                _logger.info("Duplicates are searched in Odoo's process: %s", problem)
            self.can_start = bool(self.pool)
        return self.pool

    def end(self):
        """End the processes; a later step may start them anew."""
        pool, self.pool = self.pool, None
        if pool:
            pool.__exit__(None, None, None)


class CrmDedup(models.AbstractModel):
    """Compares batches of the archive with all of it."""

    _inherit = "crm.dedup"

    # ------------------------------------------------------------
    # WHO DOES IT
    # ------------------------------------------------------------

    @api.model
    def _archive_search(self):
        """Return the search as Odoo's own process does it.

        :rtype: ArchiveSearch
        """
        source, extras = self._reading_of_leads()
        return ArchiveSearch(source, extras, self._rules(), self._matcher())

    @api.model
    def _new_pool(self):
        """Return processes that do the search outside Odoo, not started yet.

        :rtype: Pool | None
        """
        # sudo: how many processes there are is a setting of the system
        asked = self.env["ir.config_parameter"].sudo().get_param(PROCESSES)
        count = (
            int(asked)
            if (asked or "").isdigit()
            else min(MOST_PROCESSES, os.cpu_count() or 1)
        )
        if not count:
            return None
        source, extras = self._reading_of_leads()
        matcher = self._matcher()
        rules = [
            {name: getattr(rule, name) for name in rule.__slots__}
            for rule in self._rules()
        ]
        return Pool(
            connection_info_for(self.env.cr.dbname)[1],
            source,
            matcher.settings,
            matcher.frequencies,
            processes=count,
            search={
                "extras": extras,
                "rules": rules,
                "crm_callcenter": odoo.addons.crm_callcenter.__path__[0],
            },
        )

    # ------------------------------------------------------------
    # WHAT WAS FOUND
    # ------------------------------------------------------------

    @api.model
    def _found_pairs(self, first, last):
        """Return what a range of holders was found with, kin left out.

        :param int first: holder
        :param int last: holder, included
        :return: as ``_write_pairs`` takes them
        :rtype: list[tuple[int, int, Comparison, int]]
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (first, second) first, second, score, verdict,
                          reasons, company_id, may_be_kin
                     FROM crm_dedup_found WHERE first BETWEEN %s AND %s
                 ORDER BY first, second, verdict = 'same' DESC, score DESC""",
                first,
                last,
            )
        )
        kin = self._kin_pairs([row[:2] for row in rows if row[-1]])
        return [
            (
                one,
                other,
                Comparison(
                    score, verdict, tuple(Reason(code, n) for code, n in reasons)
                ),
                company_id,
            )
            for one, other, score, verdict, reasons, company_id, _may_be_kin in rows
            if (one, other) not in kin
        ]

    @api.model
    def _kin_pairs(self, pairs):
        """Return those of pairs of holders who are known to live or work together.

        :rtype: set[tuple[int, int]]
        """
        if not pairs:
            return set()
        records = {
            known.record.id: known
            for known in self._records_of(
                sorted({holder for pair in pairs for holder in pair})
            )
        }
        kin = self._kin_of(list(records.values()))
        return {
            (one, other)
            for one, other in pairs
            if kin
            and one in records
            and other in records
            and self._are_kin(kin, records[one].record, records[other].record)
        }

    @api.model
    def _waiting_among(self, holders):
        """Return who of holders changed, and waits to be compared.

        :param holders: ids of names, and of customers with a minus sign
        :rtype: set[int]
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT holder FROM crm_dedup_stale WHERE holder = ANY(%s)",
                list(holders),
            )
        )
        return {holder for (holder,) in rows}

    @api.model
    def _stratum(self, comparison):
        """Return the stratum of a comparison: its points, or the verdict of a rule.

        :rtype: str
        """
        return strata.stratum_of(comparison)
