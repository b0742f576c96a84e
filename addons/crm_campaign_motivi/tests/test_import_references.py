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
            self.team_id = env["crm.team"].create({"name": self.mark}).id
        self.addCleanup(self._delete_team)

    def _delete_team(self):
        with self.connection() as env:
            env["crm.team"].browse(self.team_id).exists().unlink()

    def _record(self, env):
        record = self._new_import(env, 3)
        env.flush_all()
        return record

    def _write_name(self, record, team_id, constant):
        [lead_id] = record._reserve_lead_ids(1)
        columns = ["id", "name", "contact_name", "type", "team_id"]
        row = [lead_id, self.mark, self.mark, "lead"]
        if constant:
            record._copy("crm_lead", columns, [row], [team_id])
        else:
            record._copy("crm_lead", columns, [[*row, team_id]])
        return lead_id

    def _allowed(self, record):
        return record._may_leave_out_checks("crm_lead")

    def test_what_points_to_nothing_is_refused(self):
        for constant in (True, False):
            with self.connection() as env:
                record = self._record(env)
                with (
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(psycopg2.errors.ForeignKeyViolation),
                ):
                    self._write_name(record, 2**30, constant)
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
                    self._write_name(record, self.team_id, constant)
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
                            "DELETE FROM crm_team WHERE id = %s", [self.team_id]
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
                env.cr.execute(
                    "CREATE FUNCTION pg_temp.f() RETURNS trigger LANGUAGE"
                    " plpgsql AS 'BEGIN RETURN NEW; END'"
                )
                env.cr.execute(
                    "CREATE TRIGGER watches AFTER INSERT ON crm_lead"
                    " FOR EACH ROW EXECUTE FUNCTION pg_temp.f()"
                )
                self.assertFalse(
                    self._allowed(record), "somebody's trigger would be left out, too"
                )
            env.cr.rollback()
            self.import_ids.clear()
