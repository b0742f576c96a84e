"""Two of the back office at once, on real connections at Odoo's isolation level.

What this test writes is committed, and deleted again at its end.
"""

import threading
import uuid
from unittest.mock import patch

from odoo import api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import SQL


@tagged("post_install", "-at_install", "concurrency")
class TestConversionConcurrency(BaseCase):
    """Of two who take a conversion back one does it; the other is told who did."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # The main thread holds the registry's lock as long as tests run; requests of
        # other threads would wait for it.
        self.enterContext(patch.object(Registry, "_lock", DummyRLock()))
        self.mark = uuid.uuid4().hex[:8]
        self.addCleanup(self._clean_up)
        with self.registry.cursor() as cr:
            self._create_data(api.Environment(cr, api.SUPERUSER_ID, {}))

    def _create_data(self, env):
        env = env(context={"no_reset_password": True, "tracking_disable": True})
        group = env.ref("crm_callcenter.group_back_office")
        users = env["res.users"].create(
            [
                {
                    "name": f"{self.mark} {number}",
                    "login": f"{self.mark}-{number}",
                    "group_ids": [fields.Command.set(group.ids)],
                }
                for number in range(2)
            ]
        )
        lead = env["crm.lead"].create(
            {
                "name": self.mark,
                "contact_name": self.mark,
                "type": "lead",
                "user_id": False,
                "phone": "030 1",
            }
        )
        partner = lead._convert_to_opportunity(
            users[0], 100, fields.Date.add(fields.Date.today(), days=9)
        )
        self.user_ids, self.lead_id = users.ids, lead.id
        self.partner_id = partner.id

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM crm_interaction WHERE lead_id = %s", [self.lead_id])
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            if "crm.segnalazione.protocol" in env:
                # The opportunity has made a numbered document, which nobody deletes.
                for table in ("crm_segnalazione_protocol", "crm_segnalazione_move"):
                    cr.execute(
                        SQL(
                            """DELETE FROM %s WHERE order_id IN
                               (SELECT id FROM sale_order WHERE partner_id = %s)""",
                            SQL.identifier(table),
                            self.partner_id,
                        )
                    )
                cr.execute(
                    "DELETE FROM sale_order WHERE partner_id = %s", [self.partner_id]
                )
            env["crm.lead"].browse(self.lead_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()
            users = env["res.users"].browse(self.user_ids)
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    def test_two_take_one_conversion_back(self):
        barrier, sentences, errors = threading.Barrier(2), [], []

        def request(user_id):
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, user_id, {})
                    lead = env["crm.lead"].browse(self.lead_id)
                    lead.sudo().type  # noqa: B018 - takes the snapshot
                    barrier.wait(10)
                    retrying(lambda: lead.action_undo_conversion(), env)
            except UserError as error:
                sentences.append(str(error))
            except Exception as error:
                errors.append(repr(error))

        threads = [
            threading.Thread(target=request, args=(user_id,))
            for user_id in self.user_ids
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertFalse(errors)
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT undone_by_id FROM crm_conversion WHERE lead_id = %s",
                [self.lead_id],
            )
            [(winner_id,)] = cr.fetchall()
            cr.execute("SELECT type FROM crm_lead WHERE id = %s", [self.lead_id])
            self.assertEqual(cr.fetchone(), ("lead",))
        winner = f"{self.mark} {self.user_ids.index(winner_id)}"
        self.assertEqual(len(sentences), 1)
        self.assertIn(f"{winner} has taken this conversion back", sentences[0])
