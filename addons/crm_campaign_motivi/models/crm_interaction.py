from odoo import models


class CrmInteraction(models.Model):
    _inherit = "crm.interaction"

    def _reverse(self, reason):
        reversal = super()._reverse(reason)
        self.campaign_id._announce_change()
        return reversal
