from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestLead(CallcenterCommon):
    def test_numbers_in_e164(self):
        lead = self.leads[0]
        self.assertEqual(lead.phone_e164, "+390305550001")
        self.assertEqual(lead.mobile_e164, "+393331112201")
        lead.phone_second = "0039 / 02 123 456 78"
        self.assertEqual(lead.phone_second_e164, "+390212345678")
        lead.phone_second = "rubbish"
        self.assertFalse(lead.phone_second_e164)

    def test_search_by_any_number_written_in_any_way(self):
        self.leads[2].phone_second = "02 9876543"
        for written in ("029876543", "+39 02 98 76 543", "0039-029876543"):
            found = self.env["crm.lead"].search([("phone_any", "ilike", written)])
            self.assertEqual(found, self.leads[2], written)
        self.assertFalse(self.env["crm.lead"].search([("phone_any", "ilike", "abc")]))

    def test_indexes_and_room_in_the_pages(self):
        self.env.cr.execute(
            """SELECT indexdef FROM pg_indexes WHERE tablename = 'crm_lead'"""
        )
        definitions = " ".join(row[0] for row in self.env.cr.fetchall())
        for columns in (
            "phone_e164",
            "mobile_e164",
            "phone_second_e164",
            "zone_id, name, id",
            "zone_id, city, id",
        ):
            self.assertIn(f"({columns}) WHERE", definitions)
        self.env.cr.execute(
            "SELECT reloptions FROM pg_class WHERE relname = 'crm_lead'"
        )
        self.assertIn("fillfactor=70", self.env.cr.fetchone()[0])

    def test_creating_names_stays_cheap(self):
        """A batch of names costs no query per name for what our addons add."""
        values = [self._lead_values(number) for number in range(10, 60)]
        self.env["crm.lead"].create(values[:2])
        self.env.flush_all()
        with self.assertQueryCount(61):
            self.env["crm.lead"].create(values[2:])
            self.env.flush_all()

    # Conversion

    def _convert(self, lead=None, revenue=9000, days=30, **values):
        return (lead or self.leads[0])._convert_to_opportunity(
            self.agent, revenue, fields.Date.today() + timedelta(days=days), **values
        )

    def test_conversion_makes_customer_and_opportunity(self):
        lead = self.leads[0]
        partner = self._convert()
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.partner_id, partner)
        self.assertEqual(lead.user_id, self.agent)
        self.assertEqual(lead.expected_revenue, 9000)
        self.assertEqual(lead.date_deadline, fields.Date.today() + timedelta(days=30))
        self.assertEqual(partner.name, "Name 1")
        self.assertEqual(partner.phone, lead.phone)
        self.assertEqual(partner.mobile, lead.mobile)
        self.assertEqual(partner.city, "Brescia")
        self.assertEqual(lead.phone_e164, "+390305550001")

    def test_converting_a_company_with_a_contact(self):
        self.leads[0].write({"lead_kind": "company", "partner_name": "Rossi S.r.l."})
        partner = self._convert()
        self.assertEqual(partner.commercial_partner_id.name, "Rossi S.r.l.")

    def test_an_existing_customer_is_kept(self):
        partner = self.env["res.partner"].create({"name": "Known"})
        self.leads[0].partner_id = partner
        self.assertEqual(self._convert(), partner)

    def test_a_sale_is_won(self):
        self._convert(won=True)
        self.assertEqual(self.leads[0].won_status, "won")

    def test_missing_values_are_refused(self):
        for revenue, days, sentence in (
            (None, 30, "expected revenue"),
            (-1, 30, "expected revenue"),
            (9000, -1, "in the past"),
        ):
            with self.assertRaisesRegex(UserError, sentence):
                self._convert(revenue=revenue, days=days)
        with self.assertRaisesRegex(UserError, "date"):
            self.leads[0]._convert_to_opportunity(self.agent, 1, False)
        self.assertEqual(self.leads[0].type, "lead")

    # Main fields

    def test_operators_change_main_fields_only(self):
        lead = self.leads[0]
        mine = lead.with_user(self.operator)
        mine._check_write_by_role({"city": "Lumezzane"})
        for values in (
            {"name": "Other"},
            {"user_id": self.agent.id},
            {"city": "Brescia", "expected_revenue": 5},
            {"active": False},
        ):
            with self.assertRaisesRegex(AccessError, "Operators may not change"):
                mine._check_write_by_role(values)
        self.company.lead_main_field_ids -= self.env["ir.model.fields"]._get(
            "crm.lead", "city"
        )
        with self.assertRaisesRegex(AccessError, "City"):
            mine._check_write_by_role({"city": "Brescia"})

    def test_states_can_never_be_a_main_field(self):
        for name in ("commercial_state_id", "stage_id", "active", "phone_e164"):
            field = self.env["ir.model.fields"]._get("crm.lead", name)
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.company.lead_main_field_ids |= field

    def test_the_list_opens_the_main_fields_and_no_others(self):
        view = self.env.ref("crm_callcenter.crm_lead_view_list_names")
        leads = self.env["crm.lead"].with_user(self.operator)

        def readonly():
            arch, _view = leads._get_view(view.id, "list")
            return {
                node.get("name"): node.get("readonly") for node in arch.xpath("./field")
            }

        shown = readonly()
        self.assertIsNone(shown["city"])
        for closed in ("name", "commercial_state_id", "zone_id"):
            self.assertEqual(shown[closed], "1")
        self.assertNotIn("website", shown)
        self.company.lead_main_field_ids |= self.env["ir.model.fields"]._get(
            "crm.lead", "website"
        )
        self.assertIn("website", readonly())

    def test_the_names_form_opens_for_everybody_who_has_names(self):
        self.leads[0].user_id = self.manager
        with Form(
            self.leads[0].with_user(self.manager),
            view="crm_callcenter.crm_lead_view_form_name",
        ) as form:
            form.mobile = "347 1234567"
        self.assertEqual(self.leads[0].mobile_e164, "+393471234567")
