from odoo import fields, models

from .crm_list_import_clean import KEEP_DAYS, PARAMETER
from .crm_list_import_duplicates import MOST_COMPARED
from .crm_list_import_duplicates import PARAMETER as COMPARED_PARAMETER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    import_keep_days = fields.Integer(
        "Keep Rows of Imports (days)",
        config_parameter=PARAMETER,
        default=KEEP_DAYS,
        help="Then they are deleted; the figures of the reports stay.",
    )
    import_most_compared = fields.Integer(
        "Compare Names of Imports up to",
        config_parameter=COMPARED_PARAMETER,
        default=MOST_COMPARED,
        help="Names that an import compares with the archive at its end. Those of a"
        " larger one are compared by the nightly search.",
    )
