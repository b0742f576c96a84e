"""Names are assigned again while operators save them: real connections."""

import contextlib
import threading
import time
import uuid
from unittest.mock import patch

from odoo import api
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name


@tagged("post_install", "-at_install", "concurrency")
class TestZoneConcurrency(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # The main thread holds the registry's lock as long as tests run.
        self.enterContext(patch.object(Registry, "_lock", DummyRLock()))
        self.mark = uuid.uuid4().hex[:8]
        self.addCleanup(self._clean_up)
        with self.connection() as env:
            env["crm.zone.run"].search(
                [("state", "in", ("waiting", "running"))]
            ).action_cancel()
            zone = env["crm.zone"].create({"name": self.mark})
            self.zone_id = zone.id
            state = env.ref("base.state_it_bs")
            values = {
                "type": "lead",
                "zip": "99901",
                "state_id": state.id,
                "country_id": state.country_id.id,
            }
            self.lead_ids = (
                env["crm.lead"]
                .create([{**values, "name": f"{self.mark} {at}"} for at in range(3)])
                .ids
            )
            # Their zone is found before there is a rule for it.
            env.flush_all()
            env["crm.zone.rule"].create(
                {"zone_id": zone.id, "kind": "zip", "zip_from": "99901"}
            )
            self.run_id = env["crm.zone.run"]._begin().id

    @contextlib.contextmanager
    def connection(self):
        """Open a connection of its own, committed when the block ends well."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, api.SUPERUSER_ID, {"tracking_disable": True})

    def _clean_up(self):
        with self.connection() as env:
            env["crm.zone.run"].browse(self.run_id).action_cancel()
        with self.connection() as env:
            env["crm.zone.run"].browse(self.run_id).unlink()
            env["crm.lead"].browse(self.lead_ids).unlink()
            zone = env["crm.zone"].browse(self.zone_id)
            env.cr.execute(
                "UPDATE crm_lead SET zone_id = NULL WHERE zone_id = %s", [zone.id]
            )
            zone.unlink()

    def _zones(self):
        with self.connection() as env:
            leads = env["crm.lead"].browse(self.lead_ids)
            return [lead.zone_id.id for lead in leads]

    def _batches_but_the_last(self):
        """Do every batch, not the names that were left for the end."""
        while True:
            with self.connection() as env:
                run = env["crm.zone.run"].browse(self.run_id)
                if run.state == "running" and not run._next_window(run.position)[1]:
                    return run.skipped_ids
                run._work_batch()

    def test_nobody_waits_who_registers_something_with_a_name(self):
        """A row that refers to the name: a call, an outcome, an action."""
        with self.registry.cursor() as cr:
            run = api.Environment(cr, api.SUPERUSER_ID, {})["crm.zone.run"]
            run = run.browse(self.run_id)
            run._work_batch()
            run._work_batch()
            run.invalidate_recordset()
            self.assertTrue(run.changed_count)
            with self.connection() as env:
                env.cr.execute("SET LOCAL lock_timeout = '2s'")
                env["crm.call"].create(
                    {
                        "uuid": self.mark,
                        "number_e164": "+390305550001",
                        "started_at": "2030-01-01 09:00:00",
                        "user_id": env.uid,
                        "lead_id": self.lead_ids[0],
                    }
                )
                env.flush_all()
                env.cr.rollback()

    def test_it_is_cancelled_while_a_worker_holds_the_run(self):
        held, asked = threading.Event(), threading.Event()
        failures = []

        def work():
            try:
                with self.connection() as env:
                    env["crm.zone.run"].browse(self.run_id)._work_batch()
                    env.flush_all()
                    held.set()
                    asked.wait(10)
                    time.sleep(0.5)
            except Exception as error:  # noqa: BLE001 - told by the test
                failures.append(error)
                held.set()

        worker = threading.Thread(target=work, daemon=True)
        worker.start()
        self.assertTrue(held.wait(10))
        with self.connection() as env:
            run = env["crm.zone.run"].browse(self.run_id)
            self.assertEqual(run.state, "waiting")
            asked.set()
            run.action_cancel()
            self.assertFalse(failures)
        worker.join()
        self.assertFalse(failures)
        with self.connection() as env:
            run = env["crm.zone.run"].browse(self.run_id)
            self.assertEqual(run.state, "cancelled")
            self.assertTrue(run._work_batch())

    def test_a_name_that_somebody_saves_is_stepped_over_and_done_at_the_end(self):
        held, moved, _other = self.lead_ids
        with self.registry.cursor() as cr:
            # Two operators are saving: one a note, one another address.
            cr.execute("UPDATE crm_lead SET street = 'Via Roma' WHERE id = %s", [held])
            cr.execute("UPDATE crm_lead SET zip = '99902' WHERE id = %s", [moved])
            started = time.monotonic()
            skipped = self._batches_but_the_last()
            self.assertLess(time.monotonic() - started, 10)
            self.assertEqual(sorted(skipped), [held, moved])
            self.assertEqual(self._zones()[2], self.zone_id)
        with self.connection() as env:
            self.assertTrue(env["crm.zone.run"].browse(self.run_id)._work())
        self.assertEqual(self._zones()[0], self.zone_id)
        self.assertNotEqual(self._zones()[1], self.zone_id)
        self.assertEqual(self._zones()[2], self.zone_id)
        with self.connection() as env:
            run = env["crm.zone.run"].browse(self.run_id)
            self.assertEqual(run.state, "done")
            self.assertFalse(run.skipped_ids)
