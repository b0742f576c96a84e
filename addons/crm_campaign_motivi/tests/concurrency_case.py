"""Real connections at Odoo's real isolation level, which a TransactionCase can't have.

What these tests write is committed, and deleted again at their end.
"""

import threading
import time
import uuid
from unittest.mock import patch

from odoo import api, fields
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests.common import BaseCase, get_db_name

OPERATORS = 12
NAMES = 240


class ConcurrencyCase(BaseCase):
    """A committed campaign with two lists that hold the same names."""

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
            for table in (
                "crm_interaction",
                "crm_call",
                "crm_call_list_line",
            ):
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
