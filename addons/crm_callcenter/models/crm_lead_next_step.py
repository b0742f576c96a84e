from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: What the alarm tells of.
ALARMING = ("missing", "overdue")


class CrmLead(models.Model):
    """No next step: open names that nobody has planned anything with.

    Open is a name that somebody follows (in charge, or its salesperson), an
    opportunity, and a name with an open process; neither won nor lost nor archived,
    and its commercial state neither former nor blocked.

    These lists go by person, and the setting of individual monitoring doesn't close
    them: they say what is still to be done with customers, not how much somebody has
    done. Whoever has to hand work on needs to see whose it is.
    """

    _inherit = "crm.lead"

    responsible_id = fields.Many2one(
        "res.users",
        compute="_compute_responsible_id",
        search="_search_responsible_id",
        help="Who is in charge of the name, or else its salesperson.",
    )
    next_step = fields.Selection(
        [("missing", "No Next Step"), ("overdue", "Overdue"), ("planned", "Planned")],
        compute="_compute_next_step",
        search="_search_next_step",
        help="Whether anything is planned with an open name: an action, or an"
        " appointment that isn't closed. Empty for names that are not open.",
    )
    next_step_date = fields.Datetime("Next Step On", compute="_compute_next_step")

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    @api.depends("charge_user_id", "user_id")
    def _compute_responsible_id(self):
        for lead in self:
            lead.responsible_id = lead.charge_user_id or lead.user_id

    @api.model
    def _search_responsible_id(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return Domain("charge_user_id", operator, value) | (
            Domain("charge_user_id", "=", False) & Domain("user_id", operator, value)
        )

    @api.depends("active", "charge_user_id", "user_id")
    def _compute_next_step(self):
        found = {}
        if self.ids:
            self.env.flush_all()
            rows = self.env.execute_query(
                SQL(
                    "SELECT lead_id, step, moment FROM (%s) AS steps",
                    self._next_step_sql(SQL("SELECT unnest(%s) AS id", self.ids)),
                )
            )
            found = {lead_id: (step, moment) for lead_id, step, moment in rows}
        for lead in self:
            lead.next_step, lead.next_step_date = found.get(lead.id, (False, False))

    @api.model
    def _search_next_step(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env.flush_all()
        steps = [step for step in value if step]
        followed = SQL("(%s)", self._followed_names_sql())

        def is_open(_model, alias, _query):
            return self._open_name_sql(alias)

        def has_step(_model, alias, _query):
            moment = self._next_moment_sql(alias)
            return SQL("(%s) = ANY(%s)", self._step_sql(moment), steps)

        open_names = Domain("id", "in", followed) & Domain.custom(to_sql=is_open)
        domain = open_names & Domain.custom(to_sql=has_step)
        if False in value:
            domain |= ~Domain("id", "any", open_names)
        return domain

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec != "responsible_id":
            return super()._read_group_groupby(alias, groupby_spec, query)
        return self._responsible_sql(alias, query)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name != "responsible_id":
            return super()._order_field_to_sql(
                alias, field_name, direction, nulls, query
            )
        responsible = self._responsible_sql(alias, query)
        query._order_groupby.append(responsible)
        return SQL("%s %s %s", responsible, direction, nulls)

    def _responsible_sql(self, alias, query):
        """Return ``responsible_id`` as an expression over names.

        :rtype: SQL
        """
        return SQL(
            "COALESCE(%s, %s)",
            self._field_to_sql(alias, "charge_user_id", query),
            self._field_to_sql(alias, "user_id", query),
        )

    # ------------------------------------------------------------
    # SQL
    # ------------------------------------------------------------

    @api.model
    def _followed_names_sql(self, user=None):
        """Return a query of the names that somebody follows, as ``id``.

        Each branch reads an index of its own; the three million names that nobody
        follows are never looked at.

        :param res.users user: only those that this user is responsible for
        :rtype: SQL
        """
        if user:
            return SQL(
                """SELECT id FROM crm_lead WHERE charge_user_id = %(user)s
                    UNION ALL
                   SELECT id FROM crm_lead
                    WHERE user_id = %(user)s AND charge_user_id IS NULL""",
                user=user.id,
            )
        return SQL(
            """SELECT id FROM crm_lead WHERE user_id > 0
                UNION
               SELECT id FROM crm_lead WHERE charge_user_id > 0
                UNION
               SELECT id FROM crm_lead WHERE type = 'opportunity'
                UNION
               SELECT lead_id FROM crm_lead_process WHERE date_close IS NULL"""
        )

    @api.model
    def _open_name_sql(self, alias):
        """Return the condition that a name is open.

        :param str alias: of ``crm_lead`` in the query
        :rtype: SQL
        """
        return SQL(
            """(%(lead)s.active AND %(lead)s.won_status IS DISTINCT FROM 'won'
                AND %(lead)s.won_status IS DISTINCT FROM 'lost'
                AND NOT EXISTS (SELECT FROM crm_commercial_state state
                                 WHERE state.id = %(lead)s.commercial_state_id
                                   AND state.state_class IN ('former', 'blocked'))
                AND (%(lead)s.charge_user_id > 0 OR %(lead)s.user_id > 0
                     OR %(lead)s.type = 'opportunity'
                     OR EXISTS (SELECT FROM crm_lead_process process
                                 WHERE process.lead_id = %(lead)s.id
                                   AND process.date_close IS NULL)))""",
            lead=SQL.identifier(alias),
        )

    @api.model
    def _next_moment_sql(self, alias):
        """Return the expression of the earliest that is planned with a name.

        An action counts with its exact time, an appointment with its end; past
        events count only if they are appointments that nobody closed.

        :param str alias: of ``crm_lead`` in the query
        :rtype: SQL
        """
        return SQL(
            """(SELECT min(step.moment)
                  FROM (SELECT COALESCE(action.date_planned,
                                        action.date_deadline + interval '1 day')
                          FROM mail_activity action
                         WHERE action.res_id = %(lead)s.id AND action.active
                           AND action.res_model = 'crm.lead'
                         UNION ALL
                        SELECT event.stop FROM calendar_event event
                         WHERE event.opportunity_id = %(lead)s.id AND event.active
                           AND event.outcome_id IS NULL
                           AND (event.stop >= %(now)s OR event.is_sales_appointment
                                OR event.action_type_id IS NOT NULL)
                       ) AS step (moment))""",
            lead=SQL.identifier(alias),
            now=fields.Datetime.now(),
        )

    @api.model
    def _step_sql(self, moment):
        """Return the step that the earliest planned moment means.

        :param SQL moment: expression of a naive UTC timestamp, may be NULL
        :rtype: SQL
        """
        return SQL(
            "SELECT CASE WHEN moment IS NULL THEN 'missing'"
            " WHEN moment < %s THEN 'overdue' ELSE 'planned' END"
            " FROM (SELECT %s AS moment) AS planned",
            fields.Datetime.now(),
            moment,
        )

    @api.model
    def _next_step_sql(self, names):
        """Return a query of the next steps of those of some names that are open.

        :param SQL names: a query that yields ``id``
        :return: yields ``lead_id``, ``responsible_id``, ``team_id``, ``step``
            (``missing``, ``overdue`` or ``planned``) and ``moment`` (naive UTC)
        :rtype: SQL
        """
        return SQL(
            """SELECT lead.id AS lead_id, lead.team_id,
                      COALESCE(lead.charge_user_id, lead.user_id) AS responsible_id,
                      (%(step)s) AS step, planned.moment
                 FROM (%(names)s) AS names
                 JOIN crm_lead lead ON lead.id = names.id
                CROSS JOIN LATERAL (SELECT %(moment)s AS moment) AS planned
                WHERE %(open)s""",
            step=self._step_sql(SQL("planned.moment")),
            names=names,
            moment=self._next_moment_sql("lead"),
            open=self._open_name_sql("lead"),
        )

    @api.model
    def _count_without_next_step(self, user):
        """Count the open names of a user with which nothing is planned.

        :param res.users user: who is responsible
        :rtype: int
        """
        self.env.flush_all()
        [(count,)] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM (%s) AS steps WHERE step = 'missing'",
                self._next_step_sql(self._followed_names_sql(user)),
            )
        )
        return count

    # ------------------------------------------------------------
    # ALARM
    # ------------------------------------------------------------

    @api.model
    def _cron_alarm_next_step(self):
        """Tell everybody responsible, and those who lead them, of names that wait.

        Each responsible gets the own figures, the leader of a team those of its
        names, and campaign managers those of all.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT responsible_id, team_id, step, count(*) FROM (%s) AS steps
                    WHERE step = ANY(%s) GROUP BY 1, 2, 3""",
                self._next_step_sql(self._followed_names_sql()),
                list(ALARMING),
            )
        )
        own, of_team = defaultdict(dict), defaultdict(dict)
        total = dict.fromkeys(ALARMING, 0)
        for responsible_id, team_id, step, count in rows:
            total[step] += count
            for figures, key in ((own, responsible_id), (of_team, team_id)):
                figures[key][step] = figures[key].get(step, 0) + count
        if not rows:
            return
        teams = self.env["crm.team"].browse(filter(None, of_team))
        managers = self.env.ref("crm_callcenter.group_campaign_manager").all_user_ids
        managers = managers.filtered(lambda user: user.active and not user.share)
        for user in self.env["res.users"].browse(filter(None, own)):
            self._notify_next_step(user, own[user.id], "my-names-without-next-step")
        for team in teams:
            if team.user_id and team.user_id not in managers:
                self._notify_next_step(
                    team.user_id, of_team[team.id], "names-without-next-step", team
                )
        for user in managers:
            self._notify_next_step(user, total, "names-without-next-step")

    @api.model
    def _notify_next_step(self, user, figures, path, team=None):
        """Send a user the figures of the alarm, with a link to the list.

        :param res.users user: who gets them; nobody if archived
        :param dict figures: number of names by ``missing`` and ``overdue``
        :param str path: of the action that lists them
        :param crm.team team: whose names they are, for its leader
        """
        if not user.active or user.share:
            return
        thread = self.env["mail.thread"].with_context(lang=user.lang)
        sentence = thread.env._(
            "%(missing)s open names have no next step, %(overdue)s are overdue.",
            missing=figures.get("missing", 0),
            overdue=figures.get("overdue", 0),
        )
        if team:
            sentence = f"{team.name}: {sentence}"
        thread.message_notify(
            partner_ids=user.partner_id.ids,
            subject=thread.env._("Names without a next step"),
            body=Markup('<p>%s</p><p><a href="/odoo/%s">%s</a></p>')
            % (sentence, path, thread.env._("Open the list")),
        )
