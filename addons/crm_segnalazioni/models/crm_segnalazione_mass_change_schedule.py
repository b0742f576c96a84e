import datetime

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.crm_callcenter.models.crm_names_job_mixin import OPEN_STATES


class CrmSegnalazioneMassChange(models.Model):
    """When a mass change runs: by hand, or when its time has come."""

    _inherit = "crm.segnalazione.mass.change"

    is_scheduled = fields.Boolean("Runs by Itself", copy=False)
    interval_number = fields.Integer("Every", default=1)
    interval_type = fields.Selection(
        [
            ("hours", "Hours"),
            ("days", "Days"),
            ("weeks", "Weeks"),
            ("months", "Months"),
        ],
        default="days",
        required=True,
    )
    next_run = fields.Datetime(
        help="Days, weeks and months keep the time of day, also over a change of the"
        " clocks."
    )

    _interval_positive = models.Constraint(
        "CHECK (interval_number > 0)",
        "A mass change runs every one or more hours or days.",
    )

    @api.constrains("is_scheduled", "next_run")
    def _check_next_run(self):
        for change in self:
            if change.is_scheduled and not change.next_run:
                raise ValidationError(
                    self.env._(
                        "Say when %(change)s runs for the first time.",
                        change=change.name,
                    )
                )

    @api.model
    def _cron_run(self):
        """Start the mass changes whose time has come, and work on all runs."""
        now = fields.Datetime.now()
        due = self.search([("is_scheduled", "=", True), ("next_run", "<=", now)])
        for change in due:
            change._start_due_run(now)
        self.env["crm.segnalazione.mass.run"]._work_open_jobs()

    def _start_due_run(self, now):
        """Queue the run whose time has come; one that can't run says so."""
        self.next_run = self._following_run(now)
        change = self.with_context(lang=self.user_id.lang)
        if change.run_ids.filtered(lambda run: run.state in OPEN_STATES):
            return
        try:
            with self.env.cr.savepoint():
                change._queue_run("run", origin="schedule")
        except UserError as error:
            run = change.env["crm.segnalazione.mass.run"].create(
                {
                    "change_id": self.id,
                    "kind": "run",
                    "origin": "schedule",
                    "user_id": self.user_id.id,
                    "starter_id": self.env.uid,
                }
            )
            run._job_fail(error)

    def _following_run(self, now):
        """Return when it runs after the run that is due.

        Times that went by while nothing ran are not made up for.

        :param datetime.datetime now: naive UTC
        :return: naive UTC
        :rtype: datetime.datetime
        """
        if self.interval_type == "hours":
            step = datetime.timedelta(hours=self.interval_number)
            return self.next_run + step * ((now - self.next_run) // step + 1)
        zone = self.env["crm.planner"]._company_timezone(self.company_id)
        local = pytz.utc.localize(self.next_run).astimezone(zone).replace(tzinfo=None)
        steps = 0
        while True:
            steps += self.interval_number
            following = zone.localize(
                local + relativedelta(**{self.interval_type: steps})
            )
            following = following.astimezone(pytz.utc).replace(tzinfo=None)
            if following > now:
                return following
