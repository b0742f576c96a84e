from datetime import datetime

from odoo import fields, models

from .crm_desk_recall import WISH


class CrmInteraction(models.Model):
    _inherit = "crm.interaction"

    recall_wish_at = fields.Datetime(
        "Recall Asked by the Customer For",
        readonly=True,
        help="The customer asked to be called at this time, outside the calling hours;"
        " the operator and the date of this row say who agreed it and when.",
    )


class CrmLead(models.Model):
    """The wish of the customer is a fact of the outcome that agreed it."""

    _inherit = "crm.lead"

    def _prepare_interaction_values(self, outcome, effects, user):
        values = super()._prepare_interaction_values(outcome, effects, user)
        wish = self.env.context.get(WISH)
        if outcome.kind == "R" and isinstance(wish, datetime):
            values["recall_wish_at"] = wish
        return values
