"""References of written names hold, however they are checked."""

from unittest.mock import patch

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_import_concurrency import ImportConnections


@tagged("post_install", "-at_install", "concurrency")
class TestImportReferences(ImportConnections):
    def setUp(self):
        super().setUp()
        with self.connection() as env:
            values = {"name": self.mark, "contact_name": self.mark, "type": "lead"}
            self.lead_id = env["crm.lead"].create(values).id

    def _record(self, env):
        record = self._new_import(env, 3)
        env.flush_all()
        return record

    def _write_original(self, record, lead_id, constant):
        """Write a row that points to a name."""
        table, columns = "crm_lead_original", ["values", "lead_id"]
        if constant:
            record._copy(table, columns, [["{}"]], [lead_id])
        else:
            record._copy(table, columns, [["{}", lead_id]])

    def _allowed(self, record, table="crm_lead_original"):
        return record._may_leave_out_checks(table)

    def test_what_points_to_nothing_is_refused(self):
        for constant in (True, False):
            with self.connection() as env:
                record = self._record(env)
                with (
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(psycopg2.errors.ForeignKeyViolation),
                ):
                    self._write_original(record, 2**30, constant)
                env.cr.rollback()
                self.import_ids.clear()

    def test_what_is_pointed_to_can_not_go_meanwhile(self):
        for may, constant in ((True, True), (True, False), (False, False)):
            with self.connection() as env:
                record = self._record(env)
                allowed = may and self._allowed(record)
                with patch.object(
                    type(record), "_may_leave_out_checks", return_value=allowed
                ):
                    self._write_original(record, self.lead_id, constant)
                env.cr.execute("SHOW session_replication_role")
                self.assertEqual(env.cr.fetchone()[0], "origin")
                with (
                    self.connection() as other,
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(psycopg2.errors.LockNotAvailable),
                ):
                    other.cr.execute("SET LOCAL lock_timeout = '200ms'")
                    try:
                        other.cr.execute(
                            "DELETE FROM crm_lead WHERE id = %s", [self.lead_id]
                        )
                    finally:
                        other.cr.rollback()
                env.cr.rollback()
                self.import_ids.clear()

    def test_checks_are_left_out_where_it_is_allowed(self):
        with self.connection() as env:
            record = self._record(env)
            env.cr.execute("SHOW is_superuser")
            if env.cr.fetchone()[0] == "on":
                self.assertTrue(self._allowed(record))
            self.assertFalse(
                self._allowed(record, "crm_lead"),
                "the trigger that says who may not be called would be left out, too",
            )
            env.cr.rollback()
            self.import_ids.clear()

    def test_ids_of_its_own_are_not_asked_for(self):
        with self.connection() as env:
            record = self._record(env)
            columns, rows = ["values", "lead_id"], [["{}", self.lead_id]]
            nobody = frozenset()
            asked = record._referred("crm_lead_original", columns, rows, (), nobody)
            self.assertEqual(asked, [("crm_lead", "id", {self.lead_id})])
            own = frozenset([self.lead_id])
            asked = record._referred("crm_lead_original", columns, rows, (), own)
            self.assertEqual(asked, [])
            env.cr.rollback()
            self.import_ids.clear()
