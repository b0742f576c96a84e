from odoo import api, fields, models
from odoo.tools import SQL


class CrmSegnalazioneForecastReport(models.Model):
    """What documents are expected to bring, by period, agent and campaign.

    Open documents count with what is expected and, weighted, with its share by
    probability; won ones with what is confirmed. Lost and cancelled ones bring nothing.
    Amounts are in the company's currency, without taxes. Types of which each document
    only repeats another one are left out, as in the other figures.
    """

    _name = "crm.segnalazione.forecast.report"
    _description = "Forecast of Documents"
    _auto = False
    _rec_name = "order_id"
    _order = "closing_date desc, id desc"

    order_id = fields.Many2one("sale.order", "Document", readonly=True)
    type_id = fields.Many2one("crm.segnalazione.type", readonly=True)
    segnalazione_state_id = fields.Many2one(
        "crm.segnalazione.state", "Document State", readonly=True
    )
    state_category = fields.Selection(
        [
            ("open", "Open"),
            ("won", "Won"),
            ("lost", "Lost"),
            ("cancelled", "Cancelled"),
        ],
        readonly=True,
    )
    closing_date = fields.Date(
        "Closing Period",
        readonly=True,
        help="When open documents are expected to close; when closed ones did.",
    )
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    operator_id = fields.Many2one("res.users", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    zone_id = fields.Many2one("crm.zone", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    is_held_for_check = fields.Boolean("Waits for the Quality Check", readonly=True)
    expected_amount = fields.Monetary("Expected", readonly=True)
    weighted_amount = fields.Monetary("Weighted", readonly=True)
    won_amount = fields.Monetary("Won", readonly=True)
    probability = fields.Float(
        "Probability (%)", readonly=True, aggregator="avg", digits=(5, 1)
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT document.id, document.id AS order_id,
                   document.segnalazione_type_id AS type_id,
                   document.segnalazione_state_id, document.state_category,
                   %(closing)s AS closing_date,
                   document.user_id, document.operator_id, document.campaign_id,
                   document.zone_id, document.team_id,
                   document.partner_id, document.company_id,
                   company.currency_id, document.is_held_for_check,
                   document.probability,
                   CASE WHEN document.state_category = 'open'
                        THEN document.expected_amount / %(rate)s END
                        AS expected_amount,
                   CASE WHEN document.state_category = 'open'
                        THEN document.weighted_amount / %(rate)s END
                        AS weighted_amount,
                   CASE WHEN document.state_category = 'won'
                        THEN document.amount_confirmed / %(rate)s END
                        AS won_amount
              FROM sale_order document
              JOIN res_company company ON company.id = document.company_id
              JOIN crm_segnalazione_type type
                ON type.id = document.segnalazione_type_id AND type.is_counted""",
            closing=self._closing_date(),
            rate=SQL("COALESCE(NULLIF(document.currency_rate, 0), 1)"),
        )

    @api.model
    def _closing_date(self):
        """Return the date under which a document is counted."""
        return SQL(
            """CASE document.state_category
                    WHEN 'won' THEN COALESCE(document.date_confirmed,
                         document.date_signature, document.date_order::date)
                    WHEN 'cancelled' THEN COALESCE(document.date_cancelled,
                         document.expected_closing)
                    ELSE document.expected_closing END"""
        )

    def action_open(self):
        """Open the document of a row.

        :return: the action
        :rtype: dict
        """
        self.ensure_one()
        view = self.env.ref("crm_segnalazioni.sale_order_view_form_segnalazione")
        return {
            "type": "ir.actions.act_window",
            "name": self.order_id.display_name,
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
            "views": [(view.id, "form")],
        }
