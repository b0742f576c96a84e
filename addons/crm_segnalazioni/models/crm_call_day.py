from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_callcenter.models.crm_interaction_report import (
    APPOINTMENTS_SQL,
    OUTCOMES_SQL,
)

from ..tools.figures import local_day_sql

#: What tells one row of a day from another.
KEYS = (
    "day",
    "company_id",
    "campaign_id",
    "operator_id",
    "team_id",
    "agent_id",
    "zone_id",
)
#: What is counted.
FIGURES = ("calls", "appointments", "dials", "call_seconds", "talk_seconds")
#: Days that one step of the nightly work adds up.
BATCH_DAYS = 31
#: Ledger rows below the highest known one that are looked at again: transactions end
#: in another order than they take their numbers.
LATE_ROWS = 20_000


class CrmCallDay(models.Model):
    """Calls and appointments of the days that are over, added up.

    The ledger has a million rows a year; analyses read these sums of it, and the
    ledger itself for the days since.
    """

    _name = "crm.call.day"
    _description = "Calls of a Day"
    _inherit = ["crm.monitored.mixin"]
    _order = "day desc, id"
    _rec_name = "day"
    _log_access = False
    _monitored_fields = ("operator_id",)

    day = fields.Date(required=True, index=True)
    company_id = fields.Many2one("res.company", ondelete="cascade")
    campaign_id = fields.Many2one("utm.campaign", ondelete="set null")
    operator_id = fields.Many2one("res.users", ondelete="set null")
    team_id = fields.Many2one("crm.team", ondelete="set null")
    agent_id = fields.Many2one("res.users", ondelete="set null")
    zone_id = fields.Many2one("crm.zone", ondelete="set null")
    calls = fields.Integer()
    appointments = fields.Integer()
    dials = fields.Integer()
    call_seconds = fields.Integer()
    talk_seconds = fields.Integer()

    # ------------------------------------------------------------
    # READ
    # ------------------------------------------------------------

    @api.model
    def _all_days_sql(self):
        """Return a query of all days: sums of those that are over, and the rows of
        the ledger since then.

        :rtype: SQL
        """
        self.env.cr.execute(SQL("SELECT max(day) FROM crm_call_day"))
        [last] = self.env.cr.fetchone()
        return SQL(
            """SELECT id::bigint * 8 AS id, %(columns)s FROM crm_call_day
                UNION ALL %(live)s""",
            columns=SQL(", ").join(map(SQL.identifier, KEYS + FIGURES)),
            live=self._facts_sql(last and last + timedelta(days=1)),
        )

    @api.model
    def _facts_sql(self, first=None, last=None):
        """Return a query of the rows of the ledger and of the calls as figures.

        :param datetime.date first: local day; the beginning of time without it
        :param datetime.date last: local day, within; until now without it
        :rtype: SQL
        """
        return SQL(
            "%s UNION ALL %s",
            self._outcome_facts_sql(first, last),
            self._call_facts_sql(first, last),
        )

    @api.model
    def _period_sql(self, column, first, last):
        """Return the condition that a moment lies in local days.

        :rtype: SQL
        """
        points = self.env["crm.points"]
        conditions = [SQL("true")]
        if first:
            start, _stop = points._bounds(first, first)
            conditions.append(SQL("%s >= %s", column, start))
        if last:
            _start, stop = points._bounds(last, last)
            conditions.append(SQL("%s < %s", column, stop))
        return SQL(" AND ").join(conditions)

    @api.model
    def _outcome_facts_sql(self, first, last):
        """Return outcomes as figures: whose agent and zone the document of an
        appointment says, which an outcome taken back had as well."""
        return SQL(
            """SELECT i.id::bigint * 8 + 5 AS id, %(day)s AS day,
                      operator.company_id, i.campaign_id, i.user_id AS operator_id,
                      i.team_id, doc.user_id AS agent_id,
                      COALESCE(doc.zone_id, lead.zone_id) AS zone_id,
                      %(calls)s AS calls, %(appointments)s AS appointments, 0 AS dials,
                      0 AS call_seconds, 0 AS talk_seconds
                 FROM crm_interaction i
                 JOIN crm_outcome o ON o.id = i.outcome_id
                 JOIN res_users operator ON operator.id = i.user_id
            LEFT JOIN crm_lead lead ON lead.id = i.lead_id
            LEFT JOIN LATERAL (
                      SELECT user_id, zone_id FROM sale_order
                       WHERE interaction_id = COALESCE(i.reversed_id, i.id)
                    ORDER BY id LIMIT 1) doc ON true
                WHERE %(period)s""",
            day=local_day_sql(SQL("i.date"), self.env["crm.points"]._timezone()),
            calls=OUTCOMES_SQL,
            appointments=APPOINTMENTS_SQL,
            period=self._period_sql(SQL("i.date"), first, last),
        )

    @api.model
    def _call_facts_sql(self, first, last):
        """Return dialled numbers as figures, with the campaign that they were for."""
        seconds = SQL("GREATEST(0, EXTRACT(EPOCH FROM c.ended_at - c.started_at))::int")
        return SQL(
            """SELECT c.id::bigint * 8 + 6 AS id, %(day)s AS day,
                      operator.company_id, %(campaign)s AS campaign_id,
                      c.user_id AS operator_id, operator.sale_team_id AS team_id,
                      NULL::int AS agent_id, lead.zone_id, 0 AS calls,
                      0 AS appointments, 1 AS dials,
                      COALESCE(%(seconds)s, 0) AS call_seconds,
                      CASE WHEN c.result = 'answered'
                           THEN COALESCE(%(seconds)s, 0) ELSE 0 END AS talk_seconds
                 FROM crm_call c
            LEFT JOIN res_users operator ON operator.id = c.user_id
            LEFT JOIN crm_lead lead ON lead.id = c.lead_id
                WHERE %(period)s""",
            day=local_day_sql(SQL("c.started_at"), self.env["crm.points"]._timezone()),
            campaign=self._call_campaign_sql(),
            seconds=seconds,
            period=self._period_sql(SQL("c.started_at"), first, last),
        )

    @api.model
    def _call_campaign_sql(self):
        """Return the campaign of a call ``c``: that of the outcome of its name.

        :rtype: SQL
        """
        return SQL(
            """(SELECT x.campaign_id FROM crm_interaction x
                 WHERE x.lead_id = c.lead_id AND x.call_id = c.id
              ORDER BY x.id LIMIT 1)"""
        )

    # ------------------------------------------------------------
    # ADD UP
    # ------------------------------------------------------------

    @api.model
    def _cron_add_up(self):
        """Add up the days that are over, and those of which something came later."""
        days = sorted(self._late_days() | self._new_days())
        # sudo: what was looked at last is the system's own
        parameters = self.env["ir.config_parameter"].sudo()
        marks = self._marks()
        while days:
            batch, days = days[:BATCH_DAYS], days[BATCH_DAYS:]
            self._add_up(batch)
            if self.env.context.get("cron_id") and not self.env[
                "ir.cron"
            ]._commit_progress(len(batch), remaining=len(days)):
                return
        for key, value in marks.items():
            parameters.set_param(f"crm_segnalazioni.{key}", value)

    @api.model
    def _add_up(self, days):
        """Write the sums of days anew.

        :param list[datetime.date] days: local days
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM crm_call_day WHERE day = ANY(%s)", list(days))
        )
        columns = SQL(", ").join(map(SQL.identifier, KEYS + FIGURES))
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_call_day (%(columns)s)
                   SELECT %(keys)s, %(sums)s
                     FROM (%(facts)s) fact WHERE day = ANY(%(days)s)
                 GROUP BY %(keys)s""",
                columns=columns,
                keys=SQL(", ").join(map(SQL.identifier, KEYS)),
                sums=SQL(", ").join(
                    SQL("SUM(%s)", SQL.identifier(name)) for name in FIGURES
                ),
                facts=self._facts_sql(min(days), max(days)),
                days=list(days),
            )
        )
        self.invalidate_model()

    @api.model
    def _new_days(self):
        """Return the days since the last sums until yesterday on which anybody called.

        :rtype: set[datetime.date]
        """
        yesterday = self.env["crm.points"]._today() - timedelta(days=1)
        self.env.cr.execute(SQL("SELECT max(day) FROM crm_call_day"))
        [last] = self.env.cr.fetchone()
        first = last and last + timedelta(days=1)
        return self._days_of(
            self._period_sql(SQL("i.date"), first, yesterday),
            self._period_sql(SQL("c.started_at"), first, yesterday),
        )

    @api.model
    def _late_days(self):
        """Return the days of which rows or documents came after they were added up.

        :rtype: set[datetime.date]
        """
        get_param = self.env["ir.config_parameter"].sudo().get_param
        interaction = int(get_param("crm_segnalazioni.figures_interaction", 0))
        call = int(get_param("crm_segnalazioni.figures_call", 0))
        since = get_param("crm_segnalazioni.figures_document")
        self.env.cr.execute(SQL("SELECT max(day) FROM crm_call_day"))
        [last] = self.env.cr.fetchone()
        if not last:
            return set()
        days = self._days_of(
            SQL(
                "i.id > %s AND %s",
                interaction - LATE_ROWS,
                self._period_sql(SQL("i.date"), None, last),
            ),
            SQL(
                "c.id > %s AND %s",
                call - LATE_ROWS,
                self._period_sql(SQL("c.started_at"), None, last),
            ),
        )
        if since:
            # Agent and zone of an appointment are those of its document.
            changed = SQL(
                """i.id IN (SELECT interaction_id FROM sale_order
                             WHERE interaction_id > 0 AND write_date >= %s)""",
                fields.Datetime.to_datetime(since),
            )
            in_period = self._period_sql(SQL("i.date"), None, last)
            days |= self._days_of(SQL("%s AND %s", changed, in_period), SQL("false"))
        return days

    @api.model
    def _days_of(self, interactions, calls):
        """Return the local days of ledger rows ``i`` and calls ``c``.

        :param SQL interactions: condition
        :param SQL calls: condition
        :rtype: set[datetime.date]
        """
        timezone = self.env["crm.points"]._timezone()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT %s FROM crm_interaction i WHERE %s
                    UNION SELECT %s FROM crm_call c WHERE %s""",
                local_day_sql(SQL("i.date"), timezone),
                interactions,
                local_day_sql(SQL("c.started_at"), timezone),
                calls,
            )
        )
        return {day for [day] in self.env.cr.fetchall()}

    @api.model
    def _marks(self):
        """Return until where the ledger is looked at now.

        :rtype: dict
        """
        self.env.cr.execute(
            SQL(
                """SELECT (SELECT COALESCE(max(id), 0) FROM crm_interaction),
                          (SELECT COALESCE(max(id), 0) FROM crm_call)"""
            )
        )
        interaction, call = self.env.cr.fetchone()
        since = fields.Datetime.now() - timedelta(hours=1)
        return {
            "figures_interaction": interaction,
            "figures_call": call,
            "figures_document": fields.Datetime.to_string(since),
        }
