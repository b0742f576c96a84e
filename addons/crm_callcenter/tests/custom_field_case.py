"""One custom field of each type, and what the tests write into them."""

from datetime import date, datetime

from odoo.fields import Command

from .common import CallcenterCommon


class CustomFieldCase(CallcenterCommon):
    """All fields are made at once: each change of columns sets the models up anew."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.env["crm.custom.field.group"].create({"name": "Plant"})
        cls.portfolio = cls.env["crm.portfolio"].create({"name": "Photovoltaic"})
        cls.branch = cls.env["crm.portfolio"].create(
            {"name": "Roofs", "parent_id": cls.portfolio.id}
        )
        made = (
            cls.env["crm.custom.field"]
            .with_user(cls.manager)
            .create([cls._entry(*row) for row in cls._entries()])
        )
        cls.fields_made = made.with_env(cls.env)
        # As if it were committed: a failed import resets what is not.
        cls.registry.signal_changes()
        cls.choice = {
            name: cls.env["crm.custom.field.choice"].search(
                [("name", "=", name), ("custom_field_id.name", "=", field)]
            )
            for field, names in (
                ("x_cc_roof", ("Flat", "Pitched", "Other")),
                ("x_cc_wishes", ("Battery", "Wallbox", "Other")),
            )
            for name in names
            if name != "Other" or field == "x_cc_wishes"
        }
        cls.contact = cls.env["res.partner"].create({"name": "Ada Installer"})
        #: What is written, by technical name; and another value for each.
        cls.values = {
            "x_cc_motto": "Sole",
            "x_cc_story": "A long story",
            "x_cc_people": 4,
            "x_cc_kwh": 3200.5,
            "x_cc_bill": 812.4,
            "x_cc_since": date(2020, 5, 1),
            "x_cc_seen": datetime(2026, 1, 2, 9, 30),
            "x_cc_owner": True,
            "x_cc_roof": cls.choice["Flat"].id,
            "x_cc_wishes": [Command.set(cls.choice["Battery"].ids)],
            "x_cc_installer": cls.contact.id,
        }

    def setUp(self):
        # First in, last out: after the test's own changes were taken back.
        self.addCleanup(self._set_models_up_again)
        super().setUp()

    @classmethod
    def _entries(cls):
        return [
            ("Motto", "text", {}),
            ("Story", "long_text", {}),
            ("People", "integer", {}),
            ("kWh", "decimal", {}),
            ("Bill", "amount", {}),
            ("Since", "date", {}),
            ("Seen", "datetime", {}),
            ("Owner", "yes_no", {}),
            ("Roof", "choice", {"choices": ("Flat", "Pitched", "Other")}),
            ("Wishes", "choices", {"choices": ("Battery", "Wallbox", "Other")}),
            ("Installer", "contact", {}),
        ]

    @classmethod
    def _entry(cls, label, field_type, more):
        more = dict(more)
        choices = more.pop("choices", ())
        return {
            "label": label,
            "field_type": field_type,
            "group_id": cls.group.id,
            "choice_ids": [Command.create({"name": name}) for name in choices],
            **more,
        }

    @classmethod
    def _field(cls, name):
        return cls.fields_made.filtered(lambda field: field.name == f"x_cc_{name}")

    @classmethod
    def _plain(cls, record, name):
        """Return a value as ``cls.values`` has it."""
        value, field = record[name], record._fields[name]
        if field.type == "many2many":
            return [Command.set(value.ids)]
        return value.id if field.type == "many2one" else value

    def _assert_values(self, record, values=None):
        for name, expected in (values or self.values).items():
            self.assertEqual(self._plain(record, name), expected, name)
