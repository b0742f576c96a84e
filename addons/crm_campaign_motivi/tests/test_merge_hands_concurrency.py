"""Names are merged while operators call them, on real connections."""

import random
import uuid

from odoo import api
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .concurrency_case import ConcurrencyCase


@tagged("post_install", "-at_install", "concurrency")
class TestMergeHandsConcurrency(ConcurrencyCase):
    def _merge(self, kept, lost):
        """Merge two names; return whether it was done."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            leads = env["crm.lead"]
            try:
                env["crm.merge"]._merge_committed(
                    leads.browse(kept), leads.browse(lost)
                )
            except UserError:
                return False
        return True

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM crm_merge_journal WHERE loser_ref = ANY(%s)",
                [self.lead_ids],
            )
        return super()._clean_up()

    def _next(self, user_id):
        return self._request(
            user_id, lambda env: env["crm.desk"].next_name(self.campaign_id)
        )

    def test_a_name_in_hand_waits_for_the_end_of_the_call(self):
        operator = self.operator_ids[0]
        payload = self._next(operator)
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT lead_id FROM crm_call_list_line WHERE id = %s",
                [payload["line_id"]],
            )
            [held] = cr.fetchone()
        other = next(number for number in self.lead_ids if number != held)
        self.assertFalse(self._merge(held, other))
        self.assertFalse(self._merge(other, held))
        token = uuid.uuid4().hex
        self._request(operator, lambda env: self._confirm(payload, token, env))
        self.assertTrue(self._merge(other, held))
        with self.registry.cursor() as cr:
            cr.execute("SELECT lead_id FROM crm_interaction WHERE token = %s", [token])
            self.assertEqual(cr.fetchone(), (other,))

    def test_no_outcome_is_lost_while_names_are_merged(self):
        tokens, merged = [], []

        def operator(user_id):
            for _name in range(4):
                payload = self._next(user_id)
                token = uuid.uuid4().hex
                self._request(
                    user_id,
                    lambda env, payload=payload, token=token: self._confirm(
                        payload, token, env
                    ),
                )
                tokens.append(token)

        def merger(user_id):
            dice = random.Random(user_id)
            for _pair in range(12):
                kept, lost = dice.sample(self.lead_ids[:80], 2)
                if self._merge(kept, lost):
                    merged.append((kept, lost))

        mergers = set(self.operator_ids[:4])
        with mute_logger("odoo.sql_db", "odoo.service.model"):
            self._in_threads(
                lambda user_id: (merger if user_id in mergers else operator)(user_id),
                self.operator_ids,
            )
        self.assertEqual(len(tokens), 4 * (len(self.operator_ids) - len(mergers)))
        self.assertTrue(merged)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            journals = env["crm.merge.journal"].search(
                [("loser_ref", "in", self.lead_ids)]
            )
            self.assertEqual(len(journals), len(merged))
            journals._fetch_latecomers()
            cr.execute(
                "SELECT count(*) FROM crm_interaction WHERE token = ANY(%s)", [tokens]
            )
            self.assertEqual(cr.fetchone()[0], len(tokens))
            for table in ("crm_interaction", "crm_call_list_line", "crm_call"):
                cr.execute(
                    f"SELECT count(*) FROM {table} row JOIN crm_lead lead"
                    " ON lead.id = row.lead_id"
                    " WHERE lead.merged_into_id IS NOT NULL AND lead.id = ANY(%s)",
                    [self.lead_ids],
                )
                self.assertEqual(cr.fetchone()[0], 0, table)
