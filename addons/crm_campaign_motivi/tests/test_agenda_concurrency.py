"""Real connections: twenty desks book into three agents' agendas for half a minute."""

import logging
import random
import time
import uuid
from collections import Counter
from datetime import timedelta
from unittest.mock import patch

from odoo import api, fields, sql_db
from odoo.exceptions import UserError
from odoo.tests import tagged

from .concurrency_case import ConcurrencyCase

_logger = logging.getLogger(__name__)

DESKS = 20
AGENTS = 3
SECONDS = 30
NAMES = 500
#: Between an appointment in one zone and one in the other.
TRAVEL = 30
#: Connections that they need: each has one of its request and one of its hold.
CONNECTIONS = 2 * DESKS + 10


@tagged("post_install", "-at_install", "concurrency")
class TestAgendaConcurrency(ConcurrencyCase):
    """Names of two zones lie in one list, so that neighbours are often too near."""

    def setUp(self):
        self.makes_documents = []
        super().setUp()
        # As many connections as the desks of a whole call centre have.
        self.enterContext(patch.object(sql_db._Pool, "_maxconn", CONNECTIONS))

    def _create_data(self, env):
        self._switch_documents_off(env)
        agents = self._create_users(env)
        self._give_working_hours(env, agents)
        zones = env["crm.zone"].create(
            [
                {
                    "name": f"{self.mark} {number}",
                    "agent_ids": [fields.Command.set(agents.ids)],
                }
                for number in range(2)
            ]
        )
        campaign = env["utm.campaign"].create(
            {
                "title": self.mark,
                "is_call_campaign": True,
                "call_state": "running",
                "agent_ids": [fields.Command.set(agents.ids)],
                "appointment_minutes": 30,
                "travel_minutes": TRAVEL,
                "slot_horizon_days": 14,
                "expected_revenue": 100,
            }
        )
        env["crm.call.window"]._open_always(campaign)
        call_list = env["crm.call.list"].create(
            {
                "name": f"{self.mark} list",
                "campaign_id": campaign.id,
                "operator_ids": [fields.Command.set(self.operator_ids)],
            }
        )
        call_list._add_leads(self._create_names(env, zones))
        self.campaign_id = campaign.id
        self.outcome_id = env.ref("crm_callcenter.crm_outcome_appointment").id

    def _switch_documents_off(self, env):
        """Documents have tests of their own; these appointments go again."""
        if "makes_segnalazioni" in env["res.company"]._fields:
            companies = env["res.company"].search([("makes_segnalazioni", "=", True)])
            companies.makes_segnalazioni = False
            self.makes_documents = companies.ids

    def _create_users(self, env):
        """Make operators and agents; return the agents."""
        roles = ["operator"] * DESKS + ["agent"] * AGENTS
        users = env["res.users"].create(
            [
                {
                    "name": f"{self.mark} {number}",
                    "login": f"{self.mark}-{number}",
                    "tz": "Europe/Rome",
                    "group_ids": [
                        fields.Command.set(env.ref(f"crm_callcenter.group_{role}").ids)
                    ],
                }
                for number, role in enumerate(roles)
            ]
        )
        self.operator_ids, self.agent_ids = users[:DESKS].ids, users[DESKS:].ids
        return users[DESKS:]

    def _create_names(self, env, zones):
        """Make names that lie in one zone and the other by turns; return their ids."""
        stage = env["crm.stage"].search([], limit=1)
        leads = env["crm.lead"].create(
            [
                {
                    "name": f"{self.mark} {number}",
                    "type": "lead",
                    "stage_id": stage.id,
                    "user_id": False,
                    "team_id": False,
                    "mobile": f"+39334{1000000 + number}",
                }
                for number in range(NAMES)
            ]
        )
        env.flush_all()
        for number, zone in enumerate(zones):
            env.cr.execute(
                "UPDATE crm_lead SET zone_id = %s WHERE id = ANY(%s) AND id %% 2 = %s",
                [zone.id, leads.ids, number],
            )
        env.invalidate_all()
        return leads.ids

    def _give_working_hours(self, env, agents):
        calendar = env["resource.calendar"].create(
            {
                "name": self.mark,
                "tz": "Europe/Rome",
                "attendance_ids": [fields.Command.clear()]
                + [
                    fields.Command.create(
                        {
                            "name": f"Day {day}",
                            "dayofweek": str(day),
                            "hour_from": 9,
                            "hour_to": 17,
                            "day_period": "morning",
                        }
                    )
                    for day in range(7)
                ],
            }
        )
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

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT id FROM crm_lead WHERE name LIKE %s", [f"{self.mark} %"])
            leads = [row[0] for row in cr.fetchall()]
            cr.execute(
                "SELECT id FROM res_users WHERE login LIKE %s", [f"{self.mark}-%"]
            )
            users = [row[0] for row in cr.fetchall()]
            cr.execute(
                "DELETE FROM mail_activity WHERE res_model = 'crm.lead'"
                " AND res_id = ANY(%s)",
                [leads],
            )
            cr.execute(
                "DELETE FROM calendar_event WHERE opportunity_id = ANY(%s)", [leads]
            )
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            if self.makes_documents:
                companies = env["res.company"].browse(self.makes_documents)
                companies.makes_segnalazioni = True
            customers = env["crm.lead"].browse(leads).partner_id
            resources = env["resource.resource"].search([("user_id", "in", users)])
            calendars = resources.calendar_id
            resources.unlink()
            calendars.filtered(lambda one: one.name == self.mark).unlink()
        result = super()._clean_up()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            customers.with_env(env).unlink()
            env["crm.zone"].search([("name", "like", f"{self.mark} %")]).unlink()
        return result

    # ------------------------------------------------------------

    def test_twenty_desks_book_for_half_a_minute(self):
        """No minute twice, the way between zones is kept, each refusal is a sentence.

        Every third hold is let run out before it is confirmed: confirm must not get
        round what others hold meanwhile.
        """
        booked, refused = [], []
        end = time.monotonic() + SECONDS

        def work(user_id):
            payload = None
            while time.monotonic() < end:
                payload = payload or self._desk(
                    user_id, "next_name", campaign_id=self.campaign_id
                )
                if payload.get("empty"):
                    return
                try:
                    self._book_once(user_id, payload)
                except UserError as error:
                    refused.append(str(error))
                    continue
                booked.append(payload["lead"]["id"])
                payload = None

        self._in_threads(work, self.operator_ids)
        _logger.info("%s appointments, %s refusals", len(booked), len(refused))
        self.assertGreater(len(booked), AGENTS * 8)
        strange = [sentence for sentence in refused if not self._is_known(sentence)]
        self.assertFalse(strange)
        self._check_agendas(booked)

    def _desk(self, user_id, method, **values):
        return self._request(
            user_id, lambda env: getattr(env["crm.desk"], method)(**values)
        )

    def _book_once(self, user_id, payload):
        """Look at the agenda, hold one of the first times, confirm."""
        claim = {
            "line_id": payload["line_id"],
            "claim_token": payload["claim_token"],
        }
        week = self._desk(user_id, "agenda", **claim)
        if not week["slots"]:
            monday = fields.Date.to_date(week["start"]) + timedelta(days=7)
            week = self._desk(
                user_id, "agenda", start_date=fields.Date.to_string(monday), **claim
            )
        if not week["slots"]:
            raise UserError(week["empty_reason"])
        slot = random.choice(week["slots"][:24])
        chosen = {key: slot[key] for key in ("agent_id", "start", "stop")}
        self._desk(user_id, "hold_slot", **claim, **chosen)
        if random.randrange(3) == 0:
            with self.registry.cursor() as cr:
                cr.execute(
                    """UPDATE crm_agent_slot
                          SET expires_at = (now() AT TIME ZONE 'UTC') - interval '1 s'
                        WHERE kind = 'hold' AND holder_id = %s""",
                    [user_id],
                )
        self._desk(
            user_id,
            "confirm",
            **claim,
            token=uuid.uuid4().hex,
            outcome_id=self.outcome_id,
            slot=chosen,
            expected_revenue=100,
            date_deadline=fields.Date.to_string(
                fields.Date.today() + timedelta(days=40)
            ),
        )

    def _is_known(self, sentence):
        return any(
            words in sentence
            for words in (
                "has just been taken. Choose another time.",
                "have no free time in this week. Look at another week.",
            )
        )

    def _check_agendas(self, booked):
        with self.registry.cursor() as cr:
            cr.execute(
                """SELECT slot.agent_id, slot.start, slot.stop, lead.zone_id, lead.id
                     FROM crm_agent_slot slot
                     JOIN calendar_event event ON event.id = slot.event_id
                     JOIN crm_lead lead ON lead.id = event.opportunity_id
                    WHERE slot.agent_id = ANY(%s) AND slot.kind = 'appointment'
                 ORDER BY slot.agent_id, slot.start""",
                [self.agent_ids],
            )
            rows = cr.fetchall()
        self.assertEqual(Counter(row[4] for row in rows), Counter(booked))
        for one, other in zip(rows, rows[1:], strict=False):
            if one[0] != other[0]:
                continue
            self.assertLessEqual(one[2], other[1], "an agent's minute is given twice")
            if one[3] != other[3]:
                self.assertGreaterEqual(
                    other[1] - one[2],
                    timedelta(minutes=TRAVEL),
                    "no time for the way to the other zone",
                )
