from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..models import crm_lead_scoring
from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestLeadScoring(CallcenterCommon):
    """A sale is counted by Odoo's lead scoring after its commit, not within it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        parameters = cls.env["ir.config_parameter"]
        parameters.set_param("crm.pls_start_date", "2020-01-01")
        parameters.set_param("crm.pls_fields", "state_id")

    def _counts(self):
        self.env.flush_all()
        counters = self.env["crm.lead.scoring.frequency"].search([])
        return {
            (counter.variable, counter.value, counter.team_id.id): counter.won_count
            for counter in counters
        }

    def _sell(self, lead):
        lead._convert_to_opportunity(
            self.agent, 9000, fields.Date.today() + timedelta(days=30), won=True
        )

    def test_a_sale_waits_with_its_count(self):
        @contextmanager
        def own_cursor(_registry):
            yield self.env.cr

        before, postcommit = self._counts(), self.env.cr.postcommit
        self.addCleanup(postcommit.clear)
        postcommit.clear()
        self._sell(self.leads[0])
        self.assertEqual(self._counts(), before)
        with patch.object(crm_lead_scoring, "read_committed_cursor", own_cursor):
            postcommit.run()
        self.env.invalidate_all()
        self.assertNotEqual(self._counts(), before)

    def test_a_won_opportunity_of_odoo_is_counted_as_ever(self):
        before = self._counts()
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        self.leads[1].write({"type": "opportunity", "stage_id": won.id})
        self.assertNotEqual(self._counts(), before)
