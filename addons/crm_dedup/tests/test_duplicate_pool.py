"""A full search by processes outside Odoo: on real connections, committed."""

import logging
import os
import signal
import subprocess
import time
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.crm_dedup.models import crm_duplicate_search
from odoo.addons.crm_dedup.models.crm_dedup_archive import PROCESSES, SearchProcesses
from odoo.addons.crm_dedup.tools.matching.pool import Pool

from .duplicate_pool_case import ALLOWED, DuplicatePoolCase


@tagged("post_install", "-at_install", "concurrency")
class TestDuplicatePool(DuplicatePoolCase):
    """Processes find what the comparison of one name finds, and end with their run."""

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
