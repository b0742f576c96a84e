from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestChildPartners(CallcenterCommon):
    """Contacts, household and sites become partners once, and part again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.env["crm.lead"].create(
            {
                **cls._lead_values(40),
                "contact_name": "Mario Rossi",
                "partner_name": "Rossi Srl",
                "lead_kind": "company",
                "contact_ids": [
                    Command.create(
                        {
                            "name": "Rossi Mario",
                            "role": "Owner",
                            "email": "mario@rossi.example",
                        }
                    ),
                    Command.create({"name": "Ada Bianchi", "phone": "333 4445566"}),
                    Command.create({"name": "ada  bianchi", "role": "Clerk"}),
                ],
                "site_ids": [
                    Command.create(
                        {
                            "name": "Roof",
                            "street": "Via Milano 1",
                            "zip": "25121",
                            "city": "Brescia",
                            "state_id": cls.province.id,
                            "pod": "IT001E12345678",
                        }
                    )
                ],
            }
        )

    def _convert(self, lead=None):
        partner = (lead or self.lead)._convert_to_opportunity(
            self.agent, 1.0, fields.Date.add(fields.Date.today(), days=30)
        )
        self.env.cr.precommit.run()
        return partner

    def test_nobody_is_made_twice(self):
        """The contact of the name, and somebody typed in twice, are one partner."""
        partner = self._convert()
        company = partner.commercial_partner_id
        self.assertEqual(
            sorted(company.child_ids.mapped("name")),
            ["Ada Bianchi", "Mario Rossi", "Roof"],
        )
        self.assertEqual(partner.function, "Owner", "what was unknown is filled in")
        self.assertEqual(partner.email, "mario@rossi.example")
        ada = company.child_ids.filtered(lambda child: child.name == "Ada Bianchi")
        self.assertEqual((ada.function, ada.phone), ("Clerk", "333 4445566"))
        roof = company.child_ids.filtered("pod")
        self.assertEqual((roof.zone_id, roof.pod), (self.zone, "IT001E12345678"))
        made = self.lead.contact_ids.filtered("is_partner_made")
        self.assertEqual(made.partner_id, ada)

    def test_an_existing_customer_keeps_its_contacts(self):
        """Same name, or half of it with the same number: the contact there is."""
        customer = self.env["res.partner"].create(
            {
                "name": "Rossi Srl",
                "is_company": True,
                "child_ids": [
                    Command.create({"name": "Mario Rossi"}),
                    Command.create({"name": "Ada", "phone": "+39 333 4445566"}),
                    Command.create(
                        {
                            "name": "Warehouse",
                            "type": "other",
                            "street": "Via  MILANO 1",
                            "city": "Brescia",
                        }
                    ),
                    Command.create({"name": "Other", "phone": "030 5550040"}),
                ],
            }
        )
        self.lead.contact_ids = [
            Command.create({"name": "Switchboard", "phone": "030 5550040"})
        ]
        self.lead.convert_opportunity(customer)
        self.env.cr.precommit.run()
        self.assertEqual(
            sorted(customer.child_ids.mapped("name")),
            ["Ada", "Mario Rossi", "Other", "Switchboard", "Warehouse"],
        )
        warehouse = customer.child_ids.filtered("pod")
        self.assertEqual(warehouse.name, "Warehouse")
        before = customer.child_ids
        self.lead.conversion_ids._undo()
        switchboard = before.filtered(lambda child: child.name == "Switchboard")
        self.assertFalse(switchboard.active, "made by the conversion")
        self.assertTrue(all((before - switchboard).mapped("active")))
        self.assertTrue(customer.active)
        rows = self.lead.contact_ids | self.lead.household_ids
        self.assertEqual(len(rows), 4)
        self.assertFalse(rows.partner_id | self.lead.site_ids.partner_id)

    def test_household_of_a_person(self):
        lead = self.leads[0]
        lead.household_ids = [
            Command.create({"kind": "household", "name": lead.contact_name}),
            Command.create(
                {"kind": "household", "name": "Wife", "birth_date": "1980-02-03"}
            ),
        ]
        partner = self._convert(lead)
        self.assertEqual(partner.child_ids.name, "Wife", "not the customer itself")
        self.assertEqual(str(partner.child_ids.birth_date), "1980-02-03")

    def test_undo_and_again(self):
        """Taken back, everybody made goes and the rows stay; converted again, once."""
        partner = self._convert()
        company = partner.commercial_partner_id
        made = company | company.child_ids
        self.lead.conversion_ids._undo()
        self.assertFalse(any(made.mapped("active")))
        self.assertEqual(len(self.lead.contact_ids), 3)
        self.assertEqual(len(self.lead.site_ids), 1)
        self.assertFalse(self.lead.contact_ids.partner_id)
        again = self._convert().commercial_partner_id
        self.assertNotEqual(again, company)
        self.assertEqual(len(again.child_ids), 3)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_the_agent_sees_the_whole_customer(self):
        """The agent of a name opens its company, contacts and sites; nobody else."""
        partner = self._convert()
        family = partner.commercial_partner_id | partner.commercial_partner_id.child_ids
        self.assertEqual(len(family), 4)
        lead = self.lead.with_user(self.agent)
        lead.invalidate_recordset()
        self.assertEqual(
            family.with_user(self.agent).mapped("display_name"),
            family.mapped("display_name"),
        )
        rows = lead.web_read(
            {
                name: {"fields": {"partner_id": {"fields": {"display_name": {}}}}}
                for name in ("contact_ids", "site_ids")
            }
        )
        self.assertTrue(rows[0]["site_ids"][0]["partner_id"]["display_name"])
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        seen = self.env["res.partner"].with_user(self.agent).search([])
        self.assertNotIn(stranger, seen)
        for user in (self.agent_two, self.operator):
            found = self.env["res.partner"].with_user(user).search([])
            self.assertFalse(found & family, user.login)
            with self.assertRaises(AccessError):
                family.with_user(user).mapped("name")

    def test_consent_goes_with_the_number(self):
        ada = self.lead.contact_ids.filtered("phone")
        self.env["crm.consent"].create(
            {
                "value": ada.phone,
                "purpose_id": self.env.ref(
                    "crm_callcenter.crm_consent_purpose_calls"
                ).id,
                "action": "given",
                "source": "call",
                "text_version": "1",
            }
        )
        self._convert()
        self.assertIn("Given", ada.partner_id.consent_overview)

    def test_site_of_a_town_with_a_rule(self):
        """Sites follow the rules for towns, as names do."""
        town = self.env["crm.zone"].create(
            {
                "name": "Town",
                "rule_ids": [
                    Command.create(
                        {
                            "kind": "municipality",
                            "municipality_id": self.env["crm.municipality"]
                            .search([("name", "=", "Desenzano del Garda")], limit=1)
                            .id,
                        }
                    )
                ],
            }
        )
        site = self.lead.site_ids
        self.assertEqual(site.zone_id, self.zone)
        site.city = "Desenzano del Garda"
        self.assertEqual(site.zone_id, town)
