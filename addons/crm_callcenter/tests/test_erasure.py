from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..tools.erased_text import Person
from .custom_field_case import CustomFieldCase

FISCAL_CODE = "RCCMNL83S18D969H"
#: What is not looked into: columns in which nobody writes.
_SKIPPED_TABLES = ("ir_model_fields_selection", "res_country_state", "crm_municipality")


@tagged("post_install", "-at_install")
class TestErasure(CustomFieldCase):
    """After an erasure no table of the database knows the person any more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.env["crm.lead"].create(
            {
                **cls._lead_values(95),
                "name": "Zanzibar",
                "contact_name": "Zanzibar Person",
                "email_from": "zanzibar@example.com",
                "description": "<p>Zanzibar note</p>",
                "fiscal_code": FISCAL_CODE,
                "portfolio_id": cls.branch.id,
                "household_ids": [
                    Command.create(
                        {
                            "kind": "household",
                            "name": "Zanzibar Wife",
                            "email": "wife@zanzibar.example",
                        }
                    )
                ],
                "site_ids": [Command.create({"name": "Zanzibar roof"})],
                "tag_ids": [Command.create({"name": "Erasure tag"})],
                **cls.values,
                "x_cc_motto": "Zanzibar motto",
            }
        )
        cls.number, cls.mobile = cls.lead._e164_numbers()

    def _fill_everywhere(self):
        """Let the person stand wherever somebody may write it down."""
        lead = self.lead
        partner = lead._convert_to_opportunity(
            self.agent, 1.0, fields.Date.add(fields.Date.today(), days=30)
        )
        self.env.cr.precommit.run()
        self._fill_events(partner)
        self._fill_jobs(partner)
        lead.with_context(tracking_disable=False).write({"city": "Zanzibar City"})
        partner.message_post(body="Zanzibar on the customer")
        partner.message_subscribe(partner.ids)
        lead.message_subscribe(partner.ids)
        partner.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo", summary="Zanzibar of the customer"
        )
        self.env["res.partner.bank"].create(
            {
                "acc_number": "IT60X0542811101000000123456",
                "acc_holder_name": "Zanzibar Person",
                "partner_id": partner.id,
            }
        )
        # Another name links the contact by a custom field.
        self.leads[1].x_cc_installer = partner
        self.env["crm.custom.field.added"].create(
            {"lead_id": lead.id, "custom_field_id": self.fields_made[0].id}
        )
        entry = self.env["phone.blacklist"]._forbid_numbers(
            [self.mobile], "asked", "Letter of Zanzibar"
        )
        entry.action_archive()
        # A conversion that was taken back left its customer behind.
        second = self.env["crm.lead"].create(
            {
                **self._lead_values(95),
                "name": "Zanzibar",
                "contact_name": "Zanzibar Two",
            }
        )
        second._convert_to_opportunity(
            self.agent, 1.0, fields.Date.add(fields.Date.today(), days=30)
        )
        self.env.cr.precommit.run()
        second.conversion_ids._undo()
        second.active = False
        return partner, second

    def _fill_events(self, partner):
        self.env["calendar.event"].create(
            {
                "name": "Visit to Zanzibar",
                "start": "2030-01-01 10:00:00",
                "stop": "2030-01-01 11:00:00",
                "location": "Zanzibar City",
                "notes": "<p>Zanzibar has a dog</p>",
                "partner_ids": [Command.set((partner | self.agent.partner_id).ids)],
            }
        )

    def _fill_jobs(self, partner):
        domain = "[['contact_name', 'ilike', 'zanzibar'], ['city', '=', 'Brescia']]"
        self.env["crm.bulk.job"].create(
            {
                "kind": "people",
                "domain": domain,
                "note": "For Zanzibar",
                "state": "done",
            }
        )
        self.env["crm.custom.field.mass"].create(
            {
                "custom_field_id": self.fields_made[0].id,
                "operation": "set",
                "value_text": "Zanzibar Person",
                "domain": domain,
            }
        )
        self.lead.with_context(
            callcenter_export_search='[["name", "=", "Zanzibar"]]'
        ).export_data(["name"])
        self.env["ir.filters"].create(
            {
                "name": "One",
                "model_id": "crm.lead",
                "domain": "[('contact_name', '=', 'Zanzibar Person')]",
            }
        )

    def _places(self, text):
        """Return every column of every table in which a text stands."""
        self.env.flush_all()
        columns = self.env.execute_query(
            SQL(
                """SELECT table_name, array_agg(column_name::text)
                     FROM information_schema.columns
                    WHERE table_schema = 'public'
                      AND data_type IN ('character varying', 'text', 'jsonb', 'json')
                      AND table_name IN (SELECT tablename FROM pg_tables)
                      AND table_name != ALL(%s)
                 GROUP BY table_name""",
                list(_SKIPPED_TABLES),
            )
        )
        found = set()
        for table, names in columns:
            condition = SQL(" OR ").join(
                SQL("%s::text ILIKE %s", SQL.identifier(name), f"%{text}%")
                for name in names
            )
            if self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s WHERE %s LIMIT 1",
                    SQL.identifier(table),
                    condition,
                )
            ):
                found.add(table)
        return found

    def test_nothing_is_left_anywhere(self):
        _partner, second = self._fill_everywhere()
        texts = ("zanzibar", self.number, self.mobile, FISCAL_CODE)
        known = self._places(texts[0])
        for table in (
            "crm_lead",
            "res_partner",
            "crm_lead_contact",
            "crm_lead_site",
            "crm_conversion",
            "crm_bulk_job",
            "crm_custom_field_mass",
            "crm_export_log",
            "ir_filters",
            "calendar_event",
            "calendar_attendee",
            "mail_message",
            "mail_activity",
            "phone_blacklist",
            "res_partner_bank",
        ):
            self.assertIn(table, known)
        row = self.lead.with_user(self.manager)._erase("Letter of the person")
        for text in texts:
            self.assertFalse(self._places(text), text)
        self.assertTrue(second.erased_on, "the same person, archived")
        self.assertEqual(row.details["names"], 2)

    def test_links_and_choices_go(self):
        """Relation tables, links, followers and fields added name nobody."""
        partner, _second = self._fill_everywhere()
        wishes = self.env["crm.lead"]._fields["x_cc_wishes"]
        self.assertTrue(self.lead.x_cc_wishes and partner.x_cc_wishes)
        self.lead._erase("Letter")
        for model, record in (("crm.lead", self.lead), ("res.partner", partner)):
            field = self.env[model]._fields["x_cc_wishes"]
            rows = self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s WHERE %s = %s",
                    SQL.identifier(field.relation),
                    SQL.identifier(field.column1),
                    record.id,
                )
            )
            self.assertFalse(rows, wishes)
            for name in self.values:
                self.assertFalse(record[name], name)
        self.assertFalse(self.leads[1].x_cc_installer)
        self.assertFalse(self.lead.tag_ids)
        added = self.env["crm.custom.field.added"]
        self.assertFalse(added.search([("lead_id", "=", self.lead.id)]))
        followers = self.env["mail.followers"]
        self.assertFalse(followers.search([("partner_id", "=", partner.id)]))

    def test_files_of_deleted_fields(self):
        """What a deleted field left as a file no longer has the person's row."""
        self.leads[1].x_cc_motto = "Other motto"
        wizard = self.env["crm.custom.field.delete.wizard"].create(
            {"custom_field_id": self.fields_made[0].id}
        )
        file = wizard._export()
        self.assertIn("Zanzibar motto", file.raw.decode())
        log = self.env["crm.export.log"].search([], limit=1)
        self.assertIn("x_cc_motto", log.field_names)
        details = self.lead._erase("Letter").details
        self.assertNotIn("Zanzibar", file.raw.decode())
        self.assertIn("Other motto", file.raw.decode())
        self.assertEqual(details["files of deleted fields"], 1)

    def test_others_are_left_alone(self):
        """Who shares the landline, an appointment or the company stays whole."""
        other = self.env["crm.lead"].create(
            {**self._lead_values(95), "name": "Other", "contact_name": "Other"}
        )
        company = self.env["res.partner"].create({"name": "Acme", "is_company": True})
        boss, clerk = self.env["res.partner"].create(
            [
                {"name": "Boss", "parent_id": company.id},
                {"name": "Clerk", "parent_id": company.id},
            ]
        )
        person = self.env["crm.lead"].create(
            {**self._lead_values(94), "name": "Boss", "partner_id": boss.id}
        )
        event = self.env["calendar.event"].create(
            {
                "name": "Open day",
                "start": "2030-01-01 10:00:00",
                "stop": "2030-01-01 11:00:00",
                "partner_ids": [Command.set((boss | clerk).ids)],
            }
        )
        (self.lead | person)._erase("Letter")
        self.assertFalse(other.erased_on)
        self.assertEqual(other.phone_e164, self.number)
        self.assertFalse(boss.active)
        self.assertTrue(company.active and clerk.active)
        self.assertEqual(event.name, "Open day")

    def test_our_own_company_is_not_erased(self):
        lead = self.env["crm.lead"].create(
            {**self._lead_values(93), "partner_id": self.company.partner_id.id}
        )
        with self.assertRaisesRegex(UserError, "is a company of this system"):
            lead._erase("Letter")
        self.assertTrue(self.company.partner_id.active)

    def test_the_wizard_says_what_goes(self):
        partner, second = self._fill_everywhere()
        wizard = (
            self.env["crm.privacy.wizard"]
            .with_user(self.manager)
            .create({"lead_id": self.lead.id, "kind": "erasure", "reason": "Letter"})
        )
        for record in (self.lead, second):
            self.assertIn(f"Name {record.id}: Zanzibar", wizard.scope)
        self.assertIn(partner.display_name, wizard.scope)
        wizard.is_sure = True
        wizard.action_apply()
        self.assertFalse(wizard.exists(), "it showed the person")

    def test_a_person_goes_out_of_texts(self):
        """Whole names go everywhere; words of it only where somebody is named."""
        person = Person(["Mario Rossi", "Sole"], ["+393331112295", "a@b.it"])
        for before, after in (
            (
                '[["contact_name", "ilike", "rossi"], ["city", "=", "Rossi"]]',
                '[["contact_name", "ilike", "erased"], ["city", "=", "Rossi"]]',
            ),
            (
                "['|', ('name', '=', 'Mario Rossi'), ('id', 'in', [1, 2, 3])]",
                "['|', ('name', '=', 'erased'), ('id', 'in', [1, 2, 3])]",
            ),
            (
                "[('partner_id.phone', 'in', ['+393331112295', '030'])]",
                "[('partner_id.phone', 'in', ['erased', '030'])]",
            ),
            (
                "[('lead_ids', 'any', [('email_from', '=', 'A@B.it')])]",
                "[('lead_ids', 'any', [('email_from', '=', 'erased')])]",
            ),
            ("[('city', '=', 'Sole')]", "[('city', '=', 'Sole')]"),
            ("[('create_uid', '=', uid)]", "[('create_uid', '=', uid)]"),
        ):
            self.assertEqual(person.out_of_search(before), after)
        kept = "[('name', 'ilike', 'rossi')]"
        self.assertEqual(person.out_of_search(kept, words=False), kept)
        self.assertEqual(
            person.out_of_text("Call Mario ROSSI, not Mario Rossini; Sole"),
            "Call erased, not Mario Rossini; Sole",
        )
        self.assertEqual(person.out_of_log("Sole said"), "erased said")


@tagged("post_install", "-at_install")
class TestRetentionPeriods(CustomFieldCase):
    """Each portfolio may keep names for a time of its own."""

    def test_the_nearest_period_counts(self):
        leads = self.env["crm.lead"]
        main = self.env["res.company"].search([], order="id", limit=1)
        main.retention_months = 24
        inner = self.env["crm.portfolio"].create(
            {"name": "Inner", "parent_id": self.branch.id}
        )
        self.portfolio.retention_months = 12
        inner.retention_months = 36
        periods = leads._retention_periods(main)
        self.assertEqual(
            [periods[row.id] for row in (self.portfolio, self.branch, inner)],
            [12, 12, 36],
        )
        default = self.env["crm.portfolio"]._get_default()
        self.assertEqual((periods[default.id], periods[0]), (24, 24))
        main.retention_months = 0
        self.assertNotIn(default.id, leads._retention_periods(main))
        in_branch, in_inner, elsewhere = self.leads[:3]
        in_branch.portfolio_id = self.branch
        in_inner.portfolio_id = inner
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE crm_lead SET create_date = %s WHERE id = ANY(%s) RETURNING id",
                fields.Datetime.now() - timedelta(days=400),
                self.leads.ids,
            )
        )
        due = set(leads._retention_due(main, limit=None)) & set(self.leads.ids)
        self.assertEqual(due, set(in_branch.ids))
        counts = dict(leads._retention_counts(main))
        self.assertEqual(counts, {self.branch: 1})
        self.assertFalse(elsewhere.erased_on)
