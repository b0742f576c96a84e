from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .custom_field_case import CustomFieldCase


@tagged("post_install", "-at_install")
class TestCustomFieldRules(CustomFieldCase):
    """Defaults, computed values, rules and effects."""

    def _write(self, name, **values):
        self._field(name).with_user(self.manager).write(values)

    def _new_lead(self, **values):
        return self.env["crm.lead"].create({**self._lead_values(50), **values})

    def test_defaults(self):
        self._write("since", default_expression="today + days(7)")
        self._write("roof", default_expression="'Flat'")
        self._write(
            "people",
            default_expression="2",
            binding="portfolio",
            portfolio_ids=[Command.set(self.portfolio.ids)],
        )
        lead = self._new_lead()
        self.assertEqual(lead.x_cc_roof, self.choice["Flat"])
        self.assertTrue(lead.x_cc_since)
        self.assertEqual(lead.x_cc_people, 0, "not a name of that portfolio")
        inside = self._new_lead(portfolio_id=self.branch.id, x_cc_roof=False)
        self.assertEqual(inside.x_cc_people, 2)
        self.assertFalse(inside.x_cc_roof, "given is given")

    def test_computed_values_follow_their_fields(self):
        self._write("bill", compute_expression="kwh * 0.25")
        self._write("story", compute_expression="'Big' if bill > 500 else 'Small'")
        lead = self.leads[0]
        lead.x_cc_kwh = 4000
        self.assertEqual(lead.x_cc_bill, 1000)
        self.assertEqual(lead.x_cc_story, "Big")
        lead.x_cc_kwh = 10
        self.assertEqual(lead.x_cc_story, "Small")
        with self.assertRaises(AccessError):
            lead.with_user(self.manager).write({"x_cc_bill": 3})
        self._write("people", compute_expression="int(kwh / bill)")
        lead.x_cc_kwh = 0
        self.assertEqual(lead.x_cc_people, 0, "empty while what it needs is empty")

    def test_rules_refuse_with_their_sentence(self):
        self._write(
            "kwh",
            rule_expression="value >= people * 100",
            rule_message="a family needs more.",
        )
        lead = self.leads[0]
        lead.write({"x_cc_people": 4, "x_cc_kwh": 400})
        with self.assertRaisesRegex(ValidationError, "a family needs more"):
            lead.x_cc_kwh = 300
        with self.assertRaisesRegex(ValidationError, "kWh of Name 1"):
            lead.x_cc_people = 5
        with self.assertRaisesRegex(ValidationError, "a family needs more"):
            self._new_lead(x_cc_people=4, x_cc_kwh=10)
        lead.x_cc_kwh = 0

    def test_expressions_are_tried_before_they_are_saved(self):
        cases = [
            ("kwh", "default_expression", "1 +", "near character"),
            ("kwh", "compute_expression", "wattage * 2", "no custom field"),
            ("kwh", "compute_expression", "people / 0", "division by zero"),
            ("kwh", "default_expression", "'many'", "not of the type"),
            ("people", "default_expression", "1.5", "not of the type"),
            ("roof", "default_expression", "'Round'", "not among the values"),
            ("kwh", "rule_expression", "value > 'a'", "not supported"),
            ("kwh", "default_expression", "__import__('os')", "not possible here"),
            ("kwh", "default_expression", "().__class__", "not possible here"),
            ("kwh", "default_expression", "9 ** 9 ** 9", "would be too large"),
            ("motto", "default_expression", "'a' * 10 ** 10", "would be too long"),
            ("motto", "default_expression", "'%999999999d' % 1", "numbers only"),
            ("motto", "default_expression", "f'{1:999999999}'", "not possible here"),
            ("kwh", "default_expression", "sum(range(10 ** 9))", "not possible here"),
            ("kwh", "default_expression", "(lambda: 1)()", "not possible here"),
            ("kwh", "default_expression", "1" + " + 1" * 400, "not possible here"),
            ("kwh", "default_expression", "(" * 300 + ")" * 300, "near character"),
            ("kwh", "compute_expression", "value + 1", "not defined"),
            ("installer", "default_expression", "1", "links a contact"),
            ("kwh", "compute_expression", "kwh + 1", "from itself"),
        ]
        for name, kind, expression, sentence in cases:
            with (
                self.subTest(expression=expression),
                self.assertRaisesRegex(ValidationError, sentence),
                self.cr.savepoint(),
            ):
                self._write(name, **{kind: expression})
        self._write("kwh", compute_expression="people * 1.0")
        with self.assertRaisesRegex(ValidationError, "from itself"):
            self._write("people", compute_expression="int(kwh)")

    def test_an_expression_is_tried_on_the_chosen_name(self):
        self.leads[0].x_cc_people = 0
        with self.assertRaisesRegex(ValidationError, "division by zero"):
            self._write(
                "kwh",
                compute_expression="100.0 / people",
                example_lead_id=self.leads[0].id,
            )

    def test_an_expression_that_fails_later_says_so(self):
        self._write("kwh", rule_expression="value > 100 / (people - 3)")
        with self.assertRaisesRegex(ValidationError, "Tell a campaign manager"):
            self.leads[0].write({"x_cc_people": 3, "x_cc_kwh": 5})

    def test_outcomes_fill_in_fields(self):
        call = self.env["mail.activity.type"].create(
            {"name": "Call of the tests", "is_commercial": True}
        )
        relation = self.env["crm.relation"].create(
            {"activity_type_id": call.id, "outcome_id": self.outcomes["N"].id}
        )
        effects = [
            {
                "custom_field_id": self._field("roof").id,
                "value_choice_id": self.choice["Flat"].id,
            },
            {
                "custom_field_id": self._field("people").id,
                "operation": "add",
                "value_integer": 2,
            },
            {
                "custom_field_id": self._field("wishes").id,
                "operation": "add",
                "value_choice_ids": [Command.set(self.choice["Battery"].ids)],
            },
            {"custom_field_id": self._field("motto").id, "operation": "clear"},
        ]
        self.env["crm.field.effect"].with_user(self.manager).create(
            [{**effect, "relation_id": relation.id} for effect in effects]
        )
        self.assertIn("Set Roof: Flat.", relation._describe_effects())
        lead = self.leads[0]
        lead.write(
            {
                "x_cc_people": 1,
                "x_cc_motto": "Sole",
                "x_cc_wishes": [Command.set(self.choice["Wallbox"].ids)],
            }
        )
        lead._register_outcome(self.outcomes["N"], call, token="once-only")
        lead._register_outcome(self.outcomes["N"], call, token="once-only")
        self.assertEqual(lead.x_cc_roof, self.choice["Flat"])
        self.assertEqual(lead.x_cc_people, 3)
        self.assertFalse(lead.x_cc_motto)
        self.assertEqual(
            lead.x_cc_wishes, self.choice["Battery"] | self.choice["Wallbox"]
        )
        self.leads[1:3]._register_outcome_batch(self.outcomes["N"], call)
        self.assertEqual(self.leads[1:3].mapped("x_cc_people"), [2, 2])
        self.leads[3]._register_outcome(self.outcomes["N"])
        self.assertFalse(self.leads[3].x_cc_roof)
        with self.assertRaisesRegex(ValidationError, "it is used by"):
            self._field("roof")._delete()
        with self.assertRaises(AccessError):
            self.env["crm.field.effect"].with_user(self.operator).create(
                {**effects[0], "relation_id": relation.id}
            )

    def test_an_effect_keeps_to_its_field(self):
        with self.assertRaisesRegex(ValidationError, "no value of Roof"):
            self.env["crm.field.effect"].create(
                {
                    "custom_field_id": self._field("roof").id,
                    "value_choice_id": self.choice["Battery"].id,
                }
            )
        self._write("bill", compute_expression="kwh * 2")
        with self.assertRaisesRegex(ValidationError, "computed"):
            self.env["crm.field.effect"].create(
                {"custom_field_id": self._field("bill").id, "value_decimal": 2}
            )


@tagged("post_install", "-at_install")
class TestCustomFieldMass(CustomFieldCase):
    """Mass maintenance over a search."""

    def _job(self, name, operation, **values):
        return (
            self.env["crm.custom.field.mass"]
            .with_user(self.manager)
            .create(
                {
                    "custom_field_id": self._field(name).id,
                    "operation": operation,
                    "domain": repr([("id", "in", self.leads.ids)]),
                    **values,
                }
            )
        )

    def _run(self, job):
        action = job.action_run()
        self.assertEqual(action["params"], {"job_id": job.id})
        progress = job.run_next_batch()
        while not progress["finished"]:
            progress = job.run_next_batch()
        self.assertEqual(job.state, "done")
        return progress

    def test_every_type_is_set_and_cleared(self):
        for name, holder, value in (
            ("motto", "value_text", "Luna"),
            ("story", "value_text", "Long"),
            ("people", "value_integer", 5),
            ("kwh", "value_decimal", 5.5),
            ("bill", "value_decimal", 9.9),
            ("since", "value_date", "2021-02-03"),
            ("seen", "value_datetime", "2021-02-03 10:00:00"),
            ("owner", "value_yes_no", True),
            ("roof", "value_choice_id", self.choice["Pitched"].id),
            ("wishes", "value_choice_ids", [Command.set(self.choice["Wallbox"].ids)]),
            ("installer", "value_contact_id", self.contact.id),
        ):
            with self.subTest(field=name):
                self.leads[0].write({f"x_cc_{name}": self.values[f"x_cc_{name}"]})
                job = self._job(name, "set", **{holder: value})
                job.action_dry_run()
                self.assertIn(str(len(self.leads)), job.dry_run_result)
                self.assertFalse(self.leads[1][f"x_cc_{name}"], "only tried")
                self._run(job)
                filled = [bool(lead[f"x_cc_{name}"]) for lead in self.leads]
                self.assertEqual(filled, [True] * len(self.leads))
                self._run(self._job(name, "clear"))
                filled = [bool(lead[f"x_cc_{name}"]) for lead in self.leads]
                self.assertEqual(filled, [False] * len(self.leads))

    def test_add_and_replace(self):
        first, second, third = self.leads[:3]
        first.write(
            {
                "x_cc_people": 1,
                "x_cc_motto": "Sole",
                "x_cc_roof": self.choice["Flat"].id,
                "x_cc_wishes": [Command.set(self.choice["Battery"].ids)],
            }
        )
        self._run(self._job("people", "add", value_integer=2))
        self.assertEqual(self.leads[:2].mapped("x_cc_people"), [3, 2])
        self._run(self._job("motto", "add", value_text="Luna"))
        self.assertEqual(self.leads[:2].mapped("x_cc_motto"), ["Sole", "Luna"])
        wallbox = [Command.set(self.choice["Wallbox"].ids)]
        self._run(self._job("wishes", "add", value_choice_ids=wallbox))
        self.assertEqual(len(first.x_cc_wishes), 2)
        progress = self._run(
            self._job(
                "roof",
                "replace",
                old_choice_id=self.choice["Flat"].id,
                value_choice_id=self.choice["Pitched"].id,
            )
        )
        self.assertEqual(progress["changed"], 1)
        self.assertEqual(first.x_cc_roof, self.choice["Pitched"])
        self.assertFalse(second.x_cc_roof)
        self._run(
            self._job(
                "wishes",
                "replace",
                old_choice_id=self.choice["Battery"].id,
                value_choice_ids=[Command.set(self.choice["Other"].ids)],
            )
        )
        self.assertEqual(
            first.x_cc_wishes, self.choice["Wallbox"] | self.choice["Other"]
        )
        self.assertEqual(third.x_cc_wishes, self.choice["Wallbox"])

    def test_customers_follow(self):
        lead, twin = self.leads[:2]
        lead._convert_to_opportunity(self.agent, 100, "2031-01-01")
        twin.partner_id = lead.partner_id
        job = self._job("people", "add", value_integer=2)
        with self._small_batches():
            self._run(job)
        self.env.invalidate_all()
        self.assertEqual(lead.partner_id.x_cc_people, 2)
        self.assertEqual(twin.x_cc_people, 2)
        outside = self._job("roof", "set", value_choice_id=self.choice["Flat"].id)
        outside.domain = repr([("id", "=", lead.id)])
        self._run(outside)
        self.assertEqual(twin.x_cc_roof, self.choice["Flat"])
        self.assertEqual(lead.partner_id.x_cc_roof, self.choice["Flat"])

    def _small_batches(self):
        from unittest.mock import patch

        from ..models import crm_custom_field_mass

        return patch.object(crm_custom_field_mass, "BATCH_NAMES", 1)

    def test_names_that_would_break_a_rule_keep_their_value(self):
        self._field("kwh").rule_expression = "value >= people * 100"
        self.leads[0].x_cc_people = 9
        job = self._job("kwh", "set", value_decimal=500)
        job.action_dry_run()
        self.assertIn("1 refused", job.dry_run_result)
        progress = self._run(job)
        self.assertEqual((progress["changed"], progress["refused"]), (5, 1))
        self.assertFalse(self.leads[0].x_cc_kwh)
        self.assertEqual(self.leads[1].x_cc_kwh, 500)

    def test_what_is_computed_follows(self):
        self._field("bill").compute_expression = "kwh * 2"
        self._run(self._job("kwh", "set", value_decimal=5))
        self.assertEqual(set(self.leads.mapped("x_cc_bill")), {10.0})

    def test_it_goes_on_where_it_was_stopped(self):
        job = self._job("people", "add", value_integer=1)
        with self._small_batches():
            job.action_run()
            job.run_next_batch()
            job.action_stop()
            self.assertTrue(job.run_next_batch()["finished"])
            self.assertEqual(sum(self.leads.mapped("x_cc_people")), 1)
            self._run(job)
        self.env.invalidate_all()
        self.assertEqual(set(self.leads.mapped("x_cc_people")), {1})

    def test_no_field_is_added_meanwhile(self):
        self._job("people", "set", value_integer=1).action_run()
        with self.assertRaisesRegex(UserError, "mass maintenance"):
            self.env["crm.custom.field"].create({"label": "Late"})

    def test_what_is_missing_is_said(self):
        with self.assertRaisesRegex(UserError, "Enter the value"):
            self._job("motto", "set").action_run()
        with self.assertRaisesRegex(UserError, "Enter the old value"):
            self._job("motto", "replace", value_text="A").action_run()
        with self.assertRaisesRegex(ValidationError, "can't be read"):
            self._job("motto", "clear", domain="[('nothing', '=', 1)]")
        with self.assertRaisesRegex(ValidationError, "can't be read"):
            self._job("motto", "clear", domain="[('name'")
