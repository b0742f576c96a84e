import uuid

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

from ..tools.claim_sql import (
    ALWAYS,
    CLAIM_COLUMNS,
    LOCK,
    NOTHING,
    NOW,
    RETURNING,
    callable_name,
    claim,
    open_zone,
)

#: Lines whose rest is over that one claim wakes up; the upkeep job wakes all others.
WOKEN_AT_ONCE = 20

# A queue changes faster than its statistics, and a plan made for the list as it was
# before the last import reads tables. For this transaction only the queue's own indexes
# come into question, in their own order.
_WALK_THE_INDEXES = """
    SET LOCAL enable_seqscan = off;
    SET LOCAL enable_hashjoin = off;
    SET LOCAL enable_mergejoin = off;
    SET LOCAL enable_sort = off;
"""

# Claims whose time is over give the name back. Whoever had it in hand may still end the
# call; what was only kept for later is forgotten.
_EXPIRE = SQL(
    """UPDATE crm_call_list_line
          SET claimed_by_id = NULL, claim_is_ahead = NULL,
              claim_token = CASE WHEN claim_is_ahead THEN NULL ELSE claim_token END
        WHERE id IN (SELECT id FROM crm_call_list_line
                      WHERE claimed_by_id IS NOT NULL AND claimed_until <= %s
                        FOR UPDATE SKIP LOCKED)""",
    NOW,
)

# Names that have rested return to their queue.
_WAKE = SQL(
    """UPDATE crm_call_list_line
          SET rest_until = NULL
        WHERE id IN (SELECT id FROM crm_call_list_line
                      WHERE rest_until IS NOT NULL AND rest_until <= %s
                   ORDER BY rest_until LIMIT %s
                        FOR UPDATE SKIP LOCKED)""",
    NOW,
    WOKEN_AT_ONCE,
)

# What I hold already is served again: a double click gets one name.
_HELD = """
    SELECT %(returning)s FROM crm_call_list_line line
     WHERE line.claimed_by_id = %(user)s AND line.claim_is_ahead IS NOT TRUE
  ORDER BY line.claimed_at DESC LIMIT 1"""

#: How often a claim may lose the race for a name that stands in several lists.
MOST_RACES = 10
#: Locks and names to look at per list, by try; who loses a race tries once more.
_CLAIM_TRIES = ((NOTHING, 2), (NOTHING, 16)) + 3 * ((LOCK, 1),)
#: How much of a list is looked at while the filter's change is being carried out; rare
#: names are then looked for by the filter.
_HEADS = (2_000, None)

_IN_MY_HANDS = (
    "id = %(line)s AND claim_token = %(token)s AND claimed_by_id = %(user)s"
    " AND claim_is_ahead IS NOT TRUE"
)

_RELEASE = f"""
    UPDATE crm_call_list_line
       SET claimed_by_id = NULL, claimed_at = NULL, claimed_until = NULL,
           claim_token = NULL,
           rest_until = greatest(
               rest_until, %(now)s + %(minutes)s * interval '1 minute')
     WHERE {_IN_MY_HANDS}"""

_EXTEND = f"""
    UPDATE crm_call_list_line
       SET claimed_until = %(now)s + %(minutes)s * interval '1 minute'
     WHERE {_IN_MY_HANDS}
 RETURNING claimed_until"""


class CrmDispatch(models.AbstractModel):
    """Who calls whom next: claims of names, each one short committed transaction.

    See ``docs/architecture.md``: on the request's own REPEATABLE READ cursor the
    same statement costs seconds of retries under load.
    """

    _name = "crm.dispatch"
    _description = "Dispatch of Names"

    @api.model
    def _claim_next(self, campaign):
        """Take the next name for the current user, or the one already in hand.

        :param utm.campaign campaign: from whose lists
        :return: ``CLAIM_COLUMNS`` of the line, or ``None`` when nothing is to call
        :rtype: dict | None
        """
        return self._claim_by(self._claim_plan(campaign))

    @api.model
    def _claim_by(self, plan):
        """Take a name by a plan, looking further each time that all are being taken.

        :param dict plan: see ``_claim_plan``
        :return: see ``_claim_next``
        :rtype: dict | None
        """
        for changes, lock, depth in self._claim_tries(plan):
            row, more = self._claim_racing({**plan, **changes}, depth, lock)
            if row:
                return dict(zip(CLAIM_COLUMNS, row, strict=True))
            if not more and not changes.get("is_partial"):
                return None
            # Others are claiming all of these names just now: look further.
        return None

    @api.model
    def _claim_racing(self, plan, depth, lock):
        """Try to take a name, again when another operator has just taken the same one.

        Through another list: the name is waited for, and then is in other hands.

        :return: see ``_claim_once``
        :rtype: tuple[tuple | None, bool]
        """
        for _race in range(MOST_RACES):
            try:
                with read_committed_cursor(self.env.registry) as cr:
                    return self._claim_once(cr, plan, depth, lock)
            except UniqueViolation:
                continue
        return None, True

    @api.model
    def _claim_tries(self, plan):
        """Return how a name is looked for, try by try.

        :param dict plan: see ``_claim_plan``
        :return: changes of the plan, whose ``is_partial`` says that there may be names
            although this try finds none; the lock; and names to look at per list
        :rtype: list[tuple[dict, SQL, int]]
        """
        if plan["is_filter_pending"]:
            *heads, last = [
                ({"head": head, "is_partial": head != _HEADS[-1]}, NOTHING, depth)
                for head in _HEADS
                for depth in (2, 16)
            ]
            return [*heads, last, last, last]
        return [({}, lock, depth) for lock, depth in _CLAIM_TRIES]

    @api.model
    def _claim_plan(self, campaign):
        """Return what is known of a claim before its statement is run.

        Whatever doesn't depend on the single line is decided here: calling hours,
        rules of frequency, the filter. Addons add conditions by putting more SQL into
        ``callable``, which holds for every name, or ``callable_rarely``, which
        promised recalls are not asked.

        :param utm.campaign campaign: from whose lists
        :rtype: dict
        """
        now = fields.Datetime.now()
        is_open, exceptions = campaign._open_zones(now)
        always = self._callable_sql(campaign._rule_company())
        return {
            "user": self.env.uid,
            "campaign": campaign.id,
            "minutes": campaign.claim_minutes,
            "now": now,
            "is_open": is_open,
            "exceptions": exceptions,
            "is_closed": not is_open and not exceptions,
            "window": open_zone(is_open, exceptions),
            "callable": always,
            "callable_rarely": always,
            "filter": ALWAYS,
            "is_filter_pending": False,
            "zones": None,
            "is_adaptive": False,
            "retry_first": True,
            "skill_minutes": 0,
            "fall_minutes": 0,
            "skip": 0,
        }

    @api.model
    def _callable_sql(self, company, caps=()):
        """Return the condition that the name of ``line`` may be called.

        :param res.company company: whose rules hold, see ``_rule_company``
        :param caps: rules of frequency, see ``callable_name``
        :rtype: SQL
        """
        consent = company.call_consent_purpose_id.id
        today = company._local_day()
        return callable_name(consent, today, caps)

    @api.model
    def _claim_once(self, cr, plan, depth, lock):
        """Try once to take a name.

        :param dict plan: see ``_claim_plan``
        :param int depth: names to look at per list
        :param SQL lock: ``LOCK`` or ``NOTHING``
        :return: the line, or ``None``; and whether there are names at all
        :rtype: tuple[tuple | None, bool]
        """
        # Requests of one operator wait for one another: a double click claims once.
        cr.execute(
            _WALK_THE_INDEXES
            + "SELECT pg_advisory_xact_lock(hashtext('crm.dispatch'), %(user)s)",
            {"user": plan["user"]},
        )
        cr.execute(self._before_claim_sql(plan))
        cr.execute(SQL(_HELD, returning=RETURNING, user=plan["user"]))
        row = cr.fetchone()
        if row:
            return row, True
        if plan["is_closed"]:
            return None, False
        return self._claim_waiting(cr, plan, depth, lock)

    @api.model
    def _before_claim_sql(self, plan):
        """Return the statements that come before a claim: names that became free.

        :param dict plan: see ``_claim_plan``
        :rtype: SQL
        """
        return SQL("%s; %s", _EXPIRE, _WAKE)

    @api.model
    def _claim_waiting(self, cr, plan, depth, lock):
        """Take one of the names that wait; see ``_claim_once``."""
        token = uuid.uuid4().hex
        cr.execute(claim(plan, token, depth, lock), log_exceptions=False)
        more, *row = cr.fetchone()
        return (tuple(row) if row[0] else None), more

    @api.model
    def _held_claim(self):
        """Return ``CLAIM_COLUMNS`` of the line in hand, or ``None``."""
        with read_committed_cursor(self.env.registry) as cr:
            return self._read_hands(cr)

    @api.model
    def _read_hands(self, cr):
        """Return what ``_held_claim`` does, on a cursor at READ COMMITTED."""
        cr.execute(_EXPIRE)
        cr.execute(SQL(_HELD, returning=RETURNING, user=self.env.uid))
        row = cr.fetchone()
        return dict(zip(CLAIM_COLUMNS, row, strict=True)) if row else None

    @api.model
    def _lock_hands(self, cr):
        """Let requests of the current user that take a name wait for one another.

        Until the end of the cursor's transaction: the claim of the next name takes the
        same lock, so that two tabs never take two names.
        """
        cr.execute(
            SQL(
                "SELECT pg_advisory_xact_lock(hashtext('crm.dispatch'), %s)",
                self.env.uid,
            )
        )

    @api.model
    def _release(self, line_id, token, rest_minutes=0):
        """Give a name back without an outcome.

        :param int line_id: the line in hand
        :param str token: of the claim; a stale one releases nothing
        :param int rest_minutes: how long the name rests before it is served again; a
            longer rest that it has already stays
        :return: whether it was in hand
        :rtype: bool
        """
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(
                SQL(
                    _RELEASE,
                    line=line_id,
                    token=token,
                    user=self.env.uid,
                    minutes=rest_minutes,
                    now=NOW,
                )
            )
            return bool(cr.rowcount)

    @api.model
    def _extend(self, line_id, token, minutes):
        """Prolong a claim; the desk gives a sign of life.

        :param int line_id: the line in hand
        :param str token: of the claim
        :param int minutes: from now on
        :return: until when (naive UTC), or ``None`` when the claim is lost
        :rtype: datetime.datetime | None
        """
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(
                SQL(
                    _EXTEND,
                    line=line_id,
                    token=token,
                    user=self.env.uid,
                    minutes=minutes,
                    now=NOW,
                )
            )
            row = cr.fetchone()
            if row:
                self._sign_of_life(cr, line_id)
            return row[0] if row else None

    @api.model
    def _sign_of_life(self, cr, line_id):
        """Note that the current user is at work on a line in hand."""
