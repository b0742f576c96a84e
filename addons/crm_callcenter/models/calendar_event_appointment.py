import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_datetime

from ..tools.engine import ENGINE, ENGINE_KEY
from .crm_lead_outcome import ABOUT_EVENT
from .crm_lead_visit import NOT_AGREED

#: Roles that move, confirm and cancel the appointments they see.
HANDLING_GROUPS = ("operator", "coordinator", "back_office", "campaign_manager")
#: In the context: why an appointment changes, for the ledger.
REASON = "appointment_reason"
#: In the context: how an appointment that is archived ended.
ENDED = "appointment_ended"


class CalendarEvent(models.Model):
    """What happens to a sales appointment stands in the ledger, whoever does it.

    Moved at the desk, by a wizard or by dragging it in Odoo's calendar: the agent's
    slot and the planned action follow the event, the history of the name gets a row,
    and the customer a message where the campaign wants it.
    """

    _inherit = "calendar.event"

    ics_sequence = fields.Integer(
        "Revision", readonly=True, copy=False, help="Of the invitation, RFC 5545."
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("is_sales_appointment"):
                vals.setdefault("confirmation_state", "to_confirm")
        events = super().create(vals_list)
        if not self.env.context.get(NOT_AGREED):
            for event in events.filtered("is_sales_appointment"):
                event._tell_customer("fixed")
        return events

    def write(self, vals):
        before = {}
        if {"start", "stop", "user_id", "active"} & set(vals):
            before = {
                event: (event.start, event.user_id, event.active)
                for event in self.sudo()._filtered_open_appointments()
            }
        result = super().write(vals)
        for event, (start, agent, active) in before.items():
            event._follow_change(start, agent, active)
        return result

    def unlink(self):
        self.check_access("unlink")
        for event in self.sudo()._filtered_open_appointments().filtered("active"):
            event._register_change("cancelled", event._ending_sentence(event.start))
            event._next_revision()
            event._tell_customer("cancelled")
        return super().unlink()

    def _filtered_open_appointments(self):
        """Return those of these that are appointments with names, not closed.

        :rtype: calendar.event
        """
        return self.filtered(
            lambda event: (
                event.is_sales_appointment
                and event.opportunity_id
                and not event.outcome_id
            )
        )

    # ------------------------------------------------------------
    # WHO MAY
    # ------------------------------------------------------------

    def _check_may_handle(self):
        """Refuse whoever may not confirm, move or cancel these appointments.

        :raise AccessError: not their appointment, or not their task
        :raise UserError: there is nothing to change any more
        """
        self.check_access("read")
        user = self.env.user
        for event in self:
            # sudo: whose it is and how it ended
            event_sudo = event.sudo()
            own = (
                user.partner_id in event_sudo.partner_ids or user == event_sudo.user_id
            )
            allowed = any(
                user.has_group(f"crm_callcenter.group_{group}")
                for group in HANDLING_GROUPS
            )
            if not (allowed or own):
                raise AccessError(
                    self.env._(
                        "Only whoever works with this name, or its agent, changes this"
                        " appointment."
                    )
                )
            event_sudo._check_changeable()

    def _check_changeable(self):
        """Refuse what is no appointment, is closed or is cancelled.

        :raise UserError: the sentence says which
        """
        self.ensure_one()
        if not self.is_sales_appointment or not self.opportunity_id:
            raise UserError(self.env._("This event is no appointment with a name."))
        if self.outcome_id:
            raise UserError(
                self.env._(
                    "This appointment is closed already: %(outcome)s.",
                    outcome=self.outcome_id.name,
                )
            )
        if not self.active:
            raise UserError(self.env._("This appointment is cancelled already."))

    # ------------------------------------------------------------
    # CHANGES
    # ------------------------------------------------------------

    def _move_appointment(self, start, stop, agent=None, reason=None):
        """Move an appointment, and whatever hangs on it, to a time or an agent.

        The caller has checked its user and the time.

        :param datetime.datetime start: naive UTC
        :param datetime.datetime stop: naive UTC
        :param res.users agent: who visits; by default the same
        :param str reason: why, for the ledger
        :raise UserError: the time is taken, or there is nothing to move any more
        """
        self.ensure_one()
        # sudo: the caller checked the user, who may not write into agents' calendars
        event = self.sudo()
        event._check_changeable()
        values = {"start": start, "stop": stop}
        former = event.user_id
        if agent and agent != former:
            kept = event.partner_ids - former.partner_id
            values.update(
                user_id=agent.id,
                partner_ids=[fields.Command.set((kept | agent.sudo().partner_id).ids)],
            )
        event = event.with_context(
            **{REASON: (reason or "").strip(), "skip_attendee_notification": True}
        )
        event.write(values)
        event._leave_no_stamp()

    def _cancel_appointment(self, reason, ended="cancelled"):
        """Cancel an appointment: the agent's time is free again.

        :param str reason: why, for the ledger
        :param str ended: ``cancelled``, or ``refused`` by the customer
        :raise UserError: there is nothing to cancel any more
        """
        self.ensure_one()
        event = self.sudo()  # sudo: as in ``_move_appointment``
        event._check_changeable()
        if ended == "refused":
            event.confirmation_state = "refused"
        event.with_context(**{REASON: (reason or "").strip(), ENDED: ended}).write(
            {"active": False}
        )
        event._leave_no_stamp()

    def _answer(self, answer, note=None):
        """Keep what the customer says about the appointment.

        :param str answer: ``confirmed``, ``move_asked`` or ``refused``
        :param str note: in the customer's words
        :return: whether anything changed: the same answer twice is one answer
        :rtype: bool
        """
        self.ensure_one()
        event = self.sudo()  # sudo: the caller checked who answers
        event._check_changeable()
        if answer == "refused":
            event._cancel_appointment(note, ended="refused")
            return True
        note = (note or "").strip()
        if event.confirmation_state == answer and not note:
            return False
        event.write({"confirmation_state": answer, "confirmation_note": note or False})
        event._leave_no_stamp()
        event._register_change(answer, note)
        return True

    def _leave_no_stamp(self):
        """Leave no sign by which anybody could count who moved appointments.

        Individual monitoring; the ledger, which has rules for that, knows who it was.
        """
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE calendar_event SET write_uid = user_id WHERE id = ANY(%s)",
                self.ids,
            )
        )
        self.invalidate_recordset(["write_uid"], flush=False)

    def _follow_change(self, start, agent, active):
        """Write down that this appointment was moved, cancelled or taken up again.

        :param datetime.datetime start: when it was, naive UTC
        :param res.users agent: whose it was
        :param bool active: whether it was there
        """
        self.ensure_one()
        if active and not self.active:
            ended = self.env.context.get(ENDED)
            kind = ended if ended in ("cancelled", "refused") else "cancelled"
            self._register_change(kind, self._ending_sentence(start))
            self._next_revision()
            self._tell_customer("cancelled")
        elif not active and self.active:
            self._next_revision()
            self.confirmation_state = "to_confirm"
            self._tell_customer("fixed")
        elif self.active and (self.start != start or self.user_id != agent):
            self._register_change("moved", self._moving_sentence(start, agent))
            self._next_revision()
            self.write({"confirmation_state": "moved", "confirmation_note": False})
            if self.user_id != agent:
                self._give_name_to_agent(agent)
            self._tell_customer("moved", start)

    def _next_revision(self):
        self.ics_sequence += 1

    def _register_change(self, kind, note):
        """Write a row into the history of the name.

        :param str kind: names the outcome of the system
        :param str note: why
        """
        # sudo: the ledger is closed to everybody
        lead = self.sudo().opportunity_id.with_context(
            **{ENGINE_KEY: ENGINE, ABOUT_EVENT: self.id}
        )
        lead._register_outcome(
            self.env.ref(f"crm_callcenter.crm_outcome_appointment_{kind}"),
            self.env.ref("crm_callcenter.activity_type_appointment"),
            campaign=self._campaign_of_appointment(),
            note=note,
        )

    def _campaign_of_appointment(self):
        """Return the campaign that fixed this appointment; addons know it."""
        return None

    def _give_name_to_agent(self, former):
        """Let the opportunity follow the appointment to another agent.

        :param res.users former: whose it was
        """
        # sudo: the name belongs to whoever visits it
        lead = self.sudo().opportunity_id
        if self.user_id and (not lead.user_id or lead.user_id == former):
            lead.with_context(mail_auto_subscribe_no_notify=True).write(
                {
                    "user_id": self.user_id.id,
                    "team_id": (self.user_id.sale_team_id or lead.team_id).id,
                }
            )

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    def _moving_sentence(self, start, agent):
        """Say from when to when, from whom to whom, and why."""
        sentences = []
        if self.start != start:
            sentences.append(
                self.env._(
                    "From %(before)s to %(after)s.",
                    before=self._local_text(start),
                    after=self._local_text(self.start),
                )
            )
        if self.user_id != agent:
            sentences.append(
                self.env._(
                    "%(after)s visits instead of %(before)s.",
                    after=self.user_id.name,
                    before=agent.name,
                )
            )
        return " ".join([*sentences, self.env.context.get(REASON) or ""]).strip()

    def _ending_sentence(self, start):
        sentence = self.env._(
            "The appointment of %(when)s with %(agent)s.",
            when=self._local_text(start),
            agent=self.user_id.name,
        )
        return " ".join([sentence, self.env.context.get(REASON) or ""]).strip()

    def _local_text(self, moment):
        """Return a moment as it is said where the agent is."""
        zone = pytz.timezone(self.sudo().user_id.tz or "Europe/Rome")
        return pytz.utc.localize(moment).astimezone(zone).strftime("%d/%m/%Y %H:%M")

    # ------------------------------------------------------------
    # THE CUSTOMER
    # ------------------------------------------------------------

    def _answer_by_link(self, answer, note):
        """Keep what the customer answers on the page of the link.

        The same answer twice changes nothing the second time, and neither does
        another word after a refusal.

        :param str answer: ``confirmed``, ``move_asked`` or ``refused``
        :param str note: in the customer's words
        :raise UserError: it is closed or cancelled already
        """
        self.ensure_one()
        if answer == "refused" and self.confirmation_state == "refused":
            return
        # Who comes second finds the row changed and is asked to try again by the
        # database.
        self.env.cr.execute(
            SQL("SELECT id FROM calendar_event WHERE id = %s FOR UPDATE", self.id),
            log_exceptions=False,
        )
        if answer == self.confirmation_state and (
            not note or note == self.confirmation_note
        ):
            return
        words = self.env._("The customer, by the link of the e-mail.")
        self._answer(answer, f"{words} {note}".strip())

    def _words_for_customer(self, moment, lang):
        """Return a moment as the customer reads it, where the agent is.

        :param datetime.datetime moment: naive UTC
        :param str lang: the customer's language
        :rtype: str
        """
        return format_datetime(
            self.env,
            moment,
            tz=self.sudo().user_id.tz or "Europe/Rome",  # sudo: where the agent is
            dt_format="EEEE d MMMM y, HH:mm",
            lang_code=lang,
        )

    def _tell_customer(self, kind, before=None):
        """Let the customer be written to, after the commit, where that is wanted.

        :param str kind: ``fixed``, ``moved``, ``cancelled`` or ``reminder``
        :param datetime.datetime before: when it was until now, naive UTC
        """
        self.env["crm.appointment.notice"].sudo()._note(self.sudo(), kind, before)

    def _notice_template(self, kind):
        """Return the template of what the customer gets, if anything; addons say so.

        :param str kind: ``fixed``, ``moved``, ``cancelled`` or ``reminder``
        :rtype: mail.template
        """
        return self.env["mail.template"]

    def _may_tell_customer(self):
        """Tell whether the customer may hear of this appointment already.

        :rtype: bool
        """
        return True
