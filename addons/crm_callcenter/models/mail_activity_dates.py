from datetime import datetime, time

import pytz

from odoo import api, fields, models

from ..tools.due_date import time_of_day


class MailActivity(models.Model):
    """The exact time of a planned action, its day, and its event in the calendar.

    The time in UTC is the truth. The day that Odoo knows is the day of it where the
    assigned user lives; the event has the same time.
    """

    _inherit = "mail.activity"

    @api.onchange("activity_type_id")
    def _onchange_type_proposes_time(self):
        if self.activity_type_id.is_commercial:
            self.date_planned = self.date_planned or self._proposed_time(
                self.date_deadline
            )

    @api.model
    def _proposed_time(self, day):
        """Return the standard time of a day, for a form that asks for an hour.

        :param datetime.date day: where the current user lives; today by default
        :return: naive UTC
        :rtype: datetime.datetime
        """
        zone = pytz.timezone(
            self.env.user.tz
            or self.env["crm.planner"]._company_timezone(self.env.company.sudo()).zone
        )
        return self.browse()._planned_on(day, zone)

    def _planned_dates(self, vals):
        """Return exact time and due date of an action, one following the other.

        :param dict vals: as given to ``create`` or, for one record, to ``write``
        :return: ``date_planned`` (naive UTC) and ``date_deadline``
        :rtype: dict
        """
        user_id = vals.get("user_id", self.user_id.id)
        # sudo: the time zone of a colleague
        user = self.env["res.users"].sudo().browse(user_id or ())
        planner = self.env["crm.planner"]
        zone = (
            pytz.timezone(user.tz)
            if user.tz
            else planner._company_timezone(self.env.company.sudo())
        )
        planned = fields.Datetime.to_datetime(vals.get("date_planned"))
        event = self.env["calendar.event"].browse(vals.get("calendar_event_id") or ())
        if self.env.context.get("calendar_event_meeting_update"):
            event = event or self.calendar_event_id
        if event:
            # sudo: the calendar moves the action, not the other way round
            planned = event.sudo().start
        if not planned:
            planned = self._planned_on(vals.get("date_deadline"), zone)
        deadline = pytz.utc.localize(planned).astimezone(zone).date()
        return {"date_planned": planned, "date_deadline": deadline}

    def _planned_on(self, day, zone):
        """Return the time of an action that was moved to a day.

        It keeps its hour; a new one gets the standard time.

        :return: naive UTC
        :rtype: datetime.datetime
        """
        before = self.date_planned
        if before and not day:
            return before
        if before:
            hour = pytz.utc.localize(before).astimezone(zone).time()
        else:
            hour = time_of_day(self.env.company.sudo().next_action_time)
        day = fields.Date.to_date(day) or fields.Date.context_today(self)
        local = zone.localize(datetime.combine(day, time(hour.hour, hour.minute)))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _move_event(self, planned):
        """Let the event in the calendar follow its action.

        :param datetime.datetime planned: naive UTC
        :raise UserError: whoever does it has something else at that time
        """
        event = self.calendar_event_id
        if (
            not event
            or self.env.context.get("calendar_event_meeting_update")
            or event.start == planned
        ):
            return
        event = event.with_context(mail_activity_meeting_update=True)
        event.write({"start": planned, "stop": planned + (event.stop - event.start)})
