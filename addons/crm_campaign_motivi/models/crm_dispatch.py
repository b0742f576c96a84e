import uuid

from psycopg2.errors import UniqueViolation

from odoo import api, models

from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

#: Columns of a claimed line that the desk needs at once.
CLAIM_COLUMNS = (
    "id",
    "lead_id",
    "list_id",
    "campaign_id",
    "claim_token",
    "claimed_until",
    "attempts",
    "recall_at",
    "recall_scope",
    "last_outcome_id",
    "list_state_id",
    "category",
)
_RETURNING = ", ".join(f"line.{column}" for column in CLAIM_COLUMNS)

_NOW = "(now() AT TIME ZONE 'UTC')"

#: A name may be called: it is active, not blocked, and has a number that is not on the
#: do-not-call list and for which the consent is there that the company wants, if any.
#: Each look-up is a sub-select of its own, by its key: as a join, a plan made while the
#: table was nearly empty reads the whole index for every line.
_CALLABLE = """
    (SELECT lead.active AND lead.may_not_be_called IS NOT TRUE
            AND (SELECT state.state_class FROM crm_commercial_state state
                  WHERE state.id = lead.commercial_state_id)
                IS DISTINCT FROM 'blocked'
            AND EXISTS (
                SELECT 1
                  FROM (VALUES (lead.phone_e164), (lead.mobile_e164),
                               (lead.phone_second_e164)) AS own(number)
                 WHERE own.number IS NOT NULL
                   AND (SELECT bool_or(black.active) FROM phone_blacklist black
                         WHERE black.number = own.number) IS NOT TRUE
                   AND (%(consent)s IS NULL
                        OR (SELECT consent.action = 'given'
                                   AND (consent.date_expiry IS NULL
                                        OR consent.date_expiry >= %(today)s)
                              FROM crm_consent consent
                             WHERE consent.value = own.number
                               AND consent.purpose_id = %(consent)s
                               AND consent.date <= (now() AT TIME ZONE 'UTC')
                          ORDER BY consent.date DESC, consent.id DESC LIMIT 1)))
       FROM crm_lead lead
      WHERE lead.id = line.lead_id)"""

#: Nobody has the name in hand, through this line or another, and it doesn't rest.
_FREE = f"""
    line.claimed_by_id IS NULL
    AND (line.rest_until IS NULL OR line.rest_until <= {_NOW})
    AND line.lead_id NOT IN (SELECT lead_id FROM held)"""

# A queue changes faster than its statistics, and a plan made for the list as it was
# before the last import reads tables. For this transaction only the queue's own indexes
# come into question, in their own order.
_WALK_THE_INDEXES = """
    SET LOCAL enable_seqscan = off;
    SET LOCAL enable_hashjoin = off;
    SET LOCAL enable_mergejoin = off;
    SET LOCAL enable_sort = off;
"""

# Claims whose time is over give the name back.
_EXPIRE = f"""
    UPDATE crm_call_list_line
       SET claimed_by_id = NULL
     WHERE id IN (SELECT id FROM crm_call_list_line
                   WHERE claimed_by_id IS NOT NULL AND claimed_until <= {_NOW}
                     FOR UPDATE SKIP LOCKED)"""

# What I hold already is served again: a double click gets one name.
_HELD = f"""
    SELECT {_RETURNING} FROM crm_call_list_line line
     WHERE line.claimed_by_id = %(user)s
  ORDER BY line.claimed_at DESC LIMIT 1"""

# Due recalls first, mine before everybody's; then the best rank of my lists.
# Each list gives its first few names, so that however many lists there are, a handful
# of index entries is read. The names in hand, a few dozen, are read once: asked row by
# row they are what a plan made on old statistics stumbles over.
_CLAIM_TEMPLATE = f"""
    WITH my_list AS MATERIALIZED (
        SELECT list.id
          FROM crm_call_list list
          JOIN crm_call_list_operator_rel rel
            ON rel.list_id = list.id AND rel.user_id = %(user)s
          JOIN utm_campaign campaign ON campaign.id = list.campaign_id
         WHERE list.campaign_id = %(campaign)s AND list.active
           AND list.owner_id IS NULL
           AND campaign.active AND campaign.call_state = 'running'
    ), held AS MATERIALIZED (
        SELECT lead_id FROM crm_call_list_line WHERE claimed_by_id IS NOT NULL
    ), own_recall AS MATERIALIZED (
        SELECT line.id, line.category, line.recall_at, line.rank
          FROM crm_call_list_line line
         WHERE line.recall_user_id = %(user)s AND line.category = 'recall'
           AND line.recall_at <= {_NOW}
           AND line.list_id IN (SELECT id FROM my_list)
           AND {_FREE} AND {_CALLABLE}
      ORDER BY line.recall_at, line.id
         LIMIT %(depth)s {{lock}}
    ), recall AS MATERIALIZED (
        SELECT head.*
          FROM my_list
    CROSS JOIN LATERAL (
            SELECT line.id, line.category, line.recall_at, line.rank
              FROM crm_call_list_line line
             WHERE line.list_id = my_list.id AND line.category = 'recall'
               AND line.recall_at <= {_NOW} AND line.recall_user_id IS NULL
               AND {_FREE} AND {_CALLABLE}
          ORDER BY line.recall_at, line.id
             LIMIT %(depth)s {{lock}}) head
         WHERE NOT EXISTS (SELECT 1 FROM own_recall)
    ), fresh AS MATERIALIZED (
        SELECT head.*
          FROM my_list
    CROSS JOIN LATERAL (
            SELECT line.id, line.category, line.recall_at, line.rank
              FROM crm_call_list_line line
             WHERE line.list_id = my_list.id AND line.category = 'to_call'
               AND {_FREE} AND {_CALLABLE}
          ORDER BY line.rank, line.id
             LIMIT %(depth)s {{lock}}) head
         WHERE NOT EXISTS (SELECT 1 FROM own_recall)
           AND NOT EXISTS (SELECT 1 FROM recall)
    ), candidate AS MATERIALIZED (
        SELECT * FROM own_recall
     UNION ALL
        SELECT * FROM recall
     UNION ALL
        SELECT * FROM fresh
    ), chosen AS MATERIALIZED (
        SELECT line.id
          FROM candidate
          JOIN crm_call_list_line line ON line.id = candidate.id
         WHERE line.id = ANY (ARRAY(SELECT id FROM candidate))
           AND line.claimed_by_id IS NULL AND line.category = candidate.category
           AND (line.rest_until IS NULL OR line.rest_until <= {_NOW})
           AND line.recall_at IS NOT DISTINCT FROM candidate.recall_at
      ORDER BY CASE candidate.category WHEN 'recall' THEN candidate.recall_at END,
               candidate.rank, candidate.id
         LIMIT 1
           FOR UPDATE OF line SKIP LOCKED
    ), claimed AS (
        UPDATE crm_call_list_line line
           SET claimed_by_id = %(user)s, claimed_at = {_NOW},
               claim_token = %(token)s,
               claimed_until = {_NOW} + %(minutes)s * interval '1 minute'
         WHERE line.id = (SELECT id FROM chosen)
     RETURNING {_RETURNING}
    )
    SELECT EXISTS (SELECT 1 FROM candidate) AS more, claimed.*
      FROM (VALUES (1)) AS always LEFT JOIN claimed ON true"""
# The names of the lists are chosen without a lock, and of them the first that nobody is
# just claiming is locked: whoever locked the head of every list would, for that moment,
# leave nothing to others.
_CLAIM = _CLAIM_TEMPLATE.format(lock="")
# Past thousands of names that a bulk change has locked, only locks find the way.
_CLAIM_PAST_LOCKS = _CLAIM_TEMPLATE.format(lock="FOR UPDATE OF line SKIP LOCKED")
#: Statement and names to look at per list, by try; who loses a race tries once more.
_CLAIM_TRIES = ((_CLAIM, 2), (_CLAIM, 16)) + 3 * ((_CLAIM_PAST_LOCKS, 1),)

_IN_MY_HANDS = "id = %(line)s AND claim_token = %(token)s AND claimed_by_id = %(user)s"

_RELEASE = f"""
    UPDATE crm_call_list_line
       SET claimed_by_id = NULL, claimed_at = NULL, claimed_until = NULL,
           claim_token = NULL,
           rest_until = {_NOW} + %(minutes)s * interval '1 minute'
     WHERE {_IN_MY_HANDS}"""

_EXTEND = f"""
    UPDATE crm_call_list_line
       SET claimed_until = {_NOW} + %(minutes)s * interval '1 minute'
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
        parameters = {
            "user": self.env.uid,
            "campaign": campaign.id,
            "minutes": campaign.claim_minutes,
            # sudo: what the settings ask for, whoever dials
            "consent": self.env.company.sudo().call_consent_purpose_id.id or None,
            # sudo: where the company is, whoever dials
            "today": self.env.company.sudo()._local_day(),
        }
        for statement, depth in _CLAIM_TRIES:
            parameters.update(token=uuid.uuid4().hex, depth=depth)
            try:
                with read_committed_cursor(self.env.registry) as cr:
                    row, more = self._claim_once(cr, statement, parameters)
            except UniqueViolation:
                # Another operator has just taken this name through another list.
                continue
            if row or not more:
                return dict(zip(CLAIM_COLUMNS, row, strict=True)) if row else None
            # Others are claiming all of these names just now: look further.
        return None

    @api.model
    def _claim_once(self, cr, statement, parameters):
        """Try once to take a name.

        :param str statement: ``_CLAIM`` or ``_CLAIM_PAST_LOCKS``
        :return: the line, or ``None``; and whether there are names at all
        :rtype: tuple[tuple | None, bool]
        """
        # Requests of one operator wait for one another: a double click claims once.
        cr.execute(
            _WALK_THE_INDEXES
            + "SELECT pg_advisory_xact_lock(hashtext('crm.dispatch'), %(user)s)",
            parameters,
        )
        cr.execute(_EXPIRE)
        cr.execute(_HELD, parameters)
        row = cr.fetchone()
        if row:
            return row, True
        cr.execute(statement, parameters, log_exceptions=False)
        more, *row = cr.fetchone()
        return (tuple(row) if row[0] else None), more

    @api.model
    def _held_claim(self):
        """Return ``CLAIM_COLUMNS`` of the line in hand, or ``None``."""
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(_EXPIRE)
            cr.execute(_HELD, {"user": self.env.uid})
            row = cr.fetchone()
        return dict(zip(CLAIM_COLUMNS, row, strict=True)) if row else None

    @api.model
    def _release(self, line_id, token, rest_minutes=0):
        """Give a name back without an outcome.

        :param int line_id: the line in hand
        :param str token: of the claim; a stale one releases nothing
        :param int rest_minutes: how long the name rests before it is served again
        :return: whether it was in hand
        :rtype: bool
        """
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(
                _RELEASE,
                {
                    "line": line_id,
                    "token": token,
                    "user": self.env.uid,
                    "minutes": rest_minutes,
                },
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
                _EXTEND,
                {
                    "line": line_id,
                    "token": token,
                    "user": self.env.uid,
                    "minutes": minutes,
                },
            )
            row = cr.fetchone()
            return row[0] if row else None
