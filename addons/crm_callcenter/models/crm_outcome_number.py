from odoo import fields, models


class CrmOutcome(models.Model):
    _inherit = "crm.outcome"

    number_result = fields.Selection(
        [
            ("answered", "Somebody answered"),
            ("no_answer", "Nobody answered"),
            ("busy", "Line busy"),
            ("wrong", "Wrong number"),
        ],
        "What It Tells of the Number",
        help="From the calls that ended with this outcome the state and the best hour"
        " of the number are learnt. Empty: the result of the call itself counts.",
    )
