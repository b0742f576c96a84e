from urllib.parse import quote_plus

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

#: Opens the map application of a telephone, or the page in a browser.
MAP_URL = "https://www.google.com/maps/search/?api=1&query="


class MailActivity(models.Model):
    """My Day: what somebody has to do, with what is needed of the name to do it."""

    _inherit = "mail.activity"

    # Of the name, as far as the user may read it
    lead_id = fields.Many2one(
        "crm.lead", "Name", compute="_compute_lead_data", compute_sudo=False
    )
    lead_phone = fields.Char("Phone", compute="_compute_lead_data", compute_sudo=False)
    lead_address = fields.Char(
        "Address", compute="_compute_lead_data", compute_sudo=False
    )
    lead_map_url = fields.Char("Map", compute="_compute_lead_data", compute_sudo=False)
    lead_state_id = fields.Many2one(
        "crm.commercial.state",
        "Commercial State",
        compute="_compute_lead_data",
        compute_sudo=False,
    )
    is_commercial = fields.Boolean(related="activity_type_id.is_commercial")
    is_overdue = fields.Boolean(
        "Overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="Its exact time is over, or its day when it has none.",
    )
    is_on_own_name = fields.Boolean(
        "On a Name of Mine",
        compute="_compute_is_on_own_name",
        search="_search_is_on_own_name",
        help="Planned with a name that the current user sees.",
    )

    _pool = models.Index("(date_planned) WHERE active AND user_id IS NULL")

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_lead_data(self):
        on_leads = self.filtered(lambda activity: activity.res_model == "crm.lead")
        leads = self.env["crm.lead"].browse({activity.res_id for activity in on_leads})
        readable = leads.exists()._filtered_access("read")
        phones = readable._callable_phones()
        for activity in self:
            lead = readable.browse(
                activity.res_id if activity.res_model == "crm.lead" else ()
            )
            lead &= readable
            address = lead._visit_address() if lead else False
            activity.lead_id = lead
            activity.lead_phone = phones.get(lead.id, False)
            activity.lead_address = address
            activity.lead_map_url = MAP_URL + quote_plus(address) if address else False
            activity.lead_state_id = lead.commercial_state_id

    @api.depends("date_planned", "date_deadline", "active")
    def _compute_is_overdue(self):
        now, today = fields.Datetime.now(), fields.Date.context_today(self)
        for activity in self:
            activity.is_overdue = activity.active and (
                activity.date_planned < now
                if activity.date_planned
                else bool(activity.date_deadline and activity.date_deadline < today)
            )

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return Domain("date_planned", "<", fields.Datetime.now()) | (
            Domain("date_planned", "=", False)
            & Domain("date_deadline", "<", fields.Date.context_today(self))
        )

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_is_on_own_name(self):
        for activity in self:
            activity.is_on_own_name = bool(activity.lead_id)

    @api.model
    def _search_is_on_own_name(self, operator, value):
        """Let PostgreSQL choose: Odoo would cut a page first, and hide most of it."""
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return Domain("res_model", "=", "crm.lead") & Domain(
            "res_id", "in", self.env["crm.lead"]._search([])
        )

    # ------------------------------------------------------------
    # POOL
    # ------------------------------------------------------------

    def action_take(self):
        """Take an action of everybody for oneself; of two who take it one gets it.

        :return: reloads the list
        :rtype: bool
        :raise AccessError: the current user doesn't see the name
        :raise UserError: it is somebody's already, or closed
        """
        self.ensure_one()
        # sudo: which name it is planned with, to ask for the right on that
        activity = self.sudo()
        if activity.res_model == "crm.lead":
            self.env["crm.lead"].browse(activity.res_id).check_access("read")
        else:
            self.check_access("write")
        activity._lock_open()
        self.env.cr.execute(
            SQL("SELECT user_id FROM mail_activity WHERE id = %s", self.id)
        )
        [owner_id] = self.env.cr.fetchone()
        if owner_id and owner_id != self.env.uid:
            raise UserError(
                self.env._(
                    "%(user)s has taken this action already. Take another one.",
                    # sudo: the name of a colleague, for the sentence
                    user=self.env["res.users"].sudo().browse(owner_id).name,
                )
            )
        # sudo: whoever may take it needn't be allowed to change others' actions
        activity.with_context(mail_activity_quick_update=True).user_id = self.env.user
        return True

    # ------------------------------------------------------------
    # BUTTONS
    # ------------------------------------------------------------

    def action_open_name(self):
        """Open the name that this action is planned with, or the action itself.

        :rtype: dict
        """
        self.ensure_one()
        if not self.lead_id:
            return self.action_open_document()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "views": [
                (self.env.ref("crm_callcenter.crm_lead_view_form_name").id, "form")
            ],
            "target": "current",
        }

    def action_reschedule(self):
        """Open the window in which this action gets another time.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reschedule"),
            "res_model": "mail.activity",
            "res_id": self.id,
            "views": [
                (
                    self.env.ref(
                        "crm_callcenter.mail_activity_view_form_reschedule"
                    ).id,
                    "form",
                )
            ],
            "target": "new",
            "context": {"dialog_size": "small"},
        }

    def action_create_calendar_event(self):
        """Give a meeting that waits its time; the event knows kind and name."""
        action = super().action_create_calendar_event()
        if self._filtered_commercial():
            action["context"].update(
                default_res_model="crm.lead",
                default_res_id=self.res_id,
                default_opportunity_id=self.res_id,
                default_action_type_id=self.activity_type_id.id,
                default_duration=self.activity_type_id.duration_minutes / 60,
            )
        return action

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    @api.model
    def get_my_day_counts(self):
        """Count what the current user has to do; read by the banner of My Day.

        By indexes, restricted to the user; never a search over what is everybody's.

        :return: ``overdue`` and ``today`` (open actions, by their exact time),
            ``to_schedule`` (meetings without a time), ``appointments`` (past ones that
            nobody closed) and ``no_next_step`` (own names without a next step)
        :rtype: dict[str, int]
        """
        self.flush_model()
        end_of_day = self.env["crm.planner"]._end_of_day(self.env.user)
        [(overdue, today, to_schedule)] = self.env.execute_query(
            SQL(
                """SELECT count(*) FILTER (WHERE date_planned < %(now)s
                              OR (date_planned IS NULL AND date_deadline < %(day)s)),
                          count(*) FILTER (WHERE date_planned BETWEEN %(now)s
                                                 AND %(end)s
                              OR (date_planned IS NULL AND date_deadline = %(day)s)),
                          count(*) FILTER (WHERE needs_scheduling)
                     FROM mail_activity
                    WHERE user_id = %(user)s AND active""",
                now=fields.Datetime.now(),
                end=end_of_day,
                day=fields.Date.context_today(self),
                user=self.env.uid,
            )
        )
        return {
            "overdue": overdue,
            "today": today,
            "to_schedule": to_schedule,
            "appointments": self.env["calendar.event"].search_count(
                [
                    ("is_overdue_appointment", "=", True),
                    ("partner_ids", "in", self.env.user.partner_id.ids),
                ]
            ),
            "no_next_step": self.env["crm.lead"]._count_without_next_step(
                self.env.user
            ),
        }

    @api.readonly
    @api.model
    def get_activity_data(
        self, res_model, domain, limit=None, offset=0, fetch_done=False
    ):
        """Leave the types that only the system uses out of the activity view."""
        data = super().get_activity_data(res_model, domain, limit, offset, fetch_done)
        system = self.env["mail.activity.type"]._system_ids()
        data["activity_types"] = [
            row for row in data["activity_types"] if row["id"] not in system
        ]
        return data
