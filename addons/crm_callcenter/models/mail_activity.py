import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.engine import ENGINE, ENGINE_KEY, is_engine

_logger = logging.getLogger(__name__)

#: What moves an action in time: its dates, and the time zone of who does it.
_WHEN_AND_WHO = {"date_deadline", "date_planned", "user_id"}
#: What the right to plan it depends on.
_WHO_AND_WHAT = {"user_id", "activity_type_id", "res_id", "res_model", "res_model_id"}


class MailActivity(models.Model):
    """A planned action: on a name, at an exact time, that ends with an outcome.

    Whatever way such an action ends, its outcome is asked for first: Odoo's own
    buttons, archiving, deleting and chaining included.
    """

    _inherit = "mail.activity"

    activity_type_id = fields.Many2one(
        domain="['|', ('res_model', '=', False), ('res_model', '=', res_model),"
        " ('is_system', '=', False)]"
    )
    date_planned = fields.Datetime(
        "Planned For",
        help="Exact date and time. The due date is the day of it, where the assigned"
        " user lives.",
    )
    outcome_id = fields.Many2one(
        "crm.outcome", readonly=True, copy=False, ondelete="restrict"
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
        if not self:
            # Odoo deletes the activities of whatever is deleted, of its models, too.
            return self
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
        default_type = self.env.context.get("default_activity_type_id")
        for vals in vals_list:
            if vals.get("activity_type_id", default_type) in commercial:
                self._check_created_open(vals)
                vals.update(self._planned_dates(vals))
        activities = super().create(vals_list)
        planned = activities.filtered(
            lambda activity: activity.activity_type_id.id in commercial
        )
        if planned:
            planned._check_planning()
            planned._join_open_process()
        for activity in planned.filtered(lambda activity: not activity.date_planned):
            # A type that Odoo chose by itself.
            activity.date_deadline = activity.date_deadline
        return activities

    def _check_created_open(self, vals):
        """Refuse an action that would be born with its outcome."""
        if not is_engine(self.env) and (
            vals.get("outcome_id") or vals.get("active") is False
        ):
            raise UserError(
                self.env._("Plan the action first, then mark it done with its outcome.")
            )

    def write(self, vals):
        changed = self._filtered_commercial()
        becomes = vals.get("activity_type_id") in (
            self.env["mail.activity.type"]._commercial_ids()
        )
        if not changed and not becomes:
            return super().write(vals)
        changed._check_write(vals)
        scheduled = vals.get("calendar_event_id")
        moves = becomes or scheduled or _WHEN_AND_WHO & set(vals)
        if len(self) > 1 and moves:
            # Each has an hour and a time zone of its own.
            for activity in self:
                activity.write(vals)
            return True
        writer = self
        if moves:
            if becomes:
                vals = {"date_deadline": self.date_deadline, **vals}
            vals = {**vals, **self._planned_dates(vals)}
            if not scheduled:
                self._move_event(vals["date_planned"])
            # The calendar would move the event by days of another time zone.
            writer = self.with_context(calendar_event_meeting_update=True)
        if scheduled:
            vals = {**vals, "needs_scheduling": False}
        result = super(MailActivity, writer).write(vals)
        if _WHO_AND_WHAT & set(vals) and not is_engine(self.env):
            (self if becomes else changed)._check_planning()
        return result

    def unlink(self):
        commercial = self._filtered_commercial()
        if commercial and not is_engine(self.env):
            commercial.check_access("unlink")
            commercial._register_cancelled()
        return super().unlink()

    def _check_write(self, vals):
        """Refuse what would end an action, or bring it back, without its outcome."""
        if is_engine(self.env):
            return
        if "outcome_id" in vals:
            raise UserError(
                self.env._("An outcome is registered when the action is marked done.")
            )
        if (
            "activity_type_id" in vals
            and vals["activity_type_id"]
            not in self.env["mail.activity.type"]._commercial_ids()
        ):
            raise UserError(
                self.env._(
                    "%(action)s is a commercial action and stays one. Cancel it, and"
                    " plan the other activity beside it.",
                    action=self[:1].display_name,
                )
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
        window = self._action_ask_outcome()
        if not window:
            return super().action_done()
        others = self.filtered(lambda activity: not activity.asks_outcome)
        super(MailActivity, others).action_done()
        return window

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

    def action_ask_outcome(self, note=None, attachment_ids=None):
        """Open the window in which the outcome of these actions is chosen.

        :param str note: what was typed already
        :param list attachment_ids: ids of files that were uploaded for it
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
                "default_attachment_ids": [fields.Command.set(attachment_ids or [])],
                "dialog_size": "medium",
            },
        }

    def _close_with_outcome(self, outcome, note=None, token=None, attachment_ids=None):
        """Close this action with its outcome, for the current user.

        :param crm.outcome outcome: how it ended
        :param str note: the conversation note
        :param str token: the same token twice registers once
        :param list attachment_ids: ids of files that were uploaded for it
        :return: the row of the ledger
        :rtype: crm.interaction
        :raise UserError: somebody else closed it first, or the outcome is none of
            its type's
        """
        self.ensure_one()
        if self.user_id != self.env.user:
            self.check_access("write")
        self.env["ir.attachment"].browse(attachment_ids or ()).check_access("read")
        # sudo: whoever has the action closes it, also without seeing the name
        lead = self.env["crm.lead"].sudo().browse(self.sudo().res_id)
        activity = self.sudo().with_context(outcome_attachment_ids=attachment_ids)
        return lead._register_outcome(
            outcome, activity=activity, note=note, token=token
        ).sudo(self.env.su)

    def _lock_open(self):
        """Make sure that this action is open and that nobody else closes it now.

        Who comes second finds the row changed since its snapshot; PostgreSQL
        refuses, Odoo runs the request again, and it gets the sentence.

        :raise UserError: it is closed; the sentence says by whom
        """
        self.ensure_one()
        self.flush_recordset()
        # Who comes second is expected: nothing for the log.
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
        action._action_done(
            feedback=note or False,
            attachment_ids=self.env.context.get("outcome_attachment_ids") or None,
        )
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
        # sudo: the ledger is closed to everybody
        leads = self.env["crm.lead"].sudo().browse(set(open_actions.mapped("res_id")))
        outcome = self.env.ref("crm_callcenter.crm_outcome_cancelled")
        self.env.flush_all()
        leads._insert_ledger_rows(
            SQL(
                "SELECT action.res_id AS lead_id, action.id, cancelled.note"
                "  FROM unnest(%s, %s) AS cancelled (id, note)"
                "  JOIN mail_activity action ON action.id = cancelled.id",
                open_actions.ids,
                [
                    self.env._("%(action)s was cancelled.", action=action.display_name)
                    for action in open_actions
                ],
            ),
            outcome,
            self.env.ref("crm_callcenter.activity_type_cancellation"),
            leads._get_outcome_effects(outcome),
            self.env.user.sudo(),  # sudo: its team and category
            note=SQL("source.note"),
            activity_ref=SQL("source.id"),
        )
        self.env["crm.interaction"].invalidate_model(flush=False)
        leads.invalidate_recordset(["interaction_ids"], flush=False)

    def _move_to_pool(self):
        """Take open actions from a user who is leaving; anybody may do them then.

        One statement, for a user may leave thousands. The exact time stays, the day
        of it is the company's from now on.
        """
        self.env["mail.activity"].flush_model()
        zone = self.env["crm.planner"]._company_timezone(self.env.company.sudo())
        self.env.execute_query(
            SQL(
                """UPDATE mail_activity
                      SET user_id = NULL, user_tz = NULL,
                          date_deadline = (date_planned AT TIME ZONE 'UTC'
                                           AT TIME ZONE %s)::date
                    WHERE id = ANY(%s) RETURNING id""",
                zone.zone,
                self.ids,
            )
        )
        self.invalidate_recordset(["user_id", "user_tz", "date_deadline"], flush=False)

    def _to_store_defaults(self, target):
        return super()._to_store_defaults(target) + [
            "asks_outcome",
            "date_planned",
            # Odoo's chatter shows it, when there is no summary, but isn't sent it.
            "display_name",
        ]
