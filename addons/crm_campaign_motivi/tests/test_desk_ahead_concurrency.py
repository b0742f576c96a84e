"""Real connections: names that are kept ahead, while everybody works."""

import time
import uuid

from odoo.tests import tagged

from .concurrency_case import ConcurrencyCase

SECONDS = 4


@tagged("post_install", "-at_install", "concurrency")
class TestDeskAheadConcurrency(ConcurrencyCase):
    """Operators confirm and take what was prefetched, on real connections."""

    def _desk(self, user_id, method, *args):
        return self._request(
            user_id, lambda env: getattr(env["crm.desk"], method)(*args)
        )

    def _query(self, query, *values):
        with self.registry.cursor() as cr:
            cr.execute(query, values)
            return cr.fetchall()

    def _kept(self):
        return self._query(
            "SELECT claimed_by_id, lead_id FROM crm_call_list_line"
            " WHERE claim_is_ahead AND claimed_by_id = ANY(%s)",
            self.operator_ids,
        )

    def test_nobody_gets_a_name_twice(self):
        worked = []
        end = time.monotonic() + SECONDS

        def work(user_id):
            payload = self._desk(user_id, "next_name", self.campaign_id)
            while not payload.get("empty"):
                worked.append(payload["lead"]["id"])
                kept = self._desk(user_id, "prefetch", self.campaign_id)
                token = uuid.uuid4().hex
                self._request(
                    user_id,
                    lambda env, name=payload, token=token: self._confirm(
                        name, token, env
                    ),
                )
                if time.monotonic() > end:
                    self._desk(user_id, "drop_ahead")
                    return
                if kept:
                    taken = self._desk(
                        user_id,
                        "take_ahead",
                        self.campaign_id,
                        kept["line_id"],
                        kept["claim_token"],
                        kept["ahead_stamp"],
                    )
                    payload = kept if taken.get("fresh") else taken
                else:
                    payload = self._desk(user_id, "next_name", self.campaign_id)

        self._in_threads(work, self.operator_ids)
        self.assertGreater(len(worked), len(self.operator_ids))
        self.assertEqual(len(worked), len(set(worked)), "a name was served twice")
        self.assertFalse(self._kept(), "a name is still kept")
        twice = self._query(
            "SELECT lead_id FROM crm_interaction WHERE lead_id = ANY(%s)"
            " GROUP BY lead_id HAVING count(*) > 1",
            self.lead_ids,
        )
        self.assertFalse(twice)

    def test_two_requests_of_one_operator_keep_one_name(self):
        user_id = self.operator_ids[0]
        self._desk(user_id, "next_name", self.campaign_id)
        kept = []
        self._in_threads(
            lambda _n: kept.append(
                self._desk(user_id, "prefetch", self.campaign_id)["line_id"]
            ),
            range(6),
        )
        self.assertEqual(len(set(kept)), 1)
        self.assertEqual(len(self._kept()), 1)

    def test_pause_in_the_middle_of_a_prefetch(self):
        """Whichever comes first, nothing is kept for somebody who wants a pause."""
        with self.registry.cursor() as cr:
            cr.execute("SELECT min(id) FROM crm_pause_reason")
            [reason_id] = cr.fetchone()
        users = self.operator_ids[:5]
        for user_id in users:
            self._desk(user_id, "next_name", self.campaign_id)

        def both(pair):
            user_id, method, value = pair
            self._desk(user_id, method, value)

        self._in_threads(
            both,
            [
                (user_id, method, value)
                for user_id in users
                for method, value in (
                    ("prefetch", self.campaign_id),
                    ("pause", reason_id),
                    ("prefetch", self.campaign_id),
                )
            ],
        )
        self.assertFalse(self._kept())

    def test_a_crash_leaves_the_name_free(self):
        """Nobody gives it back: when its short time is over, a colleague gets it."""
        first, second = self.operator_ids[:2]
        self._desk(first, "next_name", self.campaign_id)
        kept = self._desk(first, "prefetch", self.campaign_id)
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT claimed_until < (now() AT TIME ZONE 'UTC') + interval '2 min'"
                " FROM crm_call_list_line WHERE id = %s",
                [kept["line_id"]],
            )
            self.assertTrue(cr.fetchone()[0])
            cr.execute(
                "UPDATE crm_call_list_line SET claimed_until = now() AT TIME ZONE 'UTC'"
                " WHERE id = %s",
                [kept["line_id"]],
            )
        served = self._desk(second, "next_name", self.campaign_id)
        self.assertEqual(served["lead"]["id"], kept["lead"]["id"])
        self.assertEqual(self._kept(), [])
