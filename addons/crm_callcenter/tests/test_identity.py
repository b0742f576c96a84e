from datetime import date
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.sql_db import Cursor
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..tools.italian_codes import (
    birth_date_of,
    read_ateco,
    read_fiscal_code,
    read_pod,
    read_vat_number,
)
from .common import CallcenterCommon

#: The examples of python-stdnum's own documentation; nobody's.
PERSON_CODE = "RCCMNL83S18D969H"
COMPANY_CODE = "00743110157"


@tagged("post_install", "-at_install")
class TestIdentity(CallcenterCommon):
    """Who a name is for the state, its people and its places, and their customer."""

    def test_reading_codes(self):
        for read, written, expected in (
            (read_fiscal_code, " rcc mnl 83s18 d969h ", PERSON_CODE),
            (read_fiscal_code, COMPANY_CODE, COMPANY_CODE),
            (read_fiscal_code, PERSON_CODE[:-1] + "A", None),
            (read_fiscal_code, PERSON_CODE[:-1], None),
            (read_fiscal_code, "", None),
            (read_vat_number, "IT 00743110157", COMPANY_CODE),
            (read_vat_number, "00743110158", None),
            (read_vat_number, "hello", None),
            (read_ateco, "43.21.01", "43.21.01"),
            (read_ateco, "43", "43"),
            (read_ateco, "4321", None),
            (read_pod, "it001e 12345678", "IT001E12345678"),
            (read_pod, "IT001E1234567", None),
            (read_pod, "FR001E12345678", None),
        ):
            with self.subTest(read=read.__name__, written=written):
                self.assertEqual(read(written), expected)
        self.assertEqual(birth_date_of(PERSON_CODE), date(1983, 11, 18))
        self.assertIsNone(birth_date_of(COMPANY_CODE))

    def test_codes_of_a_name(self):
        """Written in any way, kept in one; empty is allowed; wrong gets a sentence."""
        lead = self.leads[0]
        lead.write({"fiscal_code": "rccmnl83s18d969h", "vat_number": "IT00743110157"})
        self.assertEqual(lead.fiscal_code, PERSON_CODE)
        self.assertEqual(lead.vat_number, COMPANY_CODE)
        lead.write({"fiscal_code": False, "vat_number": ""})
        for values, sentence in (
            ({"fiscal_code": "RCCMNL83S18D969A"}, "codice fiscale of Name 1, is not"),
            ({"vat_number": "00743110158"}, "partita IVA of Name 1, is not valid"),
            ({"ateco_code": "solar"}, "is no ATECO code"),
            ({"birth_date": "2999-01-01"}, "lies in the future"),
            ({"employee_count": -1}, "zero or more"),
        ):
            with self.subTest(values=values):
                with self.assertRaisesRegex(ValidationError, sentence):
                    lead.write(values)
                lead.invalidate_recordset(flush=False)
        customer = self.env["res.partner"].create({"name": "Customer"})
        with self.assertRaisesRegex(ValidationError, "is no POD"):
            customer.pod = "12"
        with self.assertRaisesRegex(ValidationError, "codice fiscale of Customer"):
            customer.fiscal_code = "RCCMNL83S18D969"

    def test_birth_date_from_the_code(self):
        lead = self.leads[0].with_user(self.manager)
        view = "crm_callcenter.crm_lead_view_form_name"
        with Form(lead, view=view) as form:
            form.fiscal_code = PERSON_CODE
            self.assertEqual(form.birth_date, date(1983, 11, 18))

    def _company(self, **values):
        return self.env["crm.lead"].create(
            {
                **self._lead_values(90),
                "contact_name": "Speaker",
                "partner_name": "Company",
                "lead_kind": "company",
                "fiscal_code": COMPANY_CODE,
                "vat_number": COMPANY_CODE,
                "legal_form": "srl",
                "ateco_code": "43.21",
                "employee_count": 12,
                "contact_ids": [
                    Command.create(
                        {
                            "name": "Director",
                            "role": "Owner",
                            "phone": "030 5551234",
                            "email": "director@example.com",
                        }
                    )
                ],
                "site_ids": [
                    Command.create(
                        {
                            "name": "Warehouse",
                            "street": "Via Milano 1",
                            "zip": "25121",
                            "city": "Brescia",
                            "state_id": self.province.id,
                            "pod": "it001e12345678",
                        }
                    )
                ],
                **values,
            }
        )

    def _convert(self, lead):
        return lead._convert_to_opportunity(
            self.agent, 100.0, fields.Date.add(fields.Date.today(), days=30)
        )

    def test_company_becomes_a_customer(self):
        """Identity, contacts and sites are the customer's after conversion."""
        lead = self._company()
        self.assertEqual(lead.site_ids.zone_id, self.zone)
        partner = self._convert(lead)
        company = partner.commercial_partner_id
        self.assertEqual(company.name, "Company")
        self.assertEqual(company.vat, f"IT{COMPANY_CODE}")
        self.assertEqual(
            (company.fiscal_code, company.legal_form, company.ateco_code),
            (COMPANY_CODE, "srl", "43.21"),
        )
        self.assertEqual(company.employee_count, 12)
        director = company.child_ids.filtered(lambda child: child.name == "Director")
        self.assertEqual((director.function, director.type), ("Owner", "contact"))
        self.assertEqual(director.email, "director@example.com")
        site = company.child_ids.filtered("pod")
        self.assertEqual((site.name, site.pod), ("Warehouse", "IT001E12345678"))
        self.assertEqual((site.type, site.zone_id), ("other", self.zone))
        self.assertEqual(lead.contact_ids.partner_id, director)
        self.assertEqual(lead.site_ids.partner_id, site)
        self.assertEqual(director.create_uid, self.env.ref("base.user_root"))
        lead._make_child_partners()
        self.assertEqual(len(company.child_ids), 3, "nothing twice")

    def test_person_becomes_a_customer(self):
        lead = self.leads[0]
        lead.write(
            {
                "fiscal_code": PERSON_CODE,
                "birth_date": "1983-11-18",
                "household_ids": [
                    Command.create(
                        {"kind": "household", "name": "Wife", "role": "wife"}
                    )
                ],
            }
        )
        self.assertFalse(lead.contact_ids)
        partner = self._convert(lead)
        self.assertEqual(partner.fiscal_code, PERSON_CODE)
        self.assertEqual(partner.birth_date, date(1983, 11, 18))
        self.assertEqual(partner.child_ids.name, "Wife")
        self.assertFalse(partner.vat)

    def test_conversion_in_odoos_way(self):
        """Also who converts with Odoo's own button gets contacts, when it commits."""
        lead = self._company()
        partner = lead._create_customer()
        lead.convert_opportunity(partner)
        self.env.cr.precommit.run()
        self.assertEqual(
            set(partner.commercial_partner_id.child_ids.mapped("name")),
            {"Speaker", "Director", "Warehouse"},
        )

    def test_rows_of_a_customer(self):
        """Who is added to a customer's name is a contact of the customer as well."""
        lead = self.leads[0]
        partner = self._convert(lead)
        self.assertFalse(partner.child_ids)
        lead.site_ids = [Command.create({"name": "Roof"})]
        self.env.cr.precommit.run()
        self.assertEqual(partner.child_ids.name, "Roof")

    def test_conversion_without_rows_asks_for_none(self):
        lead = self.leads[0]
        asked = []
        execute = Cursor.execute

        def record(cursor, query, *args, **kwargs):
            asked.append(str(query))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", record):
            lead.convert_opportunity(lead._create_customer())
            self.env.flush_all()
            self.env.cr.precommit.run()
        self.assertTrue(asked)
        for query in asked:
            self.assertNotIn("crm_lead_contact", query)
            self.assertNotIn("crm_lead_site", query)

    def test_rows_follow_a_merge(self):
        kept, gone = self._company(), self._company(name="Double")
        rows = kept.contact_ids | gone.contact_ids
        sites = kept.site_ids | gone.site_ids
        (kept | gone).merge_opportunity(auto_unlink=True)
        survivor = (kept | gone).exists()
        self.assertEqual(len(survivor), 1)
        self.assertEqual(survivor.contact_ids, rows)
        self.assertEqual(survivor.site_ids, sites)

    def test_bad_contacts(self):
        lead = self.leads[0]
        for values, sentence in (
            ({"phone": "12"}, "the phone of Son, is no valid number"),
            ({"email": "son"}, "the e-mail of Son, is no valid address"),
            ({"birth_date": "2999-01-01"}, "The birth date of Son lies in the future"),
        ):
            with self.assertRaisesRegex(ValidationError, sentence):
                self.env["crm.lead.contact"].create(
                    {"lead_id": lead.id, "name": "Son", **values}
                )

    def test_consent_of_a_contact(self):
        contact = self._company().contact_ids
        self.assertFalse(contact.consent_summary)
        wizard = self.env["crm.consent.wizard"].create(
            {
                "res_model": "crm.lead.contact",
                "res_ref": contact.id,
                "purpose_ids": self.env.ref(
                    "crm_callcenter.crm_consent_purpose_calls"
                ).ids,
            }
        )
        wizard.action_record()
        contact.invalidate_recordset(["consent_summary"])
        self.assertEqual(contact.consent_summary, "Calls with commercial offers: Given")

    def test_odoos_own_import(self):
        """Codes, contacts and sites come with the name; a bad code names its row."""
        leads = (
            self.env["crm.lead"].with_user(self.manager).with_context(import_file=True)
        )
        columns = [
            "name",
            "phone",
            "lead_kind",
            "fiscal_code",
            "vat_number",
            "birth_date",
            "contact_ids/name",
            "contact_ids/email",
            "site_ids/name",
            "site_ids/pod",
        ]
        rows = [
            [
                "One",
                "030 5551111",
                "company",
                "",
                "IT 00743110157",
                "",
                "Director",
                "d@example.com",
                "Roof",
                "it001e12345678",
            ],
            ["", "", "", "", "", "", "Clerk", "", "", ""],
            ["Two", "030 5551112", "person", "rccmnl83s18d969h", "", "1983-11-18"]
            + [""] * 4,
        ]
        result = leads.load(columns, rows)
        self.assertFalse(result["messages"])
        one, two = leads.browse(result["ids"])
        self.assertEqual(one.vat_number, COMPANY_CODE)
        self.assertEqual(set(one.contact_ids.mapped("name")), {"Director", "Clerk"})
        self.assertEqual(one.site_ids.pod, "IT001E12345678")
        self.assertEqual(
            (two.fiscal_code, str(two.birth_date)), (PERSON_CODE, "1983-11-18")
        )
        rows[0][4], rows[2][3] = "00743110158", "RCCMNL83S18D969A"
        before = leads.search_count([])
        result = leads.load(columns, rows)
        self.assertFalse(result["ids"])
        self.assertEqual(leads.search_count([]), before, "nothing half-applied")
        messages = {row["record"]: row["message"] for row in result["messages"]}
        self.assertIn("partita IVA of One, is not valid", messages[0])
        self.assertIn("codice fiscale of Two, is not valid", messages[1])

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.models")
    def test_rights(self):
        """Contacts and sites are seen and written by who sees the name."""
        own = self._company(type="opportunity", user_id=self.agent.id)
        other = self._company(type="opportunity", user_id=self.agent_two.id)
        values = {"name": "New", "lead_id": other.id}
        for model, field in (
            ("crm.lead.contact", "contact_ids"),
            ("crm.lead.site", "site_ids"),
        ):
            rows = self.env[model].with_user(self.agent)
            self.assertEqual(rows.search([]), own[field])
            own.with_user(self.agent).write({field: [Command.create({"name": "New"})]})
            with self.assertRaises(AccessError):
                rows.create(values)
            with self.assertRaises(AccessError):
                other[field].with_user(self.agent).name = "x"
            for user in (self.back_office, self.manager):
                seen = self.env[model].with_user(user).search([])
                self.assertEqual(seen, (own | other)[field])
            for user in (self.operator, self.coordinator):
                self.assertFalse(self.env[model].with_user(user).search([]))
