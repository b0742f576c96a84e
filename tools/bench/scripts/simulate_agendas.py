"""Inside Odoo's shell: fill unequal agendas, by groups and adaptively.

Ten zones hold the same number of names, but one to six agents visit them. The same
calls are made every day in both modes, the same share of them ends with an appointment
if the zone's agents have a free slot in the coming week, and what finds none is lost.
The claims are real, each committed; the clock of the agendas is moved on by a day.

Agendas are empty on the first day, and for as long as a week of free slots lies ahead
everywhere, no mode can do better than another. What counts is what follows.
"""

import random
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields

MARK = "Banco di prova: agende"
#: Agents of each zone.
AGENTS = (1, 1, 1, 1, 1, 2, 2, 3, 4, 6)
#: Slots of an hour that an agent has a day.
HOURS = (9, 13)
#: Share of the calls that would end with an appointment.
CHANCE = 0.2
#: Weights are computed anew after so many calls, as once a minute with many operators.
CALLS_A_MINUTE = 25
#: A Monday.
FIRST_DAY = datetime(2030, 1, 7, 7, 0)
HORIZON_DAYS = 7


def answer(env, days, calls_per_day, seed):
    """Return filled and lost appointments and calls by zone, of each mode."""
    made = prepare(env, names=days * calls_per_day // 2)
    return {
        mode: Simulation(env, made, mode, seed).run(days, calls_per_day)
        for mode in ("group", "adaptive")
    }


def prepare(env, names):
    """Create zones with so many names each, agents, an operator, a campaign; commit."""
    calendar = env["resource.calendar"].create(
        {
            "name": MARK,
            "tz": "Europe/Rome",
            "attendance_ids": [(5, 0, 0)]
            + [
                (
                    0,
                    0,
                    {
                        "name": str(day),
                        "dayofweek": str(day),
                        "hour_from": HOURS[0],
                        "hour_to": HOURS[1],
                        "day_period": "morning",
                    },
                )
                for day in range(7)
            ],
        }
    )
    agents = new_users(env, "agent", sum(AGENTS))
    env["resource.resource"].create(
        [
            {
                "name": agent.name,
                "user_id": agent.id,
                "calendar_id": calendar.id,
                "tz": "Europe/Rome",
            }
            for agent in agents
        ]
    )
    zones, first = [], 0
    for number, count in enumerate(AGENTS):
        zone = env["crm.zone"].create(
            {
                "name": f"{MARK} {number}",
                "agent_ids": [(6, 0, agents[first : first + count].ids)],
            }
        )
        zones.append(zone.id)
        first += count
    operator = new_users(env, "operator", 1)
    campaign = env["utm.campaign"].create(
        {
            "title": MARK,
            "is_call_campaign": True,
            "company_id": env.company.id,
            "call_state": "running",
            "agent_ids": [(6, 0, agents.ids)],
            "slot_notice_hours": 0,
            "adaptive_days": HORIZON_DAYS,
        }
    )
    env["crm.call.window"]._open_always(campaign)
    call_list = env["crm.call.list"].create(
        {
            "name": MARK,
            "campaign_id": campaign.id,
            "operator_ids": [(6, 0, operator.ids)],
        }
    )
    env.cr.execute(
        """INSERT INTO crm_lead (name, type, active, lead_kind, phone_e164, zone_id)
           SELECT %s, 'lead', true, 'person', '+3934' || (50000000 + n),
                  (%s::int[])[1 + n %% %s]
             FROM generate_series(1, %s) n
        RETURNING id""",
        [MARK, zones, len(zones), names * len(zones)],
    )
    leads = [lead_id for (lead_id,) in env.cr.fetchall()]
    random.Random(1).shuffle(leads)
    call_list._add_leads(leads)
    env.cr.commit()
    return {"campaign": campaign, "operator": operator, "zones": zones}


def new_users(env, role, count):
    """Create users of a role."""
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": f"{MARK} {role} {number}",
                    "login": f"banco-agende-{role}-{number}",
                    "tz": "Europe/Rome",
                    "group_ids": [(6, 0, env.ref(f"crm_callcenter.group_{role}").ids)],
                }
                for number in range(count)
            ]
        )
    )


class Simulation:
    """Some days of calls in one mode, from empty agendas and fresh names on."""

    def __init__(self, env, made, mode, seed):
        self.env, self.mode = env, mode
        self.campaign, self.operator = made["campaign"], made["operator"]
        self.zones = made["zones"]
        self.draw = random.Random(seed)
        self.filled_by_day, self.lost = [], 0
        self.calls = dict.fromkeys(self.zones, 0)

    def run(self, days, calls_per_day):
        """Make the calls; return the figures.

        :return: ``filled`` appointments after the first week, ``filled_in_all``,
            ``lost`` ones, ``calls``, and the ``least_calls`` of a zone
        :rtype: dict[str, int]
        """
        self._begin_anew()
        for day in range(days):
            now = FIRST_DAY + timedelta(days=day)
            self.filled_by_day.append(0)
            with patch.object(fields.Datetime, "now", lambda now=now: now):
                self._work_day(now, calls_per_day)
        return {
            "filled": sum(self.filled_by_day[HORIZON_DAYS:]),
            "filled_in_all": sum(self.filled_by_day),
            "lost": self.lost,
            "calls": sum(self.calls.values()),
            "least_calls": min(self.calls.values()),
        }

    def _begin_anew(self):
        self.env.cr.execute(
            """UPDATE crm_call_list_line SET category = 'to_call'
                WHERE campaign_id = %s AND category != 'to_call'""",
            [self.campaign.id],
        )
        self.env.cr.execute(
            "DELETE FROM crm_agent_slot WHERE agent_id = ANY(%s)",
            [self.campaign.agent_ids.ids],
        )
        self.env.cr.commit()
        self.campaign.work_mode = self.mode
        self.env.cr.commit()

    def _work_day(self, now, calls):
        free = self.env["crm.agenda"]._free_slots(
            self.campaign.agent_ids, now, now + timedelta(days=HORIZON_DAYS), 60
        )
        for number in range(calls):
            if self.mode == "adaptive" and not number % CALLS_A_MINUTE:
                self.campaign._refresh_zone_weights()
                self.env.cr.commit()
            self._call(free)

    def _call(self, free):
        dispatch = self.env["crm.dispatch"].with_user(self.operator)
        claim = dispatch._claim_next(self.campaign)
        # Another snapshot, in which the claim is there.
        self.env.cr.commit()
        self.env.cr.execute(
            """UPDATE crm_call_list_line
                  SET category = 'closed_negative', claimed_by_id = NULL
                WHERE id = %s RETURNING zone_id""",
            [claim["id"]],
        )
        [zone_id] = self.env.cr.fetchone()
        self.calls[zone_id] += 1
        if self.draw.random() < CHANCE:
            self._book(zone_id, free)
        self.env.cr.commit()

    def _book(self, zone_id, free):
        """Give the earliest free slot of the zone's agents away."""
        agents = self.env["crm.zone"].browse(zone_id).agent_ids
        slots = [(free[agent.id][0], agent.id) for agent in agents if free[agent.id]]
        if not slots:
            self.lost += 1
            return
        (start, stop), agent_id = min(slots)
        free[agent_id].pop(0)
        self.filled_by_day[-1] += 1
        self.env.cr.execute(
            """INSERT INTO crm_agent_slot (agent_id, start, stop, kind)
               VALUES (%s, %s, %s, 'appointment')""",
            [agent_id, start, stop],
        )
