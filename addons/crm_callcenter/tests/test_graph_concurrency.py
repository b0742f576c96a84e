"""Two imports at once, on real connections at Odoo's own isolation level.

What this test writes is committed, and deleted again at its end.
"""

import base64
import json
import threading
import uuid
from unittest.mock import patch

from odoo import api
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name

MANAGERS = 3


@tagged("post_install", "-at_install", "concurrency")
class TestGraphConcurrency(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # The main thread holds the registry's lock as long as tests run; requests of
        # other threads would wait for it.
        self.enterContext(patch.object(Registry, "_lock", DummyRLock()))
        self.name = f"Outcome {uuid.uuid4().hex[:8]}"
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM crm_outcome WHERE name->>'en_US' = %s", [self.name])
            cr.execute("DELETE FROM crm_graph_transfer_line")
            cr.execute("DELETE FROM crm_graph_transfer")

    def _request(self, function):
        """Run a function as a request does: own cursor, Odoo's retries, commit."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            return retrying(lambda: function(env), env)

    def _upload(self, env):
        content = json.loads(env["crm.graph.file"]._export())
        content["outcomes"].append(
            {"key": self.name, "name": self.name, "color": "#111111"}
        )
        raw = base64.b64encode(json.dumps(content).encode())
        transfer = env["crm.graph.transfer"].create({"file": raw})
        transfer.action_check()
        return transfer.id

    def test_of_imports_at_once_one_is_done(self):
        """The others are told that the configuration has changed meanwhile."""
        transfers = [self._request(self._upload) for _number in range(MANAGERS)]
        barrier = threading.Barrier(MANAGERS)
        done, refused, errors = [], [], []

        def work(transfer_id):
            barrier.wait(timeout=30)
            try:
                self._request(
                    lambda env: (
                        env["crm.graph.transfer"].browse(transfer_id).action_apply()
                    )
                )
                done.append(transfer_id)
            except UserError as error:
                refused.append(str(error))
            except Exception as error:
                errors.append(repr(error))

        threads = [
            threading.Thread(target=work, args=[transfer], daemon=True)
            for transfer in transfers
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        self.assertFalse(errors)
        self.assertEqual(len(done), 1)
        self.assertEqual(len(refused), MANAGERS - 1)
        self.assertTrue(all("has changed since" in sentence for sentence in refused))
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT count(*) FROM crm_outcome WHERE name->>'en_US' = %s",
                [self.name],
            )
            self.assertEqual(cr.fetchone()[0], 1)
