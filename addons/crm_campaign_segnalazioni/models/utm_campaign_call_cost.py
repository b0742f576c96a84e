from odoo import fields, models
from odoo.tools import SQL


class UtmCampaign(models.Model):
    _inherit = "utm.campaign"

    is_call_cost_own = fields.Boolean(
        "Costs of Its Own",
        help="Calls of this campaign are valued at these costs instead of the"
        " company's: other operators, or a number that costs more.",
    )
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


class CrmCallDay(models.Model):
    _inherit = "crm.call.day"

    def _call_campaign_sql(self):
        """Return the campaign of a call ``c``: that of the list that it was made for,
        also where the call ended without an outcome."""
        return SQL(
            """COALESCE((SELECT line.campaign_id FROM crm_call_list_line line
                          WHERE line.id = c.line_id), %s)""",
            super()._call_campaign_sql(),
        )


class CrmProfitabilityReport(models.Model):
    _inherit = "crm.profitability.report"
    _depends = {
        "utm.campaign": [
            "call_cost_operator_minute",
            "call_cost_telephone_minute",
            "is_call_cost_own",
        ],
    }

    def _call_costs_sql(self):
        return tuple(
            SQL(
                "CASE WHEN campaign.is_call_cost_own"
                " THEN COALESCE(campaign.%s, 0)::numeric ELSE %s END",
                SQL.identifier(name),
                of_company,
            )
            for name, of_company in zip(
                ("call_cost_operator_minute", "call_cost_telephone_minute"),
                super()._call_costs_sql(),
                strict=True,
            )
        )
