from odoo import models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "crm.consent.holder.mixin"]

    def _consent_values(self):
        self.ensure_one()
        normalize = self.env["crm.consent"]._normalize
        written = (self.phone, self.mobile, self.phone_second, self.email)
        return list(dict.fromkeys(filter(None, map(normalize, written))))
