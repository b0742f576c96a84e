from collections import defaultdict
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.intervals import Intervals


class CrmAgenda(models.AbstractModel):
    """When field agents are free: working hours less whatever they have to do."""

    _name = "crm.agenda"
    _description = "Agents' Agenda"

    @api.model
    def _free_slots(self, agents, start, stop, minutes, zone=None, travel_minutes=0):
        """Cut the free time of agents into slots.

        Slots begin where a stretch of working hours begins and follow one another;
        only intervals leave this method, never what an agent has to do.

        :param res.users agents: whose time
        :param datetime.datetime start: naive UTC, nothing earlier is offered
        :param datetime.datetime stop: naive UTC, nothing later is offered
        :param int minutes: length of a slot
        :param crm.zone zone: where the agents would be, if known
        :param int travel_minutes: kept free before and after what an agent has to do
            in another zone, or at a place that lies in no zone
        :return: pairs (start, stop), naive UTC, in order, for every agent
        :rtype: dict[int, list[tuple]]
        """
        work = self._working_intervals(agents, start, stop)
        busy = self._busy_intervals(agents, start, stop, zone, travel_minutes)
        length = timedelta(minutes=minutes)
        slots = {}
        for agent in agents:
            taken = Intervals(busy[agent.id])
            slots[agent.id] = free = []
            for work_start, work_stop, _records in work[agent.id]:
                slot_start = work_start
                while slot_start + length <= work_stop:
                    slot = (slot_start, slot_start + length)
                    slot_start += length
                    if slot[0] >= start and not (taken & Intervals([(*slot, set())])):
                        free.append(slot)
        return slots

    @api.model
    def _is_free(self, agent, start, stop, zone=None, travel_minutes=0):
        """Tell whether an agent works at a time and has nothing else to do then.

        At any time, not only where the slots of the agenda begin.

        :param res.users agent: whose time
        :param datetime.datetime start: naive UTC
        :param datetime.datetime stop: naive UTC
        :param crm.zone zone: where the agent would be, if known
        :param int travel_minutes: to another zone
        :rtype: bool
        """
        asked = Intervals([(start, stop, set())])
        work = Intervals(
            [
                (begin, end, set())
                for begin, end, _records in self._working_intervals(agent, start, stop)[
                    agent.id
                ]
            ]
        )
        busy = self._busy_intervals(agent, start, stop, zone, travel_minutes)
        return not (asked - work) and not (asked & Intervals(busy[agent.id]))

    @api.model
    def _working_intervals(self, agents, start, stop):
        """Return the working hours of agents, whole days around the given period.

        :return: (start, stop, records), naive UTC, for every agent
        :rtype: dict[int, list[tuple]]
        """
        # sudo: working hours of a colleague are no secret within the company, and an
        # operator has no rights on resources
        agents = agents.sudo()
        first = pytz.utc.localize(start - timedelta(days=1))
        last = pytz.utc.localize(stop + timedelta(days=1))
        intervals = {}
        for agent in agents:
            calendar = (
                agent.resource_calendar_id or agent.company_id.resource_calendar_id
            )
            resource = agent.resource_ids[:1]
            if not calendar:
                intervals[agent.id] = []
                continue
            found = calendar._work_intervals_batch(
                first,
                last,
                resources=resource or None,
                tz=pytz.timezone(agent.tz or "Europe/Rome"),
            )[resource.id or False]
            intervals[agent.id] = [
                (
                    work_start.astimezone(pytz.utc).replace(tzinfo=None),
                    work_stop.astimezone(pytz.utc).replace(tzinfo=None),
                    records,
                )
                for work_start, work_stop, records in found
                if work_start.astimezone(pytz.utc).replace(tzinfo=None) < stop
            ]
        return intervals

    @api.model
    def _busy_intervals(self, agents, start, stop, zone=None, travel_minutes=0):
        """Return when agents are taken: events of their calendar, appointments, holds.

        With the way to and from what lies in another zone.

        :param crm.zone zone: where the agents would be, if known
        :param int travel_minutes: to another zone
        :return: (start, stop, empty set), naive UTC, for every agent
        :rtype: dict[int, list[tuple]]
        """
        self.env["calendar.event"].flush_model()
        self.env["calendar.attendee"].flush_model()
        self.env["crm.agent.slot"].flush_model()
        self.env["crm.lead"].flush_model(["zone_id"])
        rows = self.env.execute_query(
            self._busy_query(agents, start, stop, zone, travel_minutes)
        )
        zones = {
            agent.id: pytz.timezone(agent.tz or "Europe/Rome")
            for agent in agents.sudo()
        }
        busy = defaultdict(list)
        for agent_id, event_start, event_stop, allday, first_day, last_day, way in rows:
            if allday and first_day:
                event_start, event_stop = self._whole_days(
                    first_day, last_day or first_day, zones[agent_id]
                )
            elif way:
                event_start -= timedelta(minutes=way)
                event_stop += timedelta(minutes=way)
            busy[agent_id].append((event_start, event_stop, set()))
        return busy

    @api.model
    def _busy_query(self, agents, start, stop, zone, travel_minutes):
        """Return the query of what agents have to do, and how far away it is.

        An event at no place is done from anywhere: a telephone call, a day off.

        :rtype: SQL
        """
        return SQL(
            """SELECT u.id, e.start, e.stop, e.allday, e.start_date, e.stop_date,
                      CASE WHEN lead.zone_id = %(zone)s THEN 0
                           WHEN e.opportunity_id IS NULL
                                AND coalesce(e.location, '') = '' THEN 0
                           ELSE %(travel)s END
                 FROM calendar_event e
                 JOIN calendar_event_res_partner_rel r ON r.calendar_event_id = e.id
                 JOIN res_users u ON u.partner_id = r.res_partner_id
            LEFT JOIN calendar_attendee a
                   ON a.event_id = e.id AND a.partner_id = r.res_partner_id
            LEFT JOIN crm_lead lead ON lead.id = e.opportunity_id
                WHERE u.id = ANY(%(agents)s) AND e.active AND e.show_as = 'busy'
                  AND a.state IS DISTINCT FROM 'declined'
                  AND e.start < %(stop)s::timestamp + interval '1 day'
                  AND e.stop > %(start)s::timestamp - interval '1 day'
                UNION ALL
               SELECT s.agent_id, s.start, s.stop, false, NULL, NULL,
                      CASE WHEN coalesce(lead.zone_id, s.zone_id) = %(zone)s THEN 0
                           ELSE greatest(%(travel)s, coalesce(s.travel_minutes, 0))
                      END
                 FROM crm_agent_slot s
            LEFT JOIN calendar_event e ON e.id = s.event_id
            LEFT JOIN crm_lead lead ON lead.id = e.opportunity_id
                WHERE s.agent_id = ANY(%(agents)s)
                  AND s.start < %(stop)s::timestamp + interval '1 day'
                  AND s.stop > %(start)s::timestamp - interval '1 day'
                  AND (s.kind != 'hold'
                       OR (s.expires_at > (now() AT TIME ZONE 'UTC')
                           AND s.holder_id != %(user)s))""",
            agents=agents.ids,
            start=start,
            stop=stop,
            user=self.env.uid,
            zone=zone.id if zone else None,
            travel=travel_minutes,
        )

    @api.model
    def _whole_days(self, first_day, last_day, timezone):
        """Return the naive UTC bounds of local days, both included."""
        midnight = fields.Datetime.to_datetime(first_day)
        next_midnight = fields.Datetime.to_datetime(last_day) + timedelta(days=1)
        return tuple(
            timezone.localize(moment).astimezone(pytz.utc).replace(tzinfo=None)
            for moment in (midnight, next_midnight)
        )
