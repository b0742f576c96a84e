from datetime import timedelta

from odoo import api, fields, models


class CalendarEvent(models.Model):
    """An appointment knows its campaign, which says what customers are told."""

    _inherit = "calendar.event"

    call_campaign_id = fields.Many2one(
        "utm.campaign",
        "Campaign",
        readonly=True,
        copy=True,
        index="btree_not_null",
        ondelete="set null",
        domain="[('is_call_campaign', '=', True)]",
    )

    def _campaign_of_appointment(self):
        # sudo: the ledger names the campaign, whoever moves the appointment
        return self.sudo().call_campaign_id or super()._campaign_of_appointment()

    def _travel_minutes(self):
        # sudo: a setting
        return self.sudo().call_campaign_id.travel_minutes or super()._travel_minutes()

    def _notice_template(self, kind):
        # sudo: a setting
        template = self.sudo().call_campaign_id._appointment_template(kind)
        return template or super()._notice_template(kind)

    def action_move_appointment(self):
        """Button: open the agenda on which the appointment is moved."""
        self.ensure_one()
        self._check_may_handle()
        return {
            "type": "ir.actions.client",
            "tag": "crm_campaign_motivi.move_appointment",
            "params": {"event_id": self.id},
        }

    @api.model
    def _cron_remind_customers(self):
        """Note the message of the day before, where the campaign wants it.

        Once for each time that an appointment has.
        """
        start, stop = self._confirmation_window()
        tomorrow = start + timedelta(hours=12)
        events = self.search(
            [
                ("is_due_confirmation", "=", True),
                ("start", ">=", tomorrow),
                ("start", "<", stop),
                ("confirmation_state", "in", ("to_confirm", "moved")),
                ("call_campaign_id.reminder_template_id", "!=", False),
            ],
            order="start, id",
        )
        sent = self.env["crm.appointment.notice"].search(
            [("event_id", "in", events.ids), ("kind", "=", "reminder")]
        )
        told = {(notice.event_id, notice.start) for notice in sent}
        for event in events:
            if (event, event.start) not in told:
                event._tell_customer("reminder")


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _visit_values(self, agent, start, stop, activity_type, note):
        values = super()._visit_values(agent, start, stop, activity_type, note)
        # sudo: at the desk the name has just got the campaign of its line
        campaign = self.sudo().campaign_id
        if campaign.is_call_campaign:
            values["call_campaign_id"] = campaign.id
        return values
