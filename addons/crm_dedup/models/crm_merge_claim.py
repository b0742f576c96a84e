from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

from .crm_duplicate_pair import PAIR_COLUMNS, UNDECIDED

#: Minutes for which a pair belongs to whoever looks at it.
CLAIM_MINUTES = 15
#: Pairs of which those are looked for that the reviewer may see.
_LOOKED_AT = 50
#: How often: beyond it there is nothing for this reviewer.
_LOOKS = 20
#: Counting stops there: the page says "more than 10,000".
MOST_COUNTED = 10001
#: Who is put aside comes back when the others are decided, an hour later at least.
_OPEN = SQL("state = 'open'")
_LATER = SQL(
    "state = 'postponed' AND (decided_at IS NULL"
    " OR decided_at < now() AT TIME ZONE 'UTC' - interval '1 hour')"
)


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
        """Return the next pairs that nobody else looks at, those for later at the end.

        :rtype: crm.duplicate.pair
        """
        free = SQL(
            """id != ALL(%s) AND (claimed_until IS NULL OR claimed_by_id = %s
                              OR claimed_until < now() AT TIME ZONE 'UTC')""",
            list(but_ids),
            self.env.uid,
        )
        for waiting in (_OPEN, _LATER):
            surest = SQL("ORDER BY score DESC, id LIMIT %s", _LOOKED_AT)
            query = self._sql_to_review(
                SQL("id, score"), SQL("%s AND %s", waiting, free), surest
            )
            rows = self.env.execute_query(SQL("%s %s", query, surest))
            if rows:
                return self.browse([row_id for row_id, _score in rows])
        return self.browse()

    @api.model
    def _count_to_review(self):
        """Count the pairs that the current user may review, to a limit.

        :rtype: int
        """
        limit = SQL("LIMIT %s", MOST_COUNTED)
        [[count]] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM (%(query)s %(limit)s) AS pair",
                query=self._sql_to_review(
                    SQL("id"), SQL("(%s OR %s)", _OPEN, _LATER), limit
                ),
                limit=limit,
            )
        )
        return count

    @api.model
    def _sql_to_review(self, columns, condition, end):
        """Return a query of pairs of which the current user may see both records.

        Each kind by itself, without an OR over empty columns: so the database walks
        from the surest pair on, and looks at the records by their key.

        :param SQL columns: what is selected
        :param SQL condition: on the pair
        :param SQL end: order and limit of each kind
        :rtype: SQL
        """
        self.flush_model()
        readable = {
            "lead": self.env["crm.lead"]._search([]).subselect(),
            "partner": self.env["res.partner"]._search([]).subselect(),
        }
        return SQL(" UNION ALL ").join(
            SQL(
                """(SELECT %(columns)s FROM crm_duplicate_pair
                    WHERE kind = %(kind)s AND %(condition)s
                      AND (company_id IS NULL OR company_id = ANY(%(companies)s))
                      AND %(first)s IN %(first_readable)s
                      AND %(second)s IN %(second_readable)s
                      %(end)s)""",
                columns=columns,
                kind=kind,
                condition=condition,
                companies=self.env.companies.ids,
                first=SQL.identifier(first),
                first_readable=readable["lead" if "lead" in first else "partner"],
                second=SQL.identifier(second),
                second_readable=readable["lead" if "lead" in second else "partner"],
                end=end,
            )
            for kind, (first, second) in PAIR_COLUMNS.items()
        )

    def _reviewable(self):
        """Return those of these pairs of which the user may change both records.

        :rtype: crm.duplicate.pair
        """
        visible = self._filtered_access("read")
        records = {}
        for pair in visible:
            for side in pair.sudo()._records():
                records.setdefault(side._name, set()).add(side.id)
        allowed = {
            name: set(self.env[name].browse(ids)._filtered_access("write").ids)
            for name, ids in records.items()
        }
        return visible.filtered(
            lambda pair: all(
                side.active and side.id in allowed[side._name]
                for side in pair.sudo()._records()
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
                                 WHERE id = %(id)s AND state = ANY(%(undecided)s)
                                   AND (claimed_until IS NULL
                                        OR claimed_by_id = %(user)s
                                        OR claimed_until < now() AT TIME ZONE 'UTC')
                                   FOR UPDATE SKIP LOCKED)""",
                user=self.env.uid,
                minutes=CLAIM_MINUTES,
                undecided=list(UNDECIDED),
                id=self.id,
            )
        )
        return bool(self.env.cr.rowcount)
