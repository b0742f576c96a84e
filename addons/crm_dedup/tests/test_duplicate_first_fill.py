"""The first fill of the keys, beside people who look names up and write some."""

import logging
import time
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.crm_dedup.models import crm_duplicate_search
from odoo.addons.crm_dedup.models.crm_dedup_archive import SearchProcesses
from odoo.addons.crm_dedup.tools import first_keys
from odoo.addons.crm_dedup.tools.matching.pool import Pool

from .duplicate_pool_case import NAMES, DuplicatePoolCase

INDEXES = {"crm_dedup_key_key_index", "crm_dedup_key_holder_index"}


@tagged("post_install", "-at_install", "concurrency")
class TestDuplicateFirstFill(DuplicatePoolCase):
    """Keys are filled into a table of their own, which then takes over."""

    def setUp(self):
        super().setUp()
        for target, name, value in (
            (first_keys, "MANY_NAMES", NAMES // 2),
            (first_keys, "ALMOST_EMPTY", NAMES),
            (crm_duplicate_search, "POOL_BATCH", 500),
            (crm_duplicate_search, "TAKE_OVER_PAUSE", 0),
        ):
            patcher = patch.object(target, name, value)
            patcher.start()
            self.addCleanup(patcher.stop)
        with self._env() as env:
            env.cr.execute("DELETE FROM crm_dedup_key")

    def _at_step(self, wanted, meanwhile):
        """Let something happen once, before the processes begin with a step."""
        happened, do = [], Pool.do

        def watched(pool, step, ranges, **options):
            if step == wanted and not happened:
                happened.append(step)
                meanwhile()
            return do(pool, step, ranges, **options)

        return patch.object(Pool, "do", watched)

    def _step_until(self, env, run, reached):
        for _step in range(100):
            if reached(run):
                return
            run._job_batch([])
            env.cr.commit()
        self.fail("The run never came so far.")

    def _stepped(self, env, run_id):
        """Return a run whose batches the test does one by one, with its processes."""
        processes = SearchProcesses()
        self.addCleanup(processes.end)
        context = {crm_duplicate_search.PROCESSES: processes}
        return env["crm.duplicate.run"].browse(run_id).with_context(**context)

    def _keys_of(self, env, holder):
        rows = env.execute_query(
            SQL("SELECT key FROM crm_dedup_key WHERE holder = %s ORDER BY key", holder)
        )
        return [key for (key,) in rows]

    def _indexes(self, env):
        rows = env.execute_query(
            SQL("SELECT indexname FROM pg_indexes WHERE tablename = 'crm_dedup_key'")
        )
        return {name for (name,) in rows}

    def _assert_same(self, after, before):
        """No row was written anew; a difference of thousands of rows is not shown."""
        self.assertEqual(sorted(set(after) ^ set(before))[:5], [])
        self.assertEqual([row for row in after if after[row] != before[row]][:5], [])

    def _assert_whole(self, env):
        """The table is the only one, with its indexes, without doubles."""
        self.assertEqual(self._indexes(env), INDEXES)
        [[options, left]] = env.execute_query(
            SQL(
                """SELECT reloptions, coalesce(to_regclass('crm_dedup_key_first'),
                                               to_regclass('crm_dedup_key_range'))
                     FROM pg_class WHERE oid = 'crm_dedup_key'::regclass"""
            )
        )
        self.assertEqual((options, left), (None, None))
        [[doubles]] = env.execute_query(
            SQL("SELECT count(*) - count(DISTINCT (key, holder)) FROM crm_dedup_key")
        )
        self.assertEqual(doubles, 0)

    def test_fills_what_the_other_way_fills(self):
        with patch.object(Pool, "do", autospec=True, side_effect=Pool.do) as done:
            self.assertEqual(self._work(self._new_run()), ("done", False))
        steps = [call.args[1] for call in done.call_args_list]
        self.assertEqual(
            list(dict.fromkeys(steps)),
            ["fill", "index", "vacuum", "candidates", "scores"],
        )
        found = self._pairs()
        self.assertTrue(found)
        with self._env() as env:
            self._assert_whole(env)
            before = self._keys(env)
        # With the keys there the next run writes what differs: nothing does.
        self.assertEqual(self._work(self._new_run()), ("done", False))
        with self._env() as env:
            self._assert_same(self._keys(env), before)
        self.assertEqual(self._pairs(), found)

    def test_few_names_or_many_keys_are_filled_where_they_are(self):
        with self._env() as env:
            self.assertTrue(first_keys.is_wanted(env.cr))
            with patch.object(first_keys, "MANY_NAMES", 10**9):
                self.assertFalse(first_keys.is_wanted(env.cr))
            env.cr.execute("INSERT INTO crm_dedup_key VALUES (42, 1), (44, 1)")
            with patch.object(first_keys, "ALMOST_EMPTY", 1):
                self.assertFalse(first_keys.is_wanted(env.cr))
            env.cr.rollback()

    def test_people_at_work_meanwhile(self):
        """Look-ups have their indexes; what people write is there in the end."""
        new_ids = []

        def meanwhile():
            with self._env() as env:
                self.assertTrue(first_keys.is_under_way(env.cr))
                self.assertEqual(self._indexes(env), INDEXES)
                leads = env["crm.lead"]
                old = leads.browse(self.first_id + 7)
                values = old.copy_data()[0]
                names = ("name", "contact_name", "mobile", "street", "zip", "city")
                double = leads.create(
                    {
                        **{name: values.get(name) for name in names},
                        "name": old.contact_name or old.name,
                        "description": self.mark,
                    }
                )
                changed = leads.browse(self.first_id + 8)
                changed.write({"contact_name": "Zenobia Quattrocchi", "zip": "39100"})
                new_ids.append(double.id)
                env.flush_all()

        with self._at_step("index", meanwhile):
            self.assertEqual(self._work(self._new_run()), ("done", False))
        with self._env() as env:
            self._assert_whole(env)
            service = env["crm.dedup"]
            for holder in (new_ids[0], self.first_id + 8):
                [keys] = service._keys_of_all(service._records_of([holder]))
                self.assertEqual(self._keys_of(env, holder), sorted(keys))
            while service._compare_stale(500)[0]:
                env.cr.commit()
        found = {pair[1:3] for pair in self._pairs()}
        self.assertIn((self.first_id + 7, new_ids[0]), found)

    def test_kill_between_the_batch_and_its_mark(self):
        """A process has committed keys, and the run hasn't heard of it."""
        run_id = self._new_run()
        with self._env() as env:
            run = self._stepped(env, run_id)
            with patch.object(crm_duplicate_search, "POOL_RANGES", 2):
                self._step_until(env, run, lambda run: run.last_lead_id > self.first_id)
            filled = SQL("SELECT count(*) FROM crm_dedup_key_first")
            self.assertTrue(env.execute_query(filled)[0][0])
            run.last_lead_id = self.first_id + 100
            env.cr.commit()
        self.assertEqual(self._work(run_id), ("done", False))
        with self._env() as env:
            self._assert_whole(env)
            before = self._keys(env)
        self.assertEqual(self._work(self._new_run()), ("done", False))
        with self._env() as env:
            self._assert_same(self._keys(env), before)

    def test_another_run_begins_anew(self):
        """What a run left that was cancelled is worth nothing."""
        run_id = self._new_run()
        with self._env() as env:
            run = self._stepped(env, run_id)
            self._step_until(
                env,
                run,
                lambda run: run.phase == "keys" and first_keys.is_under_way(env.cr),
            )
            env.cr.execute("INSERT INTO crm_dedup_key_first VALUES (42, -1)")
            run._job_end("cancelled")
        self.assertEqual(self._work(self._new_run()), ("done", False))
        with self._env() as env:
            self._assert_whole(env)
            self.assertNotIn((42, -1), self._keys(env))

    def test_nobody_waits_for_the_table_to_take_over(self):
        """Somebody's long transaction holds it up, and not everybody behind it."""
        run_id = self._new_run()
        with self._env() as env, self.registry.cursor() as reader:
            run = self._stepped(env, run_id)
            self._step_until(
                env,
                run,
                lambda run: (
                    first_keys.is_under_way(env.cr)
                    and not first_keys.missing_indexes(env.cr)
                ),
            )
            reader.execute("SELECT FROM crm_dedup_key LIMIT 1")
            started = time.monotonic()
            with self.assertLogs(crm_duplicate_search.__name__, logging.INFO):
                run._job_batch([])
            self.assertLess(time.monotonic() - started, 5)
            env.cr.commit()
            self.assertTrue(first_keys.is_under_way(env.cr))
            with self._env() as other:
                other["crm.dedup.key"]._walk([42], 5)
        self.assertEqual(self._work(run_id), ("done", False))
        with self._env() as env:
            self._assert_whole(env)

    def test_erased_person_has_no_keys_to_come(self):
        with self._env() as env:
            first_keys.begin(env.cr)
            env.cr.execute(
                SQL("INSERT INTO crm_dedup_key_first VALUES (42, %s)", self.first_id)
            )
            lead = env["crm.lead"].browse(self.first_id)
            statements = lead._erasing_duplicates(env["res.partner"])
            for statement in statements.values():
                env.cr.execute(statement)
            left = env.execute_query(SQL("SELECT FROM crm_dedup_key_first"))
            self.assertFalse(left)
            env.cr.rollback()
