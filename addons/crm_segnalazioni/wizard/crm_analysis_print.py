from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

#: What each analysis shows: its model, and its columns with the totals that they have.
ANALYSES = {
    "effectiveness": (
        "crm.effectiveness.report",
        (
            "calls",
            "appointments",
            "visits",
            "contracts",
            "confirmed",
            "appointment_rate",
            "visit_rate",
            "contract_rate",
            "confirmed_rate",
        ),
    ),
    "profitability": (
        "crm.profitability.report",
        ("confirmed", "revenue", "call_cost", "commission", "margin", "margin_rate"),
    ),
}
#: The bars of the drawing: from calls to confirmed contracts.
STEPS = ("calls", "appointments", "visits", "contracts", "confirmed")


class CrmAnalysisPrint(models.TransientModel):
    """What to print of the analyses: period, campaigns, and by what."""

    _name = "crm.analysis.print"
    _description = "Print an Analysis"

    analysis = fields.Selection(
        [("effectiveness", "Effectiveness"), ("profitability", "Profitability")],
        required=True,
        default="effectiveness",
    )
    period = fields.Selection(
        [
            ("month", "This Month"),
            ("previous_month", "Last Month"),
            ("year", "This Year"),
            ("custom", "Chosen Days"),
        ],
        required=True,
        default="month",
    )
    date_from = fields.Date(
        "From",
        required=True,
        compute="_compute_dates",
        store=True,
        readonly=False,
        precompute=True,
    )
    date_to = fields.Date(
        "To",
        required=True,
        compute="_compute_dates",
        store=True,
        readonly=False,
        precompute=True,
    )
    campaign_ids = fields.Many2many(
        "utm.campaign",
        string="Campaigns",
        domain=[("is_auto_campaign", "=", False)],
        help="Empty: all.",
    )
    zone_ids = fields.Many2many("crm.zone", string="Zones", help="Empty: all.")
    group_by = fields.Selection(
        [
            ("campaign_id", "Campaign"),
            ("zone_id", "Zone"),
            ("agent_id", "Agent"),
            ("operator_id", "Operator"),
            ("team_id", "Team"),
            ("date:month", "Month"),
            ("date:day", "Day"),
        ],
        "By",
        required=True,
        default="campaign_id",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )

    @api.depends("period")
    def _compute_dates(self):
        today = self.env["crm.points"]._today()
        month = today.replace(day=1)
        for wizard in self:
            if wizard.period == "previous_month":
                wizard.date_from = month - relativedelta(months=1)
                wizard.date_to = month - relativedelta(days=1)
            elif wizard.period == "year":
                wizard.date_from = month.replace(month=1)
                wizard.date_to = today
            elif wizard.period == "month" or not wizard.date_from:
                wizard.date_from = month
                wizard.date_to = today

    def action_print(self):
        """Print the analysis.

        :return: the action of the report
        :rtype: dict
        :raise UserError: the period ends before it begins
        """
        self.ensure_one()
        if self.date_from > self.date_to:
            raise UserError(self.env._("The last day lies before the first one."))
        # What may not be read is said here, not inside of a PDF.
        self._rows()
        return self.env.ref("crm_segnalazioni.crm_analysis_report").report_action(self)

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    def _columns(self):
        """Return the columns of the table: name, label, and how they are written.

        :rtype: list[dict]
        """
        self.ensure_one()
        model, names = ANALYSES[self.analysis]
        labels = self.env[model].fields_get(names, ["string", "type"])
        return [
            {
                "name": name,
                "label": labels[name]["string"],
                "kind": labels[name]["type"],
            }
            for name in names
        ]

    def _domain(self):
        domain = [
            ("date", ">=", self.date_from),
            ("date", "<=", self.date_to),
            ("company_id", "in", [self.company_id.id, False]),
        ]
        if self.campaign_ids:
            domain.append(("campaign_id", "in", self.campaign_ids.ids))
        if self.zone_ids:
            domain.append(("zone_id", "in", self.zone_ids.ids))
        return domain

    def _rows(self):
        """Return the rows of the table, the strongest first, months and days in order.

        :return: each with ``label`` and a value per column; none for a rate of nothing
        :rtype: list[dict]
        """
        self.ensure_one()
        columns = self._columns()
        groups = self._read([self.group_by])
        rows = [
            {
                "label": self._label(key),
                **{
                    column["name"]: value
                    for column, value in zip(columns, values, strict=True)
                },
            }
            for key, *values in groups
        ]
        if not self.group_by.startswith("date"):
            main = "contracts" if self.analysis == "effectiveness" else "margin"
            rows.sort(key=lambda row: row[main] or 0, reverse=True)
        return rows

    def _totals(self):
        """Return the value of each column over all rows.

        :rtype: dict
        """
        [values] = self._read([])
        return {
            column["name"]: value
            for column, value in zip(self._columns(), values, strict=True)
        }

    def _read(self, group_by):
        model, names = ANALYSES[self.analysis]
        return self.env[model]._read_group(
            self._domain(),
            group_by,
            [f"{name}:{'avg' if name.endswith('_rate') else 'sum'}" for name in names],
        )

    def _label(self, key):
        """Return what a row stands for, in words."""
        if not key:
            return self.env._("None")
        if self.group_by == "date:month":
            return self.env["ir.qweb.field.date"].value_to_html(
                key, {"format": "MMMM y"}
            )
        if self.group_by == "date:day":
            return self.env["ir.qweb.field.date"].value_to_html(key, {})
        # sudo: the name alone; that the figures may be seen was checked by reading
        return key.sudo().display_name

    def _bars(self):
        """Return the steps from calls to confirmed contracts, for the drawing.

        Each is as wide as its share of the one before it, for the share of calls
        would be too small to see.

        :return: ``label``, ``value``, ``percent`` of the step before it (none if that
            is nothing), ``width``
        :rtype: list[dict]
        """
        if self.analysis != "effectiveness":
            return []
        totals = self._totals()
        labels = {column["name"]: column["label"] for column in self._columns()}
        bars, before = [], None
        for name in STEPS:
            value = totals[name] or 0
            percent = round(100 * value / before, 1) if before else None
            bars.append(
                {
                    "label": labels[name],
                    "value": value,
                    "percent": percent,
                    "width": max(1, min(100, round(percent or 0))) if bars else 100,
                }
            )
            before = value
        return bars
