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
        "crm_zone_agent_rel",
        "user_id",
        "zone_id",
        string="Zones",
        help="Zones whose names this field agent visits.",
    )

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
