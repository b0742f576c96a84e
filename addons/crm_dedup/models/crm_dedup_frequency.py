from odoo import api, fields, models
from odoo.tools import SQL, ormcache

from ..tools.matching import archive
from ..tools.matching.frequencies import Frequencies

#: Names that the words are counted of: more say nothing new of common words.
SAMPLE_SIZE = 200000


class CrmDedupFrequency(models.Model):
    """How common names, words and numbers are in the archive: one record.

    A rare surname says more than a common one. Counted by the full run.
    """

    _name = "crm.dedup.frequency"
    _description = "How Common Names Are"

    counts = fields.Json()

    @api.model
    @ormcache()
    def _frequencies(self):
        """Return the counts; without any the shipped lists of names stand in.

        :rtype: Frequencies
        """
        # sudo: what is common in the archive, for the comparison
        record = self.sudo().search([], limit=1, order="id DESC")
        counts = record.counts
        if not counts:
            return Frequencies()
        return Frequencies(**{**counts, "given": frozenset(counts.get("given", ()))})

    @api.model
    def _count(self):
        """Count the words and numbers of the archive anew.

        From the forms that a full run has read. Words are counted over a sample,
        telephones and e-mails over all names.
        """
        [[rows]] = self.env.execute_query(
            SQL("SELECT count(*) FROM crm_dedup_form WHERE holder > 0 AND end_id = 0")
        )
        share = min(100.0, 100.0 * SAMPLE_SIZE / max(rows, 1))
        sample = self.env.execute_query(
            SQL(
                """SELECT holder, form FROM crm_dedup_form
                    TABLESAMPLE SYSTEM (%s) REPEATABLE (1)
                     WHERE holder > 0 AND end_id = 0""",
                share,
            )
        )
        found = Frequencies.of_records(
            (archive.unpack(holder, form) for holder, form in sample), rows=rows
        )
        found.shared = self._shared_values()
        counts = {
            name: getattr(found, name)
            for name in (
                "rows",
                "persons",
                "person_rows",
                "companies",
                "company_rows",
                "shared",
            )
        }
        counts["given"] = sorted(found.given)
        self.search([], limit=100).unlink()
        self.create({"counts": counts})
        self.env.registry.clear_cache()

    def _shared_values(self):
        """Return telephones and e-mails that more than three names have, with how many.

        :rtype: dict[str, int]
        """
        self.env.cr.execute("SET LOCAL work_mem = '256MB'")
        return dict(self.env.execute_query(SQL(archive.SHARED_VALUES)))
