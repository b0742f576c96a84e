from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools.period import STEPS, day_bounds, period_days
from .crm_interaction_report import APPOINTMENTS_SQL, OUTCOMES_SQL

#: What a leaderboard may be made of, and the column of the ledger.
GROUPS = {
    "team": "team_id",
    "campaign": "campaign_id",
    "category": "operator_category_id",
    "user": "user_id",
}
#: What may be counted.
MEASURES = [
    ("points", "Points"),
    ("outcomes", "Outcomes Registered"),
    ("appointments", "Appointments"),
]
#: By what the rows that count may be narrowed.
_FILTERS = {
    "team_ids": "team_id",
    "campaign_ids": "campaign_id",
    "category_ids": "operator_category_id",
    "user_ids": "user_id",
}
_ROLES = (
    "crm_callcenter.group_operator",
    "crm_callcenter.group_coordinator",
    "crm_callcenter.group_agent",
    "crm_callcenter.group_campaign_manager",
)


class CrmPoints(models.AbstractModel):
    """Figures of the ledger: who scored what, in which period.

    Nothing is stored beside the ledger. Whatever this model counts is the sum of
    rows that ``explain`` opens.
    """

    _name = "crm.points"
    _description = "Points"

    # ------------------------------------------------------------
    # PERIODS
    # ------------------------------------------------------------

    @api.model
    def _timezone(self):
        # sudo: a parameter of the company, no secret
        company = self.env.company.sudo()
        return self.env["crm.planner"]._company_timezone(company)

    @api.model
    def _today(self):
        """Return the day that it is where the company works.

        :rtype: datetime.date
        """
        return self.env["crm.planner"]._local_day(fields.Datetime.now())

    @api.model
    def _period_days(self, kind, date_from=None, date_to=None):
        """Return the days of a period around today, or of a chosen one.

        :param str kind: ``today``, ``week``, ``month``, ``quarter``, ``year`` or
            ``custom``
        :param date_from: first day of a chosen period, date or ISO text
        :param date_to: last day of a chosen period
        :return: first and last day, local
        :rtype: tuple[datetime.date, datetime.date]
        :raise UserError: the kind is unknown, or the days are missing or turned round
        """
        if kind in STEPS:
            return period_days(kind, self._today())
        if kind != "custom":
            raise UserError(self.env._("Choose one of the periods of the list."))
        try:
            first, last = fields.Date.to_date(date_from), fields.Date.to_date(date_to)
        except ValueError as error:
            raise UserError(
                self.env._("Write the days of the period as dates.")
            ) from error
        if not first or not last or first > last:
            raise UserError(
                self.env._(
                    "A period of your own needs its first and its last day, in this"
                    " order."
                )
            )
        return first, last

    @api.model
    def _bounds(self, first, last):
        """Return the moments between which local days of the company lie.

        :param datetime.date first: local
        :param datetime.date last: local, within
        :return: start, and stop that is no longer within; naive UTC
        :rtype: tuple[datetime.datetime, datetime.datetime]
        """
        return day_bounds(first, last, self._timezone())

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    @api.model
    def _ranking(self, start, stop, by, filters=None, measure="points"):
        """Rank whoever scored in a period. Looks at no rights: the caller does.

        One pass over the ledger's rows of the period. Equal figures share a rank,
        and the next rank is left out accordingly (1, 1, 3).

        :param datetime.datetime start: naive UTC
        :param datetime.datetime stop: naive UTC, no longer within
        :param str by: one of ``GROUPS``
        :param dict filters: lists of ids: ``team_ids``, ``campaign_ids``,
            ``category_ids`` (with those below), ``user_ids``
        :param str measure: what decides the rank, one of ``MEASURES``
        :return: ``rank``, ``id`` (False: rows without team …), ``points``,
            ``outcomes`` and ``appointments``, best first
        :rtype: list[dict]
        """
        self.env["crm.interaction"].flush_model()
        self.env["crm.outcome"].flush_model(["is_system"])
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT rank() OVER (ORDER BY %(measure)s DESC) AS rank, *
                  FROM (SELECT i.%(column)s AS id,
                               COALESCE(sum(i.points), 0)::bigint AS points,
                               sum(%(outcomes)s)::bigint AS outcomes,
                               sum(%(appointments)s)::bigint AS appointments
                          FROM crm_interaction i
                          JOIN crm_outcome o ON o.id = i.outcome_id
                         WHERE i.date >= %(start)s AND i.date < %(stop)s %(filters)s
                      GROUP BY i.%(column)s
                        HAVING sum(%(outcomes)s) != 0 OR sum(i.points) != 0) figures
              ORDER BY rank, id NULLS LAST
                """,
                measure=SQL.identifier(measure),
                column=SQL.identifier(GROUPS[by]),
                outcomes=OUTCOMES_SQL,
                appointments=APPOINTMENTS_SQL,
                start=start,
                stop=stop,
                filters=self._filters_sql(filters or {}),
            )
        )
        return [{**row, "id": row["id"] or False} for row in rows]

    @api.model
    def _filters_sql(self, filters):
        """Return the conditions that narrow the ledger's rows ``i``.

        :param dict filters: see ``_ranking``
        :rtype: SQL
        """
        conditions = [
            SQL(
                " AND i.%s = ANY(%s)",
                SQL.identifier(_FILTERS[name]),
                self._with_below(ids) if name == "category_ids" else list(ids),
            )
            for name, ids in filters.items()
            if ids is not None
        ]
        return SQL("").join(conditions)

    @api.model
    def _with_below(self, category_ids):
        # sudo: a tree of names, whoever looks at figures by it
        categories = self.env["crm.operator.category"].sudo()
        return (
            categories.with_context(active_test=False)
            .search([("id", "child_of", list(category_ids))])
            .ids
        )

    # ------------------------------------------------------------
    # THE SCREEN
    # ------------------------------------------------------------

    @api.model
    def _check_role(self):
        if not self.env.su and not any(map(self.env.user.has_group, _ROLES)):
            raise AccessError(
                self.env._(
                    "Leaderboards are open to the roles of the call centre. Ask an"
                    " administrator for one of them."
                )
            )

    @api.model
    def _scope(self):
        """Return the filters within which the current user sees whole figures.

        :return: None: all rows
        :rtype: dict | None
        """
        return None

    @api.model
    def _explains_all(self):
        """Tell whether the current user may read the rows behind everybody's figures.

        :rtype: bool
        """
        return self.env.user.has_group("crm_callcenter.group_campaign_manager")

    @api.model
    def _sees_persons(self):
        return not self.env["crm.interaction"]._is_monitored_field_closed("user_id")

    @api.model
    def _person_ids(self):
        """Return the users who may be named with figures, whoever looks.

        :return: ids of those all of whose companies allow it; None: everybody
        :rtype: list[int] | None
        """
        # sudo: settings of companies and who belongs to them
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        if all(company._is_individual_monitoring_allowed() for company in companies):
            return None
        users = self.env["res.users"].sudo().with_context(active_test=False)
        users = users.search([("share", "=", False)])
        return users.filtered("sees_person_figures").ids

    @api.model
    def get_choices(self):
        """Return what the filters of the leaderboard offer to the current user.

        :return: ``teams``, ``campaigns`` and ``categories``: lists of id and name
        :rtype: dict[str, list]
        """
        self._check_role()

        def named(records):
            return [(record.id, record.display_name) for record in records]

        # sudo: names of teams and categories
        return {
            "teams": named(self.env["crm.team"].sudo().search([], limit=200)),
            "campaigns": named(self.env["utm.campaign"].search([], limit=200)),
            "categories": named(
                self.env["crm.operator.category"].sudo().search([], limit=200)
            ),
        }

    @api.model
    def _read_options(self, options):
        """Check what a screen asks for.

        :param dict options: see ``get_leaderboard``
        :return: how to group, first day, last day, filters
        :rtype: tuple
        :raise UserError: something is unknown
        """
        by = options.get("by") or "team"
        if by not in GROUPS:
            raise UserError(self.env._("Choose one of the groupings of the list."))
        first, last = self._period_days(
            options.get("period") or "week",
            options.get("date_from"),
            options.get("date_to"),
        )
        filters = dict(self._scope() or {})
        for name in ("team", "campaign", "category"):
            chosen = options.get(f"{name}_id")
            if chosen:
                key = f"{name}_ids"
                within = filters.get(key)
                chosen = int(chosen)
                filters[key] = [chosen] if within is None or chosen in within else []
        if filters.get("campaign_ids"):
            # Who sees own work only doesn't learn of other campaigns.
            campaigns = self.env["utm.campaign"].browse(filters["campaign_ids"])
            filters["campaign_ids"] = campaigns.exists()._filtered_access("read").ids
        return by, first, last, filters

    @api.model
    def get_leaderboard(self, options):
        """Return a leaderboard for the screen, as far as the current user may see it.

        While individual monitoring is off, by person there is one's own line only,
        without a rank, which would tell about the others.

        :param dict options: ``by`` (one of ``GROUPS``), ``period`` (see
            ``_period_days``), ``date_from`` and ``date_to`` (ISO dates, of a custom
            period), ``team_id``, ``campaign_id`` and ``category_id`` (filters)
        :return: ``lines`` (see ``_ranking``; with ``name``, ``share`` in percent of
            the best, ``target``, ``reached`` in percent, ``is_own``, ``can_open``),
            ``first`` and ``last`` (ISO dates), ``notice`` (why lines are missing) and
            ``has_targets``
        :rtype: dict
        :raise AccessError: the user has no role of the call centre
        :raise UserError: an option is unknown
        """
        self._check_role()
        by, first, last, filters = self._read_options(options)
        notice = False
        if by == "user" and not self._sees_persons():
            notice = self.env["crm.interaction"]._monitoring_sentence()
            filters["user_ids"] = [self.env.uid]
        elif by == "user":
            filters["user_ids"] = self._person_ids()
        lines = self._ranking(*self._bounds(first, last), by, filters)
        lines = self._for_screen(lines, by, hide_rank=bool(notice))
        self._add_targets(lines, by, options, filters)
        return {
            "by": by,
            "first": fields.Date.to_string(first),
            "last": fields.Date.to_string(last),
            "lines": lines,
            "notice": notice,
            "has_targets": any(line["target"] for line in lines),
        }

    @api.model
    def _for_screen(self, lines, by, hide_rank=False):
        """Add to the lines of a ranking what a screen shows of them.

        :param list lines: see ``_ranking``
        :rtype: list[dict]
        """
        model = self.env["crm.interaction"]._fields[GROUPS[by]].comodel_name
        ids = [line["id"] for line in lines if line["id"]]
        records = self.env[model].browse(ids).exists()
        if by == "campaign":
            # Who sees own work only doesn't learn of other campaigns.
            records = records._filtered_access("read")
        # sudo: names of colleagues, teams and categories
        names = {record.id: record.sudo().display_name for record in records}
        names[False] = self._name_of_none(by)
        best = max((line["points"] for line in lines), default=0)
        explains_all = self._explains_all()
        result = []
        for line in lines:
            if line["id"] not in names:
                continue
            is_own = by == "user" and line["id"] == self.env.uid
            result.append(
                {
                    **line,
                    "rank": 0 if hide_rank else line["rank"],
                    "name": names[line["id"]],
                    "share": max(0, round(100 * line["points"] / best))
                    if best > 0
                    else 0,
                    "is_own": is_own,
                    "can_open": explains_all or is_own,
                    "target": 0,
                    "reached": 0,
                }
            )
        return result

    @api.model
    def _name_of_none(self, by):
        return {
            "team": self.env._("Without team"),
            "campaign": self.env._("Without campaign"),
            "category": self.env._("Without category"),
            "user": "",
        }[by]

    @api.model
    def _add_targets(self, lines, by, options, filters):
        """Add the budgets of the period to lines of a whole period."""
        if set(filters) - {"user_ids"}:
            # The budget is for everything, a part of it can't be measured by it.
            return
        targets = self.env["crm.points.budget"]._targets(
            by, options.get("period") or "week", [line["id"] for line in lines]
        )
        for line in lines:
            target = targets.get(line["id"], 0)
            if target:
                line["target"] = target
                line["reached"] = max(0, round(100 * line["points"] / target))

    @api.model
    def explain(self, options, group_id):
        """Open the rows of the ledger whose points a line adds up.

        :param dict options: those of the leaderboard
        :param group_id: id of the line's team, campaign, category or user; False for
            the rows without
        :return: the action that shows the rows
        :rtype: dict
        :raise AccessError: the line is a colleague's and individual monitoring is off
        """
        self._check_role()
        by, first, last, filters = self._read_options(options)
        if by == "user" and group_id != self.env.uid:
            self.env["crm.interaction"]._check_monitored_field("user_id")
        if by == "user" and group_id != self.env.uid:
            filters["user_ids"] = self._person_ids()
        values = {
            _FILTERS[name]: ids for name, ids in filters.items() if ids is not None
        }
        if "category_ids" in filters:
            values["operator_category_id"] = self._with_below(filters["category_ids"])
        report = self.env["crm.interaction.report"]
        domain = report._counted_domain(*self._bounds(first, last), **values)
        domain.append((GROUPS[by], "=", int(group_id) if group_id else False))
        return self._rows_action(domain)

    @api.model
    def _rows_action(self, domain):
        """Return the action that shows rows of the ledger with their points.

        :param list domain: of ``crm.interaction.report``
        :rtype: dict
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_callcenter.crm_interaction_report_action_rows"
        )
        return {**action, "domain": domain}
