from odoo import api, models
from odoo.tools import SQL

from .crm_duplicate_pair import PAIR_COLUMNS


class CrmDuplicatePair(models.Model):
    """What becomes of pairs when records are merged."""

    _inherit = "crm.duplicate.pair"

    @api.model
    def _merge_left_alone(self):
        # Two columns of one model, in order: see _close_merged.
        return [
            "first_lead_id",
            "second_lead_id",
            "first_partner_id",
            "second_partner_id",
        ]

    @api.model
    def _close_merged(self, model_name, pairs, log):
        """Mark the pairs that were merged, and give others to who stayed.

        What was decided about the one that went holds for the one that stayed.

        :param str model_name: of the records
        :param list pairs: key of the merge, numbers of who stayed and who went
        :param MergeLog log: what is changed is recorded in it
        """
        self.env.flush_all()
        word = "lead" if model_name == "crm.lead" else "partner"
        columns = (f"first_{word}_id", f"second_{word}_id")
        lost_ids = [lost for _key, _kept, lost in pairs]
        self.env.cr.execute(
            SQL(
                "SELECT id FROM crm_duplicate_pair WHERE %s = ANY(%s)"
                " UNION SELECT id FROM crm_duplicate_pair WHERE %s = ANY(%s)",
                SQL.identifier(columns[0]),
                lost_ids,
                SQL.identifier(columns[1]),
                lost_ids,
            )
        )
        found = [row_id for (row_id,) in self.env.cr.fetchall()]
        if not found:
            return
        merges = {lost: (key, kept) for key, kept, lost in pairs}
        own = {}
        # Twice: both of a pair may go in one batch, into two that stay.
        for _side in columns:
            for row_id, row in log.rows(self._table, found).items():
                gone = [row[column] for column in columns if row[column] in merges]
                if not gone or row_id in own:
                    continue
                key, kept = merges[gone[0]]
                sides = {row[column] for column in PAIR_COLUMNS[row["kind"]]}
                if row["kind"] != "customer" and sides == {kept, gone[0]}:
                    own[row_id] = key
                else:
                    self._close_merged_row(row_id, row, columns, (key, kept), log)
        log.update(
            self._table,
            own,
            SQL(
                "state = 'merged', decided_by_id = %s,"
                " decided_at = now() AT TIME ZONE 'UTC'",
                self.env.uid,
            ),
        )
        self.invalidate_model()

    @api.model
    def _close_merged_row(self, row_id, row, columns, merge, log):
        """Give a pair of the one that went to the one that stayed.

        :param tuple merge: numbers of the one that went and of the one that stayed
        """
        key, kept = merge
        moved = {
            column: kept if row[column] == key else row[column] for column in columns
        }
        if row["kind"] != "customer":
            moved = dict(zip(columns, sorted(moved.values()), strict=True))
        twin = self._pair_like({**row, **moved}, row_id)
        if not twin:
            log.update(
                self._table,
                {row_id: key},
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(column), value)
                    for column, value in moved.items()
                ),
            )
            return
        if row["state"] == "different":
            log.update(
                self._table,
                {twin: key},
                SQL("state = 'different'"),
            )
        log.delete(self._table, {row_id: key})

    @api.model
    def _pair_like(self, row, but_id):
        """Return the number of a pair of the same two records, or ``None``."""
        first, second = PAIR_COLUMNS[row["kind"]]
        self.env.cr.execute(
            SQL(
                "SELECT id FROM crm_duplicate_pair WHERE %s = %s AND %s = %s"
                " AND id != %s LIMIT 1",
                SQL.identifier(first),
                row[first],
                SQL.identifier(second),
                row[second],
                but_id,
            )
        )
        found = self.env.cr.fetchone()
        return found and found[0]

    def _reopen(self):
        """Open a pair again whose merge was taken back, where it is not already."""
        self.filtered(lambda pair: pair.state == "merged").write(
            {"state": "open", "decided_by_id": False, "decided_at": False}
        )
