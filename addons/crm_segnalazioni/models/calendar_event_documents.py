from odoo import fields, models


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    document_count = fields.Integer("Documents", compute="_compute_document_count")

    def _compute_document_count(self):
        """Count the documents of each appointment that the user may see."""
        counts = self.env["sale.order"]._count_documents("appointment_event_id", self)
        for event in self:
            event.document_count = counts.get(event._origin, 0)

    def action_view_documents(self):
        """Open the documents of an appointment.

        :rtype: dict
        """
        self.ensure_one()
        return self.env["sale.order"]._documents_action(
            [("appointment_event_id", "=", self.id)]
        )
