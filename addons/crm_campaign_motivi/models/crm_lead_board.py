from odoo import models


class CrmLead(models.Model):
    """Every outcome, from wherever it comes, changes the page of its campaign."""

    _inherit = "crm.lead"

    def _register_outcome(
        self, outcome, activity_type=None, *, campaign=None, **details
    ):
        interaction = super()._register_outcome(
            outcome, activity_type, campaign=campaign, **details
        )
        if campaign:
            campaign._announce_change()
        return interaction

    def _register_outcome_batch(
        self, outcome, activity_type=None, *, campaign=None, **details
    ):
        count = super()._register_outcome_batch(
            outcome, activity_type, campaign=campaign, **details
        )
        if campaign:
            campaign._announce_change()
        return count
