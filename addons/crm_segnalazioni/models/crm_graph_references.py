from odoo import api, models


class MailActivityType(models.Model):
    """Steps of documents plan action types: replacing one reaches them, too."""

    _inherit = "mail.activity.type"

    @api.model
    def _graph_references(self):
        return super()._graph_references() + [
            ("crm.segnalazione.transition", "activity_type_id"),
            ("crm.segnalazione.transition", "outcome_type_id"),
        ]


class CrmOutcome(models.Model):
    """Steps of documents register outcomes: replacing one reaches them, too."""

    _inherit = "crm.outcome"

    @api.model
    def _graph_references(self):
        return super()._graph_references() + [
            ("crm.segnalazione.transition", "outcome_id")
        ]
