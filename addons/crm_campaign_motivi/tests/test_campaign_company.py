from odoo import Command, fields
from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestCampaignCompany(CampaignCommon):
    """What belongs to a campaign stays in its company, and with who leads it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Other of test"})
        cls.stranger = cls._new_user("coordinator_stranger", "group_coordinator")
        cls.campaign.write(
            {
                "work_mode": "group",
                "order_key_ids": [Command.create({"direction": "random"})],
                "number_ids": [Command.create({"number": "030 9200669"})],
                "skill_ids": [Command.create({"user_id": cls.operator.id, "level": 8})],
            }
        )
        cls.env["crm.campaign.zone"].create(
            {"campaign_id": cls.campaign.id, "zone_id": cls.zone.id}
        )
        cls.env["crm.recall"].create(
            {
                "campaign_id": cls.campaign.id,
                "promised_at": fields.Datetime.now(),
                "result": "kept",
            }
        )
        cls.file = cls.env["crm.list.import"].create(
            {
                "campaign_id": cls.campaign.id,
                "new_list_name": "New of test",
                "column_ids": [Command.create({"position": 0, "name": "A"})],
                "row_ids": [Command.create({"row_number": 1, "state": "accepted"})],
            }
        )

    def counts(self, user):
        """Return how many records of the campaign a user sees, by model."""
        self.env.flush_all()
        self.env.invalidate_all()
        found = {
            model: self.env[model]
            .with_user(user)
            .search_count([("campaign_id", "=", self.campaign.id)])
            for model in (
                "crm.campaign.order.key",
                "crm.campaign.number",
                "crm.campaign.skill",
                "crm.campaign.zone",
                "crm.queue.job",
                "crm.recall",
                "crm.list.import",
            )
            if self.env[model].with_user(user).has_access("read")
        }
        for model in ("crm.list.import.column", "crm.list.import.row"):
            records = self.env[model].with_user(user)
            if records.has_access("read"):
                found[model] = records.search_count([("import_id", "=", self.file.id)])
        return found

    def test_another_company(self):
        mine = self.counts(self.manager)
        self.assertEqual(len(mine), 9)
        self.assertTrue(all(mine.values()), mine)
        self.campaign.company_id = self.other_company
        theirs = self.counts(self.manager)
        self.assertFalse(any(theirs.values()), theirs)
        self.assertFalse(any(self.counts(self.coordinator).values()))

    def test_of_no_company(self):
        self.campaign.company_id = False
        mine = self.counts(self.manager)
        self.assertTrue(all(mine.values()), mine)

    def test_the_order_is_for_who_leads(self):
        keys = self.env["crm.campaign.order.key"]
        self.assertTrue(keys.with_user(self.coordinator).search_count([]))
        self.assertFalse(keys.with_user(self.stranger).search_count([]))
