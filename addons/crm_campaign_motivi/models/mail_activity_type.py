from odoo import api, models


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    @api.model
    def _graph_references(self):
        return super()._graph_references() + [("utm.campaign", "activity_type_id")]
