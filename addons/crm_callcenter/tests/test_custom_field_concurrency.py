"""Real connections: what a transaction of a test can't show."""

import threading
import time
import uuid
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import api
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import mute_logger

from ..models import crm_custom_field_column, crm_custom_field_mass


@tagged("post_install", "-at_install", "concurrency")
class TestCustomFieldConcurrency(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.enterContext(patch.object(Registry, "_lock", DummyRLock()))
        self.label = f"Test {uuid.uuid4().hex[:8]}"
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        """Remove what was committed, and set the models up as they were."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            made = env["crm.custom.field"].search([("label", "like", self.label)])
            names = made.mapped("name")
            made.write({"state": "deleted", "active": False})
            for field in made:
                field._remove_columns()
            slots = env["crm.custom.field"].with_context(active_test=False)
            slots = slots.search([("name", "in", names), ("state", "=", "slot")])
            for slot in slots:
                for table in ("crm_lead", "res_partner"):
                    cr.execute(f"ALTER TABLE {table} DROP COLUMN {slot.name}")
            slots.unlink()
        self.registry.signal_changes()

    def _create(self, cr, **values):
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        return env["crm.custom.field"].create({"label": self.label, **values})

    def test_a_long_reader_makes_nobody_wait_and_ends_in_a_sentence(self):
        """Behind one open read, a waiting ALTER TABLE would stop every operator."""
        waits = []
        stop = threading.Event()

        def read():
            while not stop.is_set():
                started = time.monotonic()
                with self.registry.cursor() as cr:
                    cr.execute("SELECT name FROM crm_lead LIMIT 1")
                waits.append(time.monotonic() - started)
                time.sleep(0.05)

        with self.registry.cursor() as reader:
            reader.execute("SELECT count(*) FROM crm_lead")
            thread = threading.Thread(target=read, daemon=True)
            thread.start()
            with (
                patch.object(crm_custom_field_column, "LOCK_PAUSE_SECONDS", 0.2),
                self.registry.cursor() as cr,
            ):
                with self.assertRaisesRegex(UserError, "archive of names is in use"):
                    self._create(cr)
                cr.rollback()
            stop.set()
            thread.join(timeout=30)
            reader.rollback()
        self.registry.reset_changes()
        self.assertGreater(max(waits), 1, "nobody waited: the reader held no lock")
        self.assertLess(max(waits), 10, "somebody waited for the reader")
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT count(*) FROM ir_model_fields"
                " WHERE field_description->>'en_US' = %s",
                [self.label],
            )
            self.assertEqual(cr.fetchone()[0], 0, "half of it was applied")

    def test_a_short_reader_is_waited_for(self):
        reader = self.registry.cursor()
        reader.execute("SELECT count(*) FROM crm_lead")
        timer = threading.Timer(1, reader.close)
        timer.start()
        with self.registry.cursor() as cr:
            field = self._create(cr)
            name = field.name
        timer.join()
        self.assertIn(name, self.registry["crm.lead"]._fields)

    def test_the_index_is_built_while_others_write(self):
        with self.registry.cursor() as cr:
            field = self._create(cr, is_indexed=True)
            field_id = field.id
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            field = env["crm.custom.field"].browse(field_id)
            self.assertEqual(field.index_state, "queued")
            plan = field._index_plan()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            # Inside a transaction this would fail.
            self.assertFalse(env["crm.custom.field"]._build_indexes(plan))
            names = [name for name, _table, _column in plan]
            cr.execute(
                """SELECT count(*) FROM pg_index index
                     JOIN pg_class class ON class.oid = index.indexrelid
                    WHERE class.relname = ANY(%s) AND index.indisvalid""",
                [names],
            )
            self.assertEqual(cr.fetchone()[0], 2)

    def test_a_request_older_than_a_field_leaves_no_stale_catalogue(self):
        """It began before, waited for the column, and still sees the old catalogue."""
        old = self.registry.cursor()
        self.addCleanup(old.close)
        old.execute("SELECT count(*) FROM crm_custom_field")
        with self.registry.cursor() as cr:
            name = self._create(cr).name
        # What the request of the manager does behind its commit.
        self.registry.signal_changes()
        older = api.Environment(old, api.SUPERUSER_ID, {})
        seen = older["crm.custom.field"].search([("name", "=", name)])
        self.assertFalse(seen, "the old snapshot knows the field already")
        older["crm.custom.field"]._catalogue()
        older["crm.custom.field"]._my_modes()
        older["crm.lead"].get_views([(False, "form")])
        older["crm.lead"].fields_get()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            self.assertIn(name, env["crm.custom.field"]._catalogue())
            self.assertIn(name, env["crm.custom.field"]._my_modes())
            arch = env["crm.lead"].get_view(view_type="form")["arch"]
            self.assertIn(f'"{name}"', arch)

    def test_whoever_looks_while_a_field_is_changed_keeps_nothing(self):
        with self.registry.cursor() as cr:
            name = self._create(cr).name
        with self.registry.cursor() as changing:
            field = api.Environment(changing, api.SUPERUSER_ID, {})["crm.custom.field"]
            field = field.search([("name", "=", name)])
            field.label = f"{self.label} renamed"
            field.env.flush_all()
            with self.registry.cursor() as cr:
                env = api.Environment(cr, api.SUPERUSER_ID, {})
                known = env["crm.custom.field"]._catalogue()[name]["label"]
                self.assertEqual(known, self.label, "not committed yet")
        self.registry.signal_changes()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            known = env["crm.custom.field"]._catalogue()[name]["label"]
            self.assertEqual(known, f"{self.label} renamed")

    def test_mass_maintenance_lets_others_work_and_goes_on_after_a_kill(self):
        """Batches commit, a killed run is gone on with, a saved name isn't lost."""
        with self.registry.cursor() as cr:
            field = self._create(cr, field_type="integer")
            env = field.env
            leads = env["crm.lead"].create(
                [{"name": self.label, "phone": "030 555"} for _number in range(6)]
            )
            job = env["crm.custom.field.mass"].create(
                {
                    "custom_field_id": field.id,
                    "operation": "add",
                    "value_integer": 1,
                    "domain": repr([("id", "in", leads.ids)]),
                }
            )
            job.action_run()
            name, job_id, lead_ids = field.name, job.id, leads.ids
        self.addCleanup(self._remove_leads, lead_ids)
        with patch.object(crm_custom_field_mass, "BATCH_NAMES", 2):
            with self.registry.cursor() as cr:
                self._job(cr, job_id).run_next_batch()
            # An operator saves a name of the next batch while that is being changed:
            # every third name is of one batch.
            parts = crm_custom_field_mass.PARTS
            saved = next(lead_id for lead_id in lead_ids if lead_id % parts == 1)
            with self.registry.cursor() as worker, self.registry.cursor() as operator:
                job = self._job(worker, job_id)
                worker.execute("SELECT count(*) FROM crm_lead")
                operator.execute(
                    "UPDATE crm_lead SET street = 'Via Nuova' WHERE id = %s",
                    [saved],
                )
                operator.commit()
                with (
                    self.assertRaises(SerializationFailure),
                    mute_logger("odoo.sql_db"),
                ):
                    job.run_next_batch()
                worker.rollback()
            # Killed: nothing of that batch is done, the job goes on behind the first.
            with self.registry.cursor() as cr:
                job = self._job(cr, job_id)
                self.assertEqual((job.state, job.done), ("running", 2))
                with patch.object(type(job.env["ir.cron"]), "_commit_progress") as go:
                    go.return_value = 60
                    self.assertTrue(job._go_on())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            leads = env["crm.lead"].browse(lead_ids)
            self.assertEqual(leads.mapped(name), [1] * 6, "once each")
            self.assertEqual(env["crm.lead"].browse(saved).street, "Via Nuova")

    def _job(self, cr, job_id):
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        return env["crm.custom.field.mass"].browse(job_id)

    def _remove_leads(self, lead_ids):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["crm.custom.field.mass"].search(
                [("custom_field_id.label", "like", self.label)]
            ).unlink()
            env["crm.lead"].browse(lead_ids).unlink()
