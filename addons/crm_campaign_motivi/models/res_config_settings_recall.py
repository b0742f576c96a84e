from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    recall_tolerance_minutes = fields.Integer(
        related="company_id.recall_tolerance_minutes", readonly=False
    )
