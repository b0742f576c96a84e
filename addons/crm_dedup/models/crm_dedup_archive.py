import random

from odoo import api, models
from odoo.tools import SQL

from .crm_dedup import RULE

#: Points of one stratum of the sample.
STRATUM_WIDTH = 3
#: Comparisons below it say "different" so clearly that they are one stratum.
LOWEST = 0
HIGHEST = 60
#: Pairs that a run keeps of each stratum, for people to label.
KEPT = 40


class CrmDedup(models.AbstractModel):
    """Compares batches of the archive with all of it."""

    _inherit = "crm.dedup"

    @api.model
    def _compare_batch(self, holders, strata):
        """Compare records that have keys with those of a higher number.

        :param list holders: ids of names, or those of customers with a minus sign
        :param dict strata: as the batch before returned them
        :return: pairs as ``_write_pairs`` takes them, the comparisons counted by
            stratum with some of each, and how many keys too many records have
        :rtype: tuple[list, dict, int]
        """
        keys = self._kept_keys(holders)
        mine = [holder for holder in holders if holder in keys]
        found, crowded = self.env["crm.dedup.key"]._holders_of(
            [keys[holder] for holder in mine]
        )
        wanted = {
            mine[position]: {
                other for other in others if self._comes_after(other, mine[position])
            }
            for position, others in found.items()
        }
        wanted = {holder: others for holder, others in wanted.items() if others}
        records = {
            known.record.id: known
            for known in self._records_of(sorted(set(wanted).union(*wanted.values())))
            if known.active
        }
        hits = self._compare_wanted(wanted, records, strata)
        return self._without_kin(hits, records), strata, len(crowded)

    @api.model
    def _comes_after(self, other, holder):
        """Tell whether a pair is met at this holder, and not at the other one."""
        if holder > 0:
            return other > holder or other < 0
        return other < holder

    @api.model
    def _kept_keys(self, holders):
        """Return the keys that holders have, by holder.

        :rtype: dict[int, list[int]]
        """
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT holder, array_agg(key) FROM crm_dedup_key
                        WHERE holder = ANY(%s) GROUP BY holder""",
                    list(holders),
                )
            )
        )

    @api.model
    def _compare_wanted(self, wanted, records, strata):
        """Compare records with others; count all comparisons in their strata.

        :return: first, second and comparison of those that aren't different
        :rtype: list[tuple[KnownRecord, KnownRecord, Comparison]]
        """
        hits = []
        for holder, others in wanted.items():
            first = records.get(holder)
            for other in others if first else ():
                second = records.get(other)
                if not second or not self._may_pair(first, second):
                    continue
                comparison = self._compare(first, second)
                self._count_stratum(strata, holder, other, comparison)
                if comparison.verdict != "different":
                    hits.append((first, second, comparison))
        return hits

    @api.model
    def _without_kin(self, hits, records):
        """Return hits as ``_write_pairs`` takes them, without those who are kin."""
        involved = {
            known.record.id: known
            for first, second, _comparison in hits
            for known in (first, second)
        }
        kin = self._kin_of(list(involved.values()))
        return [
            (
                first.record.id,
                second.record.id,
                comparison,
                first.company_id or second.company_id,
            )
            for first, second, comparison in hits
            if not kin or not self._are_kin(kin, first.record, second.record)
        ]

    # ------------------------------------------------------------
    # STRATA OF THE SAMPLE
    # ------------------------------------------------------------

    @api.model
    def _stratum(self, comparison):
        """Return the stratum of a comparison: its points, or the verdict of a rule.

        :rtype: str
        """
        if comparison.reasons and comparison.reasons[0].code.startswith(RULE):
            return f"{RULE}{comparison.verdict}"
        steps = int(min(max(comparison.score, LOWEST), HIGHEST) // STRATUM_WIDTH)
        return str(steps * STRATUM_WIDTH)

    @api.model
    def _count_stratum(self, strata, first, second, comparison):
        """Count a comparison, and keep it with the chance that all of its stratum have.

        Algorithm R of Vitter's reservoir sampling.
        """
        stratum = strata.setdefault(self._stratum(comparison), {"pairs": 0, "kept": []})
        stratum["pairs"] += 1
        kept = stratum["kept"]
        if len(kept) < KEPT:
            kept.append([first, second])
            return
        place = random.randrange(stratum["pairs"])  # noqa: S311 - no secret
        if place < KEPT:
            kept[place] = [first, second]
