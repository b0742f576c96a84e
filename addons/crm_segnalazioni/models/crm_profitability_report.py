from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.figures import rate_sql


class CrmProfitabilityReport(models.Model):
    """What confirmed contracts bring, less what calls and commissions cost.

    All amounts are in the currency of the company. Calls of the past are valued at
    the costs of today. What the products themselves cost isn't in it.
    """

    _name = "crm.profitability.report"
    _description = "Profitability"
    _inherit = ["crm.monitored.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "date"
    _monitored_fields = ("operator_id",)
    _depends = {
        "crm.call": ["ended_at", "result", "started_at", "user_id"],
        "crm.call.day": ["day", "call_seconds", "talk_seconds"],
        "crm.commission": ["amount", "date"],
        "res.company": ["call_cost_operator_minute", "call_cost_telephone_minute"],
        "sale.order": [
            "campaign_id",
            "confirmed_on",
            "currency_rate",
            "date_confirmed",
            "operator_id",
            "segnalazione_type_id",
            "user_id",
            "zone_id",
        ],
        "sale.order.line": ["line_state_id", "price_subtotal"],
    }

    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    operator_id = fields.Many2one("res.users", readonly=True)
    team_id = fields.Many2one("crm.team", readonly=True)
    agent_id = fields.Many2one("res.users", readonly=True)
    zone_id = fields.Many2one("crm.zone", readonly=True)
    type_id = fields.Many2one("crm.segnalazione.type", "Document Type", readonly=True)
    order_id = fields.Many2one("sale.order", "Document", readonly=True)
    confirmed = fields.Integer("Confirmed Contracts", readonly=True)
    revenue = fields.Monetary(
        readonly=True, help="Untaxed amount of the confirmed lines."
    )
    call_cost = fields.Monetary("Cost of Calls", readonly=True)
    commission = fields.Monetary("Commissions", readonly=True)
    margin = fields.Monetary(
        readonly=True, help="Revenue less cost of calls and commissions."
    )
    margin_rate = fields.Float("Margin %", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """SELECT fact.*, fact.revenue - fact.call_cost - fact.commission AS margin,
                      NULL::float AS margin_rate
                 FROM (%s UNION ALL %s UNION ALL %s) fact""",
            self._call_part_sql(),
            self._document_part_sql(),
            self._commission_part_sql(),
        )

    @api.model
    def _call_part_sql(self):
        """Return days as costs, of those on which there were any."""
        operator_minute, telephone_minute = self._call_costs_sql()
        return SQL(
            """SELECT day.id, day.day AS date, day.company_id, day.campaign_id,
                      day.operator_id, day.team_id, day.agent_id, day.zone_id,
                      NULL::int AS type_id, NULL::int AS order_id, 0 AS confirmed,
                      0::numeric AS revenue,
                      ((day.call_seconds * %(operator_minute)s
                        + day.talk_seconds * %(telephone_minute)s) / 60)::numeric
                      AS call_cost,
                      0::numeric AS commission
                 FROM (%(days)s) day
                 JOIN res_company company ON company.id = day.company_id
            LEFT JOIN utm_campaign campaign ON campaign.id = day.campaign_id
                WHERE day.call_seconds > 0""",
            operator_minute=operator_minute,
            telephone_minute=telephone_minute,
            days=self.env["crm.call.day"]._all_days_sql(),
        )

    @api.model
    def _call_costs_sql(self):
        """Return what a minute costs, of the operator and of the telephone.

        :return: over ``company`` and ``campaign``
        :rtype: tuple[SQL, SQL]
        """
        return (
            SQL("COALESCE(company.call_cost_operator_minute, 0)::numeric"),
            SQL("COALESCE(company.call_cost_telephone_minute, 0)::numeric"),
        )

    @api.model
    def _document_part_sql(self):
        """Return confirmed documents with the amount of their confirmed lines."""
        return SQL(
            """SELECT doc.id::bigint * 8 + 3,
                      COALESCE(doc.date_confirmed, doc.confirmed_on), doc.company_id,
                      doc.campaign_id, doc.operator_id, doc.team_id, doc.user_id,
                      doc.zone_id, doc.segnalazione_type_id, doc.id, 1,
                      COALESCE(lines.amount, 0)
                      / COALESCE(NULLIF(doc.currency_rate, 0), 1)::numeric,
                      0, 0
                 FROM sale_order doc
            LEFT JOIN (SELECT line.order_id, SUM(line.price_subtotal) AS amount
                         FROM sale_order_line line
                         JOIN crm_segnalazione_line_state state
                           ON state.id = line.line_state_id
                        WHERE state.category = 'confirmed'
                          AND line.display_type IS NULL
                          AND line.is_downpayment IS NOT TRUE
                     GROUP BY line.order_id) lines ON lines.order_id = doc.id
                WHERE doc.confirmed_on IS NOT NULL
                  AND doc.segnalazione_type_id IS NOT NULL"""
        )

    @api.model
    def _commission_part_sql(self):
        """Return commissions, on the day on which they were due or taken back."""
        return SQL(
            """SELECT paid.id::bigint * 8 + 4, paid.date, paid.company_id,
                      paid.campaign_id, paid.operator_id, NULL::int, paid.agent_id,
                      paid.zone_id, paid.type_id, paid.order_id, 0, 0, 0, paid.amount
                 FROM crm_commission paid"""
        )

    def _read_group_select(self, aggregate_spec, query):
        """Compute the margin of a group from its sums."""
        name, _colon, aggregator = aggregate_spec.partition(":")
        if name != "margin_rate" or aggregator in ("", "array_agg"):
            return super()._read_group_select(aggregate_spec, query)
        return rate_sql(
            self._read_group_select("margin:sum", query),
            self._read_group_select("revenue:sum", query),
        )
