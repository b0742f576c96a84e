"""Merges on real connections: at once, around the same names, and killed.

What is written is committed, and deleted again at the end of each test.
"""

import contextlib
import functools
import random
import threading
import time
import uuid
from unittest.mock import patch

from odoo import api
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import SQL, mute_logger

NAMES = 8
CLIENTS = 20


@tagged("post_install", "-at_install", "concurrency")
class TestMergeConcurrency(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # The main thread holds the registry's lock as long as tests run.
        self.enterContext(patch.object(Registry, "_lock", DummyRLock()))
        self.mark = uuid.uuid4().hex[:8]
        self.addCleanup(self._clean_up)
        with self.connection() as env:
            leads = env["crm.lead"].create(
                [
                    {
                        "name": f"{self.mark} {number}",
                        "type": "lead",
                        "user_id": False,
                        "team_id": False,
                        "mobile": f"+39333{2000000 + number}",
                    }
                    for number in range(NAMES)
                ]
            )
            self.lead_ids = leads.ids
            for lead in leads:
                lead.message_post(body=self.mark)

    @contextlib.contextmanager
    def connection(self):
        """Open a connection of its own, committed when the block ends well."""
        with self.registry.cursor() as cr:
            yield api.Environment(
                cr, api.SUPERUSER_ID, {"tracking_disable": True, "lang": "en_US"}
            )

    def _clean_up(self):
        with self.connection() as env:
            env.cr.execute(
                "DELETE FROM crm_merge_journal WHERE loser_ref = ANY(%s)",
                [self.lead_ids],
            )
            env.cr.execute(
                "DELETE FROM crm_interaction WHERE lead_id = ANY(%s)", [self.lead_ids]
            )
            env["crm.lead"].browse(self.lead_ids).exists().unlink()

    def _in_threads(self, targets):
        failures = []

        def run(target):
            try:
                target()
            except Exception as error:  # noqa: BLE001 - the test looks at it
                failures.append(repr(error))

        threads = [
            threading.Thread(target=run, args=[target], daemon=True)
            for target in targets
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        self.assertFalse([thread for thread in threads if thread.is_alive()])
        self.assertFalse(failures)

    def _merge(self, kept, lost):
        """Merge two names as a request does.

        :return: whether it was done
        """
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

    def _orphans(self, env):
        """Return what points to names that went."""
        gone = env["crm.lead"].with_context(active_test=False)
        gone = gone.search(
            [("id", "in", self.lead_ids), ("merged_into_id", "!=", False)]
        )
        found = []
        for link in env["crm.merge.links"]._links("crm_lead"):
            env.cr.execute(
                SQL(
                    "SELECT count(*) FROM %s AS t WHERE %s = ANY(%s) AND %s",
                    SQL.identifier(link.table),
                    SQL.identifier("t", link.column),
                    [
                        f"{link.prefix}{number}" if link.prefix else number
                        for number in gone.ids
                    ],
                    link.filter_sql("t"),
                )
            )
            if env.cr.fetchone()[0]:
                found.append(link)
        return found

    def _messages(self, env):
        return env["mail.message"].search_count(
            [
                ("model", "=", "crm.lead"),
                ("res_id", "in", self.lead_ids),
                ("body", "ilike", self.mark),
            ]
        )

    def test_twenty_at_once_around_the_same_names(self):
        dice = random.Random(6)
        done, registered = [], []

        def client(seed):
            own = random.Random(seed)
            for _time in range(4):
                kept, lost = own.sample(self.lead_ids, 2)
                done.append(self._merge(kept, lost))

        seeds = [dice.random() for _client in range(CLIENTS)]
        with mute_logger("odoo.sql_db", "odoo.service.model"):
            self._in_threads(
                [
                    lambda: self._work_meanwhile(registered),
                    *(lambda seed=seed: client(seed) for seed in seeds),
                ]
            )
        journal_ids = self._check_merged(sum(done), len(registered))
        for journal_id in journal_ids:
            with self.connection() as env:
                env["crm.merge.journal"].browse(journal_id)._undo()
        with self.connection() as env:
            leads = env["crm.lead"].browse(self.lead_ids)
            self.assertFalse(leads.merged_into_id)
            self.assertTrue(all(leads.mapped("active")))
            self.assertEqual(
                leads.message_ids.mapped("model"), ["crm.lead"] * len(leads.message_ids)
            )

    def _work_meanwhile(self, registered):
        """Register outcomes on whatever name, as operators do meanwhile.

        :param list registered: gets the number of each name
        """
        own = random.Random(99)
        for _time in range(15):
            lead_id = own.choice(self.lead_ids)

            def register(env, lead_id=lead_id):
                env["crm.lead"].browse(lead_id)._register_outcome(
                    env.ref("crm_callcenter.crm_outcome_call_back")
                )

            with self.registry.cursor() as cr:
                env = api.Environment(cr, api.SUPERUSER_ID, {})
                retrying(functools.partial(register, env), env)
            registered.append(lead_id)

    def _check_merged(self, merges, outcomes):
        """Check that each merge is there once, and that nothing was lost.

        :return: ids of the merges, the newest first
        :rtype: list[int]
        """
        with self.connection() as env:
            leads = env["crm.lead"].with_context(active_test=False)
            leads = leads.browse(self.lead_ids)
            merged = leads.filtered("merged_into_id")
            self.assertEqual(len(merged), merges)
            self.assertGreaterEqual(len(merged), NAMES // 2)
            self.assertFalse(merged.filtered("active"))
            # Each chain ends at a name that is there: nobody went in a circle.
            self.assertTrue(
                all(merged.mapped(lambda lead: lead._merged_target().active))
            )
            journals = env["crm.merge.journal"].search(
                [("loser_ref", "in", self.lead_ids)], order="id desc"
            )
            self.assertEqual(len(journals), len(merged))
            journals._fetch_latecomers()
            self.assertFalse(self._orphans(env))
            self.assertEqual(self._messages(env), NAMES)
            back = env.ref("crm_callcenter.crm_outcome_call_back")
            history = env["crm.interaction"].search(
                [("lead_id", "in", self.lead_ids), ("outcome_id", "=", back.id)]
            )
            self.assertEqual(len(history), outcomes)
            return journals.ids

    def test_a_kill_in_the_middle_leaves_nothing_half_done(self):
        kept, lost = self.lead_ids[:2]
        reached, go_on = threading.Event(), threading.Event()
        pids, failures = [], []
        merge = self.registry["crm.merge"]
        archive = merge._archive

        def stop_here(model, *args):
            pids.append(
                model.env.cr.connection.get_backend_pid()
                if hasattr(model.env.cr, "connection")
                else model.env.cr._cnx.get_backend_pid()
            )
            reached.set()
            go_on.wait(30)
            return archive(model, *args)

        def client():
            try:
                self._merge(kept, lost)
            except Exception as error:  # noqa: BLE001 - the test looks at it
                failures.append(error)

        with (
            patch.object(merge, "_archive", stop_here),
            mute_logger("odoo.sql_db"),
        ):
            thread = threading.Thread(target=client, daemon=True)
            thread.start()
            self.assertTrue(reached.wait(30))
            with self.connection() as env:
                env.cr.execute("SELECT pg_terminate_backend(%s)", [pids[0]])
            time.sleep(0.3)
            go_on.set()
            thread.join(30)
        self.assertTrue(failures)
        with self.connection() as env:
            leads = env["crm.lead"].browse([kept, lost])
            self.assertEqual(leads.mapped("active"), [True, True])
            self.assertFalse(leads.merged_into_id)
            self.assertTrue(all(lead.message_ids for lead in leads))
            self.assertFalse(
                env["crm.merge.journal"].search([("loser_ref", "=", lost)])
            )
        self.assertTrue(self._merge(kept, lost))

    def _customer_of(self, lead_ids):
        """Make a customer of names, deleted again at the end.

        :rtype: int
        """

        def clean_up():
            with self.connection() as env:
                env.cr.execute(
                    "DELETE FROM crm_interaction WHERE lead_id = ANY(%s)",
                    [self.lead_ids],
                )
                env["res.partner"].browse(partner.id).unlink()

        with self.connection() as env:
            partner = env["res.partner"].create({"name": self.mark})
            env["crm.lead"].browse(lead_ids).partner_id = partner
        self.addCleanup(clean_up)
        return partner.id

    def _history(self, env, outcome):
        return env["crm.interaction"].search(
            [("lead_id", "in", self.lead_ids), ("outcome_id", "=", outcome.id)]
        )

    def test_what_operators_write_meanwhile_is_not_taken_back(self):
        kept, lost, other = self.lead_ids[:3]
        self._customer_of([kept, other])
        merge = self.registry["crm.merge"]
        close_ledger = merge._close_ledger
        registered = []

        def close_after_an_operator(model, *args):
            # On another name of the same customer, committed before the merge is.
            with self.connection() as env:
                env.cr.execute("SET LOCAL lock_timeout = '10s'")
                env["crm.lead"].browse(other)._register_outcome(
                    env.ref("crm_callcenter.crm_outcome_call_back")
                )
            registered.append(other)
            return close_ledger(model, *args)

        with self.connection() as env:
            blocked = env["crm.commercial.state"].search(
                [("state_class", "=", "blocked")], limit=1
            )
            env["crm.lead"].browse(lost)._correct_state(blocked)
        with patch.object(merge, "_close_ledger", close_after_an_operator):
            self.assertTrue(self._merge(kept, lost))
        self.assertTrue(registered)
        with self.connection() as env:
            back = env.ref("crm_callcenter.crm_outcome_call_back")
            self.assertEqual(self._history(env, back).lead_id.id, other)
            leads = env["crm.lead"].browse([kept, other])
            self.assertEqual(leads.commercial_state_id, blocked.with_env(env))
            env["crm.merge.journal"].search([("loser_ref", "=", lost)])._undo()
        with self.connection() as env:
            self.assertEqual(len(self._history(env, back.with_env(env))), 1)
            leads = env["crm.lead"].browse([kept, other])
            self.assertNotIn("blocked", leads.commercial_state_id.mapped("state_class"))

    def test_what_comes_late_is_fetched(self):
        kept, lost = self.lead_ids[:2]
        with self.registry.cursor() as late:
            # Its snapshot is older than the merge; it links without a foreign key.
            late.execute("SELECT 1 FROM crm_lead WHERE id = %s", [lost])
            self.assertTrue(self._merge(kept, lost))
            late.execute(
                "INSERT INTO mail_message (model, res_id, body, message_type)"
                " VALUES ('crm.lead', %s, %s, 'comment')",
                [lost, self.mark],
            )
        with self.connection() as env:
            self.assertTrue(self._orphans(env))
            journal = env["crm.merge.journal"].search([("loser_ref", "=", lost)])
            journal._fetch_latecomers()
        with self.connection() as env:
            self.assertFalse(self._orphans(env))
            env["crm.merge.journal"].search([("loser_ref", "=", lost)])._undo()
            self.assertEqual(
                env["mail.message"].search_count(
                    [
                        ("model", "=", "crm.lead"),
                        ("res_id", "=", lost),
                        ("body", "ilike", self.mark),
                    ]
                ),
                2,
            )
