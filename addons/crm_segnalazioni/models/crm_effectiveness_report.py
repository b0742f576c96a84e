from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.figures import local_day_sql, rate_sql

#: Rates, each as what is counted and out of what.
RATES = {
    "appointment_rate": ("appointments", "calls"),
    "visit_rate": ("visits", "appointments"),
    "contract_rate": ("contracts", "visits"),
    "confirmed_rate": ("confirmed", "contracts"),
}


class CrmEffectivenessReport(models.Model):
    """From calls to confirmed contracts: what was reached on which day.

    Calls and appointments come from the history, on the day of the outcome. Visits,
    contracts and confirmed contracts come from the documents, each on its own day:
    a contract of May from an appointment of April counts in May.
    """

    _name = "crm.effectiveness.report"
    _description = "Effectiveness"
    _inherit = ["crm.monitored.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "date"
    _monitored_fields = ("operator_id",)
    _depends = {
        "crm.call": ["ended_at", "result", "started_at", "user_id"],
        "crm.call.day": ["day", "calls", "appointments"],
        "crm.interaction": [
            "campaign_id",
            "date",
            "lead_id",
            "outcome_id",
            "reversed_id",
            "user_id",
        ],
        "sale.order": [
            "campaign_id",
            "confirmed_on",
            "contract_on",
            "date_confirmed",
            "date_signature",
            "date_visit",
            "operator_id",
            "segnalazione_type_id",
            "team_id",
            "user_id",
            "visited_on",
            "zone_id",
        ],
    }

    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    operator_id = fields.Many2one("res.users", readonly=True)
    team_id = fields.Many2one("crm.team", readonly=True)
    agent_id = fields.Many2one("res.users", readonly=True)
    zone_id = fields.Many2one("crm.zone", readonly=True)
    type_id = fields.Many2one("crm.segnalazione.type", "Document Type", readonly=True)
    order_id = fields.Many2one("sale.order", "Document", readonly=True)
    calls = fields.Integer(
        readonly=True, help="Outcomes registered, less those taken back."
    )
    dials = fields.Integer("Numbers Dialled", readonly=True)
    appointments = fields.Integer(
        readonly=True, help="Outcomes of the kind T, less those taken back."
    )
    visits = fields.Integer(readonly=True)
    contracts = fields.Integer(readonly=True)
    confirmed = fields.Integer(
        readonly=True, help="Contracts confirmed and not cancelled since."
    )
    appointment_rate = fields.Float(
        "Appointments per 100 Calls", readonly=True, aggregator="avg"
    )
    visit_rate = fields.Float(
        "Visits per 100 Appointments", readonly=True, aggregator="avg"
    )
    contract_rate = fields.Float(
        "Contracts per 100 Visits", readonly=True, aggregator="avg"
    )
    confirmed_rate = fields.Float(
        "Confirmed per 100 Contracts", readonly=True, aggregator="avg"
    )

    @property
    def _table_query(self):
        return SQL(
            """SELECT day.id, day.day AS date, day.company_id, day.campaign_id,
                      day.operator_id, day.team_id, day.agent_id, day.zone_id,
                      NULL::int AS type_id, NULL::int AS order_id, day.calls, day.dials,
                      day.appointments, 0 AS visits, 0 AS contracts, 0 AS confirmed,
                      %(rates)s
                 FROM (%(days)s) day
            UNION ALL
               SELECT doc.id::bigint * 8 + figure.place, figure.date, doc.company_id,
                      doc.campaign_id, doc.operator_id, doc.team_id, doc.user_id,
                      doc.zone_id, doc.segnalazione_type_id, doc.id, 0, 0, 0,
                      figure.visits, figure.contracts, figure.confirmed, %(rates)s
                 FROM sale_order doc
                CROSS JOIN LATERAL (VALUES %(figures)s)
                           figure(place, date, visits, contracts, confirmed)
                WHERE doc.segnalazione_type_id IS NOT NULL
                  AND figure.date IS NOT NULL""",
            rates=SQL(", ").join(
                SQL("NULL::float AS %s", SQL.identifier(name)) for name in RATES
            ),
            days=self.env["crm.call.day"]._all_days_sql(),
            figures=self._document_figures_sql(),
        )

    @api.model
    def _document_figures_sql(self):
        """Return what a document counts and when.

        The day on which it reached the state, or the date that the back office
        corrected it to.

        :rtype: SQL
        """
        return SQL(
            """(1, CASE WHEN doc.visited_on IS NOT NULL
                        THEN COALESCE(%s, doc.visited_on) END, 1, 0, 0),
               (2, CASE WHEN doc.contract_on IS NOT NULL
                        THEN COALESCE(doc.date_signature, doc.contract_on) END,
                0, 1, 0),
               (3, CASE WHEN doc.confirmed_on IS NOT NULL
                        THEN COALESCE(doc.date_confirmed, doc.confirmed_on) END,
                0, 0, 1)
            """,
            local_day_sql(SQL("doc.date_visit"), self.env["crm.points"]._timezone()),
        )

    def _read_group_select(self, aggregate_spec, query):
        """Compute rates from the sums of a group, since rates can't be added up."""
        name, _colon, aggregator = aggregate_spec.partition(":")
        if name not in RATES or aggregator in ("", "array_agg"):
            return super()._read_group_select(aggregate_spec, query)
        part, whole = RATES[name]
        return rate_sql(
            self._read_group_select(f"{part}:sum", query),
            self._read_group_select(f"{whole}:sum", query),
        )
