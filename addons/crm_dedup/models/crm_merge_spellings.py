from odoo import api, models
from odoo.tools import SQL


class CrmDedup(models.AbstractModel):
    """Merged names and customers are still known by what was written of them.

    The maiden name, the second e-mail, the old address of a record that was merged find
    what it has become.
    """

    _inherit = "crm.dedup"

    @api.model
    def _find_spelt(self, records, new=()):
        """Find who may be records, also by what was merged into them.

        :param list records: of ``KnownRecord``
        :param new: holders that nothing can have been merged into
        :return: as ``_find_known`` does
        """
        spellings = self._spellings_of(
            [known for known in records if known.record.id not in new]
        )
        found = self._find_known([*records, *spellings])
        places = {known.record.id: at for at, known in enumerate(records)}
        for at, spelling in enumerate(spellings, len(records)):
            matches = found.pop(at, ())
            if matches:
                place = places[spelling.record.id]
                found[place] = self._best_of_each([*found.get(place, ()), *matches])
        return found

    @api.model
    def _spellings_of(self, records):
        """Return what was merged into records, as they are written there.

        :param list records: of ``KnownRecord``
        :rtype: list[KnownRecord]
        """
        ends = {known.record.id: known for known in records}
        merged = {
            sign * lost: sign * end
            for sign, table in ((1, "crm_lead"), (-1, "res_partner"))
            for lost, end in self._merged_into(
                table, [sign * holder for holder in ends if sign * holder > 0]
            )
        }
        return [
            lost.spelling_of(ends[merged[lost.record.id]])
            for lost in self._records_of(merged)
        ]

    @api.model
    def _merged_into(self, table, ids):
        """Return what was merged into rows of a table, by however many merges.

        :rtype: list[tuple[int, int]]
        """
        if not ids:
            return []
        return self.env.execute_query(
            SQL(
                """WITH RECURSIVE merged AS (
                       SELECT id, merged_into_id AS end_id FROM %(table)s
                        WHERE merged_into_id = ANY(%(ids)s)
                        UNION
                       SELECT lost.id, merged.end_id
                         FROM merged JOIN %(table)s lost
                           ON lost.merged_into_id = merged.id)
                   SELECT id, end_id FROM merged""",
                table=SQL.identifier(table),
                ids=ids,
            )
        )

    @api.model
    def _keys_of_ends(self, records):
        """Return the keys of what merged records have become.

        Their doubles would count as further names that share a key, until it seems to
        be everybody's.

        :param list records: of ``KnownRecord``
        :rtype: dict[int, set[int]]
        """
        ends = self._records_of({known.end_id for known in records} - {0})
        return {
            end.record.id: keys
            for end, keys in zip(ends, self._keys_of_all(ends), strict=True)
        }


class CrmMerge(models.AbstractModel):
    _inherit = "crm.merge"

    @api.model
    def _after_merge(self, model_name, pairs, rows, log):
        result = super()._after_merge(model_name, pairs, rows, log)
        # Who went keeps the keys that who stayed hasn't.
        self.env["crm.dedup.key"]._mark_records_stale(
            model_name, [lost for _key, _kept, lost in pairs]
        )
        return result
