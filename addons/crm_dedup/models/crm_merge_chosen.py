from odoo import api, models
from odoo.exceptions import UserError


class CrmMergeReview(models.AbstractModel):
    """The page of the review, opened on two records that somebody chose."""

    _inherit = "crm.merge.review"

    @api.model
    def _open_chosen(self, first, second):
        """Open the page on two records; they need not have been found.

        :param first: a ``crm.lead`` or ``res.partner``
        :param second: another one
        :rtype: dict
        """
        self.env["crm.merge.journal"]._check_may_merge()
        (first | second).check_access("write")
        pair = self._pair_of(first, second)
        return {
            **self.env["ir.actions.actions"]._for_xml_id(
                "crm_dedup.duplicate_review_action"
            ),
            "params": {"pair_id": pair.id},
        }

    @api.model
    def _pair_of(self, first, second):
        """Return the open pair of two records, made or opened again if need be.

        :raise UserError: they were merged
        """
        kind = "lead" if first._name == "crm.lead" else "partner"
        low, high = (first | second).sorted("id")
        # sudo: both records are checked; who merges need not see each other's pairs
        pairs = self.env["crm.duplicate.pair"].sudo()
        columns = {f"first_{kind}_id": low.id, f"second_{kind}_id": high.id}
        pair = pairs.search(
            [("kind", "=", kind), *((name, "=", id_) for name, id_ in columns.items())],
            limit=1,
        )
        if not pair:
            company = low.company_id or high.company_id
            pair = pairs.create(
                {
                    "kind": kind,
                    "verdict": "review",
                    "company_id": company.id,
                    "reasons": [],
                    **columns,
                }
            )
        elif pair.state == "merged":
            raise UserError(
                self.env._(
                    "One of the records has been merged already. Merge the record that"
                    " it went into."
                )
            )
        elif pair.state != "open":
            pair.action_reopen()
        return pair

    @api.model
    def chosen_pair(self, pair_id):
        """Take a pair that was chosen, and return all that the page shows of it.

        :param int pair_id: of the pair
        :rtype: dict
        :raise UserError: somebody has decided about it, or looks at it
        :raise AccessError: the user may not change one of the records
        """
        pair = self._checked_pair(pair_id)
        pair._claim()
        return self._pair_data(pair)
