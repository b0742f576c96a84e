from odoo import api, fields, models
from odoo.tools import SQL

#: Calls that the learning reads in one transaction.
LEARN_CALLS = 50_000
# A call and its outcome are written by then; younger calls wait for the next run.
_OLD_ENOUGH = "started_at < now() AT TIME ZONE 'UTC' - interval '2 hours'"
# An outcome may be dated back, and is written when it is.
_OUTCOME_OLD_ENOUGH = "date < now() AT TIME ZONE 'UTC' - interval '2 hours'"
_WATERMARK = "crm_callcenter.phone_number_learnt_call"
_WATERMARK_OUTCOME = "crm_callcenter.phone_number_learnt_outcome"
#: After how many minutes the flags of names are looked at once more: a transaction that
#: gave somebody the number, and didn't see the list change, has ended by then.
_MEND_MINUTES = (2, 20)

# Outcomes of calls that nobody logged, for instance in the chatter. Of a name with one
# number it's plain which one was called; of others nothing is learnt.
_PLAIN_OUTCOMES = """
          FROM crm_lead lead
          JOIN crm_interaction row ON row.lead_id = lead.id AND row.call_id IS NULL
          JOIN crm_outcome outcome
            ON outcome.id = row.outcome_id AND outcome.number_result IS NOT NULL
     LEFT JOIN mail_activity_type type ON type.id = row.activity_type_id
         WHERE num_nonnulls(lead.phone_e164, lead.mobile_e164,
                            lead.phone_second_e164) = 1
           AND (type.id IS NULL OR type.channel = 'call')
           AND NOT EXISTS (SELECT 1 FROM crm_interaction back
                            WHERE back.reversed_id = row.id)"""

# What each dial of these numbers within a year ended with, then what follows from it.
# The outcome that somebody registered knows more than the telephone exchange.
_LEARN = (
    """
    INSERT INTO crm_phone_number AS known (
        number, kind, state, is_state_by_hand, last_result, last_call, call_count,
        answer_count, best_hour)
    WITH dial AS (
        SELECT call.number_e164 AS number, call.started_at, call.id,
               COALESCE(told.number_result,
                        NULLIF(call.result, 'dialled')) AS result,
               extract(hour FROM call.started_at AT TIME ZONE 'UTC'
                                 AT TIME ZONE %(tz)s)::int AS hour
          FROM crm_call call
     LEFT JOIN LATERAL (
               SELECT outcome.number_result
                 FROM crm_interaction row
                 JOIN crm_outcome outcome ON outcome.id = row.outcome_id
                WHERE row.lead_id = call.lead_id AND row.call_id = call.id
             ORDER BY row.id DESC LIMIT 1) told ON true
         WHERE call.number_e164 = ANY(%(numbers)s) AND call.number_e164 LIKE '+%%'
           AND call.started_at > %(since)s
     UNION ALL
        SELECT COALESCE(lead.phone_e164, lead.mobile_e164, lead.phone_second_e164),
               row.date, row.id, outcome.number_result,
               extract(hour FROM row.date AT TIME ZONE 'UTC'
                                 AT TIME ZONE %(tz)s)::int"""
    + _PLAIN_OUTCOMES
    + """
           AND lead.id IN (
               SELECT id FROM crm_lead WHERE phone_e164 = ANY(%(numbers)s)
                UNION
               SELECT id FROM crm_lead WHERE mobile_e164 = ANY(%(numbers)s)
                UNION
               SELECT id FROM crm_lead WHERE phone_second_e164 = ANY(%(numbers)s))
           AND row.date > %(since)s
    ), total AS (
        SELECT number, max(started_at) AS last_call, count(*) AS calls,
               count(*) FILTER (WHERE result = 'answered') AS answers,
               (array_agg(result ORDER BY started_at DESC, id DESC)
                FILTER (WHERE result IS NOT NULL))[1:3] AS last
          FROM dial
      GROUP BY number
    ), best AS (
        SELECT DISTINCT ON (number) number, hour
          FROM dial
      GROUP BY number, hour
        HAVING count(*) FILTER (WHERE result = 'answered') > 0
      ORDER BY number,
               (count(*) FILTER (WHERE result = 'answered') + 1.0)
               / (count(*) + 2) DESC, hour
    )
    SELECT total.number,
           CASE WHEN total.number LIKE '+393%%' THEN 'mobile' ELSE 'fixed' END,
           CASE WHEN last[1] = 'wrong' THEN 'wrong'
                WHEN last[1] = 'answered' THEN 'good'
                WHEN last = ARRAY['busy', 'busy', 'busy']::varchar[] THEN 'busy'
                WHEN last = ARRAY['failed', 'failed', 'failed']::varchar[] THEN 'wrong'
                WHEN answers > 0 THEN 'good'
                ELSE 'unknown' END,
           false, last[1], last_call, calls, answers, best.hour
      FROM total LEFT JOIN best ON best.number = total.number
        ON CONFLICT (number) DO UPDATE
       SET state = CASE WHEN known.state = 'never' OR known.is_state_by_hand
                        THEN known.state ELSE excluded.state END,
           last_result = excluded.last_result, last_call = excluded.last_call,
           call_count = excluded.call_count, answer_count = excluded.answer_count,
           best_hour = excluded.best_hour
 RETURNING id"""
)


class CrmPhoneNumber(models.Model):
    """What is known of a telephone number, whichever names have it.

    A narrow table beside the names: what calls teach changes with every call, and
    ``crm_lead`` is wide and much indexed. A number that nobody called, named or
    forbade has no row.
    """

    _name = "crm.phone.number"
    _description = "Phone Number"
    _order = "last_call desc, id desc"
    _rec_name = "number"
    _log_access = False

    number = fields.Char(required=True, readonly=True, help="In E.164: +39030…")
    kind = fields.Selection(
        [
            ("mobile", "Mobile"),
            ("fixed", "Fixed Line"),
            ("home", "Home"),
            ("office", "Office"),
            ("fax", "Fax"),
            ("other", "Other"),
        ],
        required=True,
        default="fixed",
    )
    state = fields.Selection(
        [
            ("unknown", "Not Known"),
            ("good", "Good"),
            ("wrong", "Wrong"),
            ("busy", "Busy Line"),
            ("never", "Never Call"),
        ],
        required=True,
        default="unknown",
        readonly=True,
        help="Learnt from the calls, unless somebody chose it. 'Never call' is the"
        " do-not-call list.",
    )
    is_state_by_hand = fields.Boolean(
        "Chosen by Hand", readonly=True, help="Calls don't change the state any more."
    )
    last_result = fields.Selection(
        [
            ("answered", "Answered"),
            ("no_answer", "No Answer"),
            ("busy", "Busy"),
            ("failed", "Failed"),
            ("wrong", "Wrong Number"),
        ],
        readonly=True,
    )
    last_call = fields.Datetime(readonly=True)
    call_count = fields.Integer("Calls", readonly=True, help="Of the last year.")
    answer_count = fields.Integer("Answers", readonly=True, help="Of the last year.")
    best_hour = fields.Integer(
        readonly=True,
        aggregator=None,
        help="Local hour of the day at which somebody answers most often.",
    )

    _number_once = models.Constraint("UNIQUE (number)", "This number is known already.")

    # ------------------------------------------------------------
    # LEARNING
    # ------------------------------------------------------------

    @api.model
    def _cron_learn(self):
        """Learn from the calls since the last run, in batches; and mend the flags."""
        self._mend_flags()
        while remaining := self._learn_batch():
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                break

    @api.model
    def _learn_batch(self):
        """Learn from the next calls and outcomes that nobody learnt from.

        :return: how many of those that are old enough are left
        :rtype: int
        """
        self.env.flush_all()
        calls = self._next_calls()
        outcomes = self._next_outcomes()
        numbers = self._numbers_called(*calls) | self._numbers_told(*outcomes)
        if numbers:
            self._learn(sorted(numbers))
        # sudo: the marks are the system's own
        parameters = self.env["ir.config_parameter"].sudo()
        for key, (last, newest) in (
            (_WATERMARK, calls),
            (_WATERMARK_OUTCOME, outcomes),
        ):
            if newest != last:
                parameters.set_param(key, newest)
        return self._count_left(calls[1], outcomes[1])

    @api.model
    def _next_calls(self):
        """Return the ids of the calls between which the next batch lies.

        :return: the last call that was learnt, and the last one of this batch
        :rtype: tuple[int, int]
        """
        self.env["crm.call"].flush_model()
        return self._next_batch(_WATERMARK, SQL("crm_call"), SQL(_OLD_ENOUGH))

    @api.model
    def _next_outcomes(self):
        """Return the same of the rows of the ledger.

        :rtype: tuple[int, int]
        """
        self.env["crm.interaction"].flush_model()
        return self._next_batch(
            _WATERMARK_OUTCOME, SQL("crm_interaction"), SQL(_OUTCOME_OLD_ENOUGH)
        )

    @api.model
    def _next_batch(self, key, table, old_enough):
        # sudo: the mark is the system's own
        last = int(self.env["ir.config_parameter"].sudo().get_param(key, 0))
        [(newest,)] = self.env.execute_query(
            SQL(
                """SELECT max(id) FROM (
                       SELECT * FROM %(table)s
                        WHERE id > %(last)s ORDER BY id LIMIT %(limit)s) AS batch
                    WHERE %(old_enough)s""",
                table=table,
                last=last,
                limit=LEARN_CALLS,
                old_enough=old_enough,
            )
        )
        return last, newest or last

    @api.model
    def _count_left(self, call_id, outcome_id):
        [(left,)] = self.env.execute_query(
            SQL(
                """SELECT (SELECT count(*) FROM crm_call WHERE id > %s AND %s)
                        + (SELECT count(*) FROM crm_interaction WHERE id > %s AND %s)
                """,
                call_id,
                SQL(_OLD_ENOUGH),
                outcome_id,
                SQL(_OUTCOME_OLD_ENOUGH),
            )
        )
        return left

    @api.model
    def _numbers_called(self, after_id, last_id):
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT number_e164 FROM crm_call WHERE id > %s AND id <= %s",
                after_id,
                last_id,
            )
        )
        return {number for (number,) in rows}

    @api.model
    def _numbers_told(self, after_id, last_id):
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT COALESCE(lead.phone_e164, lead.mobile_e164,"
                " lead.phone_second_e164)"
                + _PLAIN_OUTCOMES
                + " AND row.id > %s AND row.id <= %s",
                after_id,
                last_id,
            )
        )
        return {number for (number,) in rows}

    @api.model
    def _learn(self, numbers):
        """Learn state, last result and best hour of numbers from their calls.

        :param list numbers: in E.164
        :return: how many numbers have been called within a year
        :rtype: int
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                _LEARN,
                numbers=list(numbers),
                tz=self.env.company._local_zone(),
                since=fields.Datetime.subtract(fields.Datetime.now(), years=1),
            )
        )
        self.invalidate_model()
        return len(rows)

    # ------------------------------------------------------------
    # FLAGS
    # ------------------------------------------------------------

    @api.model
    def _mend_flags(self):
        """Look once more at names whose number was put on or off the list lately.

        Two transactions that don't see each other, one putting a number on the
        list and one giving it to a name, leave the flag of the name behind. Whoever
        serves or dials asks the list itself; searches and figures ask the flag.

        :return: how many names were mended
        :rtype: int
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT number FROM phone_blacklist
                    WHERE write_date > now() AT TIME ZONE 'UTC' - interval '2 days'"""
            )
        )
        leads = self.env["crm.lead"]
        return leads._refresh_may_not_be_called(
            [number for (number,) in rows]
        ) + leads._refresh_may_not_be_called(flagged=True)

    @api.model
    def _mend_flags_soon(self):
        """Have the flags looked at once more in some minutes, see ``_mend_flags``."""
        cron = self.env.ref(
            "crm_callcenter.ir_cron_learn_numbers", raise_if_not_found=False
        )
        precommit = self.env.cr.precommit
        if cron and not precommit.data.get("crm_callcenter.mend_flags"):
            precommit.data["crm_callcenter.mend_flags"] = True
            now = fields.Datetime.now()
            # sudo: waking up a scheduled action needs no right to change it
            cron.sudo()._trigger(
                [fields.Datetime.add(now, minutes=minutes) for minutes in _MEND_MINUTES]
            )

    # ------------------------------------------------------------
    # STATES
    # ------------------------------------------------------------

    @api.model
    def _set_state(self, numbers, state):
        """Give numbers a state that was chosen, not learnt; set-based.

        :param list numbers: in E.164
        :param str state: one of the field's; ``unknown`` lets calls decide again
        """
        if not numbers:
            return
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """INSERT INTO crm_phone_number AS known
                          (number, kind, state, is_state_by_hand, call_count,
                           answer_count)
                   SELECT DISTINCT number,
                          CASE WHEN number LIKE '+393%%' THEN 'mobile'
                               ELSE 'fixed' END, %(state)s, %(by_hand)s, 0, 0
                     FROM unnest(%(numbers)s::varchar[]) AS given(number)
                       ON CONFLICT (number) DO UPDATE
                      SET state = excluded.state,
                          is_state_by_hand = excluded.is_state_by_hand
                RETURNING id""",
                state=state,
                by_hand=state not in ("unknown", "never"),
                numbers=list(numbers),
            )
        )
        self.invalidate_model()
        if state == "unknown":
            self._learn(numbers)

    @api.model
    def _forbid(self, numbers):
        """Mark numbers that were put on the do-not-call list."""
        self._set_state(numbers, "never")

    @api.model
    def _allow(self, numbers):
        """Let the calls of numbers speak again that left the do-not-call list."""
        # sudo: what is known of a number follows the list, whoever changed it
        known = self.sudo().search([("number", "in", numbers), ("state", "=", "never")])
        self._set_state(known.mapped("number"), "unknown")

    @api.model
    def _facts(self, numbers):
        """Return what is known of numbers, one look-up for all of them.

        :param list numbers: in E.164
        :return: record by number; numbers of which nothing is known are left out
        :rtype: dict[str, crm.phone.number]
        """
        if not numbers:
            return {}
        # sudo: whoever sees a name sees what is known of its numbers
        known = self.sudo().search([("number", "in", list(numbers))])
        return {row.number: row for row in known}

    def _drop_unused(self):
        """Delete what is known of these numbers, of those that no name has any more."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """DELETE FROM crm_phone_number known
                    WHERE known.id = ANY(%s)
                      AND NOT EXISTS (
                          SELECT 1 FROM crm_lead lead
                           WHERE lead.phone_e164 = known.number
                              OR lead.mobile_e164 = known.number
                              OR lead.phone_second_e164 = known.number)
                RETURNING id""",
                self.ids,
            )
        )
        self.invalidate_model()
