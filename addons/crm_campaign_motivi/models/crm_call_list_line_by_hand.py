from odoo import fields, models


class CrmCallListLine(models.Model):
    _inherit = "crm.call.list.line"

    is_by_hand = fields.Boolean(
        "Put Here by Hand",
        help="The name was opened at the desk by hand and was in no list of the"
        " campaign. Closed without an outcome, it leaves the list again.",
    )
