from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    call_consent_purpose_id = fields.Many2one(
        "crm.consent.purpose",
        "Consent Needed for Calls",
        domain="[('channel', '!=', 'email')]",
        ondelete="restrict",
        help="Numbers without this consent are not served and not dialled. Empty: no"
        " consent is asked for.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    call_consent_purpose_id = fields.Many2one(
        related="company_id.call_consent_purpose_id", readonly=False
    )
