from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

from ..tools.claim_sql import ALWAYS, CLAIM_COLUMNS, NOTHING, NOW, RETURNING
from .crm_dispatch import _EXPIRE, _HELD, _WALK_THE_INDEXES, MOST_RACES

#: Minutes for which a name is kept; a sign of life from the desk begins them anew.
AHEAD_MINUTES = 2
#: Minutes after which a name in hand keeps none beside it any more: its call goes on,
#: or nobody sits at the desk. The turn then asks for a name anew.
MOST_AHEAD_MINUTES = 15

# What is shown of a name: while this text stays the same, so does the screen.
_STAMP = SQL(
    """(SELECT md5(concat_ws('|', line.category, line.attempts, line.recall_at,
                             line.recall_scope, line.list_state_id,
                             line.last_outcome_id, lead.write_date, campaign.write_date,
                             (SELECT max(note.id) FROM crm_interaction note
                               WHERE note.lead_id = line.lead_id),
                             (SELECT concat(count(*), ' ', max(write_date))
                                FROM crm_custom_field),
                             (SELECT max(id) FROM crm_custom_field_choice)))
          FROM crm_lead lead, utm_campaign campaign
         WHERE lead.id = line.lead_id AND campaign.id = line.campaign_id)"""
)

_DROP = """
    UPDATE crm_call_list_line
       SET claimed_by_id = NULL, claimed_until = NULL, claim_token = NULL,
           claim_is_ahead = NULL
     WHERE claimed_by_id = %(user)s AND claim_is_ahead"""

_KEPT = """
    SELECT %(returning)s FROM crm_call_list_line line
     WHERE line.claimed_by_id = %(user)s AND line.claim_is_ahead
       AND line.campaign_id = %(campaign)s"""

_PROLONG = """
    UPDATE crm_call_list_line
       SET claimed_until = %(now)s + %(minutes)s * interval '1 minute'
     WHERE claimed_by_id = %(user)s AND claim_is_ahead
       AND (SELECT held.claimed_at FROM crm_call_list_line held
             WHERE held.id = %(line)s) > %(now)s - %(most)s * interval '1 minute'"""

# The conditions of a claim, of one line.
_TAKE = """
    UPDATE crm_call_list_line line
       SET claimed_at = %(now)s, claim_is_ahead = NULL,
           claimed_until = %(now)s + %(minutes)s * interval '1 minute'
     WHERE line.id = %(line)s AND line.claimed_by_id = %(user)s AND line.claim_is_ahead
       AND line.claim_token = %(token)s AND line.campaign_id = %(campaign)s
       AND line.suspended IS NOT TRUE AND line.rest_until IS NULL
       AND line.category IN ('to_call', 'recall')
       AND (line.category = 'to_call' OR line.recall_at <= %(now)s)
       AND EXISTS (
           SELECT 1 FROM crm_call_list list
             JOIN crm_call_list_operator_rel rel
               ON rel.list_id = list.id AND rel.user_id = %(user)s
             JOIN utm_campaign campaign ON campaign.id = list.campaign_id
            WHERE list.id = line.list_id AND list.active AND list.owner_id IS NULL
              AND campaign.active AND campaign.call_state = 'running')
       AND %(window)s
       AND CASE WHEN %(promised)s THEN %(callable)s
                ELSE %(callable_rarely)s AND %(filter)s END
 RETURNING %(returning)s, %(stamp)s"""
_PROMISED = SQL("(line.category = 'recall' AND line.recall_scope != 'automatic')")


class CrmDispatch(models.AbstractModel):
    """The name after this one, kept so that the screen turns at once.

    A claim marked ``claim_is_ahead``: in nobody's hands, but given to nobody else. It
    lasts ``AHEAD_MINUTES``, only while its operator is at work on another name, and
    whatever changes the name meanwhile goes before it. Recalls that were promised to
    nobody in particular are never kept: their time has come for whoever is free.
    """

    _inherit = "crm.dispatch"

    @api.model
    def _claim_ahead(self, campaign):
        """Keep the next name for the current user, who has another one in hand.

        :param utm.campaign campaign: from whose lists
        :return: ``CLAIM_COLUMNS`` and ``stamp``, or ``None``: nothing is to call, or
            the operator isn't at work on a name
        :rtype: dict | None
        """
        plan = {
            **self._claim_plan(campaign),
            "is_ahead": True,
            "minutes": AHEAD_MINUTES,
        }
        claim = self._claim_by(plan)
        return claim and {**claim, "stamp": self._stamp(claim["id"])}

    @api.model
    def _claim_once(self, cr, plan, depth, lock):
        if not plan.get("is_ahead"):
            return super()._claim_once(cr, plan, depth, lock)
        cr.execute(_WALK_THE_INDEXES)
        self._lock_hands(cr)
        cr.execute(_EXPIRE)
        if plan["is_closed"] or not self._may_keep_ahead(cr):
            return None, False
        known = SQL(
            _KEPT, returning=RETURNING, user=plan["user"], campaign=plan["campaign"]
        )
        cr.execute(known)
        row = cr.fetchone()
        if row:
            return row, True
        cr.execute(SQL(_DROP, user=plan["user"]))
        return self._claim_waiting(cr, plan, depth, lock)

    @api.model
    def _may_keep_ahead(self, cr):
        """Tell whether the current user is at work on a name, so that one may follow.

        Nobody keeps a name who is on pause, or wants one after this name.

        :rtype: bool
        """
        cr.execute(SQL(_HELD, returning=SQL("line.id"), user=self.env.uid))
        if not cr.fetchone():
            return False
        cr.execute(
            SQL(
                """SELECT 1 FROM crm_operator_state
                    WHERE user_id = %s
                      AND (state = 'pause' OR wanted_reason_id IS NOT NULL)""",
                self.env.uid,
            )
        )
        return not cr.fetchone()

    @api.model
    def _before_claim_sql(self, plan):
        # Whoever asks for a name anew doesn't turn to the one that is kept.
        drop = SQL(_DROP, user=plan["user"])
        return SQL("%s; %s", super()._before_claim_sql(plan), drop)

    @api.model
    def _drop_ahead(self):
        """Let others have the name that is kept for the current user.

        One that is just being looked for is waited for, and given back as well.

        :return: whether there was one
        :rtype: bool
        """
        with read_committed_cursor(self.env.registry) as cr:
            self._lock_hands(cr)
            cr.execute(SQL(_DROP, user=self.env.uid))
            return bool(cr.rowcount)

    @api.model
    def _take_ahead(self, campaign, line_id, token):
        """Put the name that is kept into the current user's hands.

        A recall that somebody was promised and that fell due meanwhile goes first; the
        kept name is free again then, as it is when it may not be called any more.

        :param utm.campaign campaign: from whose lists
        :param int line_id: the line that is kept
        :param str token: of its claim
        :return: ``CLAIM_COLUMNS`` of the name in hand, with ``stamp`` (``None`` where
            it is another name), or ``None``: take the next one
        :rtype: dict | None
        """
        plan = self._claim_plan(campaign)
        for _race in range(MOST_RACES):
            try:
                with read_committed_cursor(self.env.registry) as cr:
                    row = self._take_ahead_once(cr, plan, line_id, token)
            except UniqueViolation:
                # Somebody has just taken that recall through another list.
                continue
            return row and dict(zip((*CLAIM_COLUMNS, "stamp"), row, strict=True))
        return None

    @api.model
    def _take_ahead_once(self, cr, plan, line_id, token):
        cr.execute(_WALK_THE_INDEXES)
        self._lock_hands(cr)
        cr.execute(SQL(_HELD, returning=RETURNING, user=plan["user"]))
        row = cr.fetchone()
        if not row and not plan["is_closed"]:
            row = self._promised_before(cr, plan, line_id)
        if row:
            cr.execute(SQL(_DROP, user=plan["user"]))
            return (*row, None)
        cr.execute(self._take_sql(plan, line_id, token))
        row = cr.fetchone()
        if not row:
            cr.execute(SQL(_DROP, user=plan["user"]))
        return row

    @api.model
    def _promised_before(self, cr, plan, line_id):
        """Claim a promised recall that goes before the name that is kept.

        :return: ``CLAIM_COLUMNS``, or ``None``
        :rtype: tuple | None
        """
        cr.execute(
            SQL(
                "SELECT %s FROM crm_call_list_line line WHERE line.id = %s",
                _PROMISED,
                line_id,
            )
        )
        kept = cr.fetchone()
        if kept and kept[0]:
            # Promised as well, and due before.
            return None
        plan = {**plan, "promised_only": True}
        row, _more = self._claim_waiting(cr, plan, 2, NOTHING)
        return row

    @api.model
    def _take_sql(self, plan, line_id, token):
        return SQL(
            _TAKE,
            user=plan["user"],
            campaign=plan["campaign"],
            line=line_id,
            token=str(token),
            minutes=plan["minutes"],
            window=SQL("false") if plan["is_closed"] else plan["window"] or ALWAYS,
            promised=_PROMISED,
            callable=plan["callable"],
            callable_rarely=plan["callable_rarely"],
            filter=plan["filter"],
            returning=RETURNING,
            stamp=_STAMP,
            now=NOW,
        )

    @api.model
    def _stamp(self, line_id):
        """Return a text that changes with what the desk shows of a line.

        :rtype: str
        """
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(
                SQL(
                    "SELECT %s FROM crm_call_list_line line WHERE line.id = %s",
                    _STAMP,
                    line_id,
                )
            )
            # Deleted meanwhile, perhaps: that is no stamp.
            row = cr.fetchone()
            return row and row[0]

    @api.model
    def _sign_of_life(self, cr, line_id):
        result = super()._sign_of_life(cr, line_id)
        cr.execute(
            SQL(
                _PROLONG,
                user=self.env.uid,
                line=line_id,
                minutes=AHEAD_MINUTES,
                most=MOST_AHEAD_MINUTES,
                now=NOW,
            )
        )
        return result
