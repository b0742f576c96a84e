from odoo import api, fields, models
from odoo.tools import SQL, ormcache

from ..tools.matching.frequencies import Frequencies
from ..tools.matching.prepare import prepare

#: Names that the words are counted of: more say nothing new of common words.
SAMPLE_SIZE = 200000
_BATCH_SIZE = 10000


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

        Words are counted over a sample, telephones and e-mails over all names.
        """
        [[rows]] = self.env.execute_query(
            SQL("SELECT count(*) FROM crm_lead WHERE active")
        )
        share = min(100.0, 100.0 * SAMPLE_SIZE / max(rows, 1))
        sample = self.env.execute_query(
            SQL(
                "SELECT id FROM crm_lead TABLESAMPLE SYSTEM (%s) REPEATABLE (1)"
                " WHERE active",
                share,
            )
        )
        found = Frequencies.of_records(
            self._prepared([lead_id for (lead_id,) in sample]), rows=rows
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

    def _prepared(self, lead_ids):
        service = self.env["crm.dedup"]
        for position in range(0, len(lead_ids), _BATCH_SIZE):
            batch = lead_ids[position : position + _BATCH_SIZE]
            for record in service._record_values(batch):
                yield prepare(record)

    def _shared_values(self):
        """Return telephones and e-mails that more than three names have, with how many.

        :rtype: dict[str, int]
        """
        # One pass over the table, and no more memory than what is shared takes.
        rows = self.env.execute_query(
            SQL(
                """SELECT value, count(*)
                     FROM crm_lead
               CROSS JOIN LATERAL (VALUES (phone_e164), (mobile_e164),
                                          (phone_second_e164), (email_normalized))
                          AS shared(value)
                    WHERE value IS NOT NULL AND active
                 GROUP BY value HAVING count(*) > 3"""
            )
        )
        return dict(rows)
