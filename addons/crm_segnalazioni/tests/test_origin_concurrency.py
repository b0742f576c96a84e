"""Two requests at once, on real connections at Odoo's isolation level.

What this test writes is committed, and deleted again at its end.
"""

import threading
import uuid
from unittest.mock import patch

from odoo import api, fields
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import mute_logger


@tagged("post_install", "-at_install", "concurrency")
class TestOriginConcurrency(BaseCase):
    """Two who make an opportunity's document at once make one."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # The main thread holds the registry's lock as long as tests run; requests of
        # other threads would wait for it.
        self.enterContext(patch.object(Registry, "_lock", DummyRLock()))
        self.mark = uuid.uuid4().hex[:8]
        self.addCleanup(self._clean_up)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {"tracking_disable": True})
            self.before = self._last_numbers(cr)
            partner = env["res.partner"].create({"name": self.mark})
            env.company.makes_segnalazioni = False
            lead = env["crm.lead"].create(
                {"name": self.mark, "type": "opportunity", "partner_id": partner.id}
            )
            cr.flush()
            env.company.makes_segnalazioni = True
            self.lead_id, self.partner_id = lead.id, partner.id

    def _last_numbers(self, cr):
        cr.execute("SELECT coalesce(max(id), 0) FROM crm_segnalazione_protocol")
        return cr.fetchone()[0]

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT id FROM sale_order WHERE partner_id = %s", [self.partner_id]
            )
            orders = [order_id for (order_id,) in cr.fetchall()]
            for table in ("crm_segnalazione_protocol", "crm_segnalazione_move"):
                cr.execute(f"DELETE FROM {table} WHERE order_id = ANY(%s)", [orders])
            cr.execute("DELETE FROM sale_order WHERE id = ANY(%s)", [orders])
            cr.execute("DELETE FROM crm_interaction WHERE lead_id = %s", [self.lead_id])
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["crm.lead"].browse(self.lead_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _at_once(self, function, count=2):
        """Run a function in requests of their own, whose snapshots are the same."""
        barrier, results, errors = threading.Barrier(count), [], []

        def request():
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, api.SUPERUSER_ID, {})
                    lead = env["crm.lead"].browse(self.lead_id)
                    lead.read(["name"])  # takes the snapshot
                    barrier.wait(10)
                    results.append(retrying(lambda: function(lead), env))
            except Exception as error:
                errors.append(repr(error))

        threads = [threading.Thread(target=request) for _number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertFalse(errors)
        return results

    def test_two_requests_make_one_document(self):
        # The one that comes second is refused by the database and runs again.
        with mute_logger("odoo.sql_db"):
            names = self._at_once(lambda lead: lead._generate_segnalazioni().ids)
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT id FROM sale_order WHERE opportunity_id = %s", [self.lead_id]
            )
            [(order_id,)] = cr.fetchall()
            self.assertIn([order_id], names)
            cr.execute(
                "SELECT count(*) FROM crm_segnalazione_protocol WHERE order_id = %s",
                [order_id],
            )
            self.assertEqual(cr.fetchone(), (1,))

    def test_an_outcome_that_comes_twice_at_once_makes_one_document(self):
        def register(lead):
            call = lead.env["mail.activity.type"]
            outcome = lead.env.ref("crm_callcenter.crm_outcome_appointment")
            lead._register_outcome(outcome, call, token=self.mark)
            return lead._generate_segnalazioni().ids

        with mute_logger("odoo.sql_db"):
            results = self._at_once(register)
        self.assertEqual(results[0], results[1])
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT source_kind, date(create_date) FROM sale_order"
                " WHERE opportunity_id = %s",
                [self.lead_id],
            )
            self.assertEqual(cr.fetchall(), [("appointment", fields.Date.today())])
