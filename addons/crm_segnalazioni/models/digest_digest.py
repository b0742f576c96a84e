from datetime import date, datetime, timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.crm_callcenter.tools.period import local_midnight

from .crm_segnalazione_target import METRICS

#: From which share of its target on a figure is shown in which colour.
COLOURS = ((1.0, "#2b8a3e"), (0.7, "#a85600"), (0.0, "#c92a2a"))
#: Campaigns and zones in the mail; it is to be read in a minute.
LONGEST = 15


class DigestDigest(models.Model):
    """Evening summary for management: figures of the day against target."""

    _inherit = "digest.digest"

    kpi_segnalazione_calls = fields.Boolean("Calls Made")
    kpi_segnalazione_calls_value = fields.Integer(
        compute="_compute_kpi_segnalazione_calls_value"
    )
    kpi_segnalazione_appointments = fields.Boolean("Appointments Fixed")
    kpi_segnalazione_appointments_value = fields.Integer(
        compute="_compute_kpi_segnalazione_appointments_value"
    )
    kpi_segnalazione_visits = fields.Boolean("Visits Made")
    kpi_segnalazione_visits_value = fields.Integer(
        compute="_compute_kpi_segnalazione_visits_value"
    )
    kpi_segnalazione_contracts = fields.Boolean("Contracts Signed")
    kpi_segnalazione_contracts_value = fields.Integer(
        compute="_compute_kpi_segnalazione_contracts_value"
    )
    is_evening_summary = fields.Boolean(
        "Evening Summary",
        help="Sent in the evening, with the day against its targets by campaign and"
        " zone. Other digests are sent when Odoo's job runs.",
    )
    evening_hour = fields.Float(
        "Sent at", default=20.0, help="In the time zone of the company."
    )
    is_for_campaign_managers = fields.Boolean(
        "To All Campaign Managers",
        help="All campaign managers get it, also those that come later, until they"
        " unsubscribe.",
    )
    unsubscribed_user_ids = fields.Many2many(
        "res.users", "digest_digest_unsubscribed_rel", "digest_id", "user_id"
    )

    @api.constrains("is_evening_summary", "evening_hour")
    def _check_evening_hour(self):
        for digest in self.filtered("is_evening_summary"):
            if not 0 <= digest.evening_hour < 24:
                raise ValidationError(
                    self.env._("The summary is sent between 0:00 and 23:59.")
                )

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    def _compute_kpi_segnalazione_calls_value(self):
        self._compute_kpi_segnalazione("calls")

    def _compute_kpi_segnalazione_appointments_value(self):
        self._compute_kpi_segnalazione("appointments")

    def _compute_kpi_segnalazione_visits_value(self):
        self._compute_kpi_segnalazione("visits")

    def _compute_kpi_segnalazione_contracts_value(self):
        self._compute_kpi_segnalazione("contracts")

    def _compute_kpi_segnalazione(self, metric):
        """Count whole days, from that of the start until the one before the end."""
        start, end, _companies = self._get_kpi_compute_parameters()
        planner = self.env["crm.planner"]
        first = planner._local_day(fields.Datetime.to_datetime(start))
        after = planner._local_day(fields.Datetime.to_datetime(end))
        for digest in self:
            [(value,)] = self.env["crm.effectiveness.report"]._read_group(
                [
                    ("date", ">=", first),
                    ("date", "<", after),
                    ("company_id", "=", (digest.company_id or self.env.company).id),
                ],
                [],
                [f"{metric}:sum"],
            )
            digest[f"kpi_segnalazione_{metric}_value"] = value or 0

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        for metric, _label in METRICS:
            actions[f"kpi_segnalazione_{metric}"] = (
                "crm_segnalazioni.crm_effectiveness_report_action"
            )
        return actions

    def _compute_timeframes(self, company):
        """Count an evening summary by today, this week and this month, each beside as
        many days of the one before."""
        frames = super()._compute_timeframes(company)
        if len(self) != 1 or not self.is_evening_summary:
            return frames
        today = self._local_today()
        zone = self._local_timezone()
        tomorrow = today + timedelta(days=1)

        def frame(title, first, before):
            length = tomorrow - first
            return (
                title,
                (
                    (local_midnight(first, zone), local_midnight(tomorrow, zone)),
                    (
                        local_midnight(before, zone),
                        local_midnight(min(before + length, first), zone),
                    ),
                ),
            )

        monday = today - timedelta(days=today.weekday())
        month = today.replace(day=1)
        return [
            frame(self.env._("Today"), today, today - timedelta(days=1)),
            frame(self.env._("This week"), monday, monday - timedelta(days=7)),
            frame(self.env._("This month"), month, month - relativedelta(months=1)),
        ]

    def _compute_tips(self, company, user, tips_count=1, consumed=True):
        """An evening summary is to be read in a minute: no tips on Odoo."""
        if len(self) == 1 and self.is_evening_summary:
            return []
        return super()._compute_tips(company, user, tips_count, consumed)

    # ------------------------------------------------------------
    # THE SECTION BY CAMPAIGN AND ZONE
    # ------------------------------------------------------------

    def _segnalazione_section(self, company, user):
        """Return the day against its targets, as the reader may see it.

        :param res.company company: of the reader; the digest's own goes first
        :param res.users user: the reader
        :return: metrics, totals and tables; empty if the reader may not see them
        :rtype: dict
        """
        self.ensure_one()
        company = self.company_id or company
        report = (
            self.env["crm.effectiveness.report"].with_user(user).with_company(company)
        )
        today = self._local_today()
        targets = self.env["crm.segnalazione.target"]
        day_cells = targets._day_cells(company, today)
        try:
            return {
                "metrics": targets._fields["metric"]._description_selection(self.env),
                "totals": [
                    self._segnalazione_total(
                        self.env._("Today"), report, day_cells, today, today
                    ),
                    self._segnalazione_total(
                        self.env._("This month"),
                        report,
                        targets._month_cells(company, today),
                        today.replace(day=1),
                        today,
                        targets._month_pace(company, today),
                    ),
                ],
                "tables": [
                    self._segnalazione_table(title, report, day_cells, today, place)
                    for title, place in (
                        (self.env._("By campaign"), 0),
                        (self.env._("By zone"), 1),
                    )
                ],
            }
        except AccessError:
            return {}

    def _segnalazione_total(self, title, report, cells, first, last, pace=1.0):
        """Return one line of totals over days.

        :param float pace: the part of the target that should be reached by now
        :rtype: dict
        """
        [values] = self._segnalazione_figures(report, first, last, [])
        targets = self.env["crm.segnalazione.target"]
        return {
            "label": title,
            "cells": [
                self._segnalazione_cell(
                    value or 0, targets._sum_up(cells, metric), pace
                )
                for value, (metric, _label) in zip(values, METRICS, strict=True)
            ],
        }

    def _segnalazione_table(self, title, report, cells, day, place):
        """Return the lines of a day by campaign or zone: those at work or with a
        target, the busiest first.

        :param int place: 0 for campaigns, 1 for zones
        :rtype: dict
        """
        name, model = (("campaign_id", "utm.campaign"), ("zone_id", "crm.zone"))[place]
        figures = {
            record.id: values
            for record, *values in self._segnalazione_figures(report, day, day, [name])
        }
        summed = self.env["crm.segnalazione.target"]._sum_up
        aims = {metric: summed(cells, metric, place) for metric, _label in METRICS}
        wanted = {key for key in figures if key}.union(*aims.values())
        # sudo: the names; that the figures may be seen was checked by reading them
        records = self.env[model].sudo().browse(wanted)
        lines = []
        for record in records:
            values = figures.get(record.id) or [0] * len(METRICS)
            lines.append(
                {
                    "label": record.display_name,
                    "values": values,
                    "cells": [
                        self._segnalazione_cell(value or 0, aims[metric].get(record.id))
                        for value, (metric, _label) in zip(values, METRICS, strict=True)
                    ],
                }
            )
        lines.sort(key=lambda line: (line["values"][::-1], line["label"]), reverse=True)
        return {"title": title, "lines": lines[:LONGEST]}

    def _segnalazione_figures(self, report, first, last, group_by):
        return report._read_group(
            [
                ("date", ">=", first),
                ("date", "<=", last),
                ("company_id", "in", report.env.company.ids),
            ],
            group_by,
            [f"{metric}:sum" for metric, _label in METRICS],
        )

    def _segnalazione_cell(self, value, target, pace=1.0):
        """Return a figure beside its target, and the colour that it is shown in.

        :param float pace: the part of the target that should be reached by now
        :rtype: dict
        """
        if target is None:
            return {"value": value, "target": "", "color": "#374151"}
        expected = target * pace
        # More may be taken back on a day than is reached on it.
        share = max(value / expected, 0.0) if expected else 1.0
        colour = next(colour for limit, colour in COLOURS if share >= limit)
        return {"value": value, "target": f"{round(target, 1):g}", "color": colour}

    # ------------------------------------------------------------
    # SENDING
    # ------------------------------------------------------------

    def _local_timezone(self):
        company = self.company_id or self.env.company
        return self.env["crm.planner"]._company_timezone(company.sudo())

    def _local_today(self):
        """Return the day that it is where the company works.

        :rtype: datetime.date
        """
        return self._local_now().date()

    def _local_now(self):
        return pytz.utc.localize(fields.Datetime.now()).astimezone(
            self._local_timezone()
        )

    def _get_next_run_date(self):
        day = super()._get_next_run_date()
        if self.is_evening_summary:
            # Odoo counts from its own day, which is another one where it is evening.
            day += self._local_today() - date.today()
        return day

    @api.model
    def _cron_send_digest_email(self):
        return super(
            DigestDigest, self.with_context(without_evening_summaries=True)
        )._cron_send_digest_email()

    def action_send(self):
        digests = self
        if self.env.context.get("without_evening_summaries"):
            digests = self.filtered(lambda digest: not digest.is_evening_summary)
        return super(DigestDigest, digests).action_send()

    @api.model
    def _cron_send_evening_summaries(self):
        """Send the summaries whose hour has come."""
        for digest in self.search(
            [("is_evening_summary", "=", True), ("state", "=", "activated")]
        ):
            now = digest._local_now()
            hour = timedelta(hours=digest.evening_hour)
            due = now.replace(tzinfo=None) >= (
                datetime.combine(now.date(), datetime.min.time()) + hour
            )
            if due and digest.next_run_date <= now.date():
                digest.action_send()
                if self.env.context.get("cron_id"):
                    # One that fails has those before it sent all the same, and once.
                    self.env["ir.cron"]._commit_progress(1)

    def _action_send(self, update_periodicity=True):
        self._add_campaign_managers()
        return super()._action_send(update_periodicity=update_periodicity)

    def _check_daily_logs(self):
        """Keep evening summaries daily: management reads them instead of logging in."""
        return (
            super()
            ._check_daily_logs()
            .filtered(lambda digest: not digest.is_evening_summary)
        )

    def _add_campaign_managers(self):
        """Subscribe campaign managers who came since, but for who doesn't want it."""
        group = self.env.ref("crm_callcenter.group_campaign_manager")
        for digest in self.filtered("is_for_campaign_managers"):
            company = digest.company_id or self.env.company
            # sudo: recipients are looked up by the system, whoever sends
            managers = group.sudo().all_user_ids.filtered(
                lambda user, company=company: (
                    user.active
                    and not user.share
                    and user.email
                    and company in user.company_ids
                )
            )
            digest.sudo().user_ids |= managers - digest.sudo().unsubscribed_user_ids

    def _action_unsubscribe_users(self, users):
        # sudo: as Odoo's own list of recipients
        self.sudo().unsubscribed_user_ids |= users
        return super()._action_unsubscribe_users(users)

    def _action_subscribe_users(self, users):
        # sudo: as Odoo's own list of recipients
        self.sudo().unsubscribed_user_ids -= users
        return super()._action_subscribe_users(users)
