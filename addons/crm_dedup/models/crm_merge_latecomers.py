from collections import Counter

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.merge_log import MergeLog

#: Merges that are looked at by one statement for each table.
BATCH_SIZE = 2000
#: How long after a merge something may still come for the record that went.
HOURS = 24


class CrmMergeJournal(models.Model):
    """Fetches what was linked to a record while it was being merged.

    A transaction that began before a merge and ends after it still links to the record
    that went; it isn't seen by the merge.
    """

    _inherit = "crm.merge.journal"

    has_posted_since = fields.Boolean(
        "Posted After the Merge",
        readonly=True,
        help="The customer that went has got posted accounting entries since. They are"
        " never changed, so what came late stays with it.",
    )

    @api.model
    def _cron_fetch_latecomers(self):
        """Give what came late to the records that stayed; called by cron."""
        since = fields.Datetime.subtract(fields.Datetime.now(), hours=HOURS)
        last_id = 0
        while True:
            journals = self.search(
                [("id", ">", last_id), ("create_date", ">", since)],
                order="id",
                limit=BATCH_SIZE,
            )
            if not journals:
                return
            last_id = journals[-1].id
            self.env["crm.merge"]._committed(
                lambda env, ids=journals.ids: (
                    env[self._name].browse(ids)._fetch_latecomers()
                )
            )
            if not self.env["ir.cron"]._commit_progress(len(journals)):
                return

    def _fetch_latecomers(self):
        """Give what points to the records that went to those that stayed.

        It is recorded with the merge, so that an undo gives it back.

        :return: how many merges had something
        :rtype: int
        """
        found = 0
        for model_name, journals in self._still_merged().grouped("model").items():
            journals = journals._without_posted()
            steps, counts = {}, Counter()
            for journal in journals:
                # Of several that went into one, each meets what the last one left.
                steps[journal] = counts[journal.survivor_ref]
                counts[journal.survivor_ref] += 1
            for step in sorted(set(steps.values())):
                pairs = [
                    (journal.loser_ref, journal.survivor_ref, journal.loser_ref)
                    for journal, number in steps.items()
                    if number == step
                ]
                log = MergeLog(self.env.cr)
                table = self.env[model_name]._table
                self.env["crm.merge.links"]._relink(table, pairs, log)
                for journal in journals:
                    if entries := log.of(journal.loser_ref):
                        journal.entries = (journal.entries or []) + entries
                        found += 1
        return found

    def _still_merged(self):
        """Return the merges by which a record went, and which hold; nobody undoes them.

        A name that was linked to its customer is there itself. Of an erased person
        nothing is written down again.

        :rtype: crm.merge.journal
        """
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM crm_merge_journal
                    WHERE id = ANY(%s) AND state = 'done' AND entries IS NOT NULL
                      AND survivor_ref != loser_ref
                 ORDER BY id FOR UPDATE""",
                self.ids,
            )
        )
        journals = self.browse([row_id for (row_id,) in rows])
        journals.invalidate_recordset(flush=False)
        return journals

    def _without_posted(self):
        """Leave out customers that have got posted entries since, and note it.

        Posted entries are never changed, not even their link: as for a merge.

        :return: the other ones
        :rtype: crm.merge.journal
        """
        partners = self.filtered(lambda journal: journal.model == "res.partner")
        posted = partners and self.env["crm.merge"]._posted(
            partners.mapped("loser_ref")
        )
        if not posted:
            return self
        left = partners.filtered(lambda journal: journal.loser_ref in posted)
        left.filtered(lambda journal: not journal.has_posted_since).write(
            {"has_posted_since": True}
        )
        return self - left
