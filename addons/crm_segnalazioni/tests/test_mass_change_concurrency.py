"""Mass changes on real connections: a kill, documents in hand, two at once."""

import threading
import time
import uuid
from unittest.mock import patch

from odoo import api, fields
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name

from odoo.addons.crm_segnalazioni.models import crm_segnalazione_mass_run

DOCUMENTS = 12


class Killed(BaseException):
    """What a worker dies of: nothing of Odoo's catches it."""


@tagged("post_install", "-at_install", "concurrency")
class TestMassChangeConcurrency(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # The main thread holds the registry's lock as long as tests run.
        self.enterContext(patch.object(Registry, "_lock", DummyRLock()))
        self.enterContext(patch.object(crm_segnalazione_mass_run, "BATCH_DOCUMENTS", 3))
        self.mark = uuid.uuid4().hex[:8]
        self.code = "".join(chr(ord("A") + int(digit, 16)) for digit in self.mark)
        self.addCleanup(self._clean_up)
        with self.registry.cursor() as cr:
            self._set_up(self._env(cr))

    def _set_up(self, env):
        user = env["res.users"].create(
            {
                "name": self.mark,
                "login": self.mark,
                "notification_type": "inbox",
                "group_ids": [
                    fields.Command.set(env.ref("crm_callcenter.group_back_office").ids)
                ],
            }
        )
        partner = env["res.partner"].create({"name": self.mark})
        product = env["product.product"].create(
            {"name": self.mark, "type": "service", "taxes_id": False}
        )
        state = env.ref("crm_segnalazioni.state_signed")
        document_type = env["crm.segnalazione.type"].create(
            {
                "name": self.mark,
                "code": self.code,
                "default_state_id": state.id,
                "state_ids": [fields.Command.set(state.ids)],
            }
        )
        orders = env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "segnalazione_type_id": document_type.id,
                    "order_line": [
                        fields.Command.create(
                            {"product_id": product.id, "price_unit": 100}
                        )
                    ],
                }
                for _place in range(DOCUMENTS)
            ]
        )
        change = env["crm.segnalazione.mass.change"].create(
            {
                "name": self.mark,
                "user_id": user.id,
                "domain": repr([("id", "in", orders.ids)]),
                "value_ids": [
                    fields.Command.create(
                        {"target": "price", "operation": "add", "number": 1}
                    )
                ],
            }
        )
        run = change._queue_run("run", origin="schedule")
        self.order_ids, self.change_id, self.run_id = orders.ids, change.id, run.id

    def _env(self, cr):
        return api.Environment(
            cr,
            api.SUPERUSER_ID,
            {"no_reset_password": True, "tracking_disable": True},
        )

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            changes = env["crm.segnalazione.mass.change"].search(
                [("name", "=", self.mark)]
            )
            changes.run_ids.state = "done"
            changes.run_ids.unlink()
            changes.unlink()
            # Numbered documents are never deleted by the ORM.
            for table in ("crm_segnalazione_move", "crm_segnalazione_protocol"):
                cr.execute(
                    f"DELETE FROM {table} WHERE order_id = ANY(%s)", [self.order_ids]
                )
            cr.execute("DELETE FROM sale_order WHERE id = ANY(%s)", [self.order_ids])
            env.invalidate_all(flush=False)
            env["crm.segnalazione.type"].search([("code", "=", self.code)]).unlink()
            env["product.product"].search([("name", "=", self.mark)]).unlink()
            users = env["res.users"].search([("login", "=", self.mark)])
            partners = users.partner_id | env["res.partner"].search(
                [("name", "=", self.mark)]
            )
            users.unlink()
            partners.unlink()

    def _work(self):
        """Work on all open runs, as a cron worker does."""
        with self.registry.cursor() as cr:
            self._env(cr)["crm.segnalazione.mass.run"]._work_open_jobs()

    def _found(self):
        """Return the run as it stands, its rows, and the prices of the documents."""
        with self.registry.cursor() as cr:
            env = self._env(cr)
            run = env["crm.segnalazione.mass.run"].browse(self.run_id)
            orders = env["sale.order"].browse(self.order_ids)
            values = run.read(["state", "done", "seen", "skipped", "refused"])[0]
            return (
                values,
                [(row.order_id.id, row.outcome) for row in run.result_ids],
                orders.order_line.mapped("price_unit"),
            )

    def _killed_after(self, batches):
        """Return a replacement of a batch's work that dies in a later batch."""
        process = self.registry["crm.segnalazione.mass.run"]._job_process
        left = [batches]

        def die(run, leads):
            result = process(run, leads)
            run.env.flush_all()
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return result

        return patch.object(
            self.registry["crm.segnalazione.mass.run"], "_job_process", die
        )

    # ------------------------------------------------------------

    def test_killed_and_resumed_changes_every_document_once(self):
        with self._killed_after(2), self.assertRaises(Killed):
            self._work()
        run, rows, prices = self._found()
        # What was committed is kept, the batch that died is not.
        self.assertEqual((run["state"], run["done"]), ("running", 6))
        self.assertEqual(prices, [101.0] * 6 + [100.0] * 6)
        self.assertEqual(len(rows), 6)
        self._work()
        run, rows, prices = self._found()
        self.assertEqual((run["state"], run["done"]), ("done", DOCUMENTS))
        self.assertEqual(prices, [101.0] * DOCUMENTS)
        self.assertEqual(rows, [(order_id, "changed") for order_id in self.order_ids])

    def test_a_document_in_hand_is_tried_again_at_the_end(self):
        with self.registry.cursor() as other:
            other.execute(
                "SELECT 1 FROM sale_order WHERE id = %s FOR UPDATE",
                [self.order_ids[1]],
            )
            released = []
            process = self.registry["crm.segnalazione.mass.run"]._job_process

            def release(run, leads):
                if run.phase == "retry" and not released:
                    released.append(other.rollback())
                return process(run, leads)

            with patch.object(
                self.registry["crm.segnalazione.mass.run"], "_job_process", release
            ):
                self._work()
        self.assertTrue(released)
        run, rows, prices = self._found()
        self.assertEqual((run["state"], run["seen"]), ("done", DOCUMENTS))
        self.assertEqual((run["done"], run["skipped"]), (DOCUMENTS, 0))
        self.assertEqual(prices, [101.0] * DOCUMENTS)
        self.assertEqual(rows[-1], (self.order_ids[1], "changed"))

    def test_a_document_that_stays_in_hand_is_listed(self):
        with self.registry.cursor() as other:
            other.execute(
                "SELECT 1 FROM sale_order_line WHERE order_id = %s FOR UPDATE",
                [self.order_ids[4]],
            )
            self._work()
        run, rows, prices = self._found()
        self.assertEqual((run["state"], run["done"]), ("done", DOCUMENTS - 1))
        self.assertEqual((run["refused"], run["skipped"]), (1, 1))
        self.assertEqual(prices[4], 100.0)
        self.assertIn((self.order_ids[4], "refused"), rows)

    def test_changed_by_somebody_during_the_batch_is_tried_again(self):
        lock = self.registry["sale.order"]._lock_for_mass_change
        changed = []

        def change_first(orders):
            if not changed:
                with self.registry.cursor() as other:
                    other.execute(
                        "UPDATE sale_order_line SET price_unit = 200"
                        " WHERE order_id = %s",
                        [self.order_ids[0]],
                    )
                changed.append(True)
            return lock(orders)

        with patch.object(
            self.registry["sale.order"], "_lock_for_mass_change", change_first
        ):
            self._work()
        run, rows, prices = self._found()
        self.assertEqual((run["state"], run["done"]), ("done", DOCUMENTS))
        self.assertEqual(prices, [201.0] + [101.0] * (DOCUMENTS - 1))
        self.assertEqual(len(rows), DOCUMENTS)

    def test_two_workers_share_no_run(self):
        at_work, go_on = threading.Event(), threading.Event()
        process = self.registry["crm.segnalazione.mass.run"]._job_process
        workers = []

        def slow(run, leads):
            workers.append(threading.get_ident())
            at_work.set()
            go_on.wait(20)
            return process(run, leads)

        with patch.object(
            self.registry["crm.segnalazione.mass.run"], "_job_process", slow
        ):
            first = threading.Thread(target=self._work)
            first.start()
            self.assertTrue(at_work.wait(20))
            second = threading.Thread(target=self._work)
            second.start()
            second.join(20)
            self.assertFalse(second.is_alive())
            go_on.set()
            first.join(30)
        self.assertEqual(len(set(workers)), 1)
        run, _rows, prices = self._found()
        self.assertEqual((run["state"], prices), ("done", [101.0] * DOCUMENTS))

    def test_another_run_waits_for_its_turn(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            change = env["crm.segnalazione.mass.change"].browse(self.change_id)
            other = change.with_user(change.user_id).copy({"name": self.mark})
            other = other.with_env(env)
            run = env["crm.segnalazione.mass.run"].browse(self.run_id)
            with run._job_lock() as mine:
                self.assertTrue(mine)
                with self.registry.cursor() as second_cr:
                    second = self._env(second_cr)["crm.segnalazione.mass.run"]
                    second = second.browse(self.run_id)
                    self.assertTrue(second._somebody_at_work())
            waiting = other._queue_run("run", origin="schedule")
            self.assertEqual(waiting.state, "queued")
        self._work()
        self.assertEqual(self._found()[2], [102.0] * DOCUMENTS)

    def test_cancelled_while_at_work(self):
        process = self.registry["crm.segnalazione.mass.run"]._job_process
        cancelling = threading.Thread(target=self._cancel)
        batches = []

        def cancel_in_second(run, leads):
            batches.append(leads.ids)
            if len(batches) == 2:
                # It waits for this batch: the row is locked until the commit.
                cancelling.start()
                time.sleep(2)
            return process(run, leads)

        with patch.object(
            self.registry["crm.segnalazione.mass.run"],
            "_job_process",
            cancel_in_second,
        ):
            worker = threading.Thread(target=self._work)
            worker.start()
            worker.join(60)
        cancelling.join(30)
        run, _rows, prices = self._found()
        self.assertEqual(run["state"], "cancelled")
        self.assertLess(run["done"], DOCUMENTS)
        done = run["done"]
        self.assertEqual(prices, [101.0] * done + [100.0] * (DOCUMENTS - done))
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env["crm.segnalazione.mass.run"].browse(self.run_id).action_continue()
        self._work()
        self.assertEqual(self._found()[2], [101.0] * DOCUMENTS)

    def _cancel(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env["crm.segnalazione.mass.run"].browse(self.run_id).action_cancel()
