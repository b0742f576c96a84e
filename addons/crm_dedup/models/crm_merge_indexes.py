from odoo import models


class CalendarEvent(models.Model):
    """Looked up by the record that they are about, at each merge."""

    _inherit = "calendar.event"

    _merged_record = models.Index("(res_id) WHERE res_id IS NOT NULL")


class CalendarAttendee(models.Model):
    """Looked up by their partner, at each merge of customers."""

    _inherit = "calendar.attendee"

    _merged_partner = models.Index("(partner_id)")
