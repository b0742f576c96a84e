from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmDesk(models.AbstractModel):
    """The agents' agenda at the desk: free slots of a week, and holding one of them."""

    _inherit = "crm.desk"

    @api.model
    def agenda(self, line_id, claim_token, start_date=None):
        """Return the free slots of a week.

        :param str start_date: any day of the week (local); by default the first
            week in which something may be free
        :return: ``start``, ``days``, ``agents``, ``slots`` and ``empty_reason``
        :rtype: dict
        """
        line = self._held_line(line_id, claim_token)
        week = self._agenda_of(
            self._agenda_frame(line.campaign_id, line.lead_id), start_date
        )
        reason = self._why_no_second_visit(line.lead_id)
        return {**week, "slots": [], "empty_reason": reason} if reason else week

    @api.model
    def hold_slot(self, line_id, claim_token, agent_id, start, stop):
        """Keep a slot for the current user while the appointment is being agreed.

        :param str start: UTC
        :param str stop: UTC
        :return: ``slot_id``, ``expires_at`` and the ``summary`` to read aloud
        :rtype: dict
        :raise UserError: it has just been taken, or was never offered
        """
        line = self._held_line(line_id, claim_token)
        self._check_no_visit(line.lead_id)
        frame = self._agenda_frame(line.campaign_id, line.lead_id)
        return self._hold_slot_of(frame, agent_id, start, stop)

    @api.model
    def drop_hold(self, line_id, claim_token):
        """Give up the slot that is held, also when the name has just left the hand.

        :rtype: bool
        """
        self._check_operator()
        self.env["crm.agent.slot"]._drop_holds()
        return True

    # ------------------------------------------------------------
    # WITHOUT A NAME IN HAND: the caller has checked its user
    # ------------------------------------------------------------

    @api.model
    def _agenda_frame(self, campaign, lead, event=None):
        """Return within what an appointment may be fixed with a name.

        :param utm.campaign campaign: its agents, lengths and bounds
        :param crm.lead lead: its zone and address
        :param calendar.event event: the appointment that is moved, if one is
        :return: ``campaign``, ``lead``, ``zone``, ``agents``, ``minutes``,
            ``travel`` (minutes), ``earliest`` and ``latest`` (naive UTC), ``event``
        :rtype: dict
        """
        earliest, latest = self._agenda_bounds(campaign)
        return {
            "campaign": campaign,
            "lead": lead,
            "zone": lead.zone_id,
            "agents": self._agents_for(campaign, lead.zone_id),
            "minutes": campaign.appointment_minutes,
            "travel": campaign.travel_minutes,
            "earliest": earliest,
            "latest": latest,
            "event": event,
        }

    @api.model
    def _agenda_of(self, frame, start_date=None):
        """Return the free slots of a week within a frame; see ``agenda``.

        :param dict frame: of ``_agenda_frame``
        :rtype: dict
        """
        agents, zone = frame["agents"], frame["zone"]
        day = self._read_day(start_date) or self._local(frame["earliest"]).date()
        monday = day - timedelta(days=day.weekday())
        days = [monday + timedelta(days=offset) for offset in range(7)]
        free = self._agents_with_room(frame, agents, monday)
        slots = self._slots_of_week(frame, free, monday)
        full = self.env["crm.zone.agent"]._capacity_sentences(agents, zone, monday)
        return {
            "start": fields.Date.to_string(monday),
            "days": [fields.Date.to_string(day) for day in days],
            "timezone": self._timezone().zone,
            "last_day": fields.Date.to_string(self._local(frame["latest"]).date()),
            "agents": [
                {
                    "id": agent.id,
                    "name": agent.name,
                    "zone": full.get(agent.id)
                    or ", ".join(agent.zone_ids.mapped("name")),
                }
                for agent in agents
            ],
            "slots": slots,
            "empty_reason": None if slots else self._why_no_slot(frame, free),
        }

    @api.model
    def _hold_slot_of(self, frame, agent_id, start, stop):
        """Keep a slot within a frame; see ``hold_slot``.

        :param dict frame: of ``_agenda_frame``
        :rtype: dict
        """
        agent, start, stop = self._read_slot(
            {"agent_id": agent_id, "start": start, "stop": stop}
        )
        self._check_offered(frame, agent, start, stop)
        held = self.env["crm.agent.slot"]._hold(
            agent.id,
            start,
            stop,
            frame["zone"],
            frame["travel"],
            is_one_more=self._is_one_more(frame, agent, start),
        )
        if not held:
            raise UserError(self.env["crm.agent.slot"]._taken_sentence(agent))
        slot_id, expires_at = held
        return {
            "slot_id": slot_id,
            "agent_id": agent.id,
            "start": fields.Datetime.to_string(start),
            "stop": fields.Datetime.to_string(stop),
            "expires_at": fields.Datetime.to_string(expires_at),
            "summary": self._slot_summary(frame, agent, start),
        }

    @api.model
    def _secured_slot(self, frame, slot):
        """Return agent, start and stop of a chosen slot, held until it is booked.

        :param dict frame: of ``_agenda_frame``
        :param dict slot: ``agent_id``, ``start`` and ``stop``, as the browser sends it
        :rtype: tuple
        :raise UserError: it has just been taken, or was never offered
        :raise ConcurrencyError: see ``crm.agent.slot._secure``
        """
        agent, start, stop = self._read_slot(slot)
        self._check_offered(frame, agent, start, stop)
        self.env["crm.agent.slot"]._secure(
            agent,
            start,
            stop,
            frame["zone"],
            frame["travel"],
            is_one_more=self._is_one_more(frame, agent, start),
        )
        # sudo: the operator has no rights on users
        return agent.sudo(), start, stop

    # ------------------------------------------------------------
    # WHO AND WHEN
    # ------------------------------------------------------------

    @api.model
    def _agents_for(self, campaign, zone):
        """Return the agents of the campaign who cover a zone.

        :rtype: res.users
        """
        # sudo: an operator sees of agents what the agenda shows, not their user records
        agents = campaign.sudo().agent_ids & zone.sudo()._covering_agents()
        return agents.filtered("active")

    @api.model
    def _agenda_bounds(self, campaign):
        now = fields.Datetime.now()
        return (
            now + timedelta(hours=campaign.slot_notice_hours),
            now + timedelta(days=campaign.slot_horizon_days),
        )

    @api.model
    def _agents_with_room(self, frame, agents, day):
        """Return the agents whose week has room for this appointment.

        One that is moved within its week takes no more room than it has.

        :param datetime.date day: any day of the week
        :rtype: res.users
        """
        room = self.env["crm.zone.agent"]._agents_with_room(agents, frame["zone"], day)
        event = frame["event"]
        if event and not self._weeks_apart(self._local(event.start).date(), day):
            room |= agents & event.sudo().user_id  # sudo: whose it is
        return room

    @api.model
    def _is_one_more(self, frame, agent, start):
        """Tell whether a time adds an appointment to an agent's week.

        :param dict frame: of ``_agenda_frame``
        :param res.users agent: whose time
        :param datetime.datetime start: naive UTC
        :rtype: bool
        """
        event = frame["event"]
        return (
            not event
            or agent != event.sudo().user_id  # sudo: whose it is
            or bool(
                self._weeks_apart(
                    self._local(event.start).date(), self._local(start).date()
                )
            )
        )

    @api.model
    def _weeks_apart(self, day, other):
        """Return how many weeks lie between two days, zero in the same week."""
        mondays = [date - timedelta(days=date.weekday()) for date in (day, other)]
        return abs((mondays[0] - mondays[1]).days) // 7

    @api.model
    def _slots_of_week(self, frame, agents, monday):
        timezone = self._timezone()
        first, last = (
            timezone.localize(datetime.combine(day, time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in (monday, monday + timedelta(days=7))
        )
        earliest, held = frame["earliest"], self._my_hold()
        start, stop = max(first, earliest), min(last, frame["latest"])
        if held and first <= held[1] < start:
            # What is held stays on offer, also past the notice.
            start = held[1]
        if not agents or start >= stop:
            return []
        free = self._free_slots_of(frame, agents, start, stop)
        slots = [
            (slot_start, agent_id, slot_stop)
            for agent_id, pairs in free.items()
            for slot_start, slot_stop in pairs
            if slot_start >= earliest or (agent_id, slot_start, slot_stop) == held
        ]
        return [
            {
                "agent_id": agent_id,
                "start": fields.Datetime.to_string(slot_start),
                "stop": fields.Datetime.to_string(slot_stop),
                "day": fields.Date.to_string(self._local(slot_start).date()),
                "label": self._local(slot_start).strftime("%H:%M"),
            }
            for slot_start, agent_id, slot_stop in sorted(slots)
        ]

    @api.model
    def _free_slots_of(self, frame, agents, start, stop):
        return self.env["crm.agenda"]._free_slots(
            agents, start, stop, frame["minutes"], frame["zone"], frame["travel"]
        )

    @api.model
    def _check_offered(self, frame, agent, start, stop):
        """Refuse a slot that the agenda would not offer.

        Whoever holds a time may book it for as long as it is held: the notice that
        the agents want counts until the customer has chosen.
        """
        if agent not in frame["agents"]:
            raise UserError(
                self.env._(
                    "This agent doesn't visit this name's zone. Choose another agent."
                )
            )
        earliest = frame["earliest"]
        if start < earliest and self._is_my_hold(agent, start, stop):
            earliest = fields.Datetime.now()
        if not earliest <= start < stop <= frame["latest"] + timedelta(days=1):
            raise UserError(
                self.env._("This time can't be booked any more. Choose a later one.")
            )
        self._check_room(frame, agent, start)
        free = self._free_slots_of(frame, agent, start, stop)
        if (start, stop) not in free[agent.id]:
            raise UserError(self.env["crm.agent.slot"]._taken_sentence(agent))

    @api.model
    def _is_my_hold(self, agent, start, stop):
        """Tell whether the current user holds a time that was offered a moment ago.

        :param res.users agent: whose time
        :param datetime.datetime start: naive UTC
        :param datetime.datetime stop: naive UTC
        :rtype: bool
        """
        return self._my_hold() == (agent.id, start, stop)

    @api.model
    def _my_hold(self):
        """Return the time that the current user holds: agent id, start and stop.

        :rtype: tuple | None
        """
        # sudo: time that is given away is closed to operators; this is their own
        slots = self.env["crm.agent.slot"].sudo()
        held = slots.search(
            [
                ("kind", "=", "hold"),
                ("holder_id", "=", self.env.uid),
                ("expires_at", ">", fields.Datetime.now()),
            ],
            limit=1,
        )
        return (held.agent_id.id, held.start, held.stop) if held else None

    @api.model
    def _check_room(self, frame, agent, start):
        """Refuse one appointment more than an agent visits in a week."""
        day = self._local(start).date()
        if self._agents_with_room(frame, agent, day):
            return
        reasons = self.env["crm.zone.agent"]._capacity_sentences(
            agent, frame["zone"], day
        )
        raise UserError(
            self.env._(
                "%(agent)s has no room for another appointment in this week:"
                " %(reason)s. Choose another week or another agent.",
                agent=agent.sudo().name,  # sudo: the agenda shows it anyway
                reason=reasons[agent.id],
            )
        )

    @api.model
    def _why_no_slot(self, frame, free):
        """Say whether agents, cover, room in their week or free time are missing."""
        zone = frame["zone"]
        if not frame["campaign"].agent_ids and not frame["agents"]:
            return self.env._(
                "This campaign has no field agents. Ask your coordinator to add some."
            )
        if not zone:
            return self.env._(
                "This name lies in no zone: check its postcode and province, or ask for"
                " a zone that covers it."
            )
        if not frame["agents"]:
            return self.env._(
                "No agent of this campaign covers the zone %(zone)s. Ask your"
                " coordinator.",
                zone=zone.complete_name,
            )
        if not free:
            return self.env._(
                "The agents who cover %(zone)s have as many appointments in this week"
                " as they can visit. Look at another week.",
                zone=zone.complete_name,
            )
        return self.env._(
            "The agents who cover %(zone)s have no free time in this week. Look at"
            " another week.",
            zone=zone.complete_name,
        )

    # ------------------------------------------------------------
    # WORDS AND TIMES
    # ------------------------------------------------------------

    @api.model
    def _timezone(self):
        return pytz.timezone(self.env.user.tz or "Europe/Rome")

    @api.model
    def _local(self, moment):
        """Return a naive UTC moment in the operator's time zone."""
        return pytz.utc.localize(moment).astimezone(self._timezone())

    @api.model
    def _slot_summary(self, frame, agent, start):
        lead = frame["lead"]
        # sudo: the campaign's products are offered to whoever calls for it
        products = frame["campaign"].sudo().product_ids
        return {
            "name": lead.contact_name or lead.partner_name or lead.name,
            "agent": agent.sudo().name,
            "when": self._local(start).strftime("%d/%m/%Y %H:%M"),
            "where": lead._visit_address(),
            "phone": ", ".join(lead._e164_numbers()),
            "products": products.mapped("display_name"),
        }
