"""Every type of custom field the whole way, on names and on customers."""

import csv
import io
from datetime import date, datetime

from odoo.fields import Command
from odoo.tests import tagged

from .custom_field_case import CustomFieldCase

#: What a file says for each type: as imported, and as exported by Odoo.
WRITTEN = {
    "x_cc_motto": ("Sole", "Sole"),
    "x_cc_story": ("A long story", "A long story"),
    "x_cc_people": ("4", 4),
    "x_cc_kwh": ("3200.5", 3200.5),
    "x_cc_bill": ("812.4", 812.4),
    "x_cc_since": ("2020-05-01", date(2020, 5, 1)),
    "x_cc_seen": ("2026-01-02 09:30:00", datetime(2026, 1, 2, 9, 30)),
    "x_cc_owner": ("True", True),
    "x_cc_roof": ("Flat", "Flat"),
    "x_cc_wishes": ("Battery", "Battery"),
    "x_cc_installer": ("Ada Installer", "Ada Installer"),
}
#: Operations of mass maintenance: values of the job, and what a name with the usual
#: value and one without any have afterwards.
HOLDERS = {
    "x_cc_motto": ("text", "Luna", "Luna"),
    "x_cc_story": ("text", "Another", "Another"),
    "x_cc_people": ("integer", 3, 7),
    "x_cc_kwh": ("decimal", 10.5, 3211.0),
    "x_cc_bill": ("decimal", 100.0, 912.4),
    "x_cc_since": ("date", date(2021, 2, 3), date(2021, 2, 3)),
    "x_cc_seen": ("datetime", datetime(2021, 2, 3, 10), datetime(2021, 2, 3, 10)),
    "x_cc_owner": ("yes_no", True, True),
    "x_cc_roof": ("choice_id", "Pitched", "Pitched"),
    "x_cc_wishes": ("choice_ids", "Wallbox", "Wallbox"),
    "x_cc_installer": ("contact_id", "Bea Installer", "Bea Installer"),
}


@tagged("post_install", "-at_install")
class TestCustomFieldTypes(CustomFieldCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_contact = cls.env["res.partner"].create({"name": "Bea Installer"})

    def _models(self):
        """Return names and customers as a campaign manager has them."""
        return [
            self.env[name].with_user(self.manager).with_context(tz="UTC", lang="en_US")
            for name in ("crm.lead", "res.partner")
        ]

    def _create(self, model, **values):
        # sudo: campaign managers make names, customers come by conversion
        return model.sudo().create({"name": "Filled", **values}).sudo(False)

    def test_the_table_knows_every_type(self):
        types = dict(self.env["crm.custom.field"]._fields["field_type"].selection)
        self.assertEqual(set(self.fields_made.mapped("field_type")), set(types))
        names = set(self.fields_made.mapped("name"))
        self.assertEqual(names, set(self.values))
        self.assertEqual(names, set(WRITTEN))
        self.assertEqual(names, set(HOLDERS))

    def test_create_show_copy(self):
        for model in self._models():
            record = self._create(model, **self.values)
            view = model.get_view(view_type="form")["arch"]
            shown = record.web_read({name: {} for name in self.values})[0]
            for name, value in self.values.items():
                with self.subTest(model=model._name, field=name):
                    self.assertEqual(self._plain(record, name), value)
                    self.assertIn(f'name="{name}"', view)
                    self.assertTrue(shown[name])
                    self.assertTrue(record._show_custom_value(name))
            self._assert_values(record.sudo().copy())

    def test_search_sort_and_group(self):
        for model in self._models():
            record = self._create(model, **self.values)
            empty = self._create(model)
            mine = [("id", "in", (record | empty).ids)]
            for name, value in self.values.items():
                with self.subTest(model=model._name, field=name):
                    value = value[0][2] if isinstance(value, list) else value
                    operator = "in" if isinstance(value, list) else "="
                    found = model.search([(name, operator, value), *mine])
                    self.assertEqual(found, record)
                    self.assertEqual(
                        model.search([(name, "=", False), *mine]), empty, "is not set"
                    )
                    if name != "x_cc_wishes":
                        ordered = model.search(mine, order=f"{name} desc, id")
                        self.assertEqual(len(ordered), 2)
                    is_time = name in ("x_cc_since", "x_cc_seen")
                    by = f"{name}:month" if is_time else name
                    rows = model.formatted_read_group(mine, [by], ["__count"])
                    self.assertEqual([row["__count"] for row in rows], [1, 1])
            for name, text in (("x_cc_roof", "fla"), ("x_cc_wishes", "batt")):
                self.assertEqual(model.search([(name, "ilike", text), *mine]), record)

    def test_import_of_odoo_and_export(self):
        for model in self._models():
            header = ["name", "phone", *WRITTEN]
            stream = io.StringIO()
            writer = csv.writer(stream)
            writer.writerow(header)
            writer.writerow(
                ["Imported", "030 555", *(text for text, _value in WRITTEN.values())]
            )
            wizard = (
                self.env["base_import.import"]
                .with_context(tz="UTC", lang="en_US")
                .create(
                    {
                        "res_model": model._name,
                        "file": stream.getvalue().encode(),
                        "file_type": "text/csv",
                        "file_name": "names.csv",
                    }
                )
            )
            options = {
                "has_headers": True,
                "quoting": '"',
                "separator": ",",
                "date_format": "%Y-%m-%d",
                "datetime_format": "%Y-%m-%d %H:%M:%S",
                "float_thousand_separator": "",
                "float_decimal_separator": ".",
            }
            preview = wizard.parse_preview(options)
            known = {field["name"] for field in preview["fields"]}
            self.assertLessEqual(set(WRITTEN), known, "offered by the import")
            result = wizard.execute_import(header, header, options)
            self.assertFalse(result["messages"], result["messages"])
            record = model.browse(result["ids"])
            self._assert_values(record)
            exported = record.export_data(list(WRITTEN))["datas"][0]
            for (name, (_text, value)), cell in zip(
                WRITTEN.items(), exported, strict=True
            ):
                with self.subTest(model=model._name, field=name):
                    self.assertEqual(cell, value)

    def test_mass_maintenance(self):
        filled, empty = self.leads[:2]
        both = filled | empty
        for name, (holder, value, added) in HOLDERS.items():
            field = self._field(name.removeprefix("x_cc_"))
            is_number = field.field_type in ("integer", "decimal", "amount")
            for operation in ("set", "clear", "add", "replace"):
                if operation == "add" and field.field_type == "yes_no":
                    continue
                with self.subTest(field=name, operation=operation):
                    empty.write({name: False})
                    filled.write({name: self.values[name]})
                    self._run_mass(field, operation, holder, value, both)
                    has, had_none = (self._said(lead, name) for lead in both)
                    if operation == "clear":
                        self.assertFalse(has or had_none)
                    elif operation == "set":
                        self.assertEqual((has, had_none), (value, value))
                    elif operation == "replace":
                        self.assertEqual((has, bool(had_none)), (value, False))
                    else:
                        self.assertEqual(had_none, value, "was empty")
                        if is_number:
                            self.assertEqual(has, added)
                        elif field.field_type == "choices":
                            self.assertEqual(has, f"Battery, {value}")
                        else:
                            self.assertEqual(has, self._said_of(self.values[name]))

    def _run_mass(self, field, operation, holder, value, leads):
        values = {
            "custom_field_id": field.id,
            "operation": operation,
            "domain": repr([("id", "in", leads.ids)]),
        }
        if operation != "clear":
            values[f"value_{holder}"] = self._held(holder, value)
        if operation == "replace":
            old_holder = "choice_id" if holder == "choice_ids" else holder
            old = self.values[field.name]
            values[f"old_{old_holder}"] = old[0][2][0] if isinstance(old, list) else old
        job = self.env["crm.custom.field.mass"].with_user(self.manager).create(values)
        job.action_dry_run()
        job.action_run()
        while not job.run_next_batch()["finished"]:
            pass
        self.env.invalidate_all()

    def _held(self, holder, value):
        if holder == "choice_id":
            return self.choice[value].id
        if holder == "choice_ids":
            return [Command.set(self.choice[value].ids)]
        return self.other_contact.id if holder == "contact_id" else value

    def _said(self, record, name):
        value = record[name]
        if record._fields[name].relational:
            return ", ".join(value.sorted("id").mapped("name"))
        return value

    def _said_of(self, value):
        known = {choice.id: name for name, choice in self.choice.items()}
        known[self.contact.id] = self.contact.name
        return known.get(value, value) if not isinstance(value, bool) else value

    def test_mass_maintenance_leaves_history_and_states_alone(self):
        self.leads[:2].write({"x_cc_people": 1})
        states = self.leads.mapped("commercial_state_id.id")
        ledger = self.env["crm.interaction"].search_count([])
        field = self._field("people")
        self._run_mass(field, "set", "integer", 9, self.leads)
        self.assertEqual(set(self.leads.mapped("x_cc_people")), {9})
        self.assertEqual(self.leads.mapped("commercial_state_id.id"), states)
        self.assertEqual(self.env["crm.interaction"].search_count([]), ledger)

    def test_convert_undo_and_delete(self):
        lead = self.leads[0]
        lead.write(self.values)
        partner = lead._convert_to_opportunity(self.agent, 100, "2031-01-01")
        self._assert_values(partner)
        self.env.cr.precommit.run()
        partner.write(dict.fromkeys(self.values, False))
        self.env.invalidate_all()
        self.assertFalse(lead.x_cc_motto or lead.x_cc_wishes or lead.x_cc_seen)
        lead.with_user(self.back_office).action_undo_conversion()
        self.env.invalidate_all()
        self._assert_values(lead)
        for field in self.fields_made:
            wizard = (
                self.env["crm.custom.field.delete.wizard"]
                .with_user(self.manager)
                .create({"custom_field_id": field.id})
            )
            with self.subTest(field=field.name):
                self.assertEqual(wizard.lead_count, 1)
                rows = list(wizard._rows("crm.lead"))
                self.assertEqual(len(rows), 1)
                self.assertTrue(rows[0][3])
                wizard.data = "forget"
                wizard.action_delete()
        for model in self._models():
            self.assertFalse(model._visible_entries())
            self.assertFalse(set(self.values) & set(model.fields_get()))
