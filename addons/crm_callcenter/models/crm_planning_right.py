from odoo import fields, models


class CrmPlanningRight(models.Model):
    """Who may plan an action type for whom."""

    _name = "crm.planning.right"
    _description = "Right to Plan an Action"
    _order = "activity_type_id, id"

    activity_type_id = fields.Many2one(
        "mail.activity.type", "Type", required=True, index=True, ondelete="cascade"
    )
    planner_group_id = fields.Many2one(
        "res.groups",
        "Planner's Role",
        ondelete="cascade",
        help="Members of this group may plan it. Left empty: everybody.",
    )
    planner_category_id = fields.Many2one(
        "crm.operator.category",
        "Planner's Category",
        ondelete="cascade",
        help="Operators of this category or one below it may plan it. Left empty: all.",
    )
    target = fields.Selection(
        [
            ("self", "Themselves"),
            ("group", "Members of a role"),
            ("zone", "Agents of the name's zone"),
            ("anyone", "Anybody"),
        ],
        string="For Whom",
        required=True,
        default="self",
    )
    target_group_id = fields.Many2one("res.groups", "Role", ondelete="cascade")

    _group_named = models.Constraint(
        "CHECK (target != 'group' OR target_group_id IS NOT NULL)",
        "Choose the role whose members the action may be planned for.",
    )

    def _allows(self, planner, assignee, lead):
        """Tell whether one of these rights covers a plan.

        :param res.users planner: who plans
        :param res.users assignee: who is to do it; empty means the pool
        :param crm.lead lead: with whom
        :rtype: bool
        """
        return any(
            right._covers_planner(planner) and right._covers_assignee(*rest)
            for right in self
            for rest in [(planner, assignee, lead)]
        )

    def _covers_planner(self, planner):
        if self.planner_group_id and self.planner_group_id not in planner.all_group_ids:
            return False
        category = self.planner_category_id
        return not category or (
            planner.operator_category_id.parent_path or ""
        ).startswith(category.parent_path)

    def _covers_assignee(self, planner, assignee, lead):
        if self.target == "anyone":
            return True
        if self.target == "self":
            return assignee == planner
        if self.target == "group":
            return self.target_group_id in assignee.all_group_ids
        zone_path = lead.zone_id.parent_path or ""
        return any(zone_path.startswith(zone.parent_path) for zone in assignee.zone_ids)
