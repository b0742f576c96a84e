from odoo import models


class CrmCallList(models.Model):
    _inherit = "crm.call.list"

    def _add_leads(self, lead_ids):
        added = super()._add_leads(lead_ids)
        self.campaign_id._announce_change()
        return added
