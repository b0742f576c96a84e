import datetime

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_names_job_mixin import OPEN_STATES


class CrmMacro(models.Model):
    """When a macro runs: by hand, or when its time has come."""

    _inherit = "crm.macro"

    def action_preview(self):
        """Show what a run would do now, and offer to start it.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Run Now"),
            "res_model": "crm.macro.run.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_macro_id": self.id},
        }

    def action_runs(self):
        """Show the log of this macro's runs.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_callcenter.crm_macro_run_action"
        )
        return {**action, "domain": [("macro_id", "=", self.id)]}

    def _queue_run(self, origin="hand", user=None):
        """Let a run wait for the next worker.

        :param str origin: ``hand`` or ``schedule``
        :param res.users user: who started it; the current user by default
        :rtype: crm.macro.run
        :raise UserError: a run of this macro is at work, or it can't run
        """
        self.ensure_one()
        self._check_runnable()
        # sudo: runs are written by the system
        runs = self.env["crm.macro.run"].sudo()
        current = runs.search(
            [("macro_id", "=", self.id), ("state", "in", OPEN_STATES)], limit=1
        )
        if current:
            raise UserError(
                self.env._(
                    "%(macro)s is running already: %(user)s started it. Wait until it"
                    " has ended, or cancel that run.",
                    macro=self.name,
                    user=current.user_id.name,
                )
            )
        run = runs.create(
            {
                "macro_id": self.id,
                "origin": origin,
                "user_id": (user or self.env.user).id,
            }
        )
        run._job_trigger()
        return run.sudo(self.env.su)

    @api.model
    def _cron_run(self):
        """Start the macros whose time has come, and work on all runs."""
        now = fields.Datetime.now()
        due = self.search([("is_scheduled", "=", True), ("next_run", "<=", now)])
        for macro in due:
            macro._start_due_run(now)
        self.env["crm.macro.run"]._work_open_jobs()

    def _start_due_run(self, now):
        """Queue the run whose time has come; a macro that can't run says so."""
        self.next_run = self._following_run(now)
        macro = self.with_context(lang=self.user_id.lang)
        open_run = macro.run_ids.filtered(lambda run: run.state in OPEN_STATES)
        if open_run:
            return
        try:
            with self.env.cr.savepoint():
                macro._queue_run(origin="schedule", user=macro.user_id)
        except UserError as error:
            run = macro.env["crm.macro.run"].create(
                {
                    "macro_id": macro.id,
                    "origin": "schedule",
                    "user_id": macro.user_id.id,
                }
            )
            run._job_fail(error)

    def _following_run(self, now):
        """Return when the macro runs after the run that is due.

        Times that went by while nothing ran are not made up for.

        :param datetime.datetime now: naive UTC
        :return: naive UTC
        :rtype: datetime.datetime
        """
        if self.interval_type == "hours":
            step = datetime.timedelta(hours=self.interval_number)
            missed = (now - self.next_run) // step
            return self.next_run + step * (missed + 1)
        company = self.user_id.company_id
        zone = self.env["crm.planner"]._company_timezone(company)
        local = pytz.utc.localize(self.next_run).astimezone(zone).replace(tzinfo=None)
        days = self.interval_number * (7 if self.interval_type == "weeks" else 1)
        steps = max((now - self.next_run).days // days, 0)
        while True:
            steps += 1
            following = zone.localize(local + relativedelta(days=days * steps))
            following = following.astimezone(pytz.utc).replace(tzinfo=None)
            if following > now:
                return following
