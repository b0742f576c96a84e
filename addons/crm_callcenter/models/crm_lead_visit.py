from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

#: In the context: the customer knows nothing of the appointment.
NOT_AGREED = "appointment_not_agreed"


class CrmLead(models.Model):
    """A visit: a name in a field agent's calendar."""

    _inherit = "crm.lead"

    def _create_visit(self, agent, start, stop, activity_type=None, note=None):
        """Put a visit to this name into an agent's calendar and take the agent's time.

        :param res.users agent: who visits
        :param datetime.datetime start: naive UTC
        :param datetime.datetime stop: naive UTC
        :param mail.activity.type activity_type: what kind of visit
        :param str note: what was said on the phone
        :rtype: calendar.event
        :raise UserError: the agent has another appointment at that time
        """
        self.ensure_one()
        # As the agent, and sudo: this writes into the agent's calendar, and leaves no
        # stamp by which anybody could count the operator's appointments (individual
        # monitoring). The context keeps Odoo from inviting the agent by mail to an own
        # event, and from making anybody follow it.
        event = (
            self.env["calendar.event"]
            .with_user(agent)
            .sudo()
            .with_context(
                dont_notify=True,
                no_mail_to_attendees=True,
                skip_contact_description=True,
                mail_create_nolog=True,
                mail_create_nosubscribe=True,
            )
            .create(self._visit_values(agent, start, stop, activity_type, note))
        )
        return event.with_env(self.sudo().env)

    def _book_visit(self, agent, start, stop, activity_type):
        """Do the same, or nothing at all if somebody was quicker.

        :rtype: calendar.event
        """
        try:
            with self.env.cr.savepoint():
                # Nobody has agreed on it with the customer yet.
                lead = self.with_context(**{NOT_AGREED: True})
                return lead._create_visit(agent, start, stop, activity_type)
        except UserError:
            return self.env["calendar.event"]

    def _visit_values(self, agent, start, stop, activity_type, note):
        alarm = self.env.ref("calendar.alarm_notif_2", raise_if_not_found=False)
        # sudo: the visit shows its agent whom to visit, whoever plans it
        lead = self.sudo()
        name = lead.contact_name or lead.partner_name or lead.name
        description = Markup("<p>%s</p>") % self.env._(
            "Phone: %(phones)s", phones=", ".join(lead._e164_numbers())
        )
        if note:
            description += plaintext2html(note)
        return {
            "name": self.env._("Appointment: %(name)s", name=name),
            "start": start,
            "stop": stop,
            "allday": False,
            "user_id": agent.id,
            "partner_ids": [fields.Command.set(agent.partner_id.ids)],
            "opportunity_id": lead.id,
            "location": lead._visit_address(),
            "description": description,
            "alarm_ids": [fields.Command.set(alarm.ids)] if alarm else [],
            "show_as": "busy",
            "is_sales_appointment": True,
            "confirmation_state": "to_confirm",
            "action_type_id": activity_type.id if activity_type else False,
        }

    def _visit_address(self):
        """Return where to go, on one line.

        :rtype: str
        """
        self.ensure_one()
        place = " ".join(filter(None, (self.zip, self.city)))
        if self.state_id.code:
            place = f"{place} ({self.state_id.code})"
        return ", ".join(filter(None, (self.street, self.street2, place.strip())))
