from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..models import crm_names_job_mixin
from .custom_field_case import CustomFieldCase


@tagged("post_install", "-at_install")
class TestCustomFieldCompute(CustomFieldCase):
    """All names get the value of an expression that was added or changed."""

    def _give(self, name, **values):
        """Change a field as a manager; return the job that this has begun, if any."""
        known = self.env["crm.custom.field.compute"].search([])
        self._field(name).with_user(self.manager).write(values)
        return self.env["crm.custom.field.compute"].search([]) - known

    def test_all_names_are_computed(self):
        self.leads[:2].write({"x_cc_kwh": 1000})
        self.leads[2].write({"x_cc_kwh": 2000, "active": False})
        customer = self.leads[0]._convert_to_opportunity(self.agent, 1, "2031-01-01")
        alone = self.env["res.partner"].create({"name": "No name", "x_cc_kwh": 400})
        job = self._give("bill", compute_expression="kwh * 0.25")
        self.assertEqual(job.state, "queued")
        self.assertFalse(self.leads[0].x_cc_bill, "in the background")
        with patch.object(crm_names_job_mixin, "BATCH_SIZE", 2):
            job._work_at_once()
        self.env.invalidate_all()
        self.assertEqual(job.state, "done")
        self.assertEqual(self.leads[:4].mapped("x_cc_bill"), [250.0, 250.0, 500.0, 0.0])
        self.assertEqual((customer.x_cc_bill, alone.x_cc_bill), (250.0, 100.0))
        self.assertEqual(job.done, 3)
        # An empty archive of 3 million rows isn't written anew for zeros.
        self.env.cr.execute(
            "SELECT x_cc_bill FROM crm_lead WHERE id = %s", [self.leads[3].id]
        )
        self.assertIsNone(self.env.cr.fetchone()[0])

    def test_what_needs_it_follows_in_order(self):
        self.leads[0].x_cc_kwh = 3000
        self._give("story", compute_expression="'Big' if bill > 500 else 'Small'")
        job = self._give("bill", compute_expression="kwh * 0.25")
        job._work_at_once()
        self.env.invalidate_all()
        self.assertEqual(self.leads[0].x_cc_story, "Big")
        self.assertEqual(self.leads[1].x_cc_story, "Small")

    def test_every_type_can_be_computed(self):
        cases = {
            "motto": ("name + '!'", "Name 1!"),
            "story": ("', '.join(wishes)", "Battery"),
            "people": ("len(name)", 6),
            "since": ("today", None),
            "seen": ("now", None),
            "owner": ("kwh > 100", True),
            "roof": ("'Flat' if kwh > 100 else 'Pitched'", self.choice["Flat"]),
        }
        lead = self.leads[0]
        lead.write({"x_cc_kwh": 500, "x_cc_wishes": self.choice["Battery"].ids})
        for name, (expression, expected) in cases.items():
            with self.subTest(field=name):
                self._give(name, compute_expression=expression)._work_at_once()
                self.env.invalidate_all()
                value = lead[f"x_cc_{name}"]
                self.assertEqual(value, expected or value)
                self.assertTrue(value)
        job = self._give("wishes", compute_expression="['Wallbox'] if kwh else []")
        job._work_at_once()
        self.env.invalidate_all()
        self.assertEqual(lead.x_cc_wishes, self.choice["Wallbox"])
        self.assertFalse(self.leads[1].x_cc_wishes)

    def test_it_is_the_same_as_when_a_name_is_saved(self):
        expression = "round(kwh / people, 1) if people > 1 else kwh * 1.1"
        rows = [(3, 100.0), (1, 7.3), (0, 5.0), (7, 0)]
        for lead, (people, kwh) in zip(self.leads, rows, strict=False):
            lead.write({"x_cc_people": people, "x_cc_kwh": kwh})
        self._give("bill", compute_expression=expression)._work_at_once()
        self.env.invalidate_all()
        by_job = self.leads.mapped("x_cc_bill")
        for lead in self.leads:
            lead.x_cc_people = lead.x_cc_people
        self.assertEqual(self.leads.mapped("x_cc_bill"), by_job)

    def test_names_on_which_it_fails_or_whose_value_is_refused_keep_theirs(self):
        self._field("bill").rule_expression = "value < 1000"
        self.leads[0].write({"x_cc_people": 4, "x_cc_kwh": 100, "x_cc_bill": 7})
        self.leads[1].write({"x_cc_people": 3, "x_cc_kwh": 100, "x_cc_bill": 8})
        self.leads[2].write({"x_cc_people": 5, "x_cc_kwh": 9000, "x_cc_bill": 9})
        job = self._give("bill", compute_expression="kwh / (people - 3)")
        job._work_at_once()
        self.env.invalidate_all()
        self.assertEqual(job.state, "done")
        self.assertEqual(self.leads[:3].mapped("x_cc_bill"), [100.0, 8.0, 9.0])

    def test_a_new_expression_replaces_the_job(self):
        first = self._give("bill", compute_expression="kwh * 2")
        second = self._give("bill", compute_expression="kwh * 3")
        self.assertEqual((first.state, second.state), ("cancelled", "queued"))
        self.assertFalse(self._give("bill", label="Bill of a year"))
        self.assertFalse(self._give("bill", compute_expression=False))
        with self.assertRaisesRegex(UserError, "isn't computed any more"):
            second._work_at_once()

    def test_who_may(self):
        job = self._give("bill", compute_expression="kwh * 2")
        for user in (self.operator, self.coordinator, self.agent, self.back_office):
            with self.assertRaises(AccessError):
                job.with_user(user).read(["state"])
            with self.assertRaises(AccessError):
                self._field("bill").with_user(user).action_compute_again()
        with self.assertRaises(AccessError):
            job.with_user(self.manager).write({"state": "done"})
        action = self._field("bill").with_user(self.manager).action_compute_again()
        self.assertEqual(action["res_model"], job._name)
        self.assertTrue(self._field("bill").compute_progress)

    def test_mass_maintenance_computes_at_once(self):
        self._give("bill", compute_expression="kwh * 2")._work_at_once()
        self._give("story", compute_expression="'Big' if bill > 9 else 'Small'")
        self._field("kwh").rule_expression = "value < 100 * people"
        self.leads[:2].write({"x_cc_people": 1})
        job = (
            self.env["crm.custom.field.mass"]
            .with_user(self.manager)
            .create(
                {
                    "custom_field_id": self._field("kwh").id,
                    "value_decimal": 50,
                    "domain": repr([("id", "in", self.leads[:3].ids)]),
                }
            )
        )
        job.action_run()
        job.run_next_batch()
        self.env.invalidate_all()
        self.assertEqual((job.changed, job.refused), (2, 1))
        self.assertEqual(self.leads[:3].mapped("x_cc_bill"), [100.0, 100.0, 0.0])
        self.assertEqual(self.leads[0].x_cc_story, "Big")

    def test_an_emptied_field_stays_empty_when_it_becomes_a_customer(self):
        self._field("kwh").default_expression = "3000"
        lead = self.env["crm.lead"].create(self._lead_values(60))
        self.assertEqual(lead.x_cc_kwh, 3000)
        lead.x_cc_kwh = 0
        customer = lead._convert_to_opportunity(self.agent, 1, "2031-01-01")
        self.assertEqual((lead.x_cc_kwh, customer.x_cc_kwh), (0, 0))

    def test_a_field_in_use_elsewhere_is_not_deleted(self):
        self.env["ir.filters"].create(
            {
                "name": "Flat roofs",
                "model_id": "crm.lead",
                "domain": "[('x_cc_roof', '!=', False)]",
                "user_ids": False,
            }
        )
        self.env["ir.filters"].create(
            {
                "name": "Of another field",
                "model_id": "crm.lead",
                "domain": "[('x_cc_motto_2', '!=', False)]",
                "user_ids": False,
            }
        )
        with self.assertRaisesRegex(ValidationError, "the saved search Flat roofs"):
            self._field("roof")._delete()
        self._field("motto")._delete()
        exports = self.env["ir.exports"].create(
            {"name": "For the bank", "resource": "crm.lead"}
        )
        exports.export_fields = [(0, 0, {"name": "x_cc_bill"})]
        with self.assertRaisesRegex(ValidationError, "the export For the bank"):
            self._field("bill")._delete()
        portfolio = self.portfolio
        portfolio.mandatory_field_ids = (
            self._field("kwh")
            ._columns()
            .filtered(lambda column: column.model == "crm.lead")
        )
        with self.assertRaisesRegex(ValidationError, "mandatory fields of"):
            self._field("kwh")._delete()
