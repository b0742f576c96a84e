import json

from odoo import api, fields, models
from odoo.tools import SQL


class CrmOriginalMixin(models.AbstractModel):
    """What stood in the source before values were normalised: a narrow table.

    One row for each record, so that three million cost little, and beside the wide
    tables, which needn't be written for it.
    """

    _name = "crm.original.mixin"
    _description = "Values as They Were Written"
    _log_access = False
    #: Column of the record that the values are of.
    _record_column = ""

    values = fields.Json(readonly=True, help="What was written, by field.")

    @api.model
    def _store_originals(self, rows, keep_first=False):
        """Keep what was written beside what became of it, set-based.

        :param rows: ``(id of the record, {field: what was written})`` of each
        :param bool keep_first: what is kept already stays; else it is replaced
        :return: for how many records
        :rtype: int
        """
        merged = {}
        for record_id, values in rows:
            written = {name: value for name, value in values.items() if value}
            if written:
                merged.setdefault(record_id, {}).update(written)
        if not merged:
            return 0
        old, new = SQL("known.values"), SQL("excluded.values")
        ids = sorted(merged)
        texts = [json.dumps(merged[record_id]) for record_id in ids]
        self.env.execute_query(
            SQL(
                """INSERT INTO %(table)s AS known (%(column)s, values)
                   SELECT * FROM unnest(%(ids)s::int[], %(values)s::jsonb[])
                       ON CONFLICT (%(column)s) DO UPDATE
                      SET values = COALESCE(%(under)s, '{}') || COALESCE(%(over)s, '{}')
                RETURNING id""",
                table=SQL.identifier(self._table),
                column=SQL.identifier(self._record_column),
                ids=ids,
                values=texts,
                under=new if keep_first else old,
                over=old if keep_first else new,
            )
        )
        self.invalidate_model()
        return len(ids)

    @api.model
    def _forget_originals(self, rows):
        """Forget what was written where it stands again in the record.

        :param rows: ``(id of the record, {field: what stands there now})`` of each
        """
        now = dict(rows)
        left = {}
        for record_id, written in self._originals_of(list(now)).items():
            kept = {
                name: value
                for name, value in (written or {}).items()
                if value != now[record_id].get(name)
            }
            if kept != written:
                left[record_id] = kept
        if left:
            self.env.execute_query(
                SQL(
                    """UPDATE %(table)s SET values = left_over.values
                         FROM unnest(%(ids)s::int[], %(values)s::jsonb[])
                              AS left_over(record_id, values)
                        WHERE %(column)s = left_over.record_id RETURNING id""",
                    table=SQL.identifier(self._table),
                    column=SQL.identifier(self._record_column),
                    ids=list(left),
                    values=[json.dumps(kept) for kept in left.values()],
                )
            )
            self.invalidate_model()

    @api.model
    def _originals_of(self, record_ids):
        """Return what was written, by record.

        :rtype: dict[int, dict]
        """
        if not record_ids:
            return {}
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT %(column)s, values FROM %(table)s"
                    " WHERE %(column)s = ANY(%(ids)s)",
                    column=SQL.identifier(self._record_column),
                    table=SQL.identifier(self._table),
                    ids=list(record_ids),
                )
            )
        )
