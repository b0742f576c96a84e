from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

#: Roles that the desk serves, and that may therefore be given names to call.
_CALLING = (
    "crm_callcenter.group_operator",
    "crm_callcenter.group_coordinator",
    "crm_callcenter.group_campaign_manager",
)


class ResUsers(models.Model):
    """Who can be given names to call: not every employee."""

    _inherit = "res.users"

    # A field, so that the domains of those who can be assigned are for the client only:
    # evaluated on the server they would be asked while a user is being created.
    may_call_names = fields.Boolean(
        compute="_compute_may_call_names", search="_search_may_call_names"
    )

    def _compute_may_call_names(self):
        for user in self:
            user.may_call_names = any(user.has_group(group) for group in _CALLING)

    @api.model
    def _search_may_call_names(self, operator, value):
        if operator != "in":
            return NotImplemented
        groups = [self.env.ref(group).id for group in _CALLING]
        return Domain("all_group_ids", "in", groups) & Domain("share", "=", False)

    def _check_calls_names(self):
        """Refuse whoever has no role that the desk serves.

        Being assigned to a list shows its names: a coordinator must not show them to
        any employee.

        :raise ValidationError: it says who, and what to do
        """
        # sudo: roles of colleagues, whoever assigns them
        strangers = self.sudo().filtered(lambda user: not user.may_call_names)
        if strangers:
            raise ValidationError(
                self.env._(
                    "%(user)s has not the role Operator and can't be given names to"
                    " call. Give the role first, or choose somebody else.",
                    user=strangers[0].name,
                )
            )
