"""Real connections: what a transaction of a test can't show."""

import threading
import time
import uuid
from unittest.mock import patch

from odoo import api
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name

from ..models import crm_custom_field_column


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
