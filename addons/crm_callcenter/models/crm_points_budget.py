from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_points import MEASURES

#: The grouping of the leaderboard whose lines a budget is for.
_GROUPING = {"user": "user", "category": "category", "team": "team"}


class CrmPointsBudget(models.Model):
    """What an operator or a team is expected to reach in each period (Budget).

    Odoo's challenges give everybody in them the same target. A budget is somebody's
    own: of one operator, of each operator of a category, or of a team. The closest
    one counts: an operator's own before that of the category, a category's before
    that of the one above.
    """

    _name = "crm.points.budget"
    _description = "Budget of Points"
    _order = "target_kind, period, id"

    target_kind = fields.Selection(
        [
            ("user", "One operator"),
            ("category", "Each operator of a category"),
            ("team", "A team"),
        ],
        string="For",
        required=True,
        default="team",
    )
    user_id = fields.Many2one(
        "res.users",
        "Operator",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('share', '=', False)]",
    )
    category_id = fields.Many2one(
        "crm.operator.category",
        index="btree_not_null",
        ondelete="cascade",
        help="Categories below it have the same budget, unless they have their own.",
    )
    team_id = fields.Many2one("crm.team", index="btree_not_null", ondelete="cascade")
    period = fields.Selection(
        [
            ("week", "Week"),
            ("month", "Month"),
            ("quarter", "Quarter"),
            ("year", "Year"),
        ],
        required=True,
        default="month",
        help="The budget is for every such period anew.",
    )
    measure = fields.Selection(MEASURES, required=True, default="points")
    target = fields.Integer(required=True)
    active = fields.Boolean(default=True)
    owner_name = fields.Char("Whose", compute="_compute_owner_name")
    people = fields.Integer(
        "Operators",
        compute="_compute_figures",
        help="How many operators the budget is for; the total target is so many times"
        " the target.",
    )
    total_target = fields.Integer(compute="_compute_figures")
    reached = fields.Integer(
        compute="_compute_figures", help="In the current period, so far."
    )
    reached_rate = fields.Float(
        "Reached (%)", compute="_compute_figures", help="Of the total target."
    )

    _target_positive = models.Constraint(
        "CHECK (target > 0)", "A budget is more than zero."
    )
    _target_named = models.Constraint(
        "CHECK ((target_kind = 'user' AND user_id IS NOT NULL"
        " AND category_id IS NULL AND team_id IS NULL)"
        " OR (target_kind = 'category' AND category_id IS NOT NULL"
        " AND user_id IS NULL AND team_id IS NULL)"
        " OR (target_kind = 'team' AND team_id IS NOT NULL"
        " AND user_id IS NULL AND category_id IS NULL))",
        "Choose the operator, the category or the team that the budget is for.",
    )
    _once_per_user = models.UniqueIndex(
        "(user_id, period, measure) WHERE active AND user_id IS NOT NULL",
        "This operator has a budget for such a period already. Change that one.",
    )
    _once_per_category = models.UniqueIndex(
        "(category_id, period, measure) WHERE active AND category_id IS NOT NULL",
        "This category has a budget for such a period already. Change that one.",
    )
    _once_per_team = models.UniqueIndex(
        "(team_id, period, measure) WHERE active AND team_id IS NOT NULL",
        "This team has a budget for such a period already. Change that one.",
    )

    @api.depends("user_id", "category_id", "team_id")
    def _compute_owner_name(self):
        for budget in self:
            # sudo: the name of a colleague
            budget.owner_name = budget._owner().sudo().display_name or ""

    @api.depends("owner_name", "period")
    def _compute_display_name(self):
        periods = dict(self._fields["period"]._description_selection(self.env))
        for budget in self:
            period = periods.get(budget.period, "")
            budget.display_name = f"{budget.owner_name}: {period}"

    def _owner(self):
        return self.user_id or self.category_id or self.team_id

    @api.depends("target", "period", "measure", "user_id", "category_id", "team_id")
    def _compute_figures(self):
        points = self.env["crm.points"]
        for (period, kind), budgets in self.grouped(
            lambda budget: (budget.period, budget.target_kind)
        ).items():
            figures = {}
            if period and kind:
                start, stop = points._bounds(*points._period_days(period))
                owners = budgets._owner_filter()
                lines = points._ranking(start, stop, _GROUPING[kind], owners)
                figures = {line["id"]: line for line in lines}
            for budget in budgets:
                people = len(budget._operators()) if kind == "category" else 1
                below = (
                    points._with_below(budget.category_id.ids)
                    if kind == "category"
                    else budget._owner().ids
                )
                budget.people = people
                budget.total_target = budget.target * people
                budget.reached = sum(
                    figures[owner][budget.measure]
                    for owner in below
                    if owner in figures
                )
                budget.reached_rate = (
                    100 * budget.reached / budget.total_target
                    if budget.total_target
                    else 0
                )

    def _owner_filter(self):
        """Return the filter of ``crm.points._ranking`` for the owners of these.

        :rtype: dict
        """
        return {
            name: owners.ids
            for name, owners in (
                ("user_ids", self.user_id),
                ("category_ids", self.category_id),
                ("team_ids", self.team_id),
            )
            if owners
        }

    def _operators(self):
        """Return the operators of the category and of those below it.

        :rtype: res.users
        """
        # sudo: how many colleagues there are
        return (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("operator_category_id", "child_of", self.category_id.ids),
                    ("share", "=", False),
                ]
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        budgets = super().create(vals_list)
        budgets._check_monitoring()
        return budgets

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() - {"active"} or vals.get("active"):
            self._check_monitoring()
        return result

    def _check_monitoring(self):
        """Refuse budgets of single persons while they may not be monitored."""
        for budget in self.sudo().filtered(lambda budget: budget.user_id):
            users = budget.user_id | self.env.user
            if not all(user.sees_person_figures for user in users):
                raise UserError(
                    self.env._(
                        "%(user)s can't be given a budget.",
                        user=budget.user_id.name,
                    )
                    + " "
                    + self.env["crm.interaction"]._monitoring_sentence()
                )

    @api.onchange("target_kind")
    def _onchange_target_kind(self):
        if self.target_kind != "user":
            self.user_id = False
        if self.target_kind != "category":
            self.category_id = False
        if self.target_kind != "team":
            self.team_id = False

    # ------------------------------------------------------------
    # TARGETS OF THE LEADERBOARD
    # ------------------------------------------------------------

    @api.model
    def _targets(self, by, period, ids):
        """Return the budgets of points of lines of a leaderboard.

        :param str by: ``user``, ``category`` or ``team``; others have none
        :param str period: of the leaderboard; days and custom periods have none
        :param list ids: of users, categories or teams
        :rtype: dict[int, int]
        """
        # sudo: whoever sees a figure sees what it is measured by
        budgets = self.sudo().search(
            [("period", "=", period), ("measure", "=", "points")]
        )
        if not budgets or by not in _GROUPING:
            return {}
        if by == "team":
            return {budget.team_id.id: budget.target for budget in budgets}
        users = self.env["res.users"].sudo()  # sudo: see above
        field_name = "id" if by == "user" else "operator_category_id"
        users = users.search([(field_name, "in", ids), ("share", "=", False)])
        own = {budget.user_id.id: budget.target for budget in budgets}
        by_category = {budget.category_id.id: budget.target for budget in budgets}
        targets = {}
        for user in users:
            target = own.get(user.id) or self._nearest(
                user.operator_category_id, by_category
            )
            key = user.id if by == "user" else user.operator_category_id.id
            targets[key] = targets.get(key, 0) + target
        return targets

    @api.model
    def _nearest(self, category, by_category):
        """Return the target of a category, or of the closest one above it.

        :rtype: int
        """
        path = [int(one) for one in (category.parent_path or "").split("/") if one]
        return next(
            (by_category[one] for one in reversed(path) if one in by_category), 0
        )
