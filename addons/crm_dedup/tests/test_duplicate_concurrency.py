"""Names that come at the same time: real connections."""

import contextlib
import uuid
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import mute_logger

from odoo.addons.crm_dedup.models import crm_duplicate_run

_LETTERS = str.maketrans("0123456789abcdef", "abcdefghilmnopqr")


@tagged("post_install", "-at_install", "concurrency")
class TestDuplicateConcurrency(BaseCase):
    """What two transactions can't see of each other is found afterwards."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        mark = uuid.uuid4().hex[:8]
        self.name = f"Xy{mark.translate(_LETTERS)} Mario"
        self.number = f"+39347{int(mark, 16) % 10**7:07}"
        self.addCleanup(self._clean_up)
        with self._env() as env:
            # What other tests left waiting is none of our business.
            env.cr.execute("DELETE FROM crm_dedup_stale")
            env["crm.duplicate.run"].search([]).unlink()

    def _clean_up(self):
        with self._env() as env:
            leads = env["crm.lead"].with_context(active_test=False)
            leads.search([("name", "=", self.name)]).unlink()
            env["crm.duplicate.run"].search([]).unlink()
            env["crm.dedup.key"]._drop_orphans()
            env.cr.execute("DELETE FROM crm_dedup_stale")

    @contextlib.contextmanager
    def _env(self):
        """Give an environment on a connection of its own, committed at the end."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def _new_name(self, env):
        return env["crm.lead"].create(
            {
                "name": self.name,
                "contact_name": self.name,
                "type": "lead",
                "mobile": self.number,
            }
        )

    def _pairs(self, env):
        return env["crm.duplicate.pair"].search(
            [("first_lead_id.name", "=", self.name)]
        )

    def test_two_names_at_once(self):
        with self._env() as one, self._env() as other:
            for env in (one, other):
                env.cr.execute("SELECT count(*) FROM crm_lead")  # the snapshot
            self._new_name(one)
            self._new_name(other)
            one.cr.commit()
            other.cr.commit()
        with self._env() as env:
            self.assertFalse(self._pairs(env), "Neither saw the other")
            env["crm.dedup"]._compare_stale(1000)
        with self._env() as env:
            [pair] = self._pairs(env)
            self.assertEqual(pair.verdict, "same")

    def test_name_seen_by_both_is_paired_once(self):
        """Two transactions find the same pair: one of them has to try again."""
        with self._env() as env:
            first = self._new_name(env)
            second = self._new_name(env)
        with self._env() as env:
            self._pairs(env).unlink()
        with self._env() as one, self._env() as other:
            for env in (one, other):
                env.cr.execute("SELECT count(*) FROM crm_duplicate_pair")
            one["crm.dedup"]._compare_now([first.id])
            one.cr.commit()
            with contextlib.suppress(SerializationFailure), mute_logger("odoo.sql_db"):
                other["crm.dedup"]._compare_now([second.id])
                other.cr.commit()
            other.cr.rollback()
        with self._env() as env:
            self.assertEqual(len(self._pairs(env)), 1)

    def test_run_that_is_killed_goes_on(self):
        """A batch that was not committed is done again, and nothing twice."""
        with self._env() as env:
            for _each in range(4):
                self._new_name(env)
        with self._env() as env:
            self._pairs(env).unlink()
            run_id = env["crm.duplicate.run"].create({"makes_keys": True}).id
        with patch.object(crm_duplicate_run, "BATCH_SIZE", 3):
            with self._env() as env:
                run = env["crm.duplicate.run"].browse(run_id)
                for _batch in range(5):
                    run._job_batch([])
                    env.cr.commit()
                before = (run.phase, run.last_lead_id, run.seen)
                run._job_batch([])
                env.cr.rollback()  # the worker is killed here
            with self._env() as env:
                run = env["crm.duplicate.run"].browse(run_id)
                self.assertEqual((run.phase, run.last_lead_id, run.seen), before)
                while run._job_batch([]):
                    env.cr.commit()
        with self._env() as env:
            run = env["crm.duplicate.run"].browse(run_id)
            self.assertEqual(run.state, "done")
            self.assertEqual(run.seen, run.matched)
            self.assertEqual(len(self._pairs(env)), 4 * 3 // 2)
            env.cr.execute(
                "SELECT count(*) - count(DISTINCT (key, holder)) FROM crm_dedup_key"
            )
            self.assertEqual(env.cr.fetchone()[0], 0, "No key is there twice")
