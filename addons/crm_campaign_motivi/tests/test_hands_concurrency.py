"""Somebody leaves, closes or deletes while others have names in hand.

On real connections at Odoo's real isolation level; what is written is committed, and
deleted again at the end of each test.
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

NAMES = 8


@tagged("post_install", "-at_install", "concurrency")
class TestHandsConcurrency(BaseCase):
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
        operator = env.ref("crm_callcenter.group_operator")
        manager = env.ref("crm_callcenter.group_campaign_manager")
        users = env["res.users"].create(
            [
                {
                    "name": f"{self.mark} {number}",
                    "login": f"{self.mark}-{number}",
                    "group_ids": [fields.Command.set(group.ids)],
                }
                for number, group in enumerate((operator, operator, operator, manager))
            ]
        )
        self.one, self.two, self.three, self.manager_id = users.ids
        group = env["crm.operator.group"].create(
            {
                "name": self.mark,
                "member_ids": [fields.Command.set([self.one, self.two])],
            }
        )
        campaign = env["utm.campaign"].create(
            {
                "title": self.mark,
                "is_call_campaign": True,
                "call_state": "running",
                "direction": "mixed",
                "group_ids": [fields.Command.set(group.ids)],
            }
        )
        env["crm.call.window"]._open_always(campaign)
        call_list = env["crm.call.list"].create(
            {"name": f"{self.mark} names", "campaign_id": campaign.id}
        )
        leads = env["crm.lead"].create(
            [
                {
                    "name": f"{self.mark} {number}",
                    "type": "lead",
                    "user_id": False,
                    "team_id": False,
                    "mobile": f"+39333{1000000 + number}",
                }
                for number in range(NAMES)
            ]
        )
        call_list._add_leads(leads.ids)
        self.group_id, self.campaign_id = group.id, campaign.id
        self.list_id, self.lead_ids = call_list.id, leads.ids
        self.outcome_id = env.ref("crm_callcenter.crm_outcome_not_interested").id

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {"active_test": False})
            users = env["res.users"].search([("login", "=like", f"{self.mark}-%")])
            campaign = env["utm.campaign"].search([("title", "=", self.mark)])
            lists = env["crm.call.list"].search(
                [
                    "|",
                    ("campaign_id", "in", campaign.ids),
                    ("owner_id", "in", users.ids),
                ]
            )
            leads = lists.line_ids.lead_id | env["crm.lead"].search(
                [("name", "like", self.mark)]
            )
            for table in ("crm_interaction", "crm_call", "crm_call_list_line"):
                cr.execute(f"DELETE FROM {table} WHERE lead_id = ANY(%s)", [leads.ids])
            campaign.direction = "outbound"
            lists.unlink()
            campaign.unlink()
            leads.unlink()
            env["crm.operator.group"].search([("name", "=", self.mark)]).unlink()
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    def _request(self, user_id, function):
        """Run a function as a request does: own cursor, Odoo's retries, commit."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, user_id, {})
            return retrying(lambda: function(env), env)

    def _next(self, user_id):
        return self._request(
            user_id, lambda env: env["crm.desk"].next_name(self.campaign_id)
        )

    def _confirm(self, user_id, payload):
        return self._request(
            user_id,
            lambda env: env["crm.desk"].confirm(
                payload["line_id"],
                payload["claim_token"],
                uuid.uuid4().hex,
                self.outcome_id,
            ),
        )

    def _value(self, query, *parameters):
        with self.registry.cursor() as cr:
            cr.execute(query, parameters)
            return cr.fetchone()

    def _line(self, payload):
        return self._value(
            "SELECT claimed_by_id, category FROM crm_call_list_line WHERE id = %s",
            payload["line_id"],
        )

    def _campaign_state(self):
        return self._value(
            "SELECT call_state FROM utm_campaign WHERE id = %s", self.campaign_id
        )[0]

    def _in_threads(self, *functions):
        """Run functions at the same moment; errors that are no sentence are kept."""
        barrier = threading.Barrier(len(functions))
        sentences = []

        def run(function):
            try:
                barrier.wait(timeout=30)
                function()
            except UserError as error:
                sentences.append(str(error))
            except Exception as error:
                self.errors.append(repr(error))

        threads = [
            threading.Thread(target=run, args=[function], daemon=True)
            for function in functions
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=90)
        self.assertFalse(any(thread.is_alive() for thread in threads))
        self.assertFalse(self.errors)
        return sentences

    # ------------------------------------------------------------

    def test_a_member_is_served_from_the_next_request_on(self):
        self.assertTrue(self._next(self.three)["empty"])

        def write(command):
            self._request(
                self.manager_id,
                lambda env: (
                    env["crm.operator.group"]
                    .browse(self.group_id)
                    .write({"member_ids": [command]})
                ),
            )

        write(fields.Command.link(self.three))
        payload = self._next(self.three)
        self.assertIn("lead", payload)
        # Whoever is taken out in the middle of a call finishes it, and gets no other.
        write(fields.Command.unlink(self.three))
        self._confirm(self.three, payload)
        self.assertEqual(self._line(payload), (None, "closed_negative"))
        self.assertTrue(self._next(self.three)["empty"])

    def test_an_operator_is_deactivated_in_a_call(self):
        payload = self._next(self.one)

        def deactivate():
            self._request(
                api.SUPERUSER_ID,
                lambda env: env["res.users"].browse(self.one).action_archive(),
            )

        # The outcome is on its way at the same moment.
        self._in_threads(deactivate, lambda: self._confirm(self.one, payload))
        claimed_by, category = self._line(payload)
        self.assertIsNone(claimed_by)
        self.assertEqual(category, "closed_negative")
        self.assertEqual(
            self._value(
                "SELECT count(*) FROM crm_interaction WHERE lead_id = %s",
                payload["lead"]["id"],
            ),
            (1,),
        )
        self.assertTrue(self._next(self.one)["empty"])

    def test_a_deactivated_operator_leaves_names_and_recalls(self):
        payload = self._next(self.one)
        with self.registry.cursor() as cr:
            cr.execute(
                """UPDATE crm_call_list_line
                      SET category = 'recall', recall_user_id = %s,
                          recall_scope = 'private',
                          recall_at = now() AT TIME ZONE 'UTC' - interval '1 hour'
                    WHERE list_id = %s AND id != %s""",
                [self.one, self.list_id, payload["line_id"]],
            )
        self.assertTrue(self._next(self.two)["empty"])
        self._request(
            api.SUPERUSER_ID,
            lambda env: env["res.users"].browse(self.one).action_archive(),
        )
        self.assertEqual(self._line(payload), (None, "to_call"))
        served = set()
        for _number in range(NAMES - 1):
            recall = self._next(self.two)
            served.add(recall["line_id"])
            self._confirm(self.two, recall)
        self.assertEqual(len(served), NAMES - 1)
        # The name that was on the telephone rests for a while, and isn't lost.
        self.assertTrue(self._next(self.two)["empty"])
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE crm_call_list_line SET rest_until = NULL WHERE id = %s",
                [payload["line_id"]],
            )
        self.assertEqual(self._next(self.two)["line_id"], payload["line_id"])

    def test_a_campaign_is_archived_in_the_middle_of_calls(self):
        held = [self._next(self.one), self._next(self.two)]
        self._request(
            self.manager_id,
            lambda env: env["utm.campaign"].browse(self.campaign_id).action_archive(),
        )
        self.assertEqual(self._campaign_state(), "closing")
        # Both finish at the same moment: neither sees the other's end, and yet it
        # closes.
        self._in_threads(
            lambda: self._confirm(self.one, held[0]),
            lambda: self._confirm(self.two, held[1]),
        )
        self.assertEqual(self._campaign_state(), "closed")
        for payload in held:
            self.assertEqual(self._line(payload), (None, "closed_negative"))
        self.assertTrue(self._next(self.one)["empty"])

    def test_a_name_is_deleted_while_it_is_claimed(self):
        """Either the name goes and is never served, or it is served and stays."""
        for _number in range(3):
            [lead_id] = self._value(
                """SELECT lead_id FROM crm_call_list_line
                    WHERE list_id = %s AND category = 'to_call'
                 ORDER BY rank LIMIT 1""",
                self.list_id,
            )
            payloads = []
            sentences = self._in_threads(
                lambda lead_id=lead_id: self._request(
                    api.SUPERUSER_ID,
                    lambda env: env["crm.lead"].browse(lead_id).unlink(),
                ),
                lambda payloads=payloads: payloads.append(self._next(self.one)),
            )
            [payload] = payloads
            exists = self._value("SELECT 1 FROM crm_lead WHERE id = %s", lead_id)
            if payload["lead"]["id"] == lead_id:
                self.assertTrue(exists)
                self.assertIn("An operator is working on", sentences[0])
            else:
                self.assertFalse(exists)
                self.assertFalse(sentences)
            self._confirm(self.one, payload)
        self.assertEqual(
            self._value(
                """SELECT count(*) FROM crm_call_list_line
                    WHERE claimed_by_id IS NOT NULL AND campaign_id = %s""",
                self.campaign_id,
            ),
            (0,),
        )

    def test_a_list_is_deleted_while_it_is_worked(self):
        payload = self._next(self.one)

        def delete():
            self._request(
                self.manager_id,
                lambda env: env["crm.call.list"].browse(self.list_id).unlink(),
            )

        with self.assertRaisesRegex(UserError, "Archive the list"):
            delete()
        self._confirm(self.one, payload)
        delete()
        self.assertTrue(self._next(self.one)["empty"])

    def test_two_calls_of_one_number_make_one_name(self):
        answers, number = [], "+39 347 7654321"

        def answer(user_id):
            answers.append(
                self._request(
                    user_id,
                    lambda env: env["crm.desk"].answer(self.campaign_id, number),
                )
            )

        sentences = self._in_threads(lambda: answer(self.one), lambda: answer(self.two))
        self.assertEqual(len(answers), 1)
        self.assertIn("Somebody else is working", sentences[0])
        self.assertEqual(
            self._value(
                """SELECT count(*) FROM crm_lead WHERE mobile_e164 = '+393477654321'
                      AND id >= %s""",
                self.lead_ids[0],
            ),
            (1,),
        )

    def test_one_operator_answers_in_two_tabs(self):
        """A double click, and a click on the next name beside it: one name."""
        answers = []

        def answer(number):
            def call(env):
                return env["crm.desk"].answer(self.campaign_id, number)

            return lambda: answers.append(self._request(self.one, call))

        clicks = [answer("+39 347 7654322")] * 2
        self.assertEqual(self._in_threads(*clicks), [])
        self.assertEqual(len({payload["line_id"] for payload in answers}), 1)
        self._confirm(self.one, answers[0])
        self._in_threads(answer("+39 347 7654323"), lambda: self._next(self.one))
        self.assertEqual(
            self._value(
                "SELECT count(*) FROM crm_call_list_line WHERE claimed_by_id = %s",
                self.one,
            ),
            (1,),
        )
