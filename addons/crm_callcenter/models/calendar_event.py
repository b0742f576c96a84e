from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.engine import ENGINE, ENGINE_KEY, is_engine


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    is_sales_appointment = fields.Boolean(
        "Sales Appointment",
        readonly=True,
        copy=True,
        help="Fixed by the call centre: the agent's time is reserved for it.",
    )
    action_type_id = fields.Many2one(
        "mail.activity.type",
        "Kind of Appointment",
        domain="[('is_commercial', '=', True), ('is_meeting', '=', True)]",
        ondelete="restrict",
        index="btree_not_null",
    )
    action_color = fields.Char(related="action_type_id.color", string="Type Color")
    outcome_id = fields.Many2one(
        "crm.outcome",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="How the appointment ended; it is closed (evaso) then.",
    )
    outcome_color = fields.Char(related="outcome_id.color")
    is_overdue_appointment = fields.Boolean(
        "Not Closed",
        compute="_compute_is_overdue_appointment",
        search="_search_is_overdue_appointment",
        help="The appointment is over and nobody has said how it ended.",
    )
    agent_slot_ids = fields.One2many("crm.agent.slot", "event_id", "Agent Slots")

    _not_closed = models.Index("(stop) WHERE active AND outcome_id IS NULL")

    @api.depends("stop", "outcome_id", "is_sales_appointment", "action_type_id")
    def _compute_is_overdue_appointment(self):
        now = fields.Datetime.now()
        for event in self:
            event.is_overdue_appointment = bool(
                (event.is_sales_appointment or event.action_type_id)
                and not event.outcome_id
                and event.stop
                and event.stop < now
            )

    @api.model
    def _search_is_overdue_appointment(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return [
            "|",
            ("is_sales_appointment", "=", True),
            ("action_type_id", "!=", False),
            ("outcome_id", "=", False),
            ("stop", "<", fields.Datetime.now()),
        ]

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        events.filtered("is_sales_appointment")._sync_agent_slots()
        return events

    def unlink(self):
        self.check_access("unlink")
        self._release_planned_actions()
        return super().unlink()

    def _sync_activities(self, fields):
        # The action takes its exact time from here, not the other way round.
        return super(
            CalendarEvent, self.with_context(calendar_event_meeting_update=True)
        )._sync_activities(fields)

    def write(self, vals):
        if "outcome_id" in vals and not is_engine(self.env):
            raise UserError(
                self.env._("An appointment is closed with 'Close', which asks for it.")
            )
        if vals.get("active") is False:
            self._release_planned_actions()
        result = super().write(vals)
        if {
            "start",
            "stop",
            "duration",
            "allday",
            "partner_ids",
            "user_id",
            "active",
        } & set(vals):
            self.exists().filtered("is_sales_appointment")._sync_agent_slots()
        return result

    def _slot_agents(self):
        """Return the agents whose time this appointment takes.

        :rtype: res.users
        """
        self.ensure_one()
        attendees = self.partner_ids.user_ids.filtered(
            lambda user: user.has_group("crm_callcenter.group_agent")
        )
        return attendees or self.user_id

    def _slot_way(self):
        """Return where this appointment is, and how long the way from there may take.

        :return: id of the zone or ``None``, and minutes of travel to another zone
        :rtype: tuple
        """
        self.ensure_one()
        # sudo: the zone decides, whoever sees the name
        return self.sudo().opportunity_id.zone_id.id or None, self._travel_minutes()

    def _travel_minutes(self):
        """Return how many minutes the way to another zone takes; addons say so.

        :rtype: int
        """
        return 0

    def _sync_agent_slots(self):
        """Keep one slot per agent in step with the appointment.

        :raise UserError: an agent has another appointment at that time
        """
        for event in self:
            # sudo: slots are closed to everybody; who may move the event may move its
            # slots
            slots = event.sudo().agent_slot_ids
            agents = (
                event.sudo()._slot_agents() if event.active else self.env["res.users"]
            )
            slots.filtered(
                lambda slot, agents=agents: slot.agent_id not in agents
            ).unlink()
            kept = slots.exists()
            for slot in kept:
                if (slot.start, slot.stop) != (event.start, event.stop):
                    slot._move(event.start, event.stop)
            for agent in agents - kept.agent_id:
                self.env["crm.agent.slot"].sudo()._book(
                    agent, event.start, event.stop, event
                )

    # ------------------------------------------------------------
    # OUTCOME
    # ------------------------------------------------------------

    def _release_planned_actions(self):
        """Keep the planned actions of events that go: they wait to be scheduled again.

        PostgreSQL would delete them with the event, and nobody would be asked how
        the contact ended.
        """
        # sudo: the action stays, whoever may delete the event
        actions = self.sudo().activity_ids.filtered("active")._filtered_commercial()
        if actions:
            actions.write({"calendar_event_id": False, "needs_scheduling": True})

    def _close(self, outcome):
        """Keep the outcome of an appointment with it; called by the engine.

        :param crm.outcome outcome: how it ended
        """
        # sudo: the agent's outcome stands in the event, whoever registered it
        self.sudo().with_context(**{ENGINE_KEY: ENGINE}).outcome_id = outcome

    def _open_action(self):
        """Return the planned action that this appointment is the time of.

        :rtype: mail.activity
        """
        self.ensure_one()
        # sudo: the action belongs to the event, whoever has planned it
        actions = self.sudo().activity_ids.filtered("active")._filtered_commercial()
        return actions[:1].sudo(False)

    def action_close(self):
        """Open the window that asks how the appointment ended.

        :rtype: dict
        :raise UserError: it is closed already, or belongs to no name
        """
        self.ensure_one()
        if self.outcome_id:
            raise UserError(
                self.env._(
                    "This appointment is closed already: %(outcome)s.",
                    outcome=self.outcome_id.name,
                )
            )
        if not self.opportunity_id:
            raise UserError(
                self.env._("This event belongs to no name: it has no outcome.")
            )
        action = self._open_action()
        if action and action.asks_outcome:
            return action.action_ask_outcome()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("How did it end?"),
            "res_model": "crm.close.action.wizard",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_event_id": self.id},
        }
