"""Real connections: nobody gets what somebody else has."""

import threading
import time
import uuid
from collections import Counter
from datetime import datetime, timedelta
from functools import partial

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .concurrency_case import NAMES, OPERATORS, ConcurrencyCase


@tagged("post_install", "-at_install", "concurrency")
class TestConcurrency(ConcurrencyCase):
    def test_no_name_is_served_twice(self):
        """Operators work both lists, which hold the same names, to their end.

        A name that refused in one list is not called from the other.
        """
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
        names = Counter(lead for lead, _line in served)
        self.assertEqual(max(names.values()), 1, "a name was served twice")
        self.assertEqual(len(names), NAMES, "a name was never served")
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT count(*) FROM crm_interaction WHERE lead_id = ANY(%s)",
                [self.lead_ids],
            )
            self.assertEqual(cr.fetchone()[0], NAMES)
            cr.execute(
                "SELECT count(*) FROM crm_call_list_line"
                " WHERE lead_id = ANY(%s) AND category = 'closed_negative'",
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

    def test_a_refusal_waits_for_the_queue_to_be_put_in_order(self):
        """A line that a job is just writing on is closed a moment later."""
        lead_id = self.lead_ids[0]
        locked = threading.Event()

        def rank():
            with self.registry.cursor() as cr:
                cr.execute(
                    "UPDATE crm_call_list_line SET rank = -5 WHERE lead_id = %s",
                    [lead_id],
                )
                locked.set()
                time.sleep(0.5)

        def refuse(env):
            lead = env["crm.lead"].browse(lead_id).sudo()
            lead._register_outcome(env["crm.outcome"].browse(self.outcome_id))

        worker = threading.Thread(target=rank, daemon=True)
        worker.start()
        self.assertTrue(locked.wait(timeout=30))
        self._request(self.operator_ids[0], refuse)
        worker.join(timeout=30)
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT DISTINCT rank, category FROM crm_call_list_line"
                " WHERE lead_id = %s",
                [lead_id],
            )
            self.assertEqual(cr.fetchall(), [(-5, "closed_negative")])
            cr.execute(
                "SELECT count(*) FROM crm_interaction WHERE lead_id = %s", [lead_id]
            )
            self.assertEqual(cr.fetchone()[0], 1)

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
