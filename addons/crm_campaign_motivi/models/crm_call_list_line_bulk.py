from odoo import fields, models
from odoo.tools import SQL

from .crm_call_list_live import NEVER_WORKED

_FORGET_RECALL = SQL("recall_at = NULL, recall_scope = NULL, recall_user_id = NULL")
#: What one line takes over from the stronger one of the same name.
_TAKEN_OVER = (
    "list_state_id",
    "category",
    "suspended",
    "last_outcome_id",
    "last_contact_at",
    "rest_until",
    "recall_at",
    "recall_scope",
    "recall_user_id",
    "recall_wish_at",
)


class CrmCallListLine(models.Model):
    """Changes of many names in lists, by a few statements for all of them.

    None touches a name that somebody has in hand, or waits for one that is just being
    claimed: such names are passed over.
    """

    _inherit = "crm.call.list.line"

    # A suspended line has no category: the indexes of the queue don't know it.
    suspended = fields.Boolean(
        readonly=True,
        help="Not served until it is resumed. Its state and its recall are kept.",
    )

    def _pick(self, condition=None):
        """Lock those of these lines that nobody has in hand or is just claiming.

        :param SQL condition: a further one, over ``line``
        :return: their ids, in the order of calling
        :rtype: list[int]
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT line.id, coalesce(line.rank, 0) FROM crm_call_list_line line
                    WHERE line.id = ANY(%s) AND %s
                      AND (line.claimed_by_id IS NULL OR line.claim_is_ahead)
                 ORDER BY line.id FOR UPDATE OF line SKIP LOCKED""",
                self.ids,
                condition or SQL("true"),
            )
        )
        rows.sort(key=lambda row: (row[1], row[0]))
        return [line_id for line_id, _rank in rows]

    def _execute_on(self, line_ids, statement):
        """Run a statement, and forget what was known of these lines.

        :return: how many lines it changed
        :rtype: int
        """
        self.env.cr.execute(statement)
        changed = self.env.cr.rowcount
        self.browse(line_ids).invalidate_recordset(flush=False)
        return changed

    def _bulk_suspend(self):
        """Keep these names from being served, as they are.

        :return: how many were not suspended already
        :rtype: int
        """
        ids = self._pick(SQL("line.category IN ('to_call', 'recall', 'in_progress')"))
        return self._execute_on(
            ids,
            SQL(
                "UPDATE crm_call_list_line SET suspended = true, category = NULL"
                " WHERE id = ANY(%s)",
                ids,
            ),
        )

    def _bulk_resume(self):
        """Let suspended names be served again, as they were.

        :return: how many were suspended
        :rtype: int
        """
        ids = self._pick(SQL("line.suspended"))
        return self._execute_on(
            ids,
            SQL(
                """UPDATE crm_call_list_line line
                      SET suspended = false, category = state.category
                     FROM crm_list_state state
                    WHERE state.id = line.list_state_id AND line.id = ANY(%s)""",
                ids,
            ),
        )

    def _bulk_reopen(self, keep_attempts=False):
        """Let names be called as if they were new.

        :param bool keep_attempts: attempts made so far count on
        :return: how many
        :rtype: int
        """
        state = self.env["crm.list.state"]._get_by_category("to_call")
        reset = SQL(", attempts = 0, band_mask = 0, outcome_streak = 0")
        ids = self._pick()
        return self._execute_on(
            ids,
            SQL(
                """UPDATE crm_call_list_line
                      SET list_state_id = %s, category = %s, suspended = false,
                          rest_until = NULL, %s %s
                    WHERE id = ANY(%s)""",
                state.id,
                state.category,
                _FORGET_RECALL,
                SQL("") if keep_attempts else reset,
                ids,
            ),
        )

    def _bulk_remove(self, never_worked=False):
        """Take names out of their lists; history and calls of the names stay.

        :param bool never_worked: only those that nobody has called from their list
        :return: how many
        :rtype: int
        """
        ids = self._pick(NEVER_WORKED if never_worked else None)
        return self._delete(ids)

    def _delete(self, ids):
        deleted = self._execute_on(
            ids, SQL("DELETE FROM crm_call_list_line WHERE id = ANY(%s)", ids)
        )
        self.env["crm.call"].invalidate_model(["line_id"])
        self.env["crm.lead"].invalidate_model(["call_list_line_ids"])
        return deleted

    def _bulk_give_recalls(self, user):
        """Give private recalls to somebody else.

        :param res.users user: who makes them; empty: everybody
        :return: how many
        :rtype: int
        """
        ids = self._pick(SQL("line.recall_user_id IS NOT NULL"))
        return self._execute_on(
            ids,
            SQL(
                """UPDATE crm_call_list_line
                      SET recall_user_id = %s, recall_scope = %s
                    WHERE id = ANY(%s)""",
                user.id or None,
                "private" if user else "public",
                ids,
            ),
        )

    # ------------------------------------------------------------
    # FROM LIST TO LIST
    # ------------------------------------------------------------

    def _bulk_move(self, call_list):
        """Put names into another list, at its end, with their state and recall.

        Of a name that is in both, the stronger state stays. A private recall goes to
        the operator of the new list; if there are several, to all of them.

        :param crm.call.list call_list: the other list
        :return: how many left their list
        :rtype: int
        """
        call_list._lock_for_changes()
        outside = call_list._outside_portfolio(self.lead_id.ids)
        inside = self.filtered(lambda line: line.lead_id.id not in outside)
        ids = inside._pick(SQL("line.list_id != %s", call_list.id))
        met = self._join_twins(ids, call_list)
        rest = [line_id for line_id in ids if line_id not in met]
        moved = self._execute_on(
            rest,
            SQL(
                """UPDATE crm_call_list_line line
                      SET list_id = %(list)s, campaign_id = %(campaign)s,
                          rank = last.rank + wanted.position
                     FROM unnest(%(ids)s::int[]) WITH ORDINALITY
                          AS wanted(id, position),
                          (SELECT coalesce(max(rank), 0) AS rank
                             FROM crm_call_list_line WHERE list_id = %(list)s) AS last
                    WHERE line.id = wanted.id
                      AND NOT EXISTS (SELECT 1 FROM crm_call_list_line twin
                                       WHERE twin.list_id = %(list)s
                                         AND twin.lead_id = line.lead_id)""",
                list=call_list.id,
                campaign=call_list.campaign_id.id or None,
                ids=rest,
            ),
        )
        gone = self._delete([line_id for line_id in met if met[line_id]])
        self._fit_recalls(call_list)
        call_list.invalidate_recordset()
        return moved + gone

    def _join_twins(self, ids, call_list):
        """Let the lines of a list take over from those of the same names.

        :param list ids: of lines that are going into the list
        :return: for each of them whose name is there: whether it was taken over; not
            when somebody has the line there in hand
        :rtype: dict[int, bool]
        """
        pairs = self.env.execute_query(
            SQL(
                """SELECT line.id, twin.id
                     FROM crm_call_list_line line
                     JOIN crm_call_list_line twin
                       ON twin.lead_id = line.lead_id AND twin.list_id = %s
                    WHERE line.id = ANY(%s)""",
                call_list.id,
                ids,
            )
        )
        if not pairs:
            return {}
        free = set(self.browse([twin_id for _id, twin_id in pairs])._pick())
        self._take_over([pair for pair in pairs if pair[1] in free])
        return {line_id: twin_id in free for line_id, twin_id in pairs}

    def _take_over(self, pairs):
        """Let lines take over from others: the stronger state, attempts and calls.

        :param list pairs: ids (line, twin), the twin being the one that stays
        """
        lines, twins = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        self._execute_on(
            twins,
            SQL(
                """UPDATE crm_call_list_line twin
                      SET attempts = coalesce(twin.attempts, 0)
                                     + coalesce(line.attempts, 0), %s
                     FROM unnest(%s::int[], %s::int[]) AS pair(line_id, twin_id)
                     JOIN crm_call_list_line line ON line.id = pair.line_id
                    WHERE twin.id = pair.twin_id""",
                SQL(", ").join(
                    SQL(
                        "%(column)s = CASE WHEN %(stronger)s THEN line.%(column)s"
                        " ELSE twin.%(column)s END",
                        column=SQL.identifier(column),
                        stronger=_STRONGER,
                    )
                    for column in _TAKEN_OVER
                ),
                lines,
                twins,
            ),
        )
        self.env["crm.call"].flush_model(["line_id"])
        self.env.cr.execute(
            SQL(
                """UPDATE crm_call SET line_id = pair.twin_id
                     FROM unnest(%s::int[], %s::int[]) AS pair(line_id, twin_id)
                    WHERE crm_call.line_id = pair.line_id""",
                lines,
                twins,
            )
        )

    def _fit_recalls(self, call_list):
        """Give private recalls in a list to those who work on it."""
        call_list.flush_recordset()
        operators = call_list.operator_ids
        only = operators if len(operators) == 1 else operators.browse()
        strangers = self.search(
            [
                ("list_id", "=", call_list.id),
                ("recall_user_id", "!=", False),
                ("recall_user_id", "not in", operators.ids),
            ]
        )
        strangers._bulk_give_recalls(only)


def _strength(alias):
    """Return how strong the state of a line is, the strongest last.

    What was agreed or decided is worth more than what is still to be tried.
    """
    return SQL(
        """(SELECT array_position(ARRAY['to_call', 'exhausted', 'in_progress',
                   'recall', 'closed_negative', 'closed_positive'], state.category)
              FROM crm_list_state state WHERE state.id = %s.list_state_id)""",
        SQL.identifier(alias),
    )


# Of two that are called again, the one that was promised to the customer.
_STRONGER = SQL(
    """(coalesce(%s, 0), line.recall_scope IS DISTINCT FROM 'automatic',
        coalesce(line.last_contact_at, '-infinity'))
     > (coalesce(%s, 0), twin.recall_scope IS DISTINCT FROM 'automatic',
        coalesce(twin.last_contact_at, '-infinity'))""",
    _strength("line"),
    _strength("twin"),
)
