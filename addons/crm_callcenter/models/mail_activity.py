import logging
from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.due_date import time_of_day
from ..tools.engine import ENGINE, ENGINE_KEY, is_engine

_logger = logging.getLogger(__name__)


class MailActivity(models.Model):
    """A planned action: on a name, at an exact time, that ends with an outcome.

    Whatever way such an action ends, its outcome is asked for first: Odoo's own
    buttons, archiving, deleting and chaining included.
    """

    _inherit = "mail.activity"

    date_planned = fields.Datetime(
        "Planned For",
        help="Exact date and time. The due date is the day of it, where the assigned"
        " user lives.",
    )
    outcome_id = fields.Many2one(
        "crm.outcome", "Outcome", readonly=True, copy=False, ondelete="restrict"
    )
    lead_process_id = fields.Many2one(
        "crm.lead.process", "Process", index="btree_not_null", ondelete="set null"
    )
    needs_scheduling = fields.Boolean(
        "To Be Scheduled",
        readonly=True,
        help="A meeting for which there was no free time yet.",
    )
    asks_outcome = fields.Boolean(compute="_compute_asks_outcome")
    activity_color = fields.Char(related="activity_type_id.color")

    _day_of_user = models.Index("(user_id, date_planned) WHERE active")
    _planned_on_lead = models.Index("(res_id, activity_type_id) WHERE active")

    @api.depends("activity_type_id")
    def _compute_asks_outcome(self):
        asking = self.env["mail.activity.type"]._asking_ids()
        for activity in self:
            activity.asks_outcome = activity.activity_type_id.id in asking

    def _filtered_commercial(self):
        """Return those of these that are actions of the graph, on names.

        :rtype: mail.activity
        """
        commercial = self.env["mail.activity.type"]._commercial_ids()
        return self.filtered(
            lambda activity: (
                activity.activity_type_id.id in commercial
                and activity.res_model == "crm.lead"
            )
        )

    # ------------------------------------------------------------
    # ORM
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        commercial = self.env["mail.activity.type"]._commercial_ids()
        for vals in vals_list:
            if vals.get("activity_type_id") in commercial:
                vals.update(self._planned_dates(vals))
        activities = super().create(vals_list)
        planned = activities.filtered(
            lambda activity: activity.activity_type_id.id in commercial
        )
        if planned:
            planned._check_planning()
            planned._join_open_process()
        return activities

    def write(self, vals):
        changed = self._filtered_commercial()
        if not changed:
            return super().write(vals)
        changed._check_write(vals)
        if len(self) > 1 and {"date_deadline", "date_planned", "user_id"} & set(vals):
            # Each has an hour and a time zone of its own.
            for activity in self:
                activity.write(vals)
            return True
        if len(self) == 1 and {"date_deadline", "date_planned", "user_id"} & set(vals):
            vals = {**vals, **self._planned_dates(vals)}
        result = super().write(vals)
        if {"user_id", "activity_type_id", "res_id"} & set(vals):
            changed._check_planning()
        return result

    def unlink(self):
        if not is_engine(self.env):
            self._filtered_commercial()._register_cancelled()
        return super().unlink()

    def _check_write(self, vals):
        """Refuse what would end an action, or bring it back, without its outcome."""
        if is_engine(self.env):
            return
        if "outcome_id" in vals:
            raise UserError(
                self.env._("An outcome is registered when the action is marked done.")
            )
        if "active" not in vals:
            return
        asking = self.filtered("asks_outcome")
        if not vals["active"] and asking.filtered("active"):
            raise UserError(asking._outcome_missing_sentence())
        if vals["active"] and asking.filtered("outcome_id"):
            raise UserError(
                self.env._(
                    "%(action)s was closed with an outcome, which stands in the"
                    " history. Plan a new action instead.",
                    action=asking[0].display_name,
                )
            )

    def _outcome_missing_sentence(self):
        return self.env._(
            "%(action)s ends with an outcome. Mark it done and choose the outcome.",
            action=self[:1].display_name,
        )

    # ------------------------------------------------------------
    # DATES
    # ------------------------------------------------------------

    def _planned_dates(self, vals):
        """Return exact time and due date of an action, one following the other.

        :param dict vals: as given to ``create`` or, for one record, to ``write``
        :return: ``date_planned`` (naive UTC) and ``date_deadline``
        :rtype: dict
        """
        user_id = vals.get("user_id", self.user_id.id)
        # sudo: the time zone of a colleague
        user = self.env["res.users"].sudo().browse(user_id or ())
        planner = self.env["crm.planner"]
        zone = (
            pytz.timezone(user.tz)
            if user.tz
            else planner._company_timezone(self.env.company.sudo())
        )
        planned = fields.Datetime.to_datetime(vals.get("date_planned"))
        if not planned:
            planned = self._planned_on(vals.get("date_deadline"), zone)
        deadline = pytz.utc.localize(planned).astimezone(zone).date()
        return {"date_planned": planned, "date_deadline": deadline}

    def _planned_on(self, day, zone):
        """Return the time of an action that was moved to a day.

        It keeps its hour; a new one gets the standard time.

        :return: naive UTC
        :rtype: datetime.datetime
        """
        if self.calendar_event_id and self.calendar_event_id.start:
            return self.calendar_event_id.start
        before = self.date_planned
        if before and not day:
            return before
        if before:
            hour = pytz.utc.localize(before).astimezone(zone).time()
        else:
            hour = time_of_day(self.env.company.sudo().next_action_time)
        day = fields.Date.to_date(day) or fields.Date.context_today(self)
        local = zone.localize(datetime.combine(day, time(hour.hour, hour.minute)))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    # ------------------------------------------------------------
    # WHO MAY PLAN IT
    # ------------------------------------------------------------

    def _check_planning(self):
        """Refuse a plan that its type doesn't allow.

        :raise UserError: it is not planned on a name, is an action of the system,
            or the current user may not plan it for that user
        """
        for activity in self:
            activity_type = activity.activity_type_id.sudo()  # sudo: configuration
            if activity.res_model != "crm.lead":
                raise UserError(
                    self.env._(
                        "%(type)s is planned on names only.", type=activity_type.name
                    )
                )
            if activity_type.is_system:
                raise UserError(
                    self.env._(
                        "%(type)s is used by the system itself. Choose another type.",
                        type=activity_type.name,
                    )
                )
            rights = activity_type.planning_right_ids
            if not rights or self.env.su or is_engine(self.env):
                continue
            # sudo: zone of the name and role of the colleague decide, readable or not
            lead = self.env["crm.lead"].sudo().browse(activity.res_id)
            assignee = activity.sudo().user_id
            if not rights._allows(self.env.user.sudo(), assignee, lead):
                raise UserError(
                    self.env._(
                        "You may not plan %(type)s for %(user)s. Ask a campaign"
                        " manager, or choose somebody else.",
                        type=activity_type.name,
                        user=assignee.name or self.env._("everyone"),
                    )
                )

    def _join_open_process(self):
        """Let planned actions belong to the open process that includes their type."""
        by_type = self.env["crm.process"]._ids_by_type()
        # sudo: processes are written by the system
        instances = self.env["crm.lead.process"].sudo()
        for activity in self:
            process_ids = by_type.get(activity.activity_type_id.id)
            if process_ids and not activity.lead_process_id:
                activity.sudo().lead_process_id = instances.search(
                    [
                        ("lead_id", "=", activity.res_id),
                        ("process_id", "in", process_ids),
                        ("date_close", "=", False),
                    ],
                    limit=1,
                )

    # ------------------------------------------------------------
    # DONE
    # ------------------------------------------------------------

    def _action_done(self, feedback=False, attachment_ids=None):
        if not is_engine(self.env):
            asking = self._filtered_commercial().filtered("asks_outcome")
            if asking:
                raise UserError(asking._outcome_missing_sentence())
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    def action_done(self):
        return self._action_ask_outcome() or super().action_done()

    def action_done_redirect_to_other(self):
        return self._action_ask_outcome() or super().action_done_redirect_to_other()

    def action_feedback_schedule_next(self, feedback=False, attachment_ids=None):
        return self._action_ask_outcome(note=feedback) or (
            super().action_feedback_schedule_next(
                feedback=feedback, attachment_ids=attachment_ids
            )
        )

    def _action_ask_outcome(self, note=None):
        """Return the window that asks for the outcome, if one is needed.

        :param str note: what was typed already
        :rtype: dict | None
        """
        asking = self.filtered("active")._filtered_commercial().filtered("asks_outcome")
        return asking.action_ask_outcome(note=note) if asking else None

    def action_ask_outcome(self, note=None):
        """Open the window in which the outcome of these actions is chosen.

        :param str note: what was typed already
        :rtype: dict
        :raise UserError: they are of different types
        """
        if len(self.activity_type_id) > 1:
            raise UserError(
                self.env._(
                    "These actions are of different types. Choose actions of one type,"
                    " and then their outcome."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("How did it end?"),
            "res_model": "crm.close.action.wizard",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_activity_ids": [fields.Command.set(self.ids)],
                "default_note": note or False,
            },
        }

    def _close_with_outcome(self, outcome, note=None, token=None):
        """Close this action with its outcome, for the current user.

        :param crm.outcome outcome: how it ended
        :param str note: the conversation note
        :param str token: the same token twice registers once
        :return: the row of the ledger
        :rtype: crm.interaction
        :raise UserError: somebody else closed it first, or the outcome is none of
            its type's
        """
        self.ensure_one()
        if self.user_id != self.env.user:
            self.check_access("write")
        # sudo: whoever has the action closes it, also without seeing the name
        lead = self.env["crm.lead"].sudo().browse(self.sudo().res_id)
        return lead._register_outcome(
            outcome, activity=self.sudo(), note=note, token=token
        ).sudo(self.env.su)

    def _lock_open(self):
        """Make sure that this action is open and that nobody else closes it now.

        Who comes second finds the row changed since its snapshot; PostgreSQL
        refuses, Odoo runs the request again, and it gets the sentence.

        :raise UserError: it is closed; the sentence says by whom
        """
        self.ensure_one()
        self.flush_recordset()
        self.env.cr.execute(
            SQL("SELECT active FROM mail_activity WHERE id = %s FOR UPDATE", self.id),
            log_exceptions=False,
        )
        if self.env.cr.fetchone() == (True,):
            return
        # sudo: who closed it, for the sentence
        row = (
            self.env["crm.interaction"]
            .sudo()
            .search([("activity_ref", "=", self.id)], order="id DESC", limit=1)
        )
        if row:
            raise UserError(
                self.env._(
                    "%(user)s closed this action already, with the outcome"
                    " %(outcome)s.",
                    user=row.user_id.name,
                    outcome=row.outcome_id.name,
                )
            )
        raise UserError(self.env._("This action is no longer open. Reload the page."))

    def _complete(self, outcome, note=None):
        """End this action as Odoo does, and keep its outcome with it.

        Called by the engine alone, after ``_lock_open``.
        """
        self.ensure_one()
        action = self.with_context(**{ENGINE_KEY: ENGINE})
        action._action_done(feedback=note or False)
        action.outcome_id = outcome
        if self.calendar_event_id:
            self.calendar_event_id._close(outcome)

    # ------------------------------------------------------------
    # CLOSED BY THE SYSTEM
    # ------------------------------------------------------------

    def _close_automatically(self):
        """Close a due action of a type that nobody has to do anything for."""
        self.ensure_one()
        outcome = self.activity_type_id.automatic_outcome_id
        if outcome and self.date_planned <= fields.Datetime.now():
            # sudo: the system does it, for whoever has planned it
            self.sudo()._close_with_outcome(outcome)

    @api.model
    def _cron_close_automatic(self):
        """Close what is due of the types that the system closes by itself."""
        due = self.search(
            [
                ("activity_type_id.automatic_outcome_id", "!=", False),
                ("res_model", "=", "crm.lead"),
                ("date_planned", "<=", fields.Datetime.now()),
            ],
            order="date_planned, id",
        )
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for activity in due:
            try:
                with self.env.cr.savepoint():
                    activity._close_automatically()
            except UserError as error:
                # It stays open, and stands in the list of overdue actions.
                _logger.warning("%s stays open: %s", activity.display_name, error)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _register_cancelled(self):
        """Write into the history that planned actions were cancelled."""
        open_actions = self.filtered("active")
        if not open_actions:
            return
        outcome = self.env.ref("crm_callcenter.crm_outcome_cancelled")
        system_type = self.env.ref("crm_callcenter.activity_type_cancellation")
        for activity in open_actions:
            # sudo: the ledger is closed to everybody
            lead = self.env["crm.lead"].sudo().browse(activity.res_id).exists()
            if lead:
                lead._register_system_outcome(
                    outcome,
                    system_type,
                    note=self.env._(
                        "%(action)s was cancelled.", action=activity.display_name
                    ),
                    activity_ref=activity.id,
                )

    def _move_to_pool(self):
        """Take open actions from a user who is leaving; anybody may do them then."""
        self.with_context(mail_activity_quick_update=True).write({"user_id": False})

    def _to_store_defaults(self, target):
        return super()._to_store_defaults(target) + ["asks_outcome", "date_planned"]
