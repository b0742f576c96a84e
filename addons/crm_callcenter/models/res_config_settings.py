from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    individual_monitoring = fields.Boolean(
        related="company_id.individual_monitoring", readonly=False
    )
    monitoring_agreement_date = fields.Date(
        related="company_id.monitoring_agreement_date", readonly=False
    )
    monitoring_agreement_reference = fields.Char(
        related="company_id.monitoring_agreement_reference", readonly=False
    )
    lead_main_field_ids = fields.Many2many(
        related="company_id.lead_main_field_ids", readonly=False
    )
