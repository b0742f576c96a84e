"""Two runs at once on real connections. What is written is deleted at the end."""

import uuid
from datetime import date
from unittest.mock import patch

from odoo import api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name

FIRST, LAST = date(2001, 1, 1), date(2001, 1, 31)


@tagged("post_install", "-at_install", "concurrency")
class TestPrizeConcurrency(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.enterContext(patch.object(Registry, "_lock", DummyRLock()))
        self.mark = uuid.uuid4().hex[:8]
        self.addCleanup(self._clean_up)
        with self.registry.cursor() as cr:
            env = self._env(cr)
            team = env["crm.team"].create({"name": self.mark})
            prize = env["crm.prize"].create(
                {
                    "name": self.mark,
                    "reward": "Dinner",
                    "threshold": 5,
                    "period": "custom",
                    "date_from": FIRST,
                    "date_to": LAST,
                    "team_ids": [fields.Command.set(team.ids)],
                }
            )
            lead = env["crm.lead"].create({"name": self.mark, "team_id": team.id})
            row = env["crm.interaction"].create(
                {
                    "lead_id": lead.id,
                    "date": "2001-01-15 10:00:00",
                    "user_id": env.uid,
                    "team_id": team.id,
                    "outcome_id": env.ref("crm_callcenter.crm_outcome_sale").id,
                    "points": 7,
                }
            )
            self.team_id, self.prize_id = team.id, prize.id
            self.lead_id, self.row_id = lead.id, row.id

    @staticmethod
    def _env(cr):
        return api.Environment(cr, api.SUPERUSER_ID, {"tracking_disable": True})

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env["crm.prize.award"].search([("prize_id", "=", self.prize_id)]).unlink()
            env["crm.prize"].browse(self.prize_id).unlink()
            # The ledger lets nobody delete a row, so the test goes past it.
            cr.execute("DELETE FROM crm_interaction WHERE id = %s", [self.row_id])
            env["crm.lead"].browse(self.lead_id).unlink()
            env["crm.team"].browse(self.team_id).unlink()

    def _awards(self, env):
        return env["crm.prize.award"].search([("prize_id", "=", self.prize_id)])

    def _prize(self, env):
        return env["crm.prize"].browse(self.prize_id)

    def test_second_run_skips_what_is_being_awarded(self):
        with self.registry.cursor() as one, self.registry.cursor() as two:
            first, second = self._env(one), self._env(two)
            self.assertEqual(len(self._prize(first)._award_due()), 1)
            first.flush_all()
            # The other run doesn't wait, and somebody at a screen is told.
            second["crm.prize"]._cron_award()
            self.assertFalse(self._awards(second))
            with self.assertRaisesRegex(UserError, "being awarded"):
                self._prize(second)._award(FIRST, LAST)
            two.rollback()
            one.commit()
            second["crm.prize"]._cron_award()
            two.commit()
            self.assertEqual(self._awards(second).points, 7)

    def test_award_that_came_in_between_counts_once(self):
        """The second run began before the first one was over, and is run again."""
        with self.registry.cursor() as one, self.registry.cursor() as two:
            first, second = self._env(one), self._env(two)
            # Its view of the database is that of before.
            self.assertFalse(self._awards(second))
            self._prize(first)._award(FIRST, LAST)
            one.commit()
            new = retrying(lambda: len(self._prize(second)._award(FIRST, LAST)), second)
            two.commit()
            self.assertEqual(new, 0)
            self.assertEqual(len(self._awards(second)), 1)
