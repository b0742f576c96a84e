"""A full search by processes outside Odoo: on real connections, committed."""

import contextlib
import logging
import os
import signal
import subprocess
import time
import uuid
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import SQL

from odoo.addons.crm_dedup.models import crm_duplicate_search
from odoo.addons.crm_dedup.models.crm_dedup_archive import PROCESSES, SearchProcesses
from odoo.addons.crm_dedup.tools.matching.pool import Pool

from .dirty_archive import COLUMNS, rows

#: Key of the context that allows processes in a test: its names are committed.
ALLOWED = {crm_duplicate_search.PROCESSES: None}
NAMES = 2000
CUSTOMERS = 200


@tagged("post_install", "-at_install", "concurrency")
class TestDuplicatePool(BaseCase):
    """Processes find what the comparison of one name finds, and end with their run."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.mark = uuid.uuid4().hex[:8]
        cls.addClassCleanup(cls._clean_up)
        with cls._env() as env:
            cls._clean_runs(env)
            cls.first_id = cls._fill(env)
            cls._fill_customers(env)
            cls._fill_household(env)

    @classmethod
    @contextlib.contextmanager
    def _env(cls):
        """Give an environment on a connection of its own, committed at the end."""
        with cls.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    @classmethod
    def _fill(cls, env):
        """Insert names as a list brings them; not today, so that none is linked."""
        columns = [*COLUMNS, "description", "type", "active", "create_date"]
        lines = [
            tuple(values[name] for name in COLUMNS)
            + (cls.mark, "lead", True, "2026-01-01")
            for values in rows(NAMES, cls.mark)
        ]
        env.cr.execute(
            SQL(
                "INSERT INTO crm_lead (%s) VALUES %s RETURNING id",
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(lines),
            )
        )
        return env.cr.fetchone()[0]

    @classmethod
    def _fill_customers(cls, env):
        """Make customers of some, of whom a few are linked already."""
        people = env.execute_query(
            SQL(
                """SELECT contact_name, email_normalized, mobile_e164, street, zip,
                          city, %(mark)s
                     FROM crm_lead WHERE description = %(mark)s
                 ORDER BY id DESC LIMIT %(count)s""",
                mark=cls.mark,
                count=CUSTOMERS,
            )
        )
        names = "name email mobile street zip city ref".split()
        customers = env["res.partner"].with_context(crm_dedup_off=True)
        customers.create([dict(zip(names, row, strict=True)) for row in people])
        env.cr.execute(
            SQL(
                """UPDATE crm_lead lead SET partner_id = partner.id
                     FROM res_partner partner
                    WHERE partner.ref = %(mark)s AND partner.id %% 5 = 0
                      AND lead.description = %(mark)s
                      AND lead.mobile_e164 = replace(partner.mobile, ' ', '')""",
                mark=cls.mark,
            )
        )

    @classmethod
    def _fill_household(cls, env):
        """Let somebody be known to live in the house of another name."""
        env.cr.execute(
            SQL(
                """UPDATE crm_lead SET has_rows = true WHERE id = %(id)s;
                   INSERT INTO crm_lead_contact (lead_id, name, kind)
                   SELECT %(id)s, contact_name, 'household' FROM crm_lead
                    WHERE description = %(mark)s AND id <> %(id)s
                      AND phone_e164 = (SELECT phone_e164 FROM crm_lead
                                         WHERE id = %(id)s)""",
                id=cls.first_id,
                mark=cls.mark,
            )
        )

    @classmethod
    def _clean_runs(cls, env):
        env.cr.execute(
            """DELETE FROM crm_dedup_stale;
               DELETE FROM crm_duplicate_run;
               DELETE FROM crm_duplicate_sample WHERE source = 'drawn';
               DELETE FROM crm_dedup_frequency"""
        )
        env.registry.clear_cache()

    @classmethod
    def _clean_up(cls):
        with cls._env() as env:
            env.cr.execute(
                SQL(
                    """DELETE FROM crm_lead WHERE description = %(mark)s;
                       DELETE FROM res_partner WHERE ref = %(mark)s""",
                    mark=cls.mark,
                )
            )
            cls._clean_runs(env)
            env["crm.dedup.key"]._drop_orphans()

    def setUp(self):
        super().setUp()
        with self._env() as env:
            env.cr.execute("DELETE FROM crm_duplicate_pair")
            self._clean_runs(env)

    def _new_run(self):
        with self._env() as env:
            return env["crm.duplicate.run"].create({"makes_keys": True}).id

    def _work(self, run_id):
        """Let a run work as the scheduled action lets it."""
        with self._env() as env:
            run = env["crm.duplicate.run"].browse(run_id).with_context(**ALLOWED)
            run._work()
            return run.state, run.error

    def _pairs(self):
        with self._env() as env:
            return set(
                env.execute_query(
                    SQL(
                        """SELECT kind, coalesce(first_lead_id, first_partner_id),
                                  coalesce(second_lead_id, second_partner_id),
                                  verdict, score, reasons::text, company_id
                             FROM crm_duplicate_pair"""
                    )
                )
            )

    def _incremental(self):
        """Compare each name by itself with the archive."""
        with self._env() as env:
            env["crm.dedup.key"]._mark_all_stale()
            service = env["crm.dedup"]
            while service._compare_stale(500)[0]:
                env.cr.commit()

    def test_finds_what_one_comparison_after_the_other_finds(self):
        with patch.object(Pool, "do", autospec=True, side_effect=Pool.do) as done:
            self.assertEqual(self._work(self._new_run()), ("done", False))
        steps = [call.args[1] for call in done.call_args_list]
        self.assertEqual(
            list(dict.fromkeys(steps)), ["keys", "vacuum", "candidates", "scores"]
        )
        by_processes = self._pairs()
        kinds = {pair[0] for pair in by_processes}
        self.assertEqual(kinds, {"lead", "customer", "partner"})
        self.assertIn("rule:", str(by_processes))
        with self._env() as env:
            env.cr.execute("DELETE FROM crm_duplicate_pair")
        self._incremental()
        self.assertEqual(by_processes, self._pairs())
        with self._env() as env:
            env.cr.execute("DELETE FROM crm_duplicate_pair")
            run = env["crm.duplicate.run"].create({})
            run._work_at_once()
            self.assertEqual(run.seen, run.matched)
        self.assertEqual(by_processes, self._pairs(), "In Odoo's own process")

    def test_process_that_is_killed(self):
        """Its batch is done again by new processes; killed again, the run says so."""
        killed = []

        def kill(pool, step, ranges, **options):
            if step == "scores" and len(killed) < 2:
                killed.append(pool)
                os.kill(pool.processes[0].pid, signal.SIGKILL)
                pool.processes[0].wait()
            return do(pool, step, ranges, **options)

        do, run_id = Pool.do, self._new_run()
        with patch.object(Pool, "do", kill):
            state, error = self._work(run_id)
        self.assertEqual(state, "failed")
        self.assertIn("let the search go on", error)
        self.assertFalse(self._pairs(), "Nothing of what was half done")
        with self._env() as env:
            env["crm.duplicate.run"].browse(run_id).action_continue()
        self.assertEqual(self._work(run_id), ("done", False))
        found = self._pairs()
        killed[1:] = []
        with self._env() as env:
            env.cr.execute("DELETE FROM crm_duplicate_pair")
        with patch.object(Pool, "do", kill):
            self.assertEqual(self._work(self._new_run()), ("done", False))
        self.assertEqual(self._pairs(), found)

    def test_cancelled_while_processes_work(self):
        run_id = self._new_run()
        pools = []

        def watched(pool, *args, **options):
            pools.append(list(pool.processes))
            return do(pool, *args, **options)

        do = Pool.do
        with (
            patch.object(Pool, "do", watched),
            patch.object(crm_duplicate_search, "POOL_BATCH", 100),
            patch.object(crm_duplicate_search, "POOL_RANGES", 2),
            self._env() as env,
        ):
            run = env["crm.duplicate.run"].browse(run_id).with_context(**ALLOWED)
            commit = type(env["ir.cron"])._commit_progress

            def commit_and_cancel(cron, *args, **options):
                left = commit(cron, *args, **options)
                if pools:
                    env.cr.execute(
                        SQL(
                            "UPDATE crm_duplicate_run SET cancel_asked = true"
                            " WHERE id = %s",
                            run_id,
                        )
                    )
                return left

            with patch.object(
                type(env["ir.cron"]), "_commit_progress", commit_and_cancel
            ):
                run._work()
            self.assertEqual(run.state, "cancelled")
        self.assertTrue(pools)
        for process in pools[0]:
            self.assertIsNotNone(process.poll(), "It ended with its run")
        self.assertFalse(self._pairs())
        with self._env() as env:
            env["crm.duplicate.run"].browse(run_id).action_continue()
        self.assertEqual(self._work(run_id), ("done", False))
        self.assertTrue(self._pairs())

    def test_name_that_changes_meanwhile(self):
        """Its pair is neither written as it was nor dropped: it is compared again."""
        self.assertEqual(self._work(self._new_run())[0], "done")
        pair = next(
            pair for pair in self._pairs() if pair[0] == "lead" and pair[3] == "same"
        )
        run_id = self._new_run()
        with self._env() as env:
            run = env["crm.duplicate.run"].browse(run_id)
            while run.phase != "compare":
                run._job_batch([])
            env.cr.commit()
            env.cr.execute(
                SQL(
                    "DELETE FROM crm_dedup_found WHERE first = %s OR second = %s",
                    pair[1],
                    pair[1],
                )
            )
            env["crm.dedup.key"]._mark_stale([pair[1]])
            while run._job_batch([]):
                pass
            self.assertEqual(run.state, "done")
        self.assertIn(pair, self._pairs())

    def test_database_that_crashed_begins_anew(self):
        """Tables that are empty after a crash drop no pair."""
        self.assertEqual(self._work(self._new_run())[0], "done")
        found = self._pairs()
        run_id = self._new_run()
        with self._env() as env:
            run = env["crm.duplicate.run"].browse(run_id)
            while run.phase != "scores":
                run._job_batch([])
            env.cr.execute(
                "TRUNCATE crm_dedup_work, crm_dedup_form, crm_dedup_candidate"
            )
            while run._job_batch([]):
                pass
            self.assertEqual((run.state, run.pairs_dropped), ("done", 0))
        self.assertEqual(self._pairs(), found)

    def test_keys_that_are_right_are_left_alone(self):
        """People look them up meanwhile; a run writes what differs only."""
        self.assertEqual(self._work(self._new_run()), ("done", False))
        with self._env() as env:
            before = self._keys(env)
            env.cr.execute(
                SQL("DELETE FROM crm_dedup_key WHERE holder = %s", self.first_id)
            )
            env.cr.execute(
                SQL("INSERT INTO crm_dedup_key VALUES (42, %s)", self.first_id + 1)
            )
        self.assertEqual(self._work(self._new_run()), ("done", False))
        with self._env() as env:
            after = self._keys(env)
        self.assertEqual(set(after), set(before))
        moved = {row for row in after if after[row] != before[row]}
        self.assertEqual({holder for _key, holder in moved}, {self.first_id})

    def _keys(self, env):
        """Return where each key is in its table, by key and holder."""
        rows = env.execute_query(
            SQL("SELECT key, holder, ctid::text, xmin::text FROM crm_dedup_key")
        )
        return {row[:2]: row[2:] for row in rows}

    def test_no_processes(self):
        """Odoo's own process does it where none may be started, or none is wanted."""
        with (
            patch.object(subprocess, "Popen", side_effect=OSError("no more processes")),
            self.assertLogs(
                "odoo.addons.crm_dedup.models.crm_dedup_archive", logging.INFO
            ) as log,
        ):
            self.assertEqual(self._work(self._new_run()), ("done", False))
        self.assertEqual(len(log.output), 1, "It is tried once")
        self.assertTrue(self._pairs())
        with self._env() as env:
            env["ir.config_parameter"].set_param(PROCESSES, "0")
            self.assertIsNone(env["crm.dedup"]._new_pool())
            env["ir.config_parameter"].set_param(PROCESSES, "3")
            self.assertEqual(env["crm.dedup"]._new_pool()._count, 3)
            env["ir.config_parameter"].set_param(PROCESSES, False)

    def test_processes_end_with_the_server(self):
        """Nobody holds the other end of their pipe any more."""
        with self._env() as env:
            processes = SearchProcesses()
            pool = processes.start(env["crm.dedup"]._new_pool)
            self.addCleanup(processes.end)
            for process in pool.processes:
                process.stdin.close()
            until = time.monotonic() + 10
            while time.monotonic() < until and None in [
                process.poll() for process in pool.processes
            ]:
                time.sleep(0.05)
            self.assertEqual([process.poll() for process in pool.processes], [0, 0])
