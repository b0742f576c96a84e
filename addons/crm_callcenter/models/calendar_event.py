from odoo import api, fields, models


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    is_sales_appointment = fields.Boolean(
        "Sales Appointment",
        readonly=True,
        copy=True,
        help="Fixed by the call centre: the agent's time is reserved for it.",
    )
    agent_slot_ids = fields.One2many("crm.agent.slot", "event_id", "Agent Slots")

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        events.filtered("is_sales_appointment")._sync_agent_slots()
        return events

    def write(self, vals):
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
