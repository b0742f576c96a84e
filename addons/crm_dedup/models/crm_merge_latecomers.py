from collections import Counter

from odoo import api, fields, models

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
            ids = journals.filtered(lambda journal: journal.state == "done").ids
            self.env["crm.merge"]._committed(
                lambda env, ids=ids: env[self._name].browse(ids)._fetch_latecomers()
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
        for model_name, journals in self.grouped("model").items():
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
