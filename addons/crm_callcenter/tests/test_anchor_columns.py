from datetime import date

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .custom_field_case import CustomFieldCase

COMPANY_CODE = "00743110157"
PERSON_CODE = "RCCMNL83S18D969H"


@tagged("post_install", "-at_install")
class TestAnchorColumns(CustomFieldCase):
    """The name that a customer gets says what the customer says.

    The first of some customers goes through the ORM, the others come by SQL.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.italian = cls.env["res.lang"].search([("code", "=", "en_US")])
        cls.rich = {
            "is_company": True,
            "phone": "030 5551234",
            "mobile": "333 5551234",
            "email": "rich@example.com",
            "website": "https://example.com",
            "function": "Owner",
            "vat": f"IT{COMPANY_CODE}",
            "fiscal_code": COMPANY_CODE,
            "legal_form": "srl",
            "ateco_code": "43.21",
            "employee_count": 12,
            "zip": "25121",
            "city": "Brescia",
            "state_id": cls.province.id,
            "country_id": cls.env.ref("base.it").id,
            **cls.values,
        }
        cls.poor = {"is_company": False, "phone": "hello"}
        cls.person = {
            "is_company": False,
            "fiscal_code": PERSON_CODE,
            "birth_date": "1983-11-18",
            "email": "nobody at all",
            "x_cc_wishes": [
                Command.set((cls.choice["Wallbox"] | cls.choice["Battery"]).ids)
            ],
            "x_cc_owner": False,
        }

    def _anchors_of(self, *kinds):
        """Return the names of new customers, in their order."""
        partners = self.env["res.partner"].create(
            [{"name": "Customer", **getattr(self, kind)} for kind in kinds]
        )
        anchors = partners.with_user(self.back_office)._ensure_anchor().sudo()
        by_partner = {lead.partner_id: lead for lead in anchors}
        return [by_partner[partner] for partner in partners]

    def _columns(self, lead):
        """Return every column and every choice of a name but what must differ."""
        self.env.flush_all()
        [(row,)] = self.env.execute_query(
            SQL("SELECT to_jsonb(lead) FROM crm_lead lead WHERE id = %s", lead.id)
        )
        for name in ("id", "partner_id", "date_last_stage_update"):
            del row[name]
        return {**row, "wishes": set(lead.x_cc_wishes.ids)}

    def test_the_second_is_like_the_first(self):
        """Whoever comes first, all columns of all three are the same."""
        kinds = ("rich", "poor", "person")
        first = {kind: self._columns(self._anchors_of(kind)[0]) for kind in kinds}
        for order in (kinds, kinds[::-1], kinds[1:] + kinds[:1]):
            for kind, lead in zip(order, self._anchors_of(*order), strict=True):
                with self.subTest(order=order, kind=kind):
                    self.assertEqual(self._columns(lead), first[kind])

    def test_nothing_of_the_customer_is_lost(self):
        _poor, rich, person = self._anchors_of("poor", "rich", "person")
        self.assertEqual((rich.vat_number, rich.fiscal_code), 2 * (COMPANY_CODE,))
        self.assertEqual((rich.legal_form, rich.ateco_code), ("srl", "43.21"))
        self.assertEqual((rich.employee_count, rich.lead_kind), (12, "company"))
        for name in self.values:
            self.assertEqual(rich[name], rich.partner_id[name], name)
            self.assertTrue(rich[name], name)
        self.assertEqual(person.birth_date, date(1983, 11, 18))
        self.assertEqual(person.fiscal_code, PERSON_CODE)
        self.assertEqual(len(person.x_cc_wishes), 2)
        self.assertFalse(person.x_cc_motto)
        self.assertFalse(person.website)

    def test_may_not_be_called(self):
        """The flag of names that come by SQL is the list's, too."""
        self.env["phone.blacklist"]._add(["+390305551234", "+393335551234"])
        poor, rich, person = self._anchors_of("poor", "rich", "person")
        self.assertEqual(
            [lead.may_not_be_called for lead in (poor, rich, person)],
            [False, True, False],
        )

    def test_contacts_and_addresses_are_rows(self):
        """Who is below the customer is seen on the name, and is made only once."""
        partners = self.env["res.partner"].create(
            [
                {
                    "name": f"Company {number}",
                    "is_company": True,
                    "child_ids": [
                        Command.create(
                            {
                                "name": "Director",
                                "function": "Owner",
                                "phone": "030 5554321",
                                "email": "director@example.com",
                            }
                        ),
                        Command.create({"name": "Bad Number", "phone": "call me"}),
                        Command.create(
                            {
                                "name": "Warehouse",
                                "type": "delivery",
                                "street": "Via Milano 1",
                                "zip": "25121",
                                "state_id": self.province.id,
                                "pod": "IT001E12345678",
                            }
                        ),
                        Command.create({"type": "invoice", "city": "Brescia"}),
                    ],
                }
                for number in range(3)
            ]
        )
        anchors = partners._ensure_anchor()
        for lead in anchors:
            company = lead.partner_id
            self.assertTrue(lead.has_rows)
            self.assertEqual(
                set(lead.contact_ids.mapped("name")), {"Director", "Bad Number"}
            )
            director = lead.contact_ids.filtered("role")
            self.assertEqual(director.phone_e164, "+390305554321")
            self.assertEqual(director.partner_id.parent_id, company)
            warehouse = lead.site_ids.filtered("pod")
            self.assertEqual(
                (warehouse.name, warehouse.zone_id), ("Warehouse", self.zone)
            )
            self.assertEqual(
                set(lead.site_ids.mapped("name")), {"Warehouse", "Brescia"}
            )
        lead = anchors[0]
        lead.convert_opportunity(lead.partner_id)
        self.env.cr.precommit.run()
        self.assertEqual(len(lead.partner_id.child_ids), 4, "nobody twice")
