from odoo import models

from .crm_lead_segnalazione import IN_BACKGROUND, WAITING


class CrmTeam(models.Model):
    """Documents of opportunities that are being assigned are made in the background.

    The assignment commits lead by lead, and nobody waits for the documents.
    """

    _inherit = "crm.team"

    def _action_assign_leads(self, *args, **kwargs):
        cache = self.env.cr.cache
        outer = cache.get(IN_BACKGROUND)
        cache[IN_BACKGROUND] = True
        try:
            result = super()._action_assign_leads(*args, **kwargs)
            if self.env.cr.precommit.data.get(WAITING):
                self.env["crm.lead"]._generate_noted()
            return result
        finally:
            cache[IN_BACKGROUND] = outer
