"""The statement that claims the next name, put together from its parts.

One statement, whatever the campaign asks for. Look-ups of names are scalar sub-selects
by key: as a join, a plan made while the table was nearly empty reads the whole index
for every line. Each list gives its first few names, so that however many lists there
are, a handful of index entries is read. The names in hand, a few dozen, are read once:
asked row by row they are what a plan made on old statistics stumbles over.
"""

from odoo.tools import SQL

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
    "recall_user_id",
    "rest_until",
    "last_outcome_id",
    "last_contact_at",
    "list_state_id",
    "category",
    "claimed_at",
)
RETURNING = SQL(", ".join(f"line.{column}" for column in CLAIM_COLUMNS))
NOW = SQL("(now() AT TIME ZONE 'UTC')")
NOTHING = SQL("")
ALWAYS = SQL("true")
NEVER = SQL("false")
LOCK = SQL("FOR UPDATE OF line SKIP LOCKED")

# The conditions of the partial indexes, see ``crm.call.list.line``.
_WAITING = "line.suspended IS NOT TRUE AND line.rest_until IS NULL"
_FRESH = f"{_WAITING} AND line.category = 'to_call' AND line.is_filtered IS NOT TRUE"
_FILTERED = f"{_WAITING} AND line.category = 'to_call' AND line.is_filtered IS TRUE"
_PROMISED = (
    f"{_WAITING} AND line.category = 'recall' AND line.recall_scope != 'automatic'"
)
_RETRY = (
    f"{_WAITING} AND line.category = 'recall' AND line.recall_scope = 'automatic'"
    " AND line.is_filtered IS NOT TRUE"
)


# In place of the fresh names, where they don't come into question.
_NO_NAME = """
    SELECT line.id, line.category, line.recall_at, line.rank, 3 AS priority,
           0::bigint AS place
      FROM crm_call_list_line line WHERE false"""


def calls_of_number(since):
    """Return the number of calls to ``own.number`` since a moment, as SQL.

    :param datetime.datetime since: naive UTC
    """
    return SQL(
        """(SELECT count(*) FROM crm_call call
             WHERE call.number_e164 = own.number AND call.direction = 'out'
               AND call.started_at >= %s)""",
        since,
    )


def callable_name(consent, today, caps=()):
    """Return the condition that the name of ``line`` may be called.

    It is active, not blocked, and has a number that is not on the do-not-call list,
    was not called too often, and for which the consent is there that the company
    wants, if any.

    :param int consent: purpose of the consent, ``None`` for no need
    :param datetime.date today: local
    :param caps: pairs (since, calls allowed) of each rule of frequency
    """
    often = SQL("").join(
        SQL(" AND %s < %s", calls_of_number(since), most) for since, most in caps
    )
    with_consent = (
        SQL(
            """AND (SELECT consent.action = 'given'
                           AND (consent.date_expiry IS NULL
                                OR consent.date_expiry >= %s)
                      FROM crm_consent consent
                     WHERE consent.value = own.number AND consent.purpose_id = %s
                       AND consent.date <= %s
                  ORDER BY consent.date DESC, consent.id DESC LIMIT 1)""",
            today,
            consent,
            NOW,
        )
        if consent
        else NOTHING
    )
    return SQL(
        """(SELECT lead.active AND lead.may_not_be_called IS NOT TRUE
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
                          %s %s)
              FROM crm_lead lead
             WHERE lead.id = line.lead_id)""",
        with_consent,
        often,
    )


def free_line():
    """Return the condition that nobody has the name in hand through any line."""
    return SQL(
        "line.claimed_by_id IS NULL AND line.lead_id NOT IN (SELECT lead_id FROM held)"
    )


def open_zone(is_open, exceptions):
    """Return the condition that the call window of a line's zone is open.

    :param bool is_open: in general
    :param set exceptions: ids of the zones for which the opposite holds
    """
    if not exceptions:
        return ALWAYS if is_open else SQL("false")
    return SQL(
        "(coalesce(line.zone_id, 0) = ANY(%s)) != %s", sorted(exceptions), is_open
    )


def fresh_names(plan, depth, lock):
    """Return the query of the fresh names that come into question.

    :param dict plan: see ``crm.dispatch._claim_plan``; its ``zones`` are the zones to
        look into in their order, ``None`` for all names of a list in one queue
    :param int depth: names to look at per list, and zone
    :param SQL lock: ``LOCK`` or ``NOTHING``
    """
    if plan["is_filter_pending"] and not plan.get("promised_only"):
        return SQL(
            "%s UNION ALL %s",
            _head_of_list(plan, depth, SQL(_FRESH)),
            _head_of_list(plan, depth, SQL(_FILTERED)),
        )
    if plan.get("promised_only"):
        return SQL(_NO_NAME)
    zones = plan["zones"]
    conditions = (plan["callable_rarely"], plan["filter"], free_line(), plan["window"])
    return SQL(
        """SELECT head.* FROM my_list %(zones)s CROSS JOIN LATERAL (
               SELECT line.id, line.category, line.recall_at, line.rank,
                      3 AS priority, %(place)s AS place
                 FROM crm_call_list_line line
                WHERE line.list_id = my_list.id AND %(fresh)s %(of_zone)s
                  AND %(conditions)s
             ORDER BY line.rank, line.id LIMIT %(depth)s %(lock)s) head""",
        zones=NOTHING
        if zones is None
        else SQL(
            "CROSS JOIN unnest(%s::int[]) WITH ORDINALITY AS zone(id, place)", zones
        ),
        of_zone=NOTHING if zones is None else SQL("AND line.zone_id = zone.id"),
        place=SQL("zone.place")
        if zones is not None and plan["is_adaptive"]
        else SQL("0::bigint"),
        fresh=SQL(_FRESH),
        conditions=SQL(" AND ").join(conditions),
        depth=depth,
        lock=lock,
    )


def _head_of_list(plan, depth, queue):
    """Return the query of a queue's first names that the new filter wants.

    :param SQL queue: condition of one of the queues of fresh names
    """
    if plan["head"]:
        names = SQL(
            """(SELECT line.* FROM crm_call_list_line line
                 WHERE line.list_id = my_list.id AND %s
              ORDER BY line.rank, line.id LIMIT %s)""",
            queue,
            plan["head"],
        )
        wanted = plan["filter"]
    else:
        names = SQL(
            """(SELECT line.* FROM crm_call_list_line line
                 WHERE line.lead_id = ANY(ARRAY(%s))
                   AND line.list_id = my_list.id AND %s)""",
            plan["filtered_names"],
            queue,
        )
        wanted = ALWAYS
    # The filter first: it is the cheaper one, and here it leaves most names out.
    conditions = (wanted, free_line(), plan["window"], plan["callable_rarely"])
    return SQL(
        """SELECT head.* FROM my_list CROSS JOIN LATERAL (
               SELECT line.id, line.category, line.recall_at, line.rank,
                      3 AS priority, 0::bigint AS place
                 FROM %(names)s line
                WHERE %(conditions)s
             ORDER BY line.rank, line.id LIMIT %(depth)s) head""",
        names=names,
        conditions=SQL(" AND ").join(conditions),
        depth=depth,
    )


def claim(plan, token, depth, lock):
    """Return the statement that claims the next name for a user.

    Due recalls first, mine before everybody's; then due retries and fresh names, in
    the order that the campaign wants. The names of the lists are chosen without a
    lock, and of them the first that nobody is just claiming is locked: whoever locked
    the head of every list would, for that moment, leave nothing to others. Past
    thousands of names that a bulk change has locked, only ``lock`` finds the way.

    :param dict plan: see ``crm.dispatch._claim_plan``
    :param str token: of the new claim
    :param int depth: names to look at per list
    :param SQL lock: ``LOCK`` or ``NOTHING``
    :return: yields whether there are names at all, and ``CLAIM_COLUMNS`` or NULLs
    :rtype: SQL
    """
    skip = 0 if lock.code else plan["skip"]
    return SQL(
        _CLAIM,
        user=plan["user"],
        campaign=plan["campaign"],
        token=token,
        minutes=plan["minutes"],
        skill_minutes=plan["skill_minutes"],
        fall_minutes=plan["fall_minutes"],
        retry_priority=2 if plan["retry_first"] else 4,
        skip=skip,
        free=free_line(),
        callable=plan["callable"],
        callable_rarely=plan["callable_rarely"],
        filter=plan["filter"],
        window=plan["window"],
        promised_window=plan.get("promised_window", plan["window"]),
        promised=SQL(_PROMISED),
        retry=NEVER if plan.get("promised_only") else SQL(_RETRY),
        ahead=bool(plan.get("is_ahead")),
        # Whoever has another name in hand can't keep a promise made to everybody: that
        # recall stays for those who are free, and is looked for at the turn again.
        shared=NEVER if plan.get("is_ahead") else ALWAYS,
        fresh=fresh_names(plan, depth + skip, lock),
        now=NOW,
        returning=RETURNING,
        depth=depth,
        lock=lock,
    )


_CLAIM = """
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
    ), due AS MATERIALIZED (
        SELECT * FROM (VALUES
               ('public', %(now)s),
               ('skill', %(now)s - %(skill_minutes)s * interval '1 minute'),
               ('private', %(now)s - %(fall_minutes)s * interval '1 minute')
               ) AS due(scope, until)
    ), own_recall AS MATERIALIZED (
        SELECT line.id, line.category, line.recall_at, line.rank, 0 AS priority,
               0::bigint AS place
          FROM crm_call_list_line line
         WHERE line.recall_user_id = %(user)s AND line.recall_at <= %(now)s
           AND %(promised)s AND line.list_id IN (SELECT id FROM my_list)
           AND %(free)s AND %(callable)s AND %(promised_window)s
      ORDER BY line.recall_at, line.id
         LIMIT %(depth)s %(lock)s
    ), recall AS MATERIALIZED (
        SELECT head.*
          FROM my_list CROSS JOIN due
    CROSS JOIN LATERAL (
            SELECT line.id, line.category, line.recall_at, line.rank, 1 AS priority,
                   0::bigint AS place
              FROM crm_call_list_line line
             WHERE line.list_id = my_list.id AND line.recall_scope = due.scope
               AND line.recall_at <= due.until AND %(promised)s
               AND (line.recall_user_id IS NULL
                    OR NOT EXISTS (
                        SELECT 1 FROM crm_call_list_operator_rel owner
                         WHERE owner.list_id = line.list_id
                           AND owner.user_id = line.recall_user_id)
                    OR (%(fall_minutes)s > 0
                        AND coalesce((SELECT presence.seen_at
                                        FROM crm_desk_presence presence
                                       WHERE presence.user_id = line.recall_user_id
                                         AND presence.campaign_id = %(campaign)s),
                                     '-infinity') <= due.until))
               AND %(free)s AND %(callable)s AND %(promised_window)s
          ORDER BY line.recall_at, line.id
             LIMIT %(depth)s %(lock)s) head
         WHERE %(shared)s AND NOT EXISTS (SELECT 1 FROM own_recall)
    ), retry AS MATERIALIZED (
        SELECT head.*
          FROM my_list
    CROSS JOIN LATERAL (
            SELECT line.id, line.category, line.recall_at, line.rank,
                   %(retry_priority)s AS priority, 0::bigint AS place
              FROM crm_call_list_line line
             WHERE line.list_id = my_list.id AND line.recall_at <= %(now)s
               AND %(retry)s
               AND %(free)s AND %(callable_rarely)s AND %(filter)s AND %(window)s
          ORDER BY line.recall_at, line.id
             LIMIT %(depth)s %(lock)s) head
         WHERE NOT EXISTS (SELECT 1 FROM own_recall)
           AND NOT EXISTS (SELECT 1 FROM recall)
    ), fresh AS MATERIALIZED (
        SELECT * FROM (%(fresh)s) AS fresh
         WHERE NOT EXISTS (SELECT 1 FROM own_recall)
           AND NOT EXISTS (SELECT 1 FROM recall)
           AND (%(retry_priority)s > 3 OR NOT EXISTS (SELECT 1 FROM retry))
    ), candidate AS MATERIALIZED (
        SELECT found.*, row_number() OVER waiting AS number,
               count(*) FILTER (WHERE priority = 3) OVER () AS fresh_count,
               count(*) OVER () AS total
          FROM (SELECT * FROM own_recall
             UNION ALL
                SELECT * FROM recall
             UNION ALL
                SELECT * FROM retry
             UNION ALL
                SELECT * FROM fresh) AS found
        WINDOW waiting AS (ORDER BY priority, place,
                           CASE category WHEN 'recall' THEN recall_at END, rank, id)
    ), chosen AS MATERIALIZED (
        SELECT line.id
          FROM candidate
          JOIN crm_call_list_line line ON line.id = candidate.id
         WHERE line.id = ANY (ARRAY(SELECT id FROM candidate))
           AND (candidate.fresh_count < candidate.total
                OR candidate.number > least(%(skip)s, candidate.total - 1))
           AND line.claimed_by_id IS NULL AND line.category = candidate.category
           AND line.rest_until IS NULL AND line.suspended IS NOT TRUE
           AND line.recall_at IS NOT DISTINCT FROM candidate.recall_at
      ORDER BY candidate.number
         LIMIT 1
           FOR UPDATE OF line SKIP LOCKED
    ), claimed AS (
        UPDATE crm_call_list_line line
           SET claimed_by_id = %(user)s,
               claimed_at = CASE WHEN %(ahead)s THEN NULL ELSE %(now)s END,
               claim_token = %(token)s, claim_is_ahead = nullif(%(ahead)s, false),
               claimed_until = %(now)s + %(minutes)s * interval '1 minute'
         WHERE line.id = (SELECT id FROM chosen)
     RETURNING %(returning)s
    )
    SELECT EXISTS (SELECT 1 FROM candidate) AS more, claimed.*
      FROM (VALUES (1)) AS always LEFT JOIN claimed ON true"""
