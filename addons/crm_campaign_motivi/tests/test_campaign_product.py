from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestCampaignProduct(CampaignCommon):
    """What a campaign sells."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        vendor = cls.env["res.partner"].create({"name": "Vendor of test"})
        cls.product = cls.env["product.product"].create(
            {
                "name": "Plant of test",
                "seller_ids": [Command.create({"partner_id": vendor.id, "price": 1})],
            }
        )
        cls.campaign.with_user(cls.manager).product_ids = cls.product

    def test_who_works_in_the_campaign_reads_its_products(self):
        for user in self.operator | self.coordinator:
            campaign = self.campaign.with_user(user)
            campaign.invalidate_recordset()
            self.assertEqual(campaign.product_ids.mapped("name"), ["Plant of test"])
            with self.assertRaises(AccessError):
                campaign.product_ids.name = "Other"
            with self.assertRaises(AccessError):
                campaign.product_ids = False

    def test_vendor_prices_stay_closed(self):
        prices = self.env["product.supplierinfo"]
        domain = [("product_tmpl_id", "=", self.product.product_tmpl_id.id)]
        for user in self.operator | self.coordinator:
            self.assertFalse(prices.with_user(user).search(domain))
        self.assertTrue(prices.with_user(self.manager).search(domain))

    def test_a_product_of_another_company_stays_there(self):
        other = self.env["res.company"].create({"name": "Other of test"})
        self.product.company_id = other
        campaign = self.campaign.with_user(self.operator)
        campaign.invalidate_recordset()
        self.assertFalse(campaign.product_ids)
