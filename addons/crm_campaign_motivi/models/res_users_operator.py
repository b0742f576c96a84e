from odoo import api, models
from odoo.exceptions import ValidationError

#: Roles that the desk serves, and that may therefore be given names to call.
_CALLING = (
    "crm_callcenter.group_operator",
    "crm_callcenter.group_coordinator",
    "crm_callcenter.group_campaign_manager",
)


class ResUsers(models.Model):
    """Who can be given names to call: not every employee."""

    _inherit = "res.users"

    @api.model
    def _operator_domain(self):
        """Return the domain of the users to whom lists can be assigned.

        :rtype: list
        """
        groups = [self.env.ref(group).id for group in _CALLING]
        return [("all_group_ids", "in", groups), ("share", "=", False)]

    def _check_calls_names(self):
        """Refuse whoever has no role that the desk serves.

        Being assigned to a list shows its names: a coordinator must not show them to
        any employee.

        :raise ValidationError: it says who, and what to do
        """
        # sudo: roles of colleagues, whoever assigns them
        strangers = self.sudo().filtered(
            lambda user: not any(user.has_group(group) for group in _CALLING)
        )
        if strangers:
            raise ValidationError(
                self.env._(
                    "%(user)s has not the role Operator and can't be given names to"
                    " call. Give the role first, or choose somebody else.",
                    user=strangers[0].name,
                )
            )
