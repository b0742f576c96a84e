"""Two people and one planned action: real connections at Odoo's real isolation level.

What these tests write is committed, and deleted again at their end.
"""

import threading
import time
import uuid
from unittest.mock import patch

from odoo import api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import mute_logger


@tagged("post_install", "-at_install", "concurrency")
class TestOutcomeConcurrency(BaseCase):
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
            env = api.Environment(
                cr,
                api.SUPERUSER_ID,
                {"no_reset_password": True, "mail_activity_quick_update": True},
            )
            self._create_data(env)

    def _create_data(self, env):
        """Make two managers, a type with a relation that plans, and planned actions."""
        users = env["res.users"].create(
            [
                {
                    "name": f"{self.mark} {number}",
                    "login": f"{self.mark}-{number}",
                    "tz": "Europe/Rome",
                    "group_ids": [
                        fields.Command.set(
                            env.ref("crm_callcenter.group_campaign_manager").ids
                        )
                    ],
                }
                for number in range(2)
            ]
        )
        activity_type = env["mail.activity.type"].create(
            {"name": self.mark, "is_commercial": True, "channel": "call"}
        )
        outcomes = env["crm.outcome"].create(
            [{"name": f"{self.mark} {n}", "color": "#123456"} for n in range(2)]
        )
        env["crm.relation"].create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "outcome_id": outcome.id,
                    "next_type_id": activity_type.id,
                    "delay_days": 3,
                    "points": 2,
                }
                for outcome in outcomes
            ]
        )
        lead = env["crm.lead"].create(
            {
                "name": self.mark,
                "type": "lead",
                "stage_id": env["crm.stage"].search([], limit=1).id,
                "user_id": users[0].id,
                "team_id": False,
            }
        )
        activity = lead.activity_schedule(
            activity_type_id=activity_type.id, user_id=users[0].id
        )
        self.user_ids, self.lead_id, self.activity_id = users.ids, lead.id, activity.id
        self.type_id, self.outcome_ids = activity_type.id, outcomes.ids

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT id FROM crm_lead WHERE name = %s", [self.mark])
            leads = [row[0] for row in cr.fetchall()]
            cr.execute("DELETE FROM crm_interaction WHERE lead_id = ANY(%s)", [leads])
            cr.execute(
                "DELETE FROM mail_activity WHERE res_model = 'crm.lead'"
                " AND res_id = ANY(%s)",
                [leads],
            )
            env = api.Environment(cr, api.SUPERUSER_ID, {"active_test": False})
            env["crm.lead"].browse(leads).unlink()
            types = env["mail.activity.type"].search([("name", "=", self.mark)])
            types.relation_ids.unlink()
            types.unlink()
            env["crm.outcome"].search([("name", "like", f"{self.mark} %")]).unlink()
            users = env["res.users"].search([("login", "like", f"{self.mark}-%")])
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    # ------------------------------------------------------------

    def _at_once(self, *attempts):
        """Run attempts as requests that all see the database as it is now.

        :param attempts: pairs of a user's id and a function of an environment
        :return: what each gave, or its error
        """
        barrier = threading.Barrier(len(attempts))
        results = [None] * len(attempts)

        def run(number, user_id, function):
            waited = []

            def request(env):
                env.cr.execute("SELECT 1")
                if not waited:
                    waited.append(barrier.wait(timeout=30))
                return function(env)

            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, user_id, {})
                    results[number] = retrying(lambda: request(env), env)
            except UserError as error:
                results[number] = error
            except Exception as error:
                self.errors.append(repr(error))

        threads = [
            threading.Thread(target=run, args=[number, *attempt], daemon=True)
            for number, attempt in enumerate(attempts)
        ]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 60
        for thread in threads:
            thread.join(timeout=max(0.1, deadline - time.monotonic()))
        self.assertFalse([thread for thread in threads if thread.is_alive()])
        self.assertFalse(self.errors)
        return results

    def _close(self, outcome_id, token=None):
        def close(env):
            activity = env["mail.activity"].browse(self.activity_id)
            outcome = env["crm.outcome"].browse(outcome_id)
            return activity._close_with_outcome(outcome, token=token).id

        return close

    def _register(self, token):
        def register(env):
            return (
                env["crm.lead"]
                .browse(self.lead_id)
                ._register_outcome(
                    env["crm.outcome"].browse(self.outcome_ids[0]),
                    env["mail.activity.type"].browse(self.type_id),
                    token=token,
                )
                .id
            )

        return register

    def _rows(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT user_id, outcome_id, activity_ref FROM crm_interaction"
                " WHERE lead_id = %s",
                [self.lead_id],
            )
            return cr.fetchall()

    def _planned(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT count(*) FROM mail_activity WHERE active"
                " AND res_model = 'crm.lead' AND res_id = %s",
                [self.lead_id],
            )
            return cr.fetchone()[0]

    # ------------------------------------------------------------

    def test_two_users_close_the_same_action(self):
        """One wins; the other is told who did it and how it ended."""
        results = self._at_once(
            (self.user_ids[0], self._close(self.outcome_ids[0])),
            (self.user_ids[1], self._close(self.outcome_ids[1])),
        )
        refused = [result for result in results if isinstance(result, UserError)]
        self.assertEqual(len(refused), 1)
        winner = 1 if isinstance(results[0], UserError) else 0
        self.assertEqual(
            self._rows(),
            [(self.user_ids[winner], self.outcome_ids[winner], self.activity_id)],
        )
        sentence = str(refused[0])
        self.assertIn(f"{self.mark} {winner} closed this action already", sentence)
        self.assertIn(f"outcome {self.mark} {winner}", sentence)
        # One next action, not two.
        self.assertEqual(self._planned(), 1)

    def test_a_double_click_on_the_same_action(self):
        """The same token from the same window: both get the same row."""
        token = uuid.uuid4().hex
        results = self._at_once(
            *[(self.user_ids[0], self._close(self.outcome_ids[0], token))] * 3
        )
        self.assertEqual(len(set(results)), 1)
        self.assertEqual(len(self._rows()), 1)
        self.assertEqual(self._planned(), 1)

    def test_the_same_token_without_an_action(self):
        token = uuid.uuid4().hex
        # The database refuses the second row, and Odoo logs it, before it retries.
        with mute_logger("odoo.sql_db"):
            results = self._at_once(*[(self.user_ids[0], self._register(token))] * 3)
        self.assertEqual(len(set(results)), 1)
        self.assertEqual(len(self._rows()), 1)
        # The one that was planned, and one next action.
        self.assertEqual(self._planned(), 2)

    def test_a_type_is_replaced_while_its_action_is_closed(self):
        """Whoever is second sees what the first has done; nothing is lost."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            other_id = (
                env["mail.activity.type"]
                .create({"name": self.mark, "is_commercial": True})
                .id
            )

        def replace(env):
            types = env["mail.activity.type"]
            return types.browse(self.type_id)._replace_by(types.browse(other_id))

        # As above.
        with mute_logger("odoo.sql_db"):
            self._at_once(
                (self.user_ids[0], self._close(self.outcome_ids[0])),
                (self.user_ids[1], replace),
            )
        self.assertEqual(len(self._rows()), 1)
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT activity_type_id FROM mail_activity WHERE active"
                " AND res_model = 'crm.lead' AND res_id = %s",
                [self.lead_id],
            )
            # Closed first: its next action is replaced. Replaced first: the action
            # was closed by the relation of the new type.
            self.assertEqual(cr.fetchall(), [(other_id,)])
