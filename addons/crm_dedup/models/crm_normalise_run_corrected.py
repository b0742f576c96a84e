from odoo import models
from odoo.tools import SQL

from .crm_normalise_run import PART_OF


class CrmNormaliseRun(models.Model):
    """What somebody corrected after it was normalised is not normalised again."""

    _inherit = "crm.normalise.run"

    def _whose(self):
        """Return the column of a change that says which record it is of.

        :rtype: str
        """
        return "lead_id"

    def _originals(self):
        """Return the model that keeps how values were written.

        :rtype: crm.original.mixin
        """
        return self.env["crm.lead.original"]

    def _leave_corrected(self, changes, counts):
        """Take out of the changes what people have decided otherwise.

        :param list changes: ``(id, before, after)`` of each
        :param Counter counts: gets of how many something was left alone
        :rtype: list[tuple[int, dict, dict]]
        """
        ids = [record_id for record_id, _before, _after in changes]
        # sudo: how values were written is closed; only that they are again is asked
        written = self._originals().sudo()._originals_of(ids)
        last = self._last_changes(ids)
        kept = []
        for record_id, before, after in changes:
            corrected = self._corrected(
                before, written.get(record_id) or {}, last.get(record_id, {})
            )
            if corrected:
                counts["corrected"] += 1
                after = self._without_corrected(before, after, corrected)
                before = {name: before[name] for name in after}
            if after:
                kept.append((record_id, before, after))
        return kept

    def _last_changes(self, record_ids):
        """Return what runs made last of each column.

        :return: by id and column: what stood there before, what after, and whether
            that run was taken back
        :rtype: dict[int, dict[str, tuple]]
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT change.%(whose)s, change.before, change.after,
                          EXISTS (SELECT 1 FROM crm_normalise_run undo
                                   WHERE undo.undone_run_id = run.id)
                     FROM crm_normalise_change change
                     JOIN crm_normalise_run run ON run.id = change.run_id
                    WHERE change.%(whose)s = ANY(%(ids)s) AND run.kind = 'run'
                 ORDER BY change.id""",
                whose=SQL.identifier(self._whose()),
                ids=record_ids,
            )
        )
        last = {}
        for record_id, before, after, undone in rows:
            last.setdefault(record_id, {}).update(
                {
                    name: (before.get(name), value, undone)
                    for name, value in after.items()
                }
            )
        return last

    def _corrected(self, now, written, last):
        """Return the columns whose values somebody put back, or wrote since.

        :param dict now: present values by column
        :param dict written: how they were written, as it is kept
        :param dict last: see ``_last_changes``
        :rtype: set[str]
        """
        corrected = set()
        for name, value in now.items():
            value = value or None
            before, after, undone = last.get(name, (None, value, False))
            is_left = value == (after or None)
            is_undone = undone and value == (before or None)
            if (value and written.get(name) == value) or not (is_left or is_undone):
                corrected.add(name)
        return corrected

    def _without_corrected(self, before, after, corrected):
        """Return the changes without those of columns that somebody corrected.

        What would move from such a column to another one, or to it, stays as well.

        :rtype: dict
        """
        parts = {PART_OF[name] for name in corrected}
        return {
            name: value
            for name, value in after.items()
            if name not in corrected
            and not (PART_OF[name] in parts and not (before[name] and value))
        }
