from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    # Not monetary: a minute of telephone costs fractions of a cent.
    call_cost_operator_minute = fields.Float(
        "Operator, per Minute",
        digits=(16, 4),
        help="What a minute of an operator costs, from the dial to the end of a call.",
    )
    call_cost_telephone_minute = fields.Float(
        "Telephone, per Minute",
        digits=(16, 4),
        help="What the telephone costs per minute of an answered call.",
    )

    _call_costs_positive = models.Constraint(
        "CHECK (call_cost_operator_minute >= 0 AND call_cost_telephone_minute >= 0)",
        "The cost of a minute isn't below zero.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    call_cost_operator_minute = fields.Float(
        related="company_id.call_cost_operator_minute", readonly=False
    )
    call_cost_telephone_minute = fields.Float(
        related="company_id.call_cost_telephone_minute", readonly=False
    )
