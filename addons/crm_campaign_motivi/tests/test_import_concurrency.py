"""Two windows import at the same time: real connections, cleaned up at the end."""

import base64
import contextlib
import uuid

from odoo import api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name

from .test_import_tools import csv_bytes


@tagged("post_install", "-at_install", "concurrency")
class TestImportConcurrency(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.mark = uuid.uuid4().hex[:8]
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
            self.import_ids = [self._new_import(env), self._new_import(env)]

    @contextlib.contextmanager
    def connection(self):
        """Open a connection of its own, committed when the block ends well."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, api.SUPERUSER_ID, {"tracking_disable": True})

    def _new_import(self, env):
        rows = [["Nome", "Telefono"]] + [
            [f"{self.mark} {chr(97 + number)}a", f"030 73{number:05d}"]
            for number in range(20)
        ]
        list_import = env["crm.list.import"].create(
            {
                "campaign_id": self.campaign_id,
                "list_id": self.list_id,
                "filename": "names.csv",
                "file": base64.b64encode(csv_bytes(rows)),
            }
        )
        list_import.action_read_file()
        list_import.action_import()
        return list_import.id

    def _clean_up(self):
        with self.connection() as env:
            imports = env["crm.list.import"].browse(self.import_ids)
            leads = imports.row_ids.lead_id
            imports.unlink()
            env["crm.call.list"].browse(self.list_id).unlink()
            leads.unlink()
            env["utm.campaign"].browse(self.campaign_id).unlink()

    def test_one_list_is_filled_by_one_window_at_a_time(self):
        first, second = self.import_ids
        with self.connection() as env:
            env["crm.list.import"].browse(first).import_next_batch(5)
            for record_id in (first, second):
                with self.connection() as other:
                    record = other["crm.list.import"].browse(record_id)
                    with self.assertRaisesRegex(UserError, "in another window"):
                        record.import_next_batch(5)
        for _turn in range(10):
            for record_id in self.import_ids:
                with self.connection() as env:
                    env["crm.list.import"].browse(record_id).import_next_batch(5)
        with self.connection() as env:
            imports = env["crm.list.import"].browse(self.import_ids)
            self.assertEqual(imports.mapped("state"), ["done", "done"])
            self.assertEqual(sum(imports.mapped("accepted_count")), 20)
            self.assertEqual(sum(imports.mapped("rejected_count")), 20)
            self.assertEqual(
                env["crm.call.list.line"].search_count(
                    [("list_id", "=", self.list_id)]
                ),
                20,
            )

    def test_a_batch_that_fails_leaves_nothing(self):
        with (
            contextlib.suppress(ZeroDivisionError),
            self.connection() as env,
        ):
            env["crm.list.import"].browse(self.import_ids[0]).import_next_batch(5)
            raise ZeroDivisionError
        with self.connection() as env:
            record = env["crm.list.import"].browse(self.import_ids[0])
            self.assertEqual(record.pending_count, 20)
            self.assertFalse(record.row_ids.lead_id)
            self.assertFalse(
                env["crm.lead"].search_count([("contact_name", "like", self.mark)])
            )
