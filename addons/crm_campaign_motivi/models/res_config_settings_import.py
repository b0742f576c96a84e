from odoo import fields, models

from .crm_list_import_clean import KEEP_DAYS, PARAMETER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    import_keep_days = fields.Integer(
        "Keep Rows of Imports (days)",
        config_parameter=PARAMETER,
        default=KEEP_DAYS,
        help="Then they are deleted; the figures of the reports stay.",
    )
