from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    normalise_forms = fields.Boolean(
        related="company_id.normalise_forms", readonly=False
    )
    normalise_web = fields.Boolean(related="company_id.normalise_web", readonly=False)
    normalise_imports = fields.Boolean(
        related="company_id.normalise_imports", readonly=False
    )
    normalise_names = fields.Boolean(
        related="company_id.normalise_names", readonly=False
    )
    normalise_phones = fields.Boolean(
        related="company_id.normalise_phones", readonly=False
    )
    normalise_email = fields.Boolean(
        related="company_id.normalise_email", readonly=False
    )
    normalise_codes = fields.Boolean(
        related="company_id.normalise_codes", readonly=False
    )
    normalise_addresses = fields.Boolean(
        related="company_id.normalise_addresses", readonly=False
    )
