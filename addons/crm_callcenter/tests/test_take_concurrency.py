"""Two people at once, on real connections at Odoo's isolation level.

What these tests write is committed, and deleted again at their end.
"""

import threading
import uuid
from unittest.mock import patch

from odoo import api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name


@tagged("post_install", "-at_install", "concurrency")
class TestTakeConcurrency(BaseCase):
    """Of two who take, or close, the same action one wins; the other is told who."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # The main thread holds the registry's lock as long as tests run; requests of
        # other threads would wait for it.
        self.enterContext(patch.object(Registry, "_lock", DummyRLock()))
        self.mark = uuid.uuid4().hex[:8]
        self.addCleanup(self._clean_up)
        with self.registry.cursor() as cr:
            self._create_data(api.Environment(cr, api.SUPERUSER_ID, {}))

    def _create_data(self, env):
        env = env(context={"no_reset_password": True, "tracking_disable": True})
        group = env.ref("crm_callcenter.group_campaign_manager")
        users = env["res.users"].create(
            [
                {
                    "name": f"{self.mark} {number}",
                    "login": f"{self.mark}-{number}",
                    "group_ids": [fields.Command.set(group.ids)],
                }
                for number in range(2)
            ]
        )
        self.outcome_id = (
            env["crm.outcome"].create({"name": self.mark, "color": "#123456"}).id
        )
        activity_type = env["mail.activity.type"].create(
            {"name": self.mark, "is_commercial": True}
        )
        env["crm.relation"].create(
            {"activity_type_id": activity_type.id, "outcome_id": self.outcome_id}
        )
        lead = env["crm.lead"].create(
            {"name": self.mark, "type": "lead", "user_id": False, "phone": "030 1"}
        )
        [self.action_id] = env["crm.planner"]._insert_actions(
            activity_type,
            fields.Datetime.now(),
            env["crm.planner"]._one_source(lead, env["res.users"]),
        )
        self.user_ids, self.lead_id = users.ids, lead.id
        self.type_id = activity_type.id

    def _clean_up(self):
        with self.registry.cursor() as cr:
            for table, column, value in (
                ("crm_interaction", "lead_id", self.lead_id),
                ("mail_activity", "id", self.action_id),
                ("crm_relation", "activity_type_id", self.type_id),
            ):
                cr.execute(f"DELETE FROM {table} WHERE {column} = %s", [value])
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["crm.lead"].browse(self.lead_id).unlink()
            env["mail.activity.type"].browse(self.type_id).unlink()
            env["crm.outcome"].browse(self.outcome_id).unlink()
            users = env["res.users"].browse(self.user_ids)
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    def _race(self, method):
        """Let both users call it at once, each as a request of its own.

        :return: the sentences of those who were refused
        """
        barrier, sentences, errors = threading.Barrier(2), [], []

        def request(user_id):
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, user_id, {})
                    action = env["mail.activity"].browse(self.action_id)
                    action.sudo().active  # noqa: B018 - takes the snapshot
                    barrier.wait(10)
                    retrying(lambda: method(env, action), env)
            except UserError as error:
                sentences.append(str(error))
            except Exception as error:
                errors.append(repr(error))

        threads = [
            threading.Thread(target=request, args=(user_id,))
            for user_id in self.user_ids
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertFalse(errors)
        return sentences

    def test_two_take_one_action(self):
        sentences = self._race(lambda env, action: action.action_take())
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT user_id FROM mail_activity WHERE id = %s", [self.action_id]
            )
            [owner_id] = cr.fetchone()
        self.assertIn(owner_id, self.user_ids)
        winner = f"{self.mark} {self.user_ids.index(owner_id)}"
        self.assertEqual(
            sentences,
            [f"{winner} has taken this action already. Take another one."],
        )

    def test_two_close_one_action(self):
        sentences = self._race(
            lambda env, action: action._close_with_outcome(
                env["crm.outcome"].browse(self.outcome_id)
            )
        )
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT user_id FROM crm_interaction WHERE lead_id = %s", [self.lead_id]
            )
            rows = cr.fetchall()
        self.assertEqual(len(rows), 1)
        winner = f"{self.mark} {self.user_ids.index(rows[0][0])}"
        self.assertEqual(
            sentences,
            [f"{winner} closed this action already, with the outcome {self.mark}."],
        )
