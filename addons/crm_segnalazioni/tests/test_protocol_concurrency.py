"""Protocol numbers and steps on real connections, at Odoo's isolation level.

What these tests write is committed, and deleted again at their end.
"""

import threading
import time
import uuid
from unittest.mock import patch

from odoo import api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name

CLIENTS = 20
EACH = 3


class Rolled(Exception):
    """A request that fails after it took its number."""


class ConcurrencyCase(BaseCase):
    """A customer and a document type of its own, on connections of its own."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # The main thread holds the registry's lock as long as tests run; requests of
        # other threads would wait for it.
        self.enterContext(patch.object(Registry, "_lock", DummyRLock()))
        self.mark = uuid.uuid4().hex[:8].upper()
        self.addCleanup(self._clean_up)
        with self.registry.cursor() as cr:
            self._create_data(api.Environment(cr, api.SUPERUSER_ID, {}))

    def _create_data(self, env):
        env = env(context={"no_reset_password": True, "tracking_disable": True})
        group = env.ref("crm_callcenter.group_back_office")
        self.user_ids = (
            env["res.users"]
            .create(
                [
                    {
                        "name": f"{self.mark} {number}",
                        "login": f"{self.mark}-{number}",
                        "group_ids": [fields.Command.set(group.ids)],
                    }
                    for number in range(2)
                ]
            )
            .ids
        )
        self.partner_id = env["res.partner"].create({"name": self.mark}).id
        begin, end, other = env["crm.segnalazione.state"].create(
            [{"name": f"{self.mark} {name}"} for name in ("begin", "end", "other")]
        )
        self.state_ids = [begin.id, end.id, other.id]
        self.type_id = (
            env["crm.segnalazione.type"]
            .create(
                {
                    "name": self.mark,
                    "code": self.mark,
                    "is_quotation": True,
                    "state_ids": [fields.Command.set(self.state_ids)],
                    "default_state_id": begin.id,
                }
            )
            .id
        )
        self.step_ids = (
            env["crm.segnalazione.transition"]
            .create(
                [
                    {
                        "name": target.name,
                        "type_id": self.type_id,
                        "from_state_id": begin.id,
                        "to_state_id": target.id,
                    }
                    for target in (end, other)
                ]
            )
            .ids
        )

    def _clean_up(self):
        with self.registry.cursor() as cr:
            orders = "(SELECT id FROM sale_order WHERE partner_id = %s)"
            cr.execute(
                f"DELETE FROM crm_segnalazione_protocol WHERE order_id IN {orders}",
                [self.partner_id],
            )
            cr.execute(
                "DELETE FROM mail_message WHERE model = 'sale.order'"
                f" AND res_id IN {orders}",
                [self.partner_id],
            )
            cr.execute(
                "DELETE FROM sale_order WHERE partner_id = %s", [self.partner_id]
            )
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["crm.segnalazione.type"].browse(self.type_id).unlink()
            env["crm.segnalazione.state"].browse(self.state_ids).unlink()
            env["res.partner"].browse(self.partner_id).unlink()
            users = env["res.users"].browse(self.user_ids)
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    def _new_document(self, env):
        return env["sale.order"]._create_segnalazione(
            env["crm.segnalazione.type"].browse(self.type_id),
            {"partner_id": self.partner_id},
        )

    def _numbers(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT number FROM crm_segnalazione_protocol WHERE type_id = %s"
                " ORDER BY number",
                [self.type_id],
            )
            return [number for [number] in cr.fetchall()]

    def _run(self, *requests):
        """Run requests at once, each in a thread; return what went wrong."""
        barrier, errors = threading.Barrier(len(requests)), []

        def run(request):
            try:
                barrier.wait(20)
                request()
            except Exception as error:
                errors.append(repr(error))

        threads = [threading.Thread(target=run, args=(one,)) for one in requests]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        return errors


@tagged("post_install", "-at_install", "concurrency")
class TestProtocolConcurrency(ConcurrencyCase):
    """No number is given twice, and none is left out, whoever comes or fails."""

    def _request(self, fails):
        """Make a document as a request does, with its snapshot taken early."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})

            def make():
                env["res.partner"].browse(self.partner_id).name  # noqa: B018
                time.sleep(0.01)
                self._new_document(env)
                if fails:
                    raise Rolled

            try:
                retrying(make, env)
            except Rolled:
                cr.rollback()

    def test_twenty_at_once_with_failures_in_between_leave_no_hole(self):
        def client(number):
            for turn in range(EACH):
                self._request(fails=(number + turn) % 4 == 0)

        errors = self._run(
            *[lambda number=number: client(number) for number in range(CLIENTS)]
        )
        self.assertFalse(errors)
        made = sum(
            (number + turn) % 4 != 0
            for number in range(CLIENTS)
            for turn in range(EACH)
        )
        self.assertEqual(self._numbers(), list(range(1, made + 1)))
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT count(DISTINCT name) FROM sale_order WHERE partner_id = %s",
                [self.partner_id],
            )
            self.assertEqual(cr.fetchone(), (made,))

    def test_a_number_rolled_back_goes_to_who_waits_for_it(self):
        taken, failed = threading.Event(), []

        def first():
            with self.registry.cursor() as cr:
                self._new_document(api.Environment(cr, api.SUPERUSER_ID, {}))
                taken.set()
                time.sleep(0.3)
                cr.rollback()
                failed.append(time.monotonic())

        def second():
            taken.wait(20)
            self._request(fails=False)
            failed.append(time.monotonic())

        self.assertFalse(self._run(first, second))
        self.assertEqual(self._numbers(), [1])

    def test_a_type_taken_on_is_gapless_as_well(self):
        """Documents that become the type, and new ones of it, at once."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            appointments = env["sale.order"]._create_segnalazioni(
                env.ref("crm_segnalazioni.type_appointment"),
                [{"partner_id": self.partner_id}] * 8,
            )
            order_ids = appointments.ids

        def become(order_id):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, api.SUPERUSER_ID, {})
                kind = env["crm.segnalazione.type"].browse(self.type_id)
                order = env["sale.order"].browse(order_id)
                order.fetch(["name"])  # takes the snapshot
                retrying(lambda: order._become_type(kind), env)

        self.assertFalse(
            self._run(
                *[lambda order_id=order_id: become(order_id) for order_id in order_ids],
                *[lambda: self._request(fails=False)] * 4,
            )
        )
        self.assertEqual(self._numbers(), list(range(1, 13)))


@tagged("post_install", "-at_install", "concurrency")
class TestStepConcurrency(ConcurrencyCase):
    """Of two who move one document one does it; the other is told who did."""

    def _race(self, steps, expected):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            self.order_id = self._new_document(env).id
        sentences, barrier = [], threading.Barrier(2)

        def move(user_id, step_id):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, user_id, {})
                order = env["sale.order"].browse(self.order_id)
                order.sudo().name  # noqa: B018 - takes the snapshot
                barrier.wait(20)
                try:
                    retrying(lambda: order.take_transition(step_id, expected), env)
                except UserError as error:
                    sentences.append(str(error))

        errors = self._run(
            *[
                lambda user_id=user_id, step_id=step_id: move(user_id, step_id)
                for user_id, step_id in zip(self.user_ids, steps, strict=True)
            ]
        )
        self.assertFalse(errors)
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT user_id, to_state_id FROM crm_segnalazione_move"
                " WHERE order_id = %s AND from_state_id IS NOT NULL",
                [self.order_id],
            )
            moves = cr.fetchall()
            cr.execute(
                "SELECT segnalazione_state_id FROM sale_order WHERE id = %s",
                [self.order_id],
            )
            [state_id] = cr.fetchone()
        self.assertEqual(len(moves), 1)
        self.assertEqual(moves[0][1], state_id)
        winner = f"{self.mark} {self.user_ids.index(moves[0][0])}"
        self.assertEqual(len(sentences), 1)
        self.assertIn(f"{winner} has brought", sentences[0])

    def test_two_take_the_same_step(self):
        self._race([self.step_ids[0]] * 2, self.state_ids[0])

    def test_two_take_different_steps(self):
        self._race(self.step_ids, self.state_ids[0])

    def test_two_take_different_steps_and_dont_say_what_they_saw(self):
        self._race(self.step_ids, None)
