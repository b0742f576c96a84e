from odoo import api, fields, models
from odoo.exceptions import UserError

#: Fields that say by hand whose a list is.
_ASSIGNED = ("operator_ids", "own_operator_ids", "group_ids")


class CrmCallList(models.Model):
    """Who works on a list: operators, groups, or everybody of the campaign.

    The table of ``operator_ids`` holds who does so in effect. Record rules and the
    claim of the next name read that table and nothing else; it follows each change of
    a group, of the campaign's operators and of a user.
    """

    _inherit = "crm.call.list"

    own_operator_ids = fields.Many2many(
        "res.users",
        "crm_call_list_own_operator_rel",
        "list_id",
        "user_id",
        string="Assigned Operators",
        domain="[('may_call_names', '=', True)]",
        context={"active_test": False},
        help="Operators to whom this list is assigned by name.",
    )
    group_ids = fields.Many2many(
        "crm.operator.group",
        "crm_call_list_group_rel",
        "list_id",
        "group_id",
        string="Operator Groups",
        help="All members of these groups work on the list, also who joins later.",
    )
    is_for_campaign = fields.Boolean(
        "All Operators of the Campaign",
        default=True,
        help="Whoever works in the campaign, by a group or by name, works on it.",
    )
    operator_ids = fields.Many2many(
        compute="_compute_operator_ids",
        inverse="_inverse_operator_ids",
        store=True,
        context={"active_test": False},
    )
    coordinator_ids = fields.Many2many(
        "res.users",
        "crm_call_list_coordinator_rel",
        "list_id",
        "user_id",
        string="Coordinators",
        compute="_compute_coordinator_ids",
        store=True,
        context={"active_test": False},
        help="They see the names of this list: those of the campaign, and those of the"
        " groups that work on it.",
    )

    @api.depends(
        "own_operator_ids.active",
        "group_ids.active",
        "group_ids.member_ids.active",
        "is_for_campaign",
        "campaign_id.group_ids.active",
        "campaign_id.group_ids.member_ids.active",
        "campaign_id.skill_ids.user_id.active",
    )
    def _compute_operator_ids(self):
        for call_list in self:
            operators = call_list.own_operator_ids | call_list._shared_operators()
            call_list.operator_ids = operators.filtered("active")

    @api.depends(
        "campaign_id.coordinator_ids",
        "group_ids.active",
        "group_ids.coordinator_id",
        "is_for_campaign",
        "campaign_id.group_ids.active",
        "campaign_id.group_ids.coordinator_id",
    )
    def _compute_coordinator_ids(self):
        for call_list in self:
            call_list.coordinator_ids = (
                call_list.campaign_id.coordinator_ids
                | call_list._groups_at_work().coordinator_id
            )

    @api.constrains("own_operator_ids")
    def _check_own_operator_ids(self):
        shared = self.filtered(lambda found: not found.owner_id)
        shared.own_operator_ids.filtered("active")._check_calls_names()

    def _groups_at_work(self):
        """Return the active groups that work on this list.

        :rtype: crm.operator.group
        """
        self.ensure_one()
        groups = self.group_ids
        if self.is_for_campaign:
            groups |= self.campaign_id.group_ids
        return groups.filtered("active")

    def _shared_operators(self):
        """Return who works on this list without being assigned to it by name.

        :rtype: res.users
        """
        self.ensure_one()
        operators = self._groups_at_work().member_ids
        if self.is_for_campaign:
            operators |= self.campaign_id.skill_ids.user_id
        return operators.filtered("active")

    def _inverse_operator_ids(self):
        """Let the assignment by hand give exactly the operators that were written."""
        # sudo: groups that the writer may not see give operators to the list as well;
        # that the list itself may be written has been checked
        for call_list in self.sudo():
            wanted = call_list.operator_ids
            if call_list.is_for_campaign and call_list._shared_operators() - wanted:
                call_list.is_for_campaign = False
            shared = call_list._shared_operators()
            if shared - wanted:
                call_list._refuse_to_leave_out(shared - wanted)
            own = call_list.own_operator_ids
            call_list.own_operator_ids = (
                own.filtered(lambda user: not user.active)
                | (own & wanted)
                | (wanted - shared)
            )

    def _refuse_to_leave_out(self, operators):
        group = self._groups_at_work().filtered(
            lambda found: found.member_ids & operators
        )[:1]
        if not group:
            raise UserError(
                self.env._(
                    "%(operator)s works on %(list)s as an operator of %(campaign)s. Ask"
                    " a campaign manager to change who works in the campaign.",
                    operator=operators[0].name,
                    list=self.name,
                    campaign=self.campaign_id.title,
                )
            )
        raise UserError(
            self.env._(
                "%(operator)s works on %(list)s as a member of %(group)s. Take"
                " %(operator)s out of the group, or the group out of the list.",
                operator=operators[0].name,
                list=self.name,
                group=group.name,
            )
        )

    @api.model
    def _settle_operators(self):
        """Bring the tables that rules and claims read up to date now.

        Odoo writes relations at once and so waits for none when it reads them; these
        are computed, and rules in the same request would read them as they were.
        """
        self.flush_model(["operator_ids", "coordinator_ids"])

    @api.model_create_multi
    def create(self, vals_list):
        lists = super().create([self._assigned_by_hand(vals) for vals in vals_list])
        self._settle_operators()
        return lists

    @api.model
    def _assigned_by_hand(self, vals):
        """Return the values of a new list with its operators as its own.

        :param dict vals: of ``create``
        :rtype: dict
        """
        vals = dict(vals)
        if any(vals.get(name) for name in _ASSIGNED) or vals.get("owner_id"):
            vals.setdefault("is_for_campaign", False)
        if "operator_ids" in vals:
            operators = vals.pop("operator_ids")
            vals["own_operator_ids"] = (vals.get("own_operator_ids") or []) + operators
        return vals

    def write(self, vals):
        if "operator_ids" in vals and "group_ids" in vals:
            # Whoever gives both means the operators besides the groups.
            vals = dict(vals)
            vals["own_operator_ids"] = vals.pop("operator_ids")
        result = super().write(vals)
        self._settle_operators()
        return result

    @api.onchange("own_operator_ids", "group_ids")
    def _onchange_assigned(self):
        if self.own_operator_ids or self.group_ids:
            self.is_for_campaign = False
