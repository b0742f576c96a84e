"""Real connections at Odoo's real isolation level, which a TransactionCase can't have.

What these tests write is committed, and deleted again at their end.
"""

import threading
import time
import uuid
from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from unittest.mock import patch

from odoo import api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name

OPERATORS = 12
NAMES = 240


@tagged("post_install", "-at_install", "concurrency")
class TestConcurrency(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # The main thread holds the registry's lock as long as tests run; requests of
        # other threads would wait for it.
        self.enterContext(patch.object(Registry, "_lock", DummyRLock()))
        self.mark = uuid.uuid4().hex[:8]
        self.errors = []
        self.addCleanup(self._clean_up)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {"no_reset_password": True})
            self._create_data(env)

    def _create_data(self, env):
        """Make operators, one agent, a campaign with two lists that share names."""
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
                for number, role in enumerate(["operator"] * OPERATORS + ["agent"])
            ]
        )
        self.operator_ids, self.agent_id = users[:-1].ids, users[-1].id
        self.user_ids, self.partner_ids = users.ids, users.partner_id.ids
        campaign = env["utm.campaign"].create(
            {"title": self.mark, "is_call_campaign": True, "call_state": "running"}
        )
        env["crm.call.window"]._open_always(campaign)
        lists = env["crm.call.list"].create(
            [
                {
                    "name": f"{self.mark} {number}",
                    "campaign_id": campaign.id,
                    "operator_ids": [fields.Command.set(self.operator_ids)],
                }
                for number in range(2)
            ]
        )
        stage = env["crm.stage"].search([], limit=1)
        leads = env["crm.lead"].create(
            [
                {
                    "name": f"{self.mark} {number}",
                    "type": "lead",
                    "stage_id": stage.id,
                    "user_id": False,
                    "team_id": False,
                    "mobile": f"+39333{1000000 + number}",
                }
                for number in range(NAMES)
            ]
        )
        for call_list in lists:
            call_list._add_leads(leads.ids)
        self.campaign_id, self.lead_ids = campaign.id, leads.ids
        self.outcome_id = env.ref("crm_callcenter.crm_outcome_not_interested").id

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT id FROM res_users WHERE login LIKE %s", [f"{self.mark}-%"]
            )
            users = [row[0] for row in cr.fetchall()]
            cr.execute("SELECT id FROM crm_lead WHERE name LIKE %s", [f"{self.mark} %"])
            leads = [row[0] for row in cr.fetchall()]
            for table in ("crm_interaction", "crm_call", "crm_call_list_line"):
                cr.execute(f"DELETE FROM {table} WHERE lead_id = ANY(%s)", [leads])
            cr.execute("DELETE FROM crm_agent_slot WHERE agent_id = ANY(%s)", [users])
            cr.execute(
                "DELETE FROM crm_call_list WHERE name LIKE %s OR owner_id = ANY(%s)",
                [f"{self.mark} %", users],
            )
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["utm.campaign"].search([("title", "=", self.mark)]).unlink()
            env["crm.lead"].browse(leads).unlink()
            partners = env["res.users"].browse(users).partner_id
            env["res.users"].browse(users).unlink()
            partners.unlink()

    def _in_threads(self, target, users):
        """Run ``target(user_id)`` at once for many users; errors are collected."""

        def run(user_id):
            try:
                target(user_id)
            except Exception as error:
                self.errors.append(repr(error))

        threads = [
            threading.Thread(target=run, args=[user], daemon=True) for user in users
        ]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 90
        for thread in threads:
            thread.join(timeout=max(0.1, deadline - time.monotonic()))
        self.assertFalse([thread for thread in threads if thread.is_alive()])
        self.assertFalse(self.errors)

    def _request(self, user_id, function):
        """Run a function as a request does: own cursor, Odoo's retries, commit."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, user_id, {})
            return retrying(lambda: function(env), env)

    def _confirm(self, payload, token, env):
        result = env["crm.desk"].confirm(
            payload["line_id"], payload["claim_token"], token, self.outcome_id
        )
        return result["interaction_id"]

    # ------------------------------------------------------------

    def test_no_name_is_served_twice(self):
        """Operators work both lists, which hold the same names, to their end."""
        served = []

        def work(user_id):
            while True:
                payload = self._request(
                    user_id, lambda env: env["crm.desk"].next_name(self.campaign_id)
                )
                if payload.get("empty"):
                    return
                served.append((payload["lead"]["id"], payload["line_id"]))
                self._request(
                    user_id, partial(self._confirm, payload, uuid.uuid4().hex)
                )

        self._in_threads(work, self.operator_ids)
        lines = Counter(line for _lead, line in served)
        self.assertEqual(max(lines.values()), 1, "a line was served twice")
        self.assertEqual(len(lines), 2 * NAMES, "a line was never served")
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT count(*) FROM crm_interaction WHERE lead_id = ANY(%s)",
                [self.lead_ids],
            )
            self.assertEqual(cr.fetchone()[0], 2 * NAMES)

    def test_a_name_of_two_lists_is_never_in_two_hands(self):
        """Everybody claims at the same moment; the names in hand all differ."""
        barrier = threading.Barrier(OPERATORS)
        held = []

        def claim(user_id):
            barrier.wait(timeout=30)
            payload = self._request(
                user_id, lambda env: env["crm.desk"].next_name(self.campaign_id)
            )
            held.append(payload["lead"]["id"])

        self._in_threads(claim, self.operator_ids)
        self.assertEqual(len(set(held)), OPERATORS)

    def test_one_operators_double_clicks_claim_one_name(self):
        held = []

        def claim(user_id):
            payload = self._request(
                user_id, lambda env: env["crm.desk"].next_name(self.campaign_id)
            )
            held.append(payload["line_id"])

        self._in_threads(claim, self.operator_ids[:1] * 8)
        self.assertEqual(len(set(held)), 1)

    def test_a_doubled_confirm_registers_once(self):
        user_id = self.operator_ids[0]
        payload = self._request(
            user_id, lambda env: env["crm.desk"].next_name(self.campaign_id)
        )
        token, results = uuid.uuid4().hex, []
        barrier = threading.Barrier(4)

        def confirm(user_id):
            barrier.wait(timeout=30)
            results.append(
                self._request(user_id, partial(self._confirm, payload, token))
            )

        self._in_threads(confirm, [user_id] * 4)
        self.assertEqual(len(results), 4)
        self.assertEqual(len(set(results)), 1)

    def test_claims_wait_for_nobody(self):
        """A bulk change that has locked 5,000 lines starves no operator.

        Not even where the statistics say that there are hardly any names, as they do
        between the load of a file and the next automatic ANALYZE.
        """
        with self.registry.cursor() as cr:
            cr.execute("ANALYZE crm_lead, crm_call_list_line")
        with self.registry.cursor() as cr:
            cr.execute(
                """INSERT INTO crm_lead (name, type, active, lead_kind, phone_e164)
                   SELECT %s, 'lead', true, 'person', '+393337654321'
                     FROM generate_series(1, 5000) RETURNING id""",
                [f"{self.mark} bulk"],
            )
            bulk = [row[0] for row in cr.fetchall()]
            cr.execute(
                """INSERT INTO crm_call_list_line
                          (list_id, campaign_id, lead_id, category, rank, attempts)
                   SELECT list.id, list.campaign_id, lead_id, 'to_call', -1, 0
                     FROM crm_call_list list, unnest(%s) AS lead_id
                    WHERE list.name LIKE %s""",
                [bulk, f"{self.mark} %"],
            )
        with self.registry.cursor() as blocker:
            blocker.execute(
                """UPDATE crm_call_list_line SET rank = rank
                    WHERE lead_id = ANY(%s)""",
                [bulk + self.lead_ids[: NAMES // 2]],
            )
            started = time.monotonic()
            payload = self._request(
                self.operator_ids[0],
                lambda env: env["crm.desk"].next_name(self.campaign_id),
            )
            # Whoever waited for the bulk change would wait for this very test.
            self.assertLess(time.monotonic() - started, 10)
            self.assertIn(payload["lead"]["id"], self.lead_ids[NAMES // 2 :])
            blocker.rollback()

    def test_an_agents_minute_is_given_once(self):
        """Operators book overlapping times of one agent; the database decides."""
        start = datetime(2031, 7, 16, 8)
        booked, refused = [], []

        def book(user_id):
            for number in range(12):
                begin = start + timedelta(minutes=20 * number)
                try:
                    self._request(
                        user_id, lambda env, begin=begin: self._book(env, begin)
                    )
                    booked.append(begin)
                except UserError as error:
                    refused.append(str(error))

        self._in_threads(book, self.operator_ids[:6])
        self.assertTrue(all("just been taken" in sentence for sentence in refused))
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT start, stop FROM crm_agent_slot WHERE agent_id = %s"
                " AND kind = 'appointment' ORDER BY start",
                [self.agent_id],
            )
            rows = cr.fetchall()
        self.assertEqual(len(rows), len(booked))
        self.assertGreaterEqual(len(rows), 4)
        for (_start, stop), (following, _stop) in zip(rows, rows[1:], strict=False):
            self.assertLessEqual(stop, following)

    def _book(self, env, begin):
        agent = env["res.users"].sudo().browse(self.agent_id)
        env["calendar.event"].sudo().with_context(
            dont_notify=True, no_mail_to_attendees=True
        ).create(
            {
                "name": self.mark,
                "start": begin,
                "stop": begin + timedelta(hours=1),
                "user_id": agent.id,
                "partner_ids": [fields.Command.set(agent.partner_id.ids)],
                "is_sales_appointment": True,
            }
        )
