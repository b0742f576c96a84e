from odoo import api, models


class CrmAnalysisMixin(models.AbstractModel):
    """Analyses of very many rows, as pivots read them.

    Odoo orders groups by the names of their records, and joins those to each row. Here
    the few groups are put in order after the many rows were added up.
    """

    _name = "crm.analysis.mixin"
    _description = "Analysis of Very Many Rows"

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        specs = {spec for groupby in grouping_sets for spec in groupby}
        by_groups = all(
            part.strip() in specs for part in (order or "").split(",") if part
        )
        result = super()._read_grouping_sets(
            domain, grouping_sets, aggregates, order=None if by_groups else order
        )
        if by_groups:
            for groupby, rows in zip(grouping_sets, result, strict=True):
                keyed = [(self._row_key(row[: len(groupby)]), row) for row in rows]
                keyed.sort(key=lambda pair: pair[0])
                rows[:] = [row for _key, row in keyed]
        return result

    @api.model
    def _row_key(self, values):
        """Return the place of a row: records by name, what there is none of last.

        :param tuple values: what the row is grouped by
        :rtype: tuple
        """
        key = []
        for value in values:
            if isinstance(value, models.BaseModel):
                # sudo: only the order; the reader sees the names that it may see
                key.append((not value, (value.sudo().display_name or "").lower()))
            else:
                key.append((not value, value or ""))
        return tuple(key)
