"""The work of imports: real connections and a real process, cleaned up at the end."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from unittest.mock import patch

from odoo import api
from odoo.modules.registry import Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name

from ..models import crm_list_import_batch
from ..models.crm_list_import_job import _NO_RUNTIME, ImportRuntime
from .test_import_tools import csv_bytes

#: Rows of a file large enough to be killed in the middle.
LARGE = 30_000


class ImportConnections(BaseCase):
    """Imports on real connections; what they leave goes at the end."""

    no_runtime = _NO_RUNTIME

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.mark = (
            uuid.uuid4().hex[:6].translate(str.maketrans("0123456789", "ghijklmnop"))
        )
        self.import_ids, self.paths = [], []
        # Its threads would outlive the test.
        pulse = patch.object(self.registry["utm.campaign"], "_announce_change")
        pulse.start()
        self.addCleanup(pulse.stop)
        self.addCleanup(self._clean_up)
        with self.connection() as env:
            campaign = env["utm.campaign"].create(
                {"title": self.mark, "is_call_campaign": True}
            )
            self.list_id = (
                env["crm.call.list"]
                .create({"name": self.mark, "campaign_id": campaign.id})
                .id
            )
            self.campaign_id = campaign.id

    @contextlib.contextmanager
    def connection(self):
        """Open a connection of its own, committed when the block ends well."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, api.SUPERUSER_ID, {"tracking_disable": True})

    def _file(self, count):
        letters = "abcdefghijklmnopqrstuvwxyz"
        rows = [["Nome", "Telefono"]] + [
            [
                f"{self.mark} {letters[n % 26]}{letters[n // 26 % 26]}"
                f"{letters[n // 676 % 26]}{letters[n // 17576]}a",
                f"030 9{n:06d}",
            ]
            for n in range(count)
        ]
        handle, path = tempfile.mkstemp(suffix=".csv")
        with os.fdopen(handle, "wb") as file:
            file.write(csv_bytes(rows))
        self.paths.append(path)
        return path

    def _new_import(self, env, count):
        record = env["crm.list.import"].create(
            {
                "campaign_id": self.campaign_id,
                "list_id": self.list_id,
                "filename": "names.csv",
                "server_path": self._file(count),
            }
        )
        record.action_read_file()
        self.import_ids.append(record.id)
        return record

    def _begin(self, count):
        with self.connection() as env:
            record = self._new_import(env, count)
            record._start()
            job = env["crm.list.import.job"]._begin(record, "import")
            return record.id, job.id

    def _clean_up(self):
        for path in self.paths:
            os.unlink(path)
        with self.connection() as env:
            cr = env.cr
            cr.execute(
                "SELECT id FROM crm_lead WHERE contact_name ILIKE %s", [f"{self.mark}%"]
            )
            leads = [row[0] for row in cr.fetchall()]
            for table in ("crm_call_list_line", "crm_list_import_row"):
                cr.execute(f"DELETE FROM {table} WHERE lead_id = ANY(%s)", [leads])
            cr.execute("DELETE FROM crm_lead WHERE id = ANY(%s)", [leads])
            imports = env["crm.list.import"].browse(self.import_ids).exists()
            # Those that a test left half in are kept from being deleted.
            imports.state = "done"
            imports.unlink()
            env["crm.call.list"].browse(self.list_id).unlink()
            env["utm.campaign"].browse(self.campaign_id).unlink()

    def _figures(self):
        with self.connection() as env:
            env.cr.execute(
                "SELECT count(*), count(DISTINCT phone_e164) FROM crm_lead"
                " WHERE contact_name ILIKE %s",
                [f"{self.mark}%"],
            )
            names = env.cr.fetchone()
            env.cr.execute(
                "SELECT count(*) FROM crm_call_list_line WHERE list_id = %s",
                [self.list_id],
            )
            return (*names, env.cr.fetchone()[0])


@tagged("post_install", "-at_install", "concurrency")
class TestImportConcurrency(ImportConnections):
    def test_a_server_that_is_killed_goes_on_where_it_was(self):
        import_id, job_id = self._begin(LARGE)
        process = subprocess.Popen(
            [
                *(sys.executable, "-P", "-m", "odoo", "import_names"),
                *("-d", get_db_name(), "--resume", str(import_id)),
            ],
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            done = self._wait_for_rows(import_id)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.assertTrue(0 < done < LARGE + 1, "the import was quicker than the kill")
        partly = self._figures()
        self.assertEqual(len(set(partly)), 1, "half a batch was committed")
        self._wait_for_lock()
        with self.connection() as env:
            self.assertTrue(env["crm.list.import.job"].browse(job_id)._work())
        with self.connection() as env:
            record = env["crm.list.import"].browse(import_id)
            self.assertEqual(record.state, "done")
            self.assertEqual((record.row_count, record.accepted_count), (LARGE, LARGE))
            self.assertEqual(len(record.row_ids), LARGE)
        self.assertEqual(self._figures(), (LARGE, LARGE, LARGE))

    def _wait_for_rows(self, import_id):
        for _turn in range(1800):
            with self.connection() as env:
                env.cr.execute(
                    "SELECT done_row FROM crm_list_import WHERE id = %s", [import_id]
                )
                [done] = env.cr.fetchone()
            if done:
                return done
            time.sleep(0.1)
        self.fail("nothing was imported within three minutes")

    def _wait_for_lock(self):
        """Wait until PostgreSQL has noticed that the process is gone."""
        for _turn in range(100):
            with (
                self.connection() as env,
                env["crm.list.import.job"].new({})._job_lock() as mine,
            ):
                if mine:
                    return
            time.sleep(0.1)

    def test_cancelled_between_two_batches_and_continued(self):
        import_id, job_id = self._begin(40)
        with (
            patch.object(crm_list_import_batch, "BATCH_SIZE", 10),
            self.connection() as env,
        ):
            job = env["crm.list.import.job"].browse(job_id)
            with contextlib.closing(ImportRuntime()) as runtime:
                working = job.with_context(import_runtime=runtime)
                for _step in range(4):
                    self.assertTrue(working._job_batch([]))
                    env.cr.commit()
                with self.connection() as other:
                    other["crm.list.import"].browse(import_id).action_cancel()
                env.cr.commit()
                self.assertFalse(working._job_batch([]))
                env.cr.commit()
        with self.connection() as env:
            record = env["crm.list.import"].browse(import_id)
            self.assertEqual((record.state, record.pending_count), ("stopped", 20))
            record.action_continue()
            self.assertEqual(record.state, "running")
        with self.connection() as env:
            env["crm.list.import.job"].browse(job_id)._work()
        self.assertEqual(self._figures(), (40, 40, 40))

    def test_imports_take_turns(self):
        """Two that bring the same new names don't make them twice."""
        _first, first_job = self._begin(20)
        with self.connection() as env:
            with env["crm.list.import.job"].browse(first_job)._job_lock() as mine:
                self.assertTrue(mine)
                with self.connection() as other:
                    record = self._new_import(other, 20)
                    # Small as it is, it waits for the one at work.
                    record.action_import()
                    self.assertEqual(record.state, "running")
                    self.assertEqual(record.accepted_count, 0)
                    second_job = record._last_job().id
                with (
                    self.connection() as other,
                    other["crm.list.import.job"].browse(second_job)._job_lock() as mine,
                ):
                    self.assertFalse(mine)
        for job_id in (first_job, second_job):
            with self.connection() as env:
                env["crm.list.import.job"].browse(job_id)._work()
        self.assertEqual(self._figures(), (20, 20, 20))
        with self.connection() as env:
            records = env["crm.list.import"].browse(self.import_ids)
            self.assertEqual(records.mapped("state"), ["done", "done"])
            self.assertEqual(records.mapped("existing_count"), [0, 20])

    def test_a_batch_that_fails_leaves_nothing(self):
        import_id, job_id = self._begin(20)

        def broken(_record, _placed, _left_out):
            raise ZeroDivisionError

        with (
            self.connection() as env,
            patch.object(type(env["crm.list.import"]), "_write_results", broken),
            self.assertLogs("odoo.addons.crm_callcenter", "ERROR"),
        ):
            env["crm.list.import.job"].browse(job_id)._work()
        with self.connection() as env:
            record = env["crm.list.import"].browse(import_id)
            self.assertEqual((record.state, record.pending_count), ("stopped", 20))
            self.assertIn("ZeroDivisionError", record.job_error)
            self.assertFalse(record.row_ids)
        self.assertEqual(self._figures(), (0, 0, 0))
