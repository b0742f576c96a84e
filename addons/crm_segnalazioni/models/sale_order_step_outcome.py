from odoo import models

from .crm_lead_segnalazione import BY_DOCUMENT


class SaleOrder(models.Model):
    """What a document registers in the graph makes no further document."""

    _inherit = "sale.order"

    def _register_step_outcome(self, transition, reason):
        cache = self.env.cr.cache
        cache[BY_DOCUMENT] = cache.get(BY_DOCUMENT, 0) + 1
        try:
            return super()._register_step_outcome(transition, reason)
        finally:
            cache[BY_DOCUMENT] -= 1
            if not cache[BY_DOCUMENT]:
                del cache[BY_DOCUMENT]
