from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

#: For visits that no campaign has fixed: how far ahead they may be moved, in days.
HORIZON_DAYS = 60


class CrmDesk(models.AbstractModel):
    """The same agenda for an appointment that is moved later, without a name in hand.

    Who may handle the appointment (``calendar.event._check_may_handle``) may see its
    agenda, hold a time of it and move it there.
    """

    _inherit = "crm.desk"

    @api.model
    def event_agenda(self, event_id, start_date=None):
        """Return the free slots of a week for an appointment; see ``agenda``.

        :param int event_id: the appointment
        :rtype: dict
        :raise UserError: there is nothing to move any more
        """
        return self._agenda_of(self._event_frame(event_id), start_date)

    @api.model
    def event_hold_slot(self, event_id, agent_id, start, stop):
        """Keep a slot for the current user; see ``hold_slot``.

        :param int event_id: the appointment that is to be moved there
        :rtype: dict
        :raise UserError: it has just been taken, or was never offered
        """
        return self._hold_slot_of(self._event_frame(event_id), agent_id, start, stop)

    @api.model
    def event_drop_hold(self, event_id):
        """Give up the slot that is held.

        :rtype: bool
        """
        self._event_frame(event_id)
        self.env["crm.agent.slot"]._drop_holds()
        return True

    @api.model
    def event_move(self, event_id, slot, reason=""):
        """Move an appointment to the held slot.

        :param int event_id: the appointment
        :param dict slot: ``agent_id``, ``start`` and ``stop`` of the held slot
        :param str reason: why, for the ledger
        :return: ``message``, the sentence that says so
        :rtype: dict
        :raise UserError: no reason, or the time has just been taken
        """
        frame = self._event_frame(event_id)
        if not (reason or "").strip():
            raise UserError(self.env._("Write why the appointment is moved."))
        agent, start, stop = self._secured_slot(frame, slot)
        event = frame["event"]
        self.env["crm.agent.slot"]._give_up_hold()
        event._move_appointment(start, stop, agent, reason)
        sentence = self.env._(
            "The appointment is moved to %(when)s with %(agent)s.",
            when=self._local(start).strftime("%d/%m/%Y %H:%M"),
            agent=agent.name,
        )
        notice = self._notice_sentence(event.sudo(), "moved")
        return {"message": f"{sentence} {notice}".strip()}

    # ------------------------------------------------------------
    # ONE APPOINTMENT PER NAME
    # ------------------------------------------------------------

    @api.model
    def _check_no_visit(self, lead):
        """Refuse a second appointment: one agent would drive there for nothing.

        :param crm.lead lead: in hand
        :raise UserError: it says when and with whom the first one is
        """
        reason = self._why_no_second_visit(lead)
        if reason:
            raise UserError(reason)

    @api.model
    def _why_no_second_visit(self, lead):
        """Say that a name has an appointment to come.

        :param crm.lead lead: in hand
        :return: a sentence, or ``None``: it has none
        :rtype: str | None
        """
        # sudo: the appointment of the name in hand, of which its history tells as well
        event = (
            self.env["calendar.event"]
            .sudo()
            .search(
                [
                    ("opportunity_id", "=", lead.id),
                    ("is_sales_appointment", "=", True),
                    ("outcome_id", "=", False),
                    ("confirmation_state", "!=", "refused"),
                    ("start", ">=", fields.Datetime.now()),
                ],
                order="start, id",
                limit=1,
            )
        )
        return (
            self.env._(
                "%(name)s has an appointment already, with %(agent)s on %(when)s. Move"
                " or cancel that one on the form of the name.",
                name=lead.name,
                agent=event.user_id.name,
                when=self._local(event.start).strftime("%d/%m/%Y %H:%M"),
            )
            if event
            else None
        )

    @api.model
    def _event_frame(self, event_id):
        """Return within what an appointment may be moved.

        Without a campaign: among those who cover the zone, and its own agent.

        :param int event_id: the appointment
        :return: as ``_agenda_frame``
        :rtype: dict
        :raise AccessError: not the user's to move
        """
        event = self.env["calendar.event"].browse(event_id).exists()
        if not event:
            raise UserError(self.env._("This appointment is gone. Reload the page."))
        event._check_may_handle()
        # sudo: checked above
        event_sudo = event.sudo()
        lead, campaign = event_sudo.opportunity_id, event_sudo.call_campaign_id
        frame = self._agenda_frame(campaign, lead, event)
        frame["agents"] |= event_sudo._slot_agents() & event_sudo.user_id
        length = event_sudo.stop - event_sudo.start
        frame["minutes"] = int(length.total_seconds() // 60)
        if not campaign:
            now = fields.Datetime.now()
            # sudo: as in ``_agents_for``
            covering = lead.zone_id.sudo()._covering_agents().filtered("active")
            frame.update(
                agents=frame["agents"] | covering,
                earliest=now,
                latest=now + timedelta(days=HORIZON_DAYS),
            )
        return frame

    @api.model
    def _notice_sentence(self, event, kind="fixed"):
        """Say that the customer gets an e-mail, or why not, where one is wanted.

        :param calendar.event event: the appointment
        :param str kind: what happened to it
        :rtype: str
        """
        if not event._notice_template(kind):
            return ""
        problem = event.opportunity_id._appointment_mail_problem()
        if problem:
            return self.env._("%(problem)s No confirmation is sent.", problem=problem)
        return self.env._("The customer gets an e-mail.")
