from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools.misc import format_date

#: What may be aimed at, in the order of the evening summary.
METRICS = [
    ("calls", "Calls"),
    ("appointments", "Appointments"),
    ("visits", "Visits"),
    ("contracts", "Contracts"),
]


class CrmSegnalazioneTarget(models.Model):
    """What a campaign or a zone is to reach in a month or on a day.

    A target of a day counts instead of the share of the month's. A target of a whole
    campaign or zone counts instead of the sum of its parts.
    """

    _name = "crm.segnalazione.target"
    _description = "Target"
    _order = "date desc, campaign_id, zone_id, metric, id"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    campaign_id = fields.Many2one(
        "utm.campaign",
        index=True,
        ondelete="cascade",
        domain=[("is_auto_campaign", "=", False)],
        help="Empty: all campaigns together.",
    )
    zone_id = fields.Many2one(
        "crm.zone", index=True, ondelete="cascade", help="Empty: all zones together."
    )
    period = fields.Selection(
        [("month", "Month"), ("day", "Day")], required=True, default="month"
    )
    date = fields.Date(
        required=True,
        default=lambda self: self.env["crm.points"]._today(),
        help="The day, or any day of the month.",
    )
    metric = fields.Selection(METRICS, "What", required=True, default="appointments")
    value = fields.Integer("Target", required=True)

    _once = models.UniqueIndex(
        "(company_id, COALESCE(campaign_id, 0), COALESCE(zone_id, 0), period, date,"
        " metric)",
        "There is a target for this already. Change that one.",
    )
    _value_positive = models.Constraint(
        "CHECK (value > 0)", "A target is greater than zero."
    )

    @api.depends("campaign_id", "zone_id", "period", "date", "metric")
    def _compute_name(self):
        labels = dict(self._fields["metric"]._description_selection(self.env))
        for target in self:
            day = target.period == "day"
            parts = [
                labels.get(target.metric),
                target.campaign_id.display_name,
                target.zone_id.display_name,
                target.date
                and format_date(
                    self.env, target.date, date_format=None if day else "MMMM y"
                ),
            ]
            target.name = ", ".join(part for part in parts if part)

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create(vals_list)
        targets._begin_month()
        return targets

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"date", "period"}:
            self._begin_month()
        return result

    def _begin_month(self):
        """Let targets of a month stand on its first day, so that there is only one."""
        for target in self:
            if target.period == "month" and target.date.day != 1:
                target.date = target.date.replace(day=1)

    # ------------------------------------------------------------
    # WHAT IS TO BE REACHED
    # ------------------------------------------------------------

    @api.model
    def _month_cells(self, company, day):
        """Return the targets of the month of a day.

        :rtype: dict
        :return: by campaign id, zone id (0 for all) and metric
        """
        return self._cells(company, "month", day.replace(day=1))

    @api.model
    def _day_cells(self, company, day):
        """Return the targets of a day: its own, or its share of the month's.

        The month is shared out evenly over the days on which the company works.

        :param res.company company: whose
        :param datetime.date day: local
        :return: by campaign id, zone id (0 for all) and metric
        :rtype: dict
        """
        month = self._month_cells(company, day)
        cells = {}
        if month and company._is_working_day(day):
            working = len(self._working_days(company, day))
            cells = {key: value / working for key, value in month.items()}
        cells.update(self._cells(company, "day", day))
        return cells

    @api.model
    def _month_pace(self, company, day):
        """Return which part of the month's work is done at the end of a day.

        :rtype: float
        """
        days = self._working_days(company, day)
        return sum(one <= day for one in days) / len(days) if days else 1.0

    @api.model
    def _working_days(self, company, day):
        """Return the days of the month of a day on which the company works.

        :rtype: list[datetime.date]
        """
        first = day.replace(day=1)
        length = (first + relativedelta(months=1) - first).days
        days = [first + relativedelta(days=number) for number in range(length)]
        return [one for one in days if company._is_working_day(one)]

    @api.model
    def _cells(self, company, period, day):
        # sudo: targets are no secret to whoever may see the figures beside them
        targets = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("period", "=", period),
                ("date", "=", day),
            ]
        )
        return {
            (target.campaign_id.id or 0, target.zone_id.id or 0, target.metric): (
                target.value
            )
            for target in targets
        }

    @api.model
    def _sum_up(self, cells, metric, place=None):
        """Add up targets by campaign or zone; one for the whole stands for its parts.

        :param dict cells: as ``_day_cells`` returns them
        :param str metric: one of ``METRICS``
        :param int place: 0 for campaigns, 1 for zones, none for all together
        :return: targets by id, or the one target of all (None: there is none)
        :rtype: dict or float
        """
        chosen = {key[:2]: value for key, value in cells.items() if key[2] == metric}
        if place is None:
            if (0, 0) in chosen:
                return chosen[0, 0]
            sums = self._sum_up(cells, metric, 0) or self._sum_up(cells, metric, 1)
            return sum(sums.values()) if sums else None
        wholes, parts = {}, {}
        for key, value in chosen.items():
            if not key[place]:
                continue
            if key[1 - place]:
                parts[key[place]] = parts.get(key[place], 0) + value
            else:
                wholes[key[place]] = value
        return {**parts, **wholes}
