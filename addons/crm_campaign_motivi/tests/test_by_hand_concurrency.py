import threading
from collections import Counter

from odoo import api
from odoo.exceptions import UserError
from odoo.tests import tagged

from .concurrency_case import ConcurrencyCase

#: Names that everybody wants at once, one after the other.
WANTED = 6


@tagged("post_install", "-at_install", "concurrency")
class TestByHandConcurrency(ConcurrencyCase):
    """Operators open the same names by hand while others are served them."""

    def test_a_name_is_in_one_pair_of_hands(self):
        taken, refused = Counter(), []
        barrier = threading.Barrier(len(self.operator_ids))

        def work(user_id):
            for lead_id in self.lead_ids[:WANTED]:
                barrier.wait(timeout=60)
                self._take_one(user_id, lead_id, taken, refused)

        self._in_threads(work, self.operator_ids)
        for lead_id in self.lead_ids[:WANTED]:
            self.assertGreaterEqual(taken[lead_id], 1)
        self.assertTrue(refused, "they never met")
        for sentence in refused:
            self.assertIn("Somebody else is working", sentence)

    def test_a_name_that_only_entered_a_list_leaves_it_again(self):
        user_id = self.operator_ids[0]
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            lead = env["crm.lead"].create(
                {"name": f"{self.mark} walked in", "mobile": "+393339999999"}
            )
            # Its operator has worked on it before: it is in no list of a campaign.
            env(user=user_id)["crm.desk"]._remember_handled(lead)
            lead_id = lead.id
        payload = self._request(
            user_id, lambda env: env["crm.desk"].take_by_hand(lead_id)
        )
        released = self._request(
            user_id,
            lambda env: env["crm.desk"].release(
                payload["line_id"], payload["claim_token"]
            ),
        )
        self.assertTrue(released)
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT count(*) FROM crm_call_list_line WHERE id = %s",
                [payload["line_id"]],
            )
            self.assertEqual(cr.fetchone(), (0,))

    def _take_one(self, user_id, lead_id, taken, refused):
        """Half of the operators open the name by hand, the others are served."""
        by_hand = user_id % 2
        try:
            payload = self._request(
                user_id,
                lambda env: (
                    env["crm.desk"].take_by_hand(lead_id)
                    if by_hand
                    else env["crm.desk"].next_name(self.campaign_id)
                ),
            )
        except UserError as error:
            refused.append(str(error))
            return
        with self.registry.cursor() as cr:
            cr.execute(
                """SELECT count(*), min(claimed_by_id) FROM crm_call_list_line
                    WHERE lead_id = %s AND claimed_by_id IS NOT NULL""",
                [payload["lead"]["id"]],
            )
            self.assertEqual(cr.fetchone(), (1, user_id))
        taken[payload["lead"]["id"]] += 1
        self._request(
            user_id,
            lambda env: env["crm.dispatch"]._release(
                payload["line_id"], payload["claim_token"]
            ),
        )
