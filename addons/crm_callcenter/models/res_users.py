from odoo import api, fields, models

#: Roles that see and change names beyond those of an operator.
_WIDER_ROLES = (
    "crm_callcenter.group_coordinator",
    "crm_callcenter.group_agent",
    "crm_callcenter.group_back_office",
    "crm_callcenter.group_campaign_manager",
    "sales_team.group_sale_salesman",
)


class ResUsers(models.Model):
    _inherit = "res.users"

    zone_ids = fields.Many2many(
        "crm.zone",
        "crm_zone_agent",
        "user_id",
        "zone_id",
        string="Zones",
        help="Zones whose names this field agent visits.",
    )

    operator_category_id = fields.Many2one(
        "crm.operator.category",
        index="btree_not_null",
        ondelete="restrict",
        help="Category of this operator, used by rights, leaderboards and macros.",
    )

    sees_person_figures = fields.Boolean(
        compute="_compute_sees_person_figures",
        help="Figures per person are open: all companies of this user have recorded"
        " the union agreement.",
    )

    @api.depends(
        "company_ids.individual_monitoring",
        "company_ids.monitoring_agreement_date",
        "company_ids.monitoring_agreement_reference",
    )
    def _compute_sees_person_figures(self):
        for user in self:
            # sudo: a yes or no, whoever asks
            user.sees_person_figures = all(
                company._is_individual_monitoring_allowed()
                for company in user.sudo().company_ids
            )

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        users._set_default_operator_category()
        return users

    def write(self, vals):
        if vals.get("active") is False:
            self._leave_actions_to_pool()
        result = super().write(vals)
        if "group_ids" in vals:
            self._set_default_operator_category()
        return result

    def action_archive(self):
        # Before Odoo deletes whatever is planned for them.
        self._leave_actions_to_pool()
        return super().action_archive()

    def unlink(self):
        self._leave_actions_to_pool()
        return super().unlink()

    def _leave_actions_to_pool(self):
        """Give the open actions of leaving users to the unassigned pool."""
        # sudo: what a colleague has planned, whoever archives the colleague
        actions = self.env["mail.activity"].sudo()
        actions.search(
            [("user_id", "in", self.ids), ("res_model", "=", "crm.lead")]
        )._filtered_commercial()._move_to_pool()

    def _set_default_operator_category(self):
        for user in self:
            category = user.company_id.operator_category_id
            if (
                category
                and not user.operator_category_id
                and user.has_group("crm_callcenter.group_operator")
            ):
                user.operator_category_id = category

    def _is_restricted_operator(self):
        """Tell whether this user is an operator and nothing beyond that.

        :rtype: bool
        """
        self.ensure_one()
        return self.has_group("crm_callcenter.group_operator") and not any(
            self.has_group(group) for group in _WIDER_ROLES
        )

    def _sees_own_work_only(self):
        """Tell whether this user sees only the names and customers of its own work.

        :rtype: bool
        """
        self.ensure_one()
        return self.has_group("crm_callcenter.group_own_work") and not (
            self.has_group("crm_callcenter.group_back_office")
            or self.has_group("crm_callcenter.group_campaign_manager")
        )

    @api.model
    def _field_agent_domain(self):
        """Return the domain of the users who can be given appointments."""
        group = self.env.ref("crm_callcenter.group_agent")
        return [("all_group_ids", "in", group.ids), ("share", "=", False)]
