from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _compute_potential_lead_duplicates(self):
        """Tell no duplicates to who sees own work only.

        Odoo looks for them among all names: a phone typed into an own name would
        say whether any other name has it.
        """
        if self.env.user._sees_own_work_only():
            self.duplicate_lead_ids = False
            self.duplicate_lead_count = 0
            return None
        return super()._compute_potential_lead_duplicates()
