from unittest.mock import patch

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon

NAME_FORM = "crm_callcenter.crm_lead_view_form_name"


@tagged("post_install", "-at_install")
class TestNormaliseForms(CallcenterCommon):
    def form(self, **values):
        lead = self.env["crm.lead"].create({"name": "X", "type": "lead", **values})
        return Form(lead.with_user(self.manager), NAME_FORM)

    def ways(self, form, field):
        return [
            way
            for hint in form.value_hints or ()
            if hint["field"] == field
            for way in hint["ways"]
        ]

    # ------------------------------------------------------------
    # WHILE SOMEBODY TYPES
    # ------------------------------------------------------------

    def test_what_is_typed_in_capitals(self):
        form = self.form()
        form.contact_name = "DOTT. D'ANGELO NICOLO'"
        form.street = "V.LE GARIBALDI N.12/a"
        form.phone = "030/9200669"
        form.email_from = "ADA@EXAMPLE.ORG"
        form.zip = "25065"
        self.assertEqual(form.contact_name, "Dott. D'Angelo Nicolò")
        self.assertEqual(form.street, "Viale Garibaldi 12/A")
        self.assertEqual(form.phone, "+39 030 920 0669")
        self.assertEqual(form.email_from, "ada@example.org")
        # The postcode has one municipality.
        self.assertEqual(form.city, "Lumezzane")
        self.assertEqual(form.state_id, self.province)
        lead = form.save()
        self.assertEqual(lead.phone_e164, "+390309200669")
        self.assertEqual(lead.zone_id, self.zone)

    def test_who_mixes_capitals_means_it(self):
        form = self.form()
        form.contact_name = "Ada McDonald dott."
        self.assertEqual(form.contact_name, "Ada McDonald dott.")

    def test_the_title_of_an_opportunity_is_left_alone(self):
        form = self.form(type="opportunity")
        form.name = "FOTOVOLTAICO 6 KW"
        self.assertEqual(form.name, "FOTOVOLTAICO 6 KW")

    def test_a_switch_for_each_part_and_each_use(self):
        self.company.normalise_names = False
        form = self.form()
        form.contact_name, form.street = "ROSSI ADA", "VIA ROMA"
        self.assertEqual((form.contact_name, form.street), ("ROSSI ADA", "Via Roma"))
        self.company.normalise_forms = False
        form.street = "VIA PO"
        self.assertEqual(form.street, "VIA PO")
        self.assertFalse(self.form(city="Xyzzy", zip="99999").value_hints)
        self.assertTrue(self.env["crm.normaliser"]._normaliser("import").parts)

    def test_addresses_abroad_are_left_alone(self):
        self.company.country_id = self.env.ref("base.us")
        form = self.form()
        form.contact_name, form.city = "JOHN SMITH", "NEW YORK"
        self.assertEqual((form.contact_name, form.city), ("JOHN SMITH", "NEW YORK"))
        self.assertFalse(form.value_hints)

    def test_a_plain_create_is_no_surprise(self):
        values = {"name": "x", "contact_name": "ROSSI ADA", "city": "LUMEZANE"}
        lead = self.env["crm.lead"].create(values)
        self.assertEqual((lead.contact_name, lead.city), ("ROSSI ADA", "LUMEZANE"))
        lead.contact_name = "VERDI ADA"
        self.assertEqual(lead.contact_name, "VERDI ADA")

    def test_customers_as_well(self):
        partner = self.env["res.partner"].create({"name": "X", "is_company": True})
        form = Form(partner)
        form.name = "ROSSI SRL"
        form.street = "P.ZZA DUOMO, 1"
        form.zip = "25065"
        self.assertEqual(form.name, "Rossi S.r.l.")
        self.assertEqual(form.street, "Piazza Duomo 1")
        self.assertEqual(form.city, "Lumezzane")

    def test_sites_and_contacts_as_well(self):
        with self.form(lead_kind="company") as form:
            with form.site_ids.new() as site:
                site.name, site.street, site.zip = "Roof", "V.LE ROMA N. 3", "25065"
            with form.contact_ids.new() as contact:
                contact.name, contact.phone = "D'ANGELO ADA", "030/9200669"
        lead = form.record
        self.assertEqual(lead.site_ids.street, "Viale Roma 3")
        self.assertEqual(lead.site_ids.city, "Lumezzane")
        self.assertEqual(lead.site_ids.state_id, self.province)
        self.assertEqual(lead.contact_ids.name, "D'Angelo Ada")
        self.assertEqual(lead.contact_ids.phone, "+39 030 920 0669")

    def test_two_numbers_in_a_cell_go_to_two_fields(self):
        form = self.form()
        form.phone = "030 9200669 / 333 1234567"
        self.assertEqual(form.phone, "+39 030 920 0669")
        self.assertEqual(form.mobile, "+39 333 123 4567")
        lead = form.save()
        self.assertEqual(lead.phone_e164, "+390309200669")
        self.assertEqual(lead.mobile_e164, "+393331234567")

    def test_a_second_number_overwrites_none(self):
        form = self.form(mobile="+39 335 712 4569", phone_second="+39 030 555 0001")
        form.phone = "030 9200669 / 333 1234567"
        self.assertEqual(form.phone, "030 9200669 / 333 1234567")
        self.assertEqual(form.mobile, "+39 335 712 4569")
        self.assertEqual(len(self.ways(form, "phone")), 2)

    def test_a_number_never_goes_to_a_field_that_the_form_lacks(self):
        """The values of a form without mobiles are not lost when it is saved."""
        view = self.env["ir.ui.view"].create(
            {
                "name": "crm.lead.form.small",
                "model": "crm.lead",
                "arch": '<form><field name="name" /><field name="phone" /></form>',
            }
        )
        form = Form(self.env["crm.lead"].with_user(self.manager), view)
        form.name, form.phone = "X", "030 9200669 / 333 1234567"
        self.assertEqual(form.phone, "030 9200669 / 333 1234567")

    def test_customers_numbers_and_codes_as_well(self):
        partner = self.env["res.partner"].create({"name": "X", "is_company": True})
        form = Form(partner)
        form.phone = "030/9200669 - 333 1234567"
        form.fiscal_code = "rss mra 8OAO1 h501u"
        form.vat = "764350013"
        self.assertEqual(form.phone, "+39 030 920 0669")
        self.assertEqual(form.mobile, "+39 333 123 4567")
        self.assertEqual(form.fiscal_code, "RSSMRA80A01H501U")
        self.assertEqual(form.vat, "IT00764350013")

    # ------------------------------------------------------------
    # WHAT WAS TYPED
    # ------------------------------------------------------------

    def test_what_was_typed_is_kept_when_the_form_is_saved(self):
        form = self.form()
        form.contact_name = "DOTT. D'ANGELO NICOLO'"
        form.street = "V.LE ROMA N. 3"
        form.street = "Via Po 1"
        form.city = "LUMEZANE"
        form.zip = "25065"
        lead = form.save()
        kept = self.env["crm.lead.original"]._originals_of(lead.ids)[lead.id]
        # The street was typed anew; the town became what it is in two steps.
        self.assertEqual(
            kept, {"contact_name": "DOTT. D'ANGELO NICOLO'", "city": "LUMEZANE"}
        )
        self.assertEqual(lead.city, "Lumezzane")
        self.assertFalse(lead.typed_originals)
        lead.with_user(self.manager).action_restore_original("contact_name")
        self.assertEqual(lead.contact_name, "DOTT. D'ANGELO NICOLO'")

    def test_what_was_typed_of_a_customer(self):
        form = Form(self.env["res.partner"])
        form.name, form.street = "Rossi Ada", "P.ZZA DUOMO, 1"
        partner = form.save()
        kept = self.env["res.partner.original"]._originals_of(partner.ids)
        self.assertEqual(kept[partner.id], {"street": "P.ZZA DUOMO, 1"})

    def test_two_addresses_of_mail_in_a_cell(self):
        form = self.form()
        form.email_from = "ada@libero.it; ugo@gmail.com"
        self.assertEqual(form.email_from, "ada@libero.it")
        [way] = self.ways(form, "email_from")
        self.assertEqual(way["values"], {"email_from": "ugo@gmail.com"})
        lead = form.save()
        self.assertEqual(lead.email_normalized, "ada@libero.it")
        [row] = lead.written_originals
        self.assertEqual(row["written"], "ada@libero.it; ugo@gmail.com")

    def test_an_operator_types_in_the_fields_that_are_open(self):
        get = self.env["ir.model.fields"]._get
        self.company.lead_main_field_ids = get("crm.lead", "street")
        lead = self.leads[0].with_user(self.operator)
        typed = {"street": ["V.LE ROMA 3", "Viale Roma 3"]}
        lead._check_write_by_role({"street": "Viale Roma 3", "typed_originals": typed})
        with self.assertRaisesRegex(AccessError, "City"):
            lead._check_write_by_role({"city": "Roma", "typed_originals": typed})
        arch = lead.get_view(self.env.ref(NAME_FORM).id, "form")["arch"]
        [node] = etree.fromstring(arch).xpath("//field[@name='typed_originals']")
        self.assertFalse(node.get("readonly"))

    def test_nobody_invents_what_was_typed(self):
        lead = self.leads[0].with_user(self.manager)
        for typed in (
            {"street": ["A", "not what stands there"]},
            {"description": ["A", lead.description]},
            {"street": ["A" * 600, lead.street]},
            {"street": "A"},
            ["street"],
            "street",
        ):
            lead.write({"typed_originals": typed})
            kept = self.env["crm.lead.original"]._originals_of(lead.ids)
            self.assertFalse(kept, typed)

    # ------------------------------------------------------------
    # HINTS
    # ------------------------------------------------------------

    def test_hints_are_values_that_a_form_takes(self):
        form = self.form(city="Castro", country_id=self.env.ref("base.it").id)
        ways = self.ways(form, "city")
        self.assertEqual(
            [way["label"] for way in ways], ["24063 Castro (BG)", "73030 Castro (LE)"]
        )
        values = ways[1]["values"]
        self.assertEqual((values["city"], values["zip"]), ("Castro", "73030"))
        self.assertEqual(values["state_id"]["id"], self.env.ref("base.state_it_le").id)
        form.zip = "73030"
        self.assertEqual(form.state_id.code, "LE")
        self.assertFalse(form.value_hints)

    def test_hints_of_sites_and_contacts(self):
        lead = self.leads[0]
        site = self.env["crm.lead.site"].create(
            {"lead_id": lead.id, "name": "Roof", "city": "Castro"}
        )
        contact = self.env["crm.lead.contact"].create(
            {"lead_id": lead.id, "name": "Ada", "email": "ada@gmial.com"}
        )
        ways = self.ways(site.with_user(self.manager), "city")
        self.assertEqual(
            [way["label"] for way in ways], ["24063 Castro (BG)", "73030 Castro (LE)"]
        )
        le = self.env.ref("base.state_it_le")
        self.assertEqual(ways[1]["values"]["state_id"]["id"], le.id)
        [way] = self.ways(contact.with_user(self.manager), "email")
        self.assertEqual(way["values"], {"email": "ada@gmail.com"})
        site.zip = "73030"
        site.state_id = le
        self.assertFalse(site.value_hints)
        lead.country_id = self.env.ref("base.ch")
        site.write({"zip": "99999", "state_id": False})
        self.assertFalse(site.value_hints)

    def test_a_misspelt_address_of_mail_is_asked_not_changed(self):
        form = self.form(email_from="ada@gmial.com")
        self.assertEqual(form.email_from, "ada@gmial.com")
        [way] = self.ways(form, "email_from")
        self.assertEqual(way["values"], {"email_from": "ada@gmail.com"})

    def test_an_operator_is_offered_what_it_may_change(self):
        lead = self.leads[0].with_user(self.operator)
        get = self.env["ir.model.fields"]._get
        self.company.lead_main_field_ids = get("crm.lead", "email_from")
        self.assertEqual(lead._hints_open_to_me(), {"email_from"})

    # ------------------------------------------------------------
    # WEB FORMS, AND WHOEVER DIALS
    # ------------------------------------------------------------

    def test_a_web_form(self):
        values = {"name": "Preventivo", "contact_name": "ROSSI ADA", "zip": "25065"}
        request = type("Request", (), {"httprequest": type("R", (), {"path": ""})})
        request.httprequest.path = "/website/form/crm.lead"
        with patch("odoo.addons.crm_dedup.models.crm_lead_normalise.request", request):
            lead = self.env["crm.lead"].create(values)
        self.assertEqual(lead.contact_name, "Rossi Ada")
        self.assertEqual((lead.city, lead.state_id), ("Lumezzane", self.province))
        kept = self.env["crm.lead.original"]._originals_of(lead.ids)[lead.id]
        self.assertEqual(kept, {"contact_name": "ROSSI ADA"})

    def test_two_numbers_of_a_web_form(self):
        leads = self.env["crm.lead"].with_context(normalise_values=True)
        lead = leads.create({"name": "X", "phone": "030 9200669 / 333 1234567"})
        self.assertEqual(lead.phone_e164, "+390309200669")
        self.assertEqual(lead.mobile_e164, "+393331234567")
        kept = self.env["crm.lead.original"]._originals_of(lead.ids)[lead.id]
        self.assertEqual(kept, {"phone": "030 9200669 / 333 1234567"})

    def test_whoever_dials(self):
        numbers = self.env["crm.normaliser"]._numbers(
            ["030/9200669", "351234567", "3333333333", "333 1234567 - 335 1234567", ""],
            province="BG",
        )
        self.assertEqual(
            list(numbers.values()),
            ["+390309200669", "+390351234567", None, "+393331234567", None],
        )

    # ------------------------------------------------------------
    # AS IT WAS WRITTEN
    # ------------------------------------------------------------

    def test_originals_are_shown_while_they_differ(self):
        lead = self.leads[0]
        originals = self.env["crm.lead.original"]
        written = {"street": "V.LE ROMA 1", "name": lead.name, "city": ""}
        self.assertEqual(originals._store_originals([(lead.id, written)]), 1)
        lead.invalidate_recordset()
        [row] = lead.with_user(self.manager).written_originals
        self.assertEqual((row["field"], row["written"]), ("street", "V.LE ROMA 1"))
        lead.with_user(self.manager).action_restore_original("street")
        self.assertEqual(lead.street, "V.LE ROMA 1")
        self.assertFalse(lead.written_originals)

    def test_what_is_kept_first_can_stay(self):
        lead = self.leads[0]
        originals = self.env["crm.lead.original"]
        originals._store_originals([(lead.id, {"street": "A", "city": "B"})])
        originals._store_originals([(lead.id, {"street": "C"})], keep_first=True)
        self.assertEqual(
            originals._originals_of(lead.ids)[lead.id], {"street": "A", "city": "B"}
        )
        originals._store_originals([(lead.id, {"street": "D"})])
        self.assertEqual(originals._originals_of(lead.ids)[lead.id]["street"], "D")

    def test_what_nobody_wrote_is_not_restored(self):
        lead = self.leads[0].with_user(self.manager)
        with self.assertRaisesRegex(UserError, "Nothing is known"):
            lead.action_restore_original("street")
        self.env["crm.lead.original"]._store_originals(
            [(lead.id, {"commercial_state_id": 1})]
        )
        with self.assertRaisesRegex(UserError, "Nothing is known"):
            lead.action_restore_original("commercial_state_id")

    def test_an_operator_restores_what_it_may_change_only(self):
        lead = self.leads[0]
        self.env["crm.lead.original"]._store_originals([(lead.id, {"street": "A"})])
        self.company.lead_main_field_ids = False
        with self.assertRaises(AccessError):
            lead.with_user(self.operator).action_restore_original("street")
        self.assertEqual(lead.street, "Via Roma 1")

    def test_erasure_takes_originals_along(self):
        lead = self.leads[0]
        self.env["crm.lead.original"]._store_originals([(lead.id, {"street": "A"})])
        lead.with_user(self.manager)._erase("Asked for it")
        self.assertFalse(self.env["crm.lead.original"]._originals_of(lead.ids))
