"""Indexes of a first load, built on connections of their own."""

import contextlib
from unittest.mock import patch

from odoo.tests import tagged

from ..models import crm_list_import_first_load
from ..tools.index_builders import IndexBuilders
from .test_import_concurrency import ImportConnections


@tagged("post_install", "-at_install", "concurrency")
class TestImportFirstLoadConnections(ImportConnections):
    def setUp(self):
        super().setUp()
        for name, value in (("LARGE_FILE", 2), ("SMALL_ARCHIVE", 10**9)):
            patched = patch.object(crm_list_import_first_load, name, value)
            patched.start()
            self.addCleanup(patched.stop)
        self.before = self._indexes()
        # Whatever goes wrong, the tests behind this one have their indexes.
        self.addCleanup(self._restore)

    def _restore(self):
        with self.connection() as env:
            env["crm.list.import.index"]._restore()

    def _indexes(self):
        with self.connection() as env:
            env.cr.execute(
                "SELECT indexname, indexdef FROM pg_indexes"
                " WHERE tablename = 'crm_lead'"
            )
            return dict(env.cr.fetchall())

    def _listed(self):
        with self.connection() as env:
            return set(env["crm.list.import.index"].search([]).mapped("name"))

    def _drop(self):
        """Begin a first load: its file is read, and its indexes are gone."""
        import_id, job_id = self._begin(30)
        with self.connection() as env:
            record = env["crm.list.import"].browse(import_id)
            while record.phase == "read":
                record._import_step(self.no_runtime)
        self.assertGreater(len(self._listed()), 10)
        self.assertEqual(self._listed(), set(self.before) - set(self._indexes()))
        return import_id, job_id

    @contextlib.contextmanager
    def _held_back(self):
        """Let nobody build an index: a writer of names isn't done yet."""
        with self.connection() as env:
            env.cr.execute("LOCK TABLE crm_lead IN ROW EXCLUSIVE MODE")
            yield

    # ------------------------------------------------------------

    def test_two_are_built_at_a_time(self):
        import_id, job_id = self._drop()
        with self._held_back(), self.connection() as env:
            builders = IndexBuilders(env.registry)
            self.assertTrue(builders.wait(1))
            env.cr.execute(
                "SELECT count(DISTINCT query) FROM pg_stat_activity"
                " WHERE state = 'active' AND datname = current_database()"
                " AND query LIKE 'CREATE %INDEX IF NOT EXISTS%'"
                " AND pid <> pg_backend_pid()"
            )
            [at_work] = env.cr.fetchone()
        self.assertEqual(at_work, 2)
        self.assertFalse(builders.wait(60))
        self.assertEqual((self._indexes(), self._listed()), (self.before, set()))
        with self.connection() as env:
            env["crm.list.import.job"].browse(job_id)._work()
            self.assertEqual(env["crm.list.import"].browse(import_id).state, "done")

    def test_the_work_builds_them_at_its_end(self):
        import_id, job_id = self._drop()
        with self.connection() as env:
            env["crm.list.import.job"].browse(job_id)._work()
            self.assertEqual(env["crm.list.import"].browse(import_id).state, "done")
        self.assertEqual((self._indexes(), self._listed()), (self.before, set()))
        self.assertEqual(self._figures(), (30, 30, 30))

    def test_what_is_half_built_stays_on_the_list(self):
        self._drop()
        missing = self._listed()
        with self._held_back(), self.connection() as env:
            builders = IndexBuilders(env.registry)
            self.assertTrue(builders.wait(0.5))
            builders.close()
        self.assertEqual(self._listed(), missing)
        self.assertEqual(set(self.before) - set(self._indexes()), missing)
        with self.connection() as env:
            self.assertFalse(IndexBuilders(env.registry).wait(60))
        self.assertEqual((self._indexes(), self._listed()), (self.before, set()))

    def test_a_cancelled_load_leaves_no_index_missing(self):
        import_id, job_id = self._drop()
        with self.connection() as env:
            env["crm.list.import.job"].browse(job_id).cancel_asked = True
        with self.connection() as env:
            env["crm.list.import.job"].browse(job_id)._work()
            self.assertEqual(env["crm.list.import"].browse(import_id).state, "stopped")
        self.assertEqual((self._indexes(), self._listed()), (self.before, set()))
