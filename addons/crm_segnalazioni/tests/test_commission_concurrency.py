"""Commissions and statements on real connections, at Odoo's isolation level.

What these tests write is committed, and deleted again at their end.
"""

import threading

from odoo import api, fields
from odoo.service.model import retrying
from odoo.tests import tagged

from .test_protocol_concurrency import ConcurrencyCase

CLIENTS = 4


@tagged("post_install", "-at_install", "concurrency")
class TestCommissionConcurrency(ConcurrencyCase):
    def _create_data(self, env):
        created = super()._create_data(env)
        self.rule_id = (
            env["crm.commission.rule"]
            .create(
                {
                    "name": self.mark,
                    "type_id": self.type_id,
                    "pay_to": "person",
                    "person_id": self.user_ids[0],
                    "method": "document",
                    "amount": 20,
                }
            )
            .id
        )
        order = self._new_document(env)
        # Due, and nobody has computed it: as the nightly work finds it.
        order.commission_date = fields.Date.today()
        self.order_id = order.id
        return created

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM crm_commission WHERE rule_id = %s", [self.rule_id])
            cr.execute(
                "DELETE FROM crm_commission_statement WHERE person_id = ANY(%s)",
                [self.user_ids],
            )
            cr.execute("DELETE FROM crm_commission_rule WHERE id = %s", [self.rule_id])
        return super()._clean_up()

    def _at_once(self, work):
        """Do the same on several connections, each with a snapshot of the same state.

        :param work: called with an environment; repeated as Odoo repeats requests
        """
        barrier = threading.Barrier(CLIENTS)
        errors = []

        def client():
            waited = []
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, api.SUPERUSER_ID, {})

                    def once():
                        cr.execute("SELECT 1")
                        if not waited:
                            waited.append(True)
                            barrier.wait(timeout=30)
                        work(env)

                    retrying(once, env)
            except Exception as error:  # noqa: BLE001 - shown by the test
                errors.append(error)

        threads = [threading.Thread(target=client) for _number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        self.assertFalse(errors)

    def test_a_document_is_computed_once(self):
        self._at_once(
            lambda env: (
                env["sale.order"].browse(self.order_id)._synchronize_commissions()
            )
        )
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT amount FROM crm_commission WHERE order_id = %s",
                [self.order_id],
            )
            self.assertEqual([float(amount) for [amount] in cr.fetchall()], [20])

    def test_a_month_has_one_statement(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["sale.order"].browse(self.order_id)._synchronize_commissions()
        self._at_once(lambda env: env["crm.commission.statement"]._collect_open())
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT amount_total FROM crm_commission_statement"
                " WHERE person_id = %s",
                [self.user_ids[0]],
            )
            self.assertEqual([float(amount) for [amount] in cr.fetchall()], [20])
