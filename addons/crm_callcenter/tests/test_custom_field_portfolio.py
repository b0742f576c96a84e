from odoo.fields import Command
from odoo.tests import tagged

from .custom_field_case import CustomFieldCase


@tagged("post_install", "-at_install")
class TestCustomFieldPortfolio(CustomFieldCase):
    """A field applies by every portfolio of a name, not by the primary one alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.batteries = cls.env["crm.portfolio"].create({"name": "Storage", "unit": 3})
        cls.small = cls.env["crm.portfolio"].create(
            {"name": "Homes", "parent_id": cls.batteries.id, "unit": 3}
        )
        cls.roof, cls.kwh = cls._field("roof"), cls._field("kwh")

    def _shows(self, record, field):
        record.invalidate_recordset(["custom_field_keys"])
        return f",f{field.id}," in record.with_user(self.manager).custom_field_keys

    def test_a_branch_of_another_unit(self):
        self.roof.write(
            {"binding": "portfolio", "portfolio_ids": [Command.set(self.batteries.ids)]}
        )
        lead, other = self.leads[:2]
        self.assertFalse(self._shows(lead, self.roof))
        lead.portfolio_3_id = self.small
        self.assertTrue(self._shows(lead, self.roof))
        self.assertFalse(self._shows(other, self.roof))
        partner = lead._convert_to_opportunity(self.agent, 100, "2031-01-01")
        self.assertTrue(self._shows(partner, self.roof))
        lead.portfolio_3_id = False
        self.assertFalse(self._shows(lead, self.roof))
        self.assertFalse(self._shows(partner, self.roof))

    def test_a_business_unit(self):
        self.roof.write({"binding": "unit", "unit": 3})
        lead = self.leads[0]
        self.assertFalse(self._shows(lead, self.roof))
        lead.portfolio_3_id = self.small
        self.assertTrue(self._shows(lead, self.roof))

    def test_a_customer_without_a_name(self):
        self.roof.write(
            {"binding": "portfolio", "portfolio_ids": [Command.set(self.batteries.ids)]}
        )
        partner = self.env["res.partner"].create({"name": "Customer only"})
        self.assertFalse(self._shows(partner, self.roof))
        partner.portfolio_3_id = self.small
        self.assertTrue(self._shows(partner, self.roof))

    def test_defaults_and_what_has_to_be_filled(self):
        self.kwh.write(
            {
                "binding": "portfolio",
                "portfolio_ids": [Command.set(self.batteries.ids)],
                "default_expression": "3000",
            }
        )
        self.roof.write(
            {"binding": "unit", "unit": 3, "access_campaign_manager": "required"}
        )
        leads = self.env["crm.lead"].with_user(self.manager)
        lead = leads.create(self._lead_values(50))
        self.assertFalse(lead.x_cc_kwh)
        inside = {**self._lead_values(51), "portfolio_3_id": self.small.id}
        with self.assertRaisesRegex(Exception, "Fill in Roof"), self.cr.savepoint():
            leads.create(inside)
        lead = leads.create({**inside, "x_cc_roof": self.choice["Flat"].id})
        self.assertEqual(lead.x_cc_kwh, 3000)

    def test_a_moved_branch_takes_its_fields_along(self):
        self.roof.write(
            {"binding": "portfolio", "portfolio_ids": [Command.set(self.batteries.ids)]}
        )
        lead = self.leads[0]
        lead.portfolio_3_id = self.small
        self.assertTrue(self._shows(lead, self.roof))
        self.small.parent_id = False
        self.assertFalse(self._shows(lead, self.roof))
