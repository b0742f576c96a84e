import base64
import csv
import io
from unittest.mock import patch

from lxml import etree

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import SQL

from ..models import crm_custom_field_column
from .custom_field_case import CustomFieldCase


@tagged("post_install", "-at_install")
class TestCustomField(CustomFieldCase):
    """Every type the whole way: create, show, import, search, group, … delete."""

    def _form(
        self, user, model="crm.lead", view="crm_callcenter.crm_lead_view_form_name"
    ):
        view_id = self.env.ref(view).id
        arch = self.env[model].with_user(user).get_view(view_id, "form")["arch"]
        return etree.fromstring(arch)

    def _run_night_job(self):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress"):
            self.env["crm.custom.field"]._cron_remove_deleted()
        # The test goes on to change columns: as before the signal.
        self.registry.registry_invalidated = True

    def test_every_type_is_a_column_of_names_and_customers(self):
        for model in ("crm.lead", "res.partner"):
            for name in self.values:
                self.assertIn(name, self.env[model]._fields)
            self.env.cr.execute(
                "SELECT count(*) FROM information_schema.columns"
                " WHERE table_name = %s AND column_name LIKE 'x\\_cc\\_%%'",
                [self.env[model]._table],
            )
            # Several choices are a table of their own.
            self.assertEqual(self.env.cr.fetchone()[0], len(self.values) - 1)
        self.env.cr.execute(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f'"
            " AND conrelid IN ('crm_lead'::regclass, 'res_partner'::regclass)"
            " AND conname LIKE '%%x_cc_%%'"
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0, "a key on the big table")

    def test_values_are_written_and_read(self):
        lead = self.leads[0]
        lead.with_user(self.manager).write(self.values)
        self.env.invalidate_all()
        self._assert_values(lead.with_user(self.manager))

    def test_every_type_shows_on_forms_lists_and_searches(self):
        for model, view in (
            ("crm.lead", "crm_callcenter.crm_lead_view_form_name"),
            ("crm.lead", "crm.crm_lead_view_form"),
            ("res.partner", "base.view_partner_form"),
        ):
            form = self._form(self.manager, model, view)
            for name in self.values:
                nodes = form.xpath(
                    f"//page[@name='custom_fields']//field[@name='{name}']"
                )
                self.assertEqual(len(nodes), 1, f"{name} on {view}")
        model = self.env["crm.lead"].with_user(self.manager)
        names_list = etree.fromstring(
            model.get_view(
                self.env.ref("crm_callcenter.crm_lead_view_list_names").id, "list"
            )["arch"]
        )
        search = etree.fromstring(
            model.get_view(
                self.env.ref("crm_callcenter.crm_lead_view_search_names").id, "search"
            )["arch"]
        )
        for name in self.values:
            [column] = names_list.xpath(f"./field[@name='{name}']")
            self.assertEqual(column.get("optional"), "hide")
            self.assertTrue(
                search.xpath(
                    f"//field[@name='{name}'] | //filter[contains(@name, '{name}')]"
                ),
                name,
            )
        self.assertTrue(
            search.xpath("//filter[@context=\"{'group_by': 'x_cc_roof'}\"]")
        )

    def test_a_form_saves_every_simple_type(self):
        with Form(
            self.leads[0].with_user(self.manager),
            "crm_callcenter.crm_lead_view_form_name",
        ) as form:
            for name, value in self.values.items():
                if name in ("x_cc_wishes",):
                    form.x_cc_wishes.add(self.choice["Battery"])
                elif name in ("x_cc_roof", "x_cc_installer"):
                    form[name] = self.env[self.leads._fields[name].comodel_name].browse(
                        value
                    )
                else:
                    form[name] = value
        self._assert_values(self.leads[0])

    def test_odoos_import_and_export(self):
        names = [*self.values, "id"]
        row = [
            "Sole",
            "A long story",
            "4",
            "3200.5",
            "812.4",
            "2020-05-01",
            "2026-01-02 09:30:00",
            "1",
            "Other",
            "Wallbox,Other",
            "Ada Installer",
            "__test__.lead_custom",
        ]
        leads = self.env["crm.lead"].with_user(self.manager)
        result = leads.load(["name", *names], [["Imported", *row]])
        self.assertFalse(
            [m for m in result["messages"] if m["type"] == "error"], result["messages"]
        )
        self.assertFalse(result["messages"], "Other was looked for in both fields")
        lead = leads.browse(result["ids"])
        self.assertEqual(lead.x_cc_roof.custom_field_id, self._field("roof"))
        self.assertEqual(
            lead.x_cc_wishes.mapped("name"), ["Wallbox", "Other"], lead.x_cc_wishes
        )
        self.assertEqual(lead.x_cc_seen.isoformat(), "2026-01-02T08:30:00")
        data = lead.export_data(
            [*list(self.values)[:8], "x_cc_roof/name", "x_cc_wishes"]
        )
        self.assertEqual(data["datas"][0][2:5], [4, 3200.5, 812.4])
        self.assertEqual(data["datas"][0][8:], ["Other", "Wallbox,Other"])

    def test_a_value_unknown_to_the_field_is_not_imported(self):
        result = (
            self.env["crm.lead"]
            .with_user(self.manager)
            .load(["name", "x_cc_roof"], [["Imported", "Battery"]])
        )
        self.assertFalse(result["ids"])
        self.assertIn("Battery", result["messages"][0]["message"])

    def test_search_and_group_every_type(self):
        self.leads[:2].write(self.values)
        model = self.env["crm.lead"].with_user(self.manager)
        for name, value in self.values.items():
            if isinstance(value, list):
                value = value[0][2]
            operator = "in" if isinstance(value, list) else "="
            found = model.search(
                [(name, operator, value), ("id", "in", self.leads.ids)]
            )
            self.assertEqual(set(found.ids), set(self.leads[:2].ids), name)
        for name in self.values:
            by = f"{name}:month" if name in ("x_cc_since", "x_cc_seen") else name
            rows = model.formatted_read_group(
                [("id", "in", self.leads.ids)], [by], ["__count"]
            )
            self.assertIn(2, [row["__count"] for row in rows], name)
            self.assertEqual(sum(row["__count"] for row in rows), len(self.leads), name)

    def test_conversion_carries_every_value_and_the_customer_is_master(self):
        lead = self.leads[0]
        lead.write(self.values)
        lead._convert_to_opportunity(self.agent, 100, "2031-01-01")
        customer = lead.partner_id
        self._assert_values(customer)
        customer.write({"x_cc_people": 7, "x_cc_wishes": [Command.clear()]})
        self.assertEqual(lead.x_cc_people, 7)
        self.assertFalse(lead.x_cc_wishes)
        lead.write({"x_cc_roof": self.choice["Pitched"].id})
        self.assertEqual(customer.x_cc_roof, self.choice["Pitched"])
        other = self.leads[1]
        other.write({"x_cc_people": 1, "x_cc_motto": "Luna"})
        customer.x_cc_motto = False
        other.partner_id = customer
        self.assertEqual(other.x_cc_people, 7, "the customer's value wins")
        self.assertEqual(customer.x_cc_motto, "Luna", "an empty one is taken over")
        other.x_cc_people = 9
        self.assertEqual((customer.x_cc_people, lead.x_cc_people), (9, 9))

    def test_merged_names_keep_values(self):
        self.leads[1].write({"x_cc_people": 3, "x_cc_roof": self.choice["Flat"].id})
        merged = (self.leads[0] | self.leads[1]).merge_opportunity()
        self.assertEqual(merged.x_cc_people, 3)
        self.assertEqual(merged.x_cc_roof, self.choice["Flat"])

    def test_a_deleted_contact_leaves_no_dead_link(self):
        self.leads[0].x_cc_installer = self.contact
        self.contact.unlink()
        self.env.invalidate_all()
        self.assertFalse(self.leads[0].x_cc_installer)

    def test_a_merged_contact_takes_its_links_along(self):
        twin = self.env["res.partner"].create({"name": "Ada Installer"})
        self.leads[0].x_cc_installer = twin
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.contact | twin).ids, self.contact, extra_checks=False)
        self.assertEqual(self.leads[0].x_cc_installer, self.contact)

    # ------------------------------------------------------------
    # WHERE IT SHOWS
    # ------------------------------------------------------------

    def test_a_field_shows_on_the_names_of_its_branch_only(self):
        roof = self._field("roof")
        roof.write(
            {"binding": "portfolio", "portfolio_ids": [Command.set(self.portfolio.ids)]}
        )
        inside, outside = self.leads[:2]
        inside.portfolio_id = self.branch
        key = f",f{roof.id},"
        self.leads.invalidate_recordset()
        self.assertIn(key, inside.custom_field_keys)
        self.assertNotIn(key, outside.custom_field_keys)
        [node] = self._form(self.manager).xpath("//field[@name='x_cc_roof']")
        self.assertIn(key, node.get("invisible"))
        customer = self.env["res.partner"].create({"name": "Customer"})
        self.assertNotIn(key, customer.custom_field_keys)
        inside.partner_id = customer
        customer.invalidate_recordset()
        self.assertIn(key, customer.custom_field_keys)
        roof.write({"binding": "unit", "unit": 2})
        inside.invalidate_recordset()
        self.assertNotIn(key, inside.custom_field_keys)

    def test_whoever_talks_adds_a_field_to_a_name(self):
        roof = self._field("roof")
        roof.is_shown = False
        lead = self.leads[0]
        self.leads.invalidate_recordset()
        self.assertNotIn(f",f{roof.id},", lead.custom_field_keys)
        wizard = (
            self.env["crm.custom.field.add.wizard"]
            .with_user(self.manager)
            .create({"lead_id": lead.id, "custom_field_id": roof.id})
        )
        wizard.action_add()
        lead.invalidate_recordset()
        self.assertIn(f",f{roof.id},", lead.custom_field_keys)
        self.assertNotIn(f",f{roof.id},", self.leads[1].custom_field_keys)
        self.leads[1].x_cc_roof = self.choice["Flat"]
        self.leads.invalidate_recordset()
        self.assertIn(f",f{roof.id},", self.leads[1].custom_field_keys)
        roof.access_operator = "hidden"
        hidden = wizard.with_user(self.operator).sudo(False)
        with self.assertRaises(AccessError):
            hidden.action_add()

    def test_agents_see_what_is_sent_to_their_phones(self):
        self._field("roof").on_phone = True
        form = self._form(self.agent)
        self.assertTrue(
            form.xpath("//group[@name='custom_fields']/field[@name='x_cc_roof']")
        )
        self.assertFalse(form.xpath("//field[@name='x_cc_people']"))

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    def test_only_campaign_managers_keep_the_catalogue(self):
        for user in (self.operator, self.coordinator, self.agent, self.back_office):
            catalogue = self.env["crm.custom.field"].with_user(user)
            with self.assertRaises(AccessError):
                catalogue.create({"label": "Mine"})
            with self.assertRaises(AccessError):
                self._field("roof").with_user(user).write({"label": "Mine"})
            with self.assertRaises(AccessError):
                self._field("roof").with_user(user)._delete()
            with self.assertRaises(AccessError):
                self.env["crm.custom.field.mass"].with_user(user).create(
                    {"custom_field_id": self._field("roof").id}
                )

    def test_a_role_reads_and_writes_what_it_may(self):
        lead = self.leads[0]
        lead.write(
            {**self.values, "user_id": self.back_office.id, "type": "opportunity"}
        )
        mine = lead.with_user(self.back_office)
        self._field("roof").access_back_office = "readonly"
        self._field("bill").access_back_office = "hidden"
        self._field("motto").access_back_office = "required"
        self.assertEqual(mine.x_cc_roof.name, "Flat")
        with self.assertRaisesRegex(AccessError, "You may read Roof"):
            mine.write({"x_cc_roof": self.choice["Pitched"].id})
        with self.assertRaises(AccessError):
            mine.read(["x_cc_bill"])
        with self.assertRaises(AccessError):
            mine.search([("x_cc_bill", ">", 0)])
        with self.assertRaises(AccessError):
            self._field("kwh").access_campaign_manager = "hidden"
            lead.with_user(self.manager).export_data(["x_cc_kwh"])
        with self.assertRaises(AccessError):
            mine.formatted_read_group([], ["x_cc_people"], ["x_cc_bill:sum"])
        self.assertNotIn("x_cc_bill", mine.fields_get())
        form = self._form(self.back_office)
        self.assertFalse(form.xpath("//field[@name='x_cc_bill']"))
        [roof] = form.xpath("//field[@name='x_cc_roof']")
        self.assertEqual(roof.get("readonly"), "1")
        self.assertTrue(form.xpath("//field[@name='x_cc_motto'][@required]"))
        with self.assertRaisesRegex(ValidationError, "Fill in Motto"):
            mine.write({"x_cc_motto": False})
        # Others are not touched by it.
        lead.with_user(self.manager).write({"x_cc_motto": False})
        # The widest of several roles counts.
        self.back_office.group_ids += self.env.ref("crm_callcenter.group_agent")
        mine.write({"x_cc_roof": self.choice["Pitched"].id})

    def test_operators_change_custom_fields_that_are_open_to_them(self):
        names = self.env["crm.lead"].with_user(self.operator)
        self.assertIn("x_cc_roof", names._operator_editable_fields())
        self._field("roof").access_operator = "readonly"
        self.assertNotIn("x_cc_roof", names._operator_editable_fields())
        [node] = self._form(self.operator).xpath("//field[@name='x_cc_roof']")
        self.assertEqual(node.get("readonly"), "1")
        [node] = self._form(self.operator).xpath("//field[@name='x_cc_wishes']")
        self.assertFalse(node.get("readonly"))

    def test_operators_add_values_where_they_may(self):
        choices = self.env["crm.custom.field.choice"].with_user(self.operator)
        values = {"name": "Gabled", "custom_field_id": self._field("roof").id}
        with self.assertRaisesRegex(AccessError, "can't add values to Roof"):
            choices.create(values)
        self._field("roof").allow_new_choices = True
        added = choices.with_context(
            default_custom_field_id=self._field("roof").id
        ).name_create("Gabled")
        self.assertEqual(choices.browse(added[0]).custom_field_id, self._field("roof"))
        self._field("roof").access_operator = "readonly"
        with self.assertRaises(AccessError):
            choices.create({**values, "name": "Round"})
        with self.assertRaises(AccessError):
            choices.browse(added[0]).unlink()

    # ------------------------------------------------------------
    # BAD INPUT
    # ------------------------------------------------------------

    def test_a_value_of_another_field_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Battery is no value of Roof"):
            self.leads[0].write({"x_cc_roof": self.choice["Battery"].id})
        with self.assertRaisesRegex(ValidationError, "Flat is no value of Wishes"):
            self.leads[0].write({"x_cc_wishes": [Command.link(self.choice["Flat"].id)]})

    def test_a_value_that_names_hold_can_not_be_removed(self):
        self.leads[:2].x_cc_roof = self.choice["Flat"]
        self.leads[0].x_cc_wishes = self.choice["Battery"]
        for name, count in (("Flat", 2), ("Battery", 1)):
            with self.assertRaisesRegex(
                UserError, f"{count} names have the value {name}"
            ):
                self.choice[name].unlink()
        self.choice["Flat"].active = False
        self.assertEqual(self.leads[0].x_cc_roof.name, "Flat")
        self.choice["Wallbox"].unlink()

    def test_names_that_break_are_refused(self):
        catalogue = self.env["crm.custom.field"].with_user(self.manager)
        for name in ("Tetto!", "x" * 41, "1a", "a-b", "né"):
            with self.assertRaisesRegex(ValidationError, "technical name"):
                catalogue.create({"label": "Name", "name": name})
        self.assertEqual(
            catalogue._technical_name({"label": "Età dell'impianto"}, set()),
            "x_cc_eta_dell_impianto",
        )
        self.assertEqual(
            catalogue._technical_name({"label": "Roof"}, set()), "x_cc_roof_2"
        )
        with self.assertRaisesRegex(UserError, "can't be changed"):
            self._field("roof").field_type = "text"
        with self.assertRaisesRegex(UserError, "catalogue of custom fields"):
            self._field("roof")._columns().unlink()

    def test_there_is_an_end_to_them(self):
        with (
            patch.object(crm_custom_field_column, "MAX_FIELDS", 11),
            self.assertRaisesRegex(UserError, "no room"),
        ):
            self.env["crm.custom.field"].create({"label": "One too many"})
        with patch.object(crm_custom_field_column, "MAX_COLUMNS", 60):
            self.assertEqual(self.env["crm.custom.field"]._count_free_slots(), 0)

    # ------------------------------------------------------------
    # DELETE
    # ------------------------------------------------------------

    def test_delete_exports_hides_at_once_and_frees_the_slot_at_night(self):
        self.leads[:2].write(self.values)
        roof, people = self._field("roof"), self._field("people")
        for field in (roof, people):
            wizard = (
                self.env["crm.custom.field.delete.wizard"]
                .with_user(self.manager)
                .create({"custom_field_id": field.id})
            )
            self.assertEqual(wizard.lead_count, 2)
            action = wizard.action_delete()
            self.assertEqual(action["type"], "ir.actions.act_url")
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", roof._name), ("res_id", "=", roof.id)]
        )
        rows = list(
            csv.reader(
                io.StringIO(base64.b64decode(attachment.datas).decode("utf-8-sig")),
                delimiter=";",
            )
        )
        self.assertEqual(len(rows), 3)
        self.assertEqual(rows[1][4], "Flat")
        names = self.env["crm.lead"].with_user(self.manager)
        self.assertNotIn("x_cc_roof", names.fields_get())
        with self.assertRaises(AccessError):
            names.search([("x_cc_roof", "!=", False)])
        self.assertFalse(self._form(self.manager).xpath("//field[@name='x_cc_roof']"))
        self._run_night_job()
        self.assertEqual(people.state, "slot")
        self.assertNotIn("x_cc_people", self.env["crm.lead"]._fields)
        free = self.env["crm.custom.field"]._count_room()
        again = self.env["crm.custom.field"].create(
            {"label": "Floors", "field_type": "integer"}
        )
        self.assertFalse(people.exists(), "its columns were taken over")
        self.assertEqual(self.env["crm.custom.field"]._count_room(), free - 1)
        self.assertEqual(self.leads[0].x_cc_floors, 0)
        self.env.cr.execute(
            SQL("SELECT count(*) FROM crm_lead WHERE x_cc_floors IS NOT NULL")
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0, "old data came back")
        self.assertEqual(again.state, "active")

    def test_what_many_names_hold_is_dropped(self):
        self.leads[:2].write(self.values)
        kwh = self._field("kwh")
        (kwh | self._field("wishes"))._delete()
        with patch.object(crm_custom_field_column, "EMPTIED_VALUES", 1):
            self._run_night_job()
        self.env.cr.execute(
            "SELECT count(*) FROM information_schema.columns"
            " WHERE column_name = 'x_cc_kwh' OR table_name LIKE 'x_cc_wishes%%'"
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)
        self.assertFalse(kwh.exists())

    def test_a_field_in_use_by_another_is_not_deleted(self):
        self._field("bill").rule_expression = "value >= people"
        with self.assertRaisesRegex(ValidationError, "it is used by: Bill"):
            self._field("people")._delete()
        with self.assertRaisesRegex(UserError, "Delete…"):
            self._field("people").unlink()

    # ------------------------------------------------------------
    # PAPER
    # ------------------------------------------------------------

    def test_the_sheet_prints_printable_fields_of_the_chosen_groups(self):
        lead = self.leads[0]
        lead.write(self.values)
        self._field("motto").is_printable = False
        self._field("people").group_id = False
        text = self._sheet(lead, self.group.ids)
        for piece in ("Name 1", "Plant", "Roof", "Flat", "Battery", "812.40"):
            self.assertIn(piece, text)
        for piece in ("Motto", "People"):
            self.assertNotIn(piece, text)
        self.assertIn("People", self._sheet(lead))
        lead._convert_to_opportunity(self.agent, 100, "2031-01-01")
        self.assertIn("Flat", self._sheet(lead.partner_id))
        self._field("roof").access_back_office = "hidden"
        self.assertNotIn("Flat", self._sheet(lead.partner_id, user=self.back_office))

    def test_the_sheet_is_chosen_from_a_dialog(self):
        wizard = (
            self.env["crm.custom.field.sheet.wizard"]
            .with_user(self.manager)
            .with_context(active_model="crm.lead", active_ids=self.leads[:2].ids)
            .create({"group_ids": [Command.set(self.group.ids)]})
        )
        action = wizard.action_print()
        self.assertEqual(action["report_name"], "crm_callcenter.report_custom_fields")
        self.assertEqual(action["data"]["ids"], self.leads[:2].ids)

    def _sheet(self, record, group_ids=(), user=None):
        """Return what is printed of a record, without header and footer."""
        name = "report_custom_fields"
        name += "_partner" if record._name == "res.partner" else ""
        report = self.env[f"report.crm_callcenter.{name}"]
        report = report.with_user(user or self.manager)
        values = report._get_report_values(
            record.ids, {"ids": record.ids, "group_ids": group_ids}
        )
        self.assertEqual(values["docs"], record)
        return str(
            report.env["ir.qweb"]._render(
                "crm_callcenter.report_custom_fields_page",
                {**values, "record": values["docs"]},
            )
        )
