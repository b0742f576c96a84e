from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    makes_segnalazioni = fields.Boolean(
        "Documents by Themselves",
        default=True,
        help="Every appointment, closing on the line, report and opportunity with a"
        " customer makes a document by itself.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    makes_segnalazioni = fields.Boolean(
        related="company_id.makes_segnalazioni", readonly=False
    )
