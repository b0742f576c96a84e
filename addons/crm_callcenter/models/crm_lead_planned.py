from odoo import api, models
from odoo.exceptions import UserError

from ..tools.engine import ENGINE, ENGINE_KEY


class CrmLead(models.Model):
    """What happens to planned actions of names that are merged or go."""

    _inherit = "crm.lead"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_planned_actions(self):
        # sudo: what is planned counts, whoever may see it
        planned = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "crm.lead"),
                    ("res_id", "in", self.ids),
                    (
                        "activity_type_id",
                        "in",
                        list(self.env["mail.activity.type"]._commercial_ids()),
                    ),
                ],
                limit=1,
            )
        )
        if planned:
            raise UserError(
                self.env._(
                    "%(action)s is planned with %(name)s, which can't be deleted."
                    " Close or cancel the action, or archive the name instead.",
                    action=planned.display_name,
                    name=planned.res_name,
                )
            )

    def _merge_dependences_history(self, opportunities):
        # What was planned by right stays planned, whoever merges the names.
        merging = self.with_context(**{ENGINE_KEY: ENGINE})
        return super(CrmLead, merging)._merge_dependences_history(
            opportunities.with_context(**{ENGINE_KEY: ENGINE})
        )
