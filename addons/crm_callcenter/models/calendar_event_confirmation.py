from datetime import datetime, time, timedelta
from urllib.parse import quote_plus

import pytz

from odoo import api, fields, models

#: How a sales appointment stands with the customer.
CONFIRMATION_STATES = [
    ("to_confirm", "To Confirm"),
    ("moved", "Moved, to Confirm"),
    ("move_asked", "Customer Asks to Move"),
    ("confirmed", "Confirmed"),
    ("refused", "Refused"),
]
#: So many days are looked at for the next one on which somebody works.
MOST_FREE_DAYS = 14


class CalendarEvent(models.Model):
    """How a sales appointment stands with the customer, asked the day before."""

    _inherit = "calendar.event"

    confirmation_state = fields.Selection(
        CONFIRMATION_STATES,
        "Confirmation",
        readonly=True,
        copy=False,
        help="What the customer says when asked the day before.",
    )
    confirmation_note = fields.Char("What the Customer Says", readonly=True, copy=False)
    is_due_confirmation = fields.Boolean(
        "To Be Confirmed Now",
        compute="_compute_is_due_confirmation",
        search="_search_is_due_confirmation",
        help="Not confirmed, and it lies before the end of the next working day.",
    )
    appointment_phone = fields.Char(
        "Phone of the Appointment", compute="_compute_appointment_reach"
    )
    appointment_map_url = fields.Char("Map", compute="_compute_appointment_reach")

    _unconfirmed = models.Index(
        "(start) WHERE active AND is_sales_appointment AND outcome_id IS NULL"
    )

    @api.depends("opportunity_id", "location")
    def _compute_appointment_reach(self):
        """Return a number that may be called, and the way there."""
        # sudo: whoever sees the appointment calls and visits the customer
        for event in self.sudo():
            lead = event.opportunity_id
            numbers = [
                number
                for number in (lead.mobile_e164, lead.phone_e164, *lead._e164_numbers())
                if number
            ]
            forbidden = self.env["phone.blacklist"].sudo()._why_forbidden(numbers)
            event.appointment_phone = next(
                (number for number in numbers if number not in forbidden), False
            )
            event.appointment_map_url = (
                "https://www.google.com/maps/search/?api=1&query="
                + quote_plus(event.location)
                if event.location
                else False
            )

    @api.depends("confirmation_state", "start", "outcome_id")
    def _compute_is_due_confirmation(self):
        start, stop = self._confirmation_window()
        for event in self:
            event.is_due_confirmation = bool(
                event.is_sales_appointment
                and not event.outcome_id
                and event.confirmation_state not in ("confirmed", "refused")
                and event.start
                and start <= event.start < stop
            )

    @api.model
    def _search_is_due_confirmation(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        start, stop = self._confirmation_window()
        return [
            ("is_sales_appointment", "=", True),
            ("outcome_id", "=", False),
            ("confirmation_state", "not in", ("confirmed", "refused")),
            ("start", ">=", start),
            ("start", "<", stop),
        ]

    @api.model
    def _confirmation_window(self):
        """Return from now to the end of the next working day of the company.

        On a Friday that is Monday evening: who is visited on a Saturday is asked, too.

        :return: naive UTC
        :rtype: tuple[datetime.datetime, datetime.datetime]
        """
        company = self.env.company.sudo()  # sudo: when it works is no secret
        zone = pytz.timezone(self.env.user.tz or "Europe/Rome")
        now = fields.Datetime.now()
        day = pytz.utc.localize(now).astimezone(zone).date()
        for _number in range(MOST_FREE_DAYS):
            day += timedelta(days=1)
            if company._is_working_day(day):
                break
        midnight = zone.localize(datetime.combine(day + timedelta(days=1), time.min))
        return now, midnight.astimezone(pytz.utc).replace(tzinfo=None)

    # ------------------------------------------------------------
    # BUTTONS
    # ------------------------------------------------------------

    def action_confirm_appointment(self):
        """Button: the customer confirms."""
        self._check_may_handle()
        for event in self:
            event._answer("confirmed")
        return True

    def action_refuse_appointment(self):
        """Button: the customer refuses; asks why."""
        return self._action_change("refused", self.env._("Why Is It Refused?"))

    def action_cancel_appointment(self):
        """Button: cancel the appointment; asks why."""
        return self._action_change("cancelled", self.env._("Why Is It Cancelled?"))

    def _action_change(self, kind, title):
        self.ensure_one()
        self._check_may_handle()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "crm.appointment.change.wizard",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_event_id": self.id,
                "default_kind": kind,
                "dialog_size": "medium",
            },
        }
