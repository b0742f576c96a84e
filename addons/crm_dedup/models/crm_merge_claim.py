from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

#: Minutes for which a pair belongs to whoever looks at it.
CLAIM_MINUTES = 15
#: Pairs of which those are looked for that the reviewer may see.
_LOOKED_AT = 50
#: How often: beyond it there is nothing for this reviewer.
_LOOKS = 20


class CrmDuplicatePair(models.Model):
    """Two reviewers never look at the same pair."""

    _inherit = "crm.duplicate.pair"

    claimed_by_id = fields.Many2one(
        "res.users", "Being Reviewed By", readonly=True, ondelete="set null"
    )
    claimed_until = fields.Datetime(readonly=True)

    _to_review = models.Index("(score DESC, id) WHERE state = 'open'")

    @api.model
    def _claim_next(self, count, but_ids=()):
        """Take the next pairs to review, for some minutes.

        In a transaction of its own, so that nobody waits and nobody gets the same one.

        :param int count: how many
        :param list but_ids: pairs that the reviewer has already
        :return: ids of the pairs, the surest first
        :rtype: list[int]
        """
        claimed, seen = [], list(but_ids)
        with read_committed_cursor(self.env.registry) as cr:
            pairs = self.with_env(self.env(cr=cr))
            for _look in range(_LOOKS):
                found = pairs._unclaimed(seen)
                if not found:
                    break
                seen += found.ids
                for pair in found._reviewable():
                    if pair._claim():
                        claimed.append(pair.id)
                    if len(claimed) == count:
                        return claimed
        return claimed

    @api.model
    def _unclaimed(self, but_ids):
        """Return the next open pairs that nobody else looks at.

        :rtype: crm.duplicate.pair
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM crm_duplicate_pair
                    WHERE state = 'open' AND id != ALL(%s)
                      AND (claimed_until IS NULL OR claimed_by_id = %s
                           OR claimed_until < now() AT TIME ZONE 'UTC')
                 ORDER BY score DESC, id LIMIT %s""",
                list(but_ids),
                self.env.uid,
                _LOOKED_AT,
            )
        )
        return self.browse([row_id for (row_id,) in rows])

    def _reviewable(self):
        """Return those of these pairs of which the user may change both records.

        :rtype: crm.duplicate.pair
        """
        visible = self._filtered_access("read")
        records = {}
        for pair in visible:
            for side in pair.sudo()._merge_sides():
                records.setdefault(side._name, set()).add(side.id)
        allowed = {
            name: set(self.env[name].browse(ids)._filtered_access("write").ids)
            for name, ids in records.items()
        }
        return visible.filtered(
            lambda pair: all(
                side.active and side.id in allowed[side._name]
                for side in pair.sudo()._merge_sides()
            )
        )

    def _claim(self):
        """Take a pair, unless somebody is quicker.

        :rtype: bool
        """
        self.ensure_one()
        self.env.cr.execute(
            SQL(
                """UPDATE crm_duplicate_pair
                      SET claimed_by_id = %(user)s,
                          claimed_until = now() AT TIME ZONE 'UTC'
                                          + %(minutes)s * interval '1 minute'
                    WHERE id = (SELECT id FROM crm_duplicate_pair
                                 WHERE id = %(id)s AND state = 'open'
                                   AND (claimed_until IS NULL
                                        OR claimed_by_id = %(user)s
                                        OR claimed_until < now() AT TIME ZONE 'UTC')
                                   FOR UPDATE SKIP LOCKED)""",
                user=self.env.uid,
                minutes=CLAIM_MINUTES,
                id=self.id,
            )
        )
        return bool(self.env.cr.rowcount)
