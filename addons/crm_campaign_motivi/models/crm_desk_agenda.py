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
        campaign, zone = line.campaign_id, line.lead_id.zone_id
        agents = self._agents_for(campaign, zone)
        earliest, latest = self._agenda_bounds(campaign)
        timezone = self._timezone()
        day = fields.Date.to_date(start_date) or self._local(earliest).date()
        monday = day - timedelta(days=day.weekday())
        days = [monday + timedelta(days=offset) for offset in range(7)]
        covers = self.env["crm.zone.agent"]
        free = covers._agents_with_room(agents, zone, monday)
        slots = self._slots_of_week(campaign, free, monday, earliest, latest)
        full = covers._capacity_sentences(agents, zone, monday)
        return {
            "start": fields.Date.to_string(monday),
            "days": [fields.Date.to_string(day) for day in days],
            "timezone": timezone.zone,
            "last_day": fields.Date.to_string(self._local(latest).date()),
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
            "empty_reason": None
            if slots
            else self._why_no_slot(campaign, zone, agents, free),
        }

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
        agent = self.env["res.users"].browse(agent_id)
        start, stop = (
            fields.Datetime.to_datetime(start),
            fields.Datetime.to_datetime(stop),
        )
        self._check_offered(line, agent, start, stop)
        held = self.env["crm.agent.slot"]._hold(agent.id, start, stop)
        if not held:
            raise UserError(self.env["crm.agent.slot"]._taken_sentence(agent))
        slot_id, expires_at = held
        return {
            "slot_id": slot_id,
            "agent_id": agent.id,
            "start": fields.Datetime.to_string(start),
            "stop": fields.Datetime.to_string(stop),
            "expires_at": fields.Datetime.to_string(expires_at),
            "summary": self._slot_summary(line.lead_id, agent, start),
        }

    @api.model
    def drop_hold(self, line_id, claim_token):
        """Give up the slot that is held.

        :rtype: bool
        """
        self._held_line(line_id, claim_token)
        self.env["crm.agent.slot"]._drop_holds()
        return True

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
    def _slots_of_week(self, campaign, agents, monday, earliest, latest):
        timezone = self._timezone()
        first, last = (
            timezone.localize(datetime.combine(day, time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in (monday, monday + timedelta(days=7))
        )
        start, stop = max(first, earliest), min(last, latest)
        if not agents or start >= stop:
            return []
        free = self.env["crm.agenda"]._free_slots(
            agents, start, stop, campaign.appointment_minutes
        )
        slots = [
            (slot_start, agent_id, slot_stop)
            for agent_id, pairs in free.items()
            for slot_start, slot_stop in pairs
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
    def _check_offered(self, line, agent, start, stop):
        """Refuse a slot that the agenda would not offer."""
        campaign = line.campaign_id
        earliest, latest = self._agenda_bounds(campaign)
        if agent not in self._agents_for(campaign, line.lead_id.zone_id):
            raise UserError(
                self.env._(
                    "This agent doesn't visit this name's zone. Choose another agent."
                )
            )
        if (
            not start
            or not stop
            or not earliest <= start < stop <= latest + timedelta(days=1)
        ):
            raise UserError(
                self.env._("This time can't be booked any more. Choose a later one.")
            )
        self._check_room(agent, line.lead_id.zone_id, start)
        free = self.env["crm.agenda"]._free_slots(
            agent, start, stop, campaign.appointment_minutes
        )
        if (start, stop) not in free[agent.id]:
            raise UserError(self.env["crm.agent.slot"]._taken_sentence(agent))

    @api.model
    def _check_room(self, agent, zone, start):
        """Refuse one appointment more than an agent visits in a week."""
        day = self._local(start).date()
        covers = self.env["crm.zone.agent"]
        if not covers._agents_with_room(agent, zone, day):
            raise UserError(
                self.env._(
                    "%(agent)s has no room for another appointment in this week:"
                    " %(reason)s. Choose another week or another agent.",
                    agent=agent.sudo().name,  # sudo: the agenda shows it anyway
                    reason=covers._capacity_sentences(agent, zone, day)[agent.id],
                )
            )

    @api.model
    def _why_no_slot(self, campaign, zone, agents, free):
        """Say whether agents, cover, room in their week or free time are missing."""
        if not campaign.agent_ids:
            return self.env._(
                "This campaign has no field agents. Ask your coordinator to add some."
            )
        if not zone:
            return self.env._(
                "This name lies in no zone: check its postcode and province, or ask for"
                " a zone that covers it."
            )
        if not agents:
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
    def _slot_summary(self, lead, agent, start):
        return {
            "name": lead.contact_name or lead.partner_name or lead.name,
            "agent": agent.sudo().name,
            "when": self._local(start).strftime("%d/%m/%Y %H:%M"),
            "where": lead._visit_address(),
            "phone": ", ".join(lead._e164_numbers()),
        }
