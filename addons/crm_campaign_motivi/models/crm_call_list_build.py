from contextlib import contextmanager

from odoo import fields, models
from odoo.tools import SQL

from .crm_list_rule_mixin import REASONS, SWITCHES

_NUMBERS = ("phone_e164", "mobile_e164", "phone_second_e164")


class CrmCallList(models.Model):
    """Names enter a list from a search, but for those that are left out, set-based."""

    _name = "crm.call.list"
    _inherit = ["crm.call.list", "crm.list.rule.mixin"]

    def _sort_names(self, lead_ids, rules=None, add=False):
        """Say of each of some names whether it enters this list, and let it enter.

        One statement, however many names.

        :param list lead_ids: ids of ``crm.lead`` in the order of calling
        :param rules: what has the fields of ``crm.list.rule.mixin``, by default the
            list; a list that is yet to be made is an empty record
        :param bool add: let those enter that nothing keeps out
        :return: how many by reason of ``REASONS``; under ``added`` those that enter
        :rtype: dict[str, int]
        """
        rules = self if rules is None else rules
        self._flush_for_sorting()
        if add:
            self._lock_for_changes()
        added = SQL("SELECT count(*) FROM sorted WHERE reason IS NULL")
        entering = SQL("")
        if add:
            entering = SQL(
                ", added AS (%s RETURNING lead_id)",
                self._insert_lines_sql(
                    SQL(
                        "SELECT lead_id, position, zone_id FROM sorted"
                        " WHERE reason IS NULL"
                    )
                ),
            )
            added = SQL("SELECT count(*) FROM added")
        with self._by_index():
            rows = self.env.execute_query(
                SQL(
                    """%s %s
                       SELECT reason, count(*) FROM sorted
                        WHERE reason IS NOT NULL GROUP BY reason
                        UNION ALL SELECT 'added', (%s)""",
                    self._sorted_sql(lead_ids, rules),
                    entering,
                    added,
                )
            )
        if add:
            self.env["crm.call.list.line"].invalidate_model()
            self.invalidate_recordset()
        return {reason: count for reason, count in rows if count}

    def _kept_out(self, lead_ids):
        """Return those of some names that this list would leave out, and why.

        That they are in it already doesn't count.

        :param list lead_ids: ids of ``crm.lead``
        :return: the reason, one of ``REASONS``, by id of the name
        :rtype: dict[int, str]
        """
        if not lead_ids:
            return {}
        self._flush_for_sorting()
        with self._by_index():
            rows = self.env.execute_query(
                SQL(
                    "%s SELECT lead_id, reason FROM sorted WHERE reason IS NOT NULL",
                    self._sorted_sql(lead_ids, self, ignore=("already",)),
                )
            )
        return dict(rows)

    def _flush_for_sorting(self):
        for model in (
            "crm.lead",
            "crm.lead.contact",
            "crm.call.list",
            "crm.call.list.line",
            "crm.interaction",
        ):
            self.env[model].flush_model()

    @contextmanager
    def _by_index(self):
        """Have PostgreSQL look names up one by one, whatever it guesses.

        Of three million names it takes a hundred thousand for so many that it would
        rather read them all, once for each of their numbers. Whoever calls may have set
        it himself: afterwards it is as it was.
        """
        [[before, _now]] = self.env.execute_query(
            SQL(
                """SELECT current_setting('enable_seqscan'),
                          set_config('enable_seqscan', 'off', true)"""
            )
        )
        yield
        self.env.execute_query(
            SQL("SELECT set_config('enable_seqscan', %s, true)", before)
        )

    def _sorted_sql(self, lead_ids, rules, ignore=()):
        """Return CTEs of which the last, ``sorted``, has a reason for each name.

        Every table is looked up name by name with an index (LATERAL with OFFSET 0),
        and nothing is joined to many names otherwise: whatever the statistics say, in
        the middle of an import for instance, twice as many names take twice as long.

        :return: ``lead_id``, ``position`` and ``reason``, which is NULL for names
            that nothing keeps out
        :rtype: SQL
        """
        found = [
            SQL("SELECT hit.lead_id, NULL, NULL, %s FROM (%s) AS hit", place, query)
            for place, (reason, query) in enumerate(
                self._reason_queries(rules).items(), start=1
            )
            if reason not in ignore
        ]
        return SQL(
            """WITH wanted AS MATERIALIZED (
                   SELECT asked.*, lead.*
                     FROM unnest(%(leads)s::int[]) WITH ORDINALITY
                          AS asked(lead_id, position),
                          LATERAL (SELECT partner_id, phone_e164, mobile_e164,
                                          phone_second_e164, may_not_be_called,
                                          zone_id, type, active, won_status,
                                          commercial_state_id
                                     FROM crm_lead
                                    WHERE id = asked.lead_id OFFSET 0) AS lead
               ), listed AS MATERIALIZED (
                   SELECT wanted.lead_id, line.*
                     FROM wanted, LATERAL (SELECT list_id, campaign_id
                                             FROM crm_call_list_line
                                            WHERE lead_id = wanted.lead_id OFFSET 0
                                          ) AS line
               ), %(household)s, relative AS MATERIALIZED (
                   SELECT lead_id, lead_id AS other_id, type, active, won_status,
                          commercial_state_id
                     FROM wanted
                    UNION ALL
                   SELECT related.*, lead.*
                     FROM related, LATERAL (SELECT type, active, won_status,
                                                   commercial_state_id FROM crm_lead
                                             WHERE id = related.other_id OFFSET 0
                                           ) AS lead
                    WHERE related.other_id != related.lead_id
               ), sorted AS MATERIALIZED (
                   SELECT lead_id, max(position) AS position,
                          max(zone_id) AS zone_id,
                          (%(reasons)s::text[])[min(place)] AS reason
                     FROM (SELECT lead_id, position, zone_id, NULL::int AS place
                             FROM wanted
                            UNION ALL %(found)s) AS said
                 GROUP BY lead_id)""",
            leads=list(lead_ids),
            household=self._household_sql(rules),
            found=SQL(" UNION ALL ").join(
                found or [SQL("SELECT 0, NULL, NULL, 0 WHERE false")]
            ),
            reasons=list(self._reason_queries(rules)),
        )

    def _household_sql(self, rules):
        """Return the CTE ``related``: each name with itself and its household."""
        myself = SQL("SELECT lead_id, lead_id AS other_id FROM wanted")
        if not rules.leave_household:
            return SQL("related AS MATERIALIZED (%s)", myself)
        by_number = SQL(" UNION ").join(
            SQL(
                """SELECT own.lead_id, other.id
                     FROM own, LATERAL (SELECT id FROM crm_lead
                          WHERE %s = own.number OFFSET 0) AS other""",
                SQL.identifier(column),
            )
            for column in _NUMBERS
        )
        return SQL(
            """own AS MATERIALIZED (
                   SELECT lead_id, own.number
                     FROM wanted, LATERAL (VALUES (phone_e164), (mobile_e164),
                                                  (phone_second_e164)) AS own(number)
                    WHERE own.number IS NOT NULL
                    UNION
                   SELECT wanted.lead_id, contact.phone_e164
                     FROM wanted, LATERAL (SELECT phone_e164 FROM crm_lead_contact
                          WHERE lead_id = wanted.lead_id AND kind = 'household'
                            AND phone_e164 IS NOT NULL OFFSET 0) AS contact
               ), related AS MATERIALIZED (
                   %(myself)s UNION %(by_number)s
                    UNION
                   SELECT own.lead_id, contact.lead_id
                     FROM own, LATERAL (SELECT lead_id FROM crm_lead_contact
                          WHERE phone_e164 = own.number
                            AND kind = 'household' OFFSET 0) AS contact
                    UNION
                   SELECT wanted.lead_id, other.id
                     FROM wanted, LATERAL (SELECT id FROM crm_lead
                          WHERE partner_id = wanted.partner_id OFFSET 0) AS other
                    WHERE wanted.partner_id IS NOT NULL)""",
            myself=myself,
            by_number=by_number,
        )

    def _reason_queries(self, rules):
        """Return for each reason that counts a query of the names that it keeps out.

        They read ``wanted``, ``listed``, ``related`` and ``relative``, and yield
        ``lead_id``.

        :rtype: dict[str, SQL]
        """
        queries = {
            "already": SQL(
                "SELECT lead_id FROM listed WHERE list_id = %s", self.id or 0
            ),
            **self._left_out_queries(rules),
        }
        if self.portfolio_id:
            queries["portfolio"] = SQL(
                """SELECT wanted.lead_id
                     FROM wanted, LATERAL (SELECT %s AS portfolio_id FROM crm_lead
                                  WHERE id = wanted.lead_id OFFSET 0) AS lead
                    WHERE coalesce(lead.portfolio_id, 0) != ALL(%s)""",
                self._portfolio_column(),
                self._branch(),
            )
        return {name: queries[name] for name in REASONS if name in queries}

    def _left_out_queries(self, rules):
        campaign = self.campaign_id or rules.campaign_id
        refused_since = fields.Datetime.subtract(
            fields.Datetime.now(), days=rules.refusal_days
        )
        queries = {
            "elsewhere": SQL(
                """SELECT lead_id FROM listed
                    WHERE campaign_id = %s AND list_id IN (
                          SELECT id FROM crm_call_list
                           WHERE id != %s AND owner_id IS NULL AND active)""",
                campaign.id or 0,
                self.id or 0,
            ),
            "uncallable": SQL(
                "SELECT lead_id FROM wanted WHERE may_not_be_called IS TRUE"
            ),
            "customer": SQL(
                """SELECT lead_id FROM relative
                    WHERE commercial_state_id IN (SELECT id FROM crm_commercial_state
                                                   WHERE state_class = 'customer')"""
            ),
            "negotiation": SQL(
                """SELECT lead_id FROM relative
                    WHERE type = 'opportunity' AND active
                      AND coalesce(won_status, '') NOT IN ('won', 'lost')"""
            ),
            "refusal": SQL(
                """SELECT related.lead_id
                     FROM related, LATERAL (SELECT id FROM crm_interaction
                          WHERE lead_id = related.other_id AND date > %s
                            AND outcome_kind = 'N' OFFSET 0) AS refusal
                    WHERE NOT EXISTS (SELECT 1 FROM crm_interaction reversal
                                       WHERE reversal.reversed_id = refusal.id)""",
                refused_since,
            ),
        }
        return {
            reason: query
            for reason, query in queries.items()
            if rules[SWITCHES[reason]]
        }

    def _new_line_columns(self):
        """Let what the queue knows of a name be right from its first moment."""
        columns = super()._new_line_columns()
        columns["suspended"] = SQL("false")
        return columns
