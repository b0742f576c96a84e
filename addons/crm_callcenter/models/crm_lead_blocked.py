from odoo import models
from odoo.exceptions import UserError


class CrmLead(models.Model):
    """A blocked name is never served, dialled, mailed or sold to."""

    _inherit = "crm.lead"

    def _is_blocked(self):
        """Tell whether this name's commercial state blocks it.

        :rtype: bool
        """
        self.ensure_one()
        return self.commercial_state_id.state_class == "blocked"

    def _check_not_blocked(self):
        """Refuse to work on blocked names.

        :raise UserError: one of them is blocked; the sentence names it
        """
        for lead in self:
            if lead._is_blocked():
                raise UserError(
                    self.env._(
                        "%(name)s is blocked (%(state)s): it is not called, mailed or"
                        " sold to. An outcome or a manager's correction can move it"
                        " to another state.",
                        name=lead.name,
                        state=lead.commercial_state_id.name,
                    )
                )

    def write(self, vals):
        if vals.get("stage_id") and (
            self.env["crm.stage"].browse(vals["stage_id"]).is_won
        ):
            self._check_not_blocked()
        return super().write(vals)

    def convert_opportunity(self, partner, user_ids=False, team_id=False):
        self._check_not_blocked()
        return super().convert_opportunity(partner, user_ids=user_ids, team_id=team_id)

    def _check_conversion_values(self, expected_revenue, date_deadline):
        self._check_not_blocked()
        return super()._check_conversion_values(expected_revenue, date_deadline)
