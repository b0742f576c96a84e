from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CampaignCommon

LOGGER = "odoo.addons.crm_campaign_motivi.models.crm_queue_job"


@tagged("post_install", "-at_install")
class TestQueueUpkeep(CampaignCommon):
    """The job that looks after all queues, every minute."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.jobs = self.env["crm.queue.job"]
        self.campaign.work_mode = "adaptive"
        self.other = self.campaign.copy({"title": "Other of test"})
        self.env["crm.call.list"].create(
            {
                "name": "Other list",
                "campaign_id": self.other.id,
                "operator_ids": self.operator.ids,
            }
        )._add_leads(self.leads.ids)
        self.other.action_start()

    def work(self):
        self.env.flush_all()
        self.jobs._cron_work()
        self.env.invalidate_all()

    def test_a_campaign_that_fails_stops_no_other(self):
        model = type(self.env["utm.campaign"])
        count = model._free_slots_by_zone
        failing = self.campaign.id

        def fail_once(campaign, zone_ids):
            if campaign.id == failing:
                campaign.env.cr.execute("SELECT 1 / 0")
            return count(campaign, zone_ids)

        self.env["crm.campaign.zone"].search([]).unlink()
        rested = self.call_list.line_ids[0]
        rested.rest_until = "2020-01-01"
        self.jobs._ask(self.campaign, "rank")
        with (
            patch.object(model, "_free_slots_by_zone", fail_once),
            mute_logger("odoo.sql_db"),
            self.assertLogs(LOGGER, "ERROR") as log,
        ):
            self.work()
        self.assertEqual(len(log.records), 1)
        self.assertIn(str(self.campaign), log.records[0].getMessage())
        self.assertTrue(self.other.campaign_zone_ids)
        self.assertFalse(self.campaign.campaign_zone_ids)
        self.assertFalse(rested.rest_until)
        states = set(self.jobs.search([]).mapped("state"))
        self.assertEqual(states, {"done"})

    @mute_logger(LOGGER)
    def test_a_step_that_fails_stops_no_other(self):
        def fail(_jobs):
            raise ValueError("Broken")

        self.jobs._ask(self.campaign, "rank")
        for step in ("_wake_rested", "_ask_for_sifting"):
            with patch.object(type(self.jobs), step, fail):
                self.work()
        self.assertEqual(
            self.jobs.search([("kind", "=", "rank")]).mapped("state"), ["done"]
        )
