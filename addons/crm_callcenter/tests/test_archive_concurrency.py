"""Two people put the same customer into the archive: real connections."""

import contextlib
import threading
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import api
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name


@tagged("post_install", "-at_install", "concurrency")
class TestArchiveConcurrency(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # The main thread holds the registry's lock as long as tests run.
        self.enterContext(patch.object(Registry, "_lock", DummyRLock()))
        with self.connection() as env:
            partners = env["res.partner"].create(
                [{"name": f"Twice {at}", "phone": f"030 77780{at}"} for at in range(3)]
            )
            self.partner_ids = partners.ids
        self.addCleanup(self._clean_up)

    @contextlib.contextmanager
    def connection(self):
        """Open a connection of its own, committed when the block ends well."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, api.SUPERUSER_ID, {"tracking_disable": True})

    def _clean_up(self):
        with self.connection() as env:
            partners = env["res.partner"].browse(self.partner_ids)
            env["crm.lead"].search([("partner_id", "in", partners.ids)]).unlink()
            partners.unlink()

    def test_a_customer_gets_one_name_however_many_ask(self):
        failures, begun = [], threading.Event()

        def second():
            try:
                with self.connection() as env:
                    partners = env["res.partner"].browse(self.partner_ids)
                    # Its snapshot is taken before the first one commits.
                    self.assertFalse(partners._anchors())
                    begun.set()
                    partners[::-1]._ensure_anchor()
            except Exception as error:  # noqa: BLE001 - the test looks at it
                failures.append(error)
                begun.set()

        with self.connection() as env:
            env["res.partner"].browse(self.partner_ids)._ensure_anchor()
            env.flush_all()
            worker = threading.Thread(target=second, daemon=True)
            worker.start()
            self.assertTrue(begun.wait(10))
            worker.join(0.5)
            self.assertTrue(worker.is_alive(), "it waits for the first one")
        worker.join(10)
        # What Odoo tries again by itself, and then finds the names.
        self.assertEqual([type(error) for error in failures], [SerializationFailure])
        with self.connection() as env:
            partners = env["res.partner"].browse(self.partner_ids)
            before = env["crm.lead"].search([("partner_id", "in", partners.ids)])
            self.assertEqual(len(before), 3)
            self.assertEqual(partners._ensure_anchor(), before.sorted("id"))
