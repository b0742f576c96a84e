"""Runs of macros on real connections: two workers, a kill in the middle, a cancel."""

import threading
import uuid
from unittest.mock import patch

from odoo import api, fields
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name

from odoo.addons.crm_callcenter.models import crm_names_job_mixin

NAMES = 40


class Killed(BaseException):
    """What a worker dies of: nothing of Odoo's catches it."""


@tagged("post_install", "-at_install", "concurrency")
class TestMacroConcurrency(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # The main thread holds the registry's lock as long as tests run.
        self.enterContext(patch.object(Registry, "_lock", DummyRLock()))
        self.enterContext(patch.object(crm_names_job_mixin, "BATCH_SIZE", 5))
        self.mark = uuid.uuid4().hex[:8]
        self.addCleanup(self._clean_up)
        with self.registry.cursor() as cr:
            env = self._env(cr)
            manager = env["res.users"].create(
                {
                    "name": self.mark,
                    "login": self.mark,
                    "notification_type": "inbox",
                    "group_ids": [
                        fields.Command.set(
                            env.ref("crm_callcenter.group_campaign_manager").ids
                        )
                    ],
                }
            )
            leads = env["crm.lead"].create(
                [
                    {"name": f"{self.mark} {number}", "type": "lead", "user_id": False}
                    for number in range(NAMES)
                ]
            )
            macro = env["crm.macro"].create(
                {
                    "name": self.mark,
                    "user_id": manager.id,
                    "domain": repr([("name", "like", f"{self.mark} %")]),
                    "activity_type_id": env["mail.activity.type"]
                    .create({"name": self.mark, "is_commercial": True})
                    .id,
                }
            )
            run = macro._queue_run()
            self.lead_ids, self.macro_id, self.run_id = leads.ids, macro.id, run.id

    def _env(self, cr):
        return api.Environment(cr, api.SUPERUSER_ID, {"no_reset_password": True})

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            macro = env["crm.macro"].search([("name", "=", self.mark)])
            activity_type = macro.activity_type_id
            cr.execute(
                "DELETE FROM mail_activity WHERE activity_type_id = ANY(%s)",
                [activity_type.ids],
            )
            macro.run_ids.state = "done"
            macro.run_ids.unlink()
            macro.unlink()
            activity_type.unlink()
            env["crm.lead"].search([("name", "like", f"{self.mark} %")]).unlink()
            users = env["res.users"].search([("login", "=", self.mark)])
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    def _work(self):
        """Work on all open runs, as a cron worker does."""
        with self.registry.cursor() as cr:
            self._env(cr)["crm.macro.run"]._work_open_jobs()

    def _found(self):
        """Return the run as it stands, and the names with their open actions."""
        with self.registry.cursor() as cr:
            run = self._env(cr)["crm.macro.run"].browse(self.run_id)
            cr.execute(
                "SELECT a.res_id FROM mail_activity a JOIN mail_activity_type t"
                " ON t.id = a.activity_type_id WHERE t.name->>'en_US' = %s"
                " ORDER BY 1",
                [self.mark],
            )
            planned = [lead_id for [lead_id] in cr.fetchall()]
            return run.read(["state", "done", "seen", "skipped"])[0], planned

    def _killed_after(self, batches):
        """Return a replacement of a batch's work that dies in a later batch."""
        process = self.registry["crm.macro.run"]._job_process
        left = [batches]

        def die(run, leads):
            result = process(run, leads)
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return result

        return patch.object(self.registry["crm.macro.run"], "_job_process", die)

    # ------------------------------------------------------------

    def test_killed_and_resumed_plans_every_name_once(self):
        with self._killed_after(3), self.assertRaises(Killed):
            self._work()
        run, planned = self._found()
        # What was committed is kept, the batch that died is not.
        self.assertEqual((run["state"], run["done"]), ("running", 15))
        self.assertEqual(planned, self.lead_ids[:15])
        self._work()
        run, planned = self._found()
        self.assertEqual((run["state"], run["done"]), ("done", NAMES))
        self.assertEqual(run["skipped"], 0)
        self.assertEqual(planned, self.lead_ids)

    def test_killed_run_without_the_rule_plans_once_all_the_same(self):
        with self.registry.cursor() as cr:
            self._env(cr)["crm.macro"].browse(self.macro_id).skip_planned = False
        for batches in (2, 1):
            with self._killed_after(batches), self.assertRaises(Killed):
                self._work()
        self._work()
        self.assertEqual(self._found()[1], self.lead_ids)

    def test_two_workers_share_no_run(self):
        at_work, go_on = threading.Event(), threading.Event()
        process = self.registry["crm.macro.run"]._job_process
        workers = []

        def slow(run, leads):
            workers.append(threading.get_ident())
            at_work.set()
            go_on.wait(20)
            return process(run, leads)

        with patch.object(self.registry["crm.macro.run"], "_job_process", slow):
            first = threading.Thread(target=self._work)
            first.start()
            self.assertTrue(at_work.wait(20))
            # The second one finds the run locked, leaves it and ends at once.
            second = threading.Thread(target=self._work)
            second.start()
            second.join(20)
            self.assertFalse(second.is_alive())
            self.assertEqual(self._found()[0]["state"], "running")
            go_on.set()
            first.join(30)
        self.assertEqual(len(set(workers)), 1)
        run, planned = self._found()
        self.assertEqual((run["state"], planned), ("done", self.lead_ids))

    def test_cancelled_while_at_work(self):
        process = self.registry["crm.macro.run"]._job_process
        cancelling = threading.Thread(target=self._cancel)
        batches = []

        def cancel_in_second(run, leads):
            batches.append(leads.ids)
            if len(batches) == 2:
                # It waits for this batch: the row is locked until the commit.
                cancelling.start()
            return process(run, leads)

        with patch.object(
            self.registry["crm.macro.run"], "_job_process", cancel_in_second
        ):
            worker = threading.Thread(target=self._work)
            worker.start()
            worker.join(60)
        cancelling.join(30)
        run, planned = self._found()
        self.assertEqual(run["state"], "cancelled")
        self.assertLess(run["done"], NAMES)
        self.assertEqual(planned, self.lead_ids[: run["done"]])

    def _cancel(self):
        with self.registry.cursor() as cr:
            self._env(cr)["crm.macro.run"].browse(self.run_id).action_cancel()

    def test_lock_goes_with_its_worker(self):
        with self.registry.cursor() as cr:
            run = self._env(cr)["crm.macro.run"].browse(self.run_id)
            with run._job_lock() as mine:
                self.assertTrue(mine)
                with self.registry.cursor() as other_cr:
                    other = self._env(other_cr)["crm.macro.run"].browse(self.run_id)
                    with other._job_lock() as also_mine:
                        self.assertFalse(also_mine)
            with self.registry.cursor() as other_cr:
                other = self._env(other_cr)["crm.macro.run"].browse(self.run_id)
                with other._job_lock() as now_mine:
                    self.assertTrue(now_mine)
