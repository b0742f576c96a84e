from odoo import models


class CalendarEvent(models.Model):
    """Documents follow the appointment that they were made from."""

    _inherit = "calendar.event"

    def write(self, vals):
        before = {event: event.user_id for event in self} if "user_id" in vals else {}
        result = super().write(vals)
        if {"start", "start_date", "active"} & set(vals):
            self._tell_documents()
        if before:
            self._give_documents(before)
        return result

    def _give_documents(self, before):
        """Let the open documents of appointments go to the agent who has them now.

        :param dict before: the agent of each event until now
        """
        for order in self._documents():
            event = order.appointment_event_id
            agent = before.get(event)
            if (
                order.state_category == "open"
                and event.user_id
                and event.user_id != agent
                and order.user_id == agent
            ):
                order.user_id = event.user_id

    def unlink(self):
        self.check_access("unlink")
        self._documents()._event_cancelled()
        return super().unlink()

    def _documents(self):
        """Return the documents that these events are the appointment of.

        :rtype: sale.order
        """
        # sudo: the document follows its appointment, whoever moves that
        return (
            self.env["sale.order"]
            .sudo()
            .search([("appointment_event_id", "in", self.ids)])
        )

    def _tell_documents(self):
        for order in self._documents():
            event = order.appointment_event_id
            if event.active:
                order._follow_event(event)
            else:
                order._event_cancelled()
