from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import CampaignCommon


@tagged("post_install", "-at_install")
class TestDeskCustomField(CampaignCommon):
    """An operator fills in custom fields of the name in hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roof, cls.people, cls.secret, cls.rare = cls.env["crm.custom.field"].create(
            [
                {
                    "label": "Roof",
                    "field_type": "choice",
                    "choice_ids": [Command.create({"name": "Flat"})],
                },
                {"label": "People", "field_type": "integer"},
                {"label": "Secret", "access_operator": "hidden"},
                {"label": "Rare", "is_shown": False},
            ]
        )
        # As if it were committed: the desk reads on cursors of its own.
        cls.registry.signal_changes()

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.payload = self.next_name()
        self.lead = self.leads[0]

    def _preview(self, shown=(), **values):
        """Say what the operator has typed so far; names of fields without x_cc_."""
        self.changes = {
            "values": {f"x_cc_{name}": value for name, value in values.items()},
            "shown": list(shown),
        }
        seen = self.desk().preview_custom_fields(
            self.payload["line_id"], self.payload["claim_token"], self.changes
        )
        return {field["name"]: field for field in seen["custom_fields"]}, seen

    def _confirm(self):
        self.confirm(self.payload, "N", custom_changes=self.changes)
        self.env.invalidate_all()

    def test_the_desk_shows_what_the_operator_may_see(self):
        labels = [field["label"] for field in self.payload["custom_fields"]]
        self.assertEqual(labels, ["Roof", "People"])
        self.assertEqual(
            [field["label"] for field in self.payload["custom_possible"]], ["Rare"]
        )
        self.assertEqual(
            [choice["name"] for choice in self.payload["custom_fields"][0]["choices"]],
            ["Flat"],
        )

    def test_what_the_operator_fills_is_saved_with_the_outcome(self):
        self.people.rule_expression = "value < 20"
        self.rare.compute_expression = False
        flat = self.roof.choice_ids
        fields_, seen = self._preview(
            shown=self.rare.ids, roof=flat.id, people="4", rare="yes"
        )
        self.assertEqual(fields_["x_cc_roof"]["value"], flat.id)
        self.assertEqual(fields_["x_cc_people"]["value"], 4)
        self.assertEqual(fields_["x_cc_rare"]["value"], "yes")
        self.assertFalse(seen["custom_possible"])
        self.assertFalse(self.lead.x_cc_roof or self.lead.x_cc_people)
        self.assertFalse(self.env["crm.custom.field.added"].search([]))
        self._confirm()
        self.assertEqual((self.lead.x_cc_roof, self.lead.x_cc_people), (flat, 4))
        self.assertEqual(self.lead.x_cc_rare, "yes")
        self.assertEqual(
            self.env["crm.custom.field.added"].search([]).custom_field_id, self.rare
        )

    def test_closing_the_name_saves_nothing(self):
        self._preview(roof=self.roof.choice_ids.id, people=4)
        self.desk().release(self.payload["line_id"], self.payload["claim_token"])
        self.env.invalidate_all()
        self.assertFalse(self.lead.x_cc_roof or self.lead.x_cc_people)

    def test_what_is_computed_is_seen_while_talking(self):
        self.rare.write({"compute_expression": "str(people * 2)", "is_shown": True})
        fields_, _seen = self._preview(people=4)
        self.assertEqual(fields_["x_cc_rare"]["value"], "8")
        self.assertFalse(self.lead.x_cc_rare)

    def test_a_value_is_added_where_it_may(self):
        with self.assertRaisesRegex(AccessError, "can't add values"):
            self._preview(roof="new:Round")
        self.roof.allow_new_choices = True
        fields_, _seen = self._preview(roof="new:Round")
        self.assertEqual(fields_["x_cc_roof"]["value"], "new:Round")
        self.assertIn(
            {"id": "new:Round", "name": "Round"}, fields_["x_cc_roof"]["choices"]
        )
        self.assertEqual(self.roof.choice_ids.mapped("name"), ["Flat"])
        self._confirm()
        self.assertEqual(self.lead.x_cc_roof.name, "Round")

    def test_a_value_that_is_there_is_not_added_again(self):
        self.roof.allow_new_choices = True
        fields_, _seen = self._preview(roof="new:flat")
        self.assertEqual(fields_["x_cc_roof"]["value"], self.roof.choice_ids.id)
        self._confirm()
        self.assertEqual(self.lead.x_cc_roof.name, "Flat")
        self.assertEqual(len(self.roof.choice_ids), 1)

    def test_what_is_not_allowed_is_refused(self):
        self.people.write({"rule_expression": "value < 20", "rule_message": "fewer."})
        with self.assertRaises(AccessError):
            self._preview(secret="told")
        with self.assertRaisesRegex(ValidationError, "fewer"):
            self._preview(people=99)
        with (
            self.assertRaisesRegex(ValidationError, "fewer"),
            self.cr.savepoint(),
        ):
            self._confirm()
        self.assertFalse(self.lead.interaction_ids)
        with self.assertRaisesRegex(UserError, "Enter a number"):
            self._preview(people="many")
        with self.assertRaisesRegex(UserError, "deleted"):
            self.desk().preview_custom_fields(
                self.payload["line_id"],
                self.payload["claim_token"],
                {"values": {"street": "Elsewhere"}},
            )
        with self.assertRaises(UserError):
            self.desk().preview_custom_fields(
                self.payload["line_id"], "forged", {"values": {"x_cc_people": 1}}
            )
        self.assertEqual(self.lead.x_cc_people, 0)

    def test_no_field_is_added_while_a_list_is_imported(self):
        running = self.env["crm.list.import"].create({"campaign_id": self.campaign.id})
        running.state = "running"
        with self.assertRaisesRegex(UserError, "is being imported"):
            self.env["crm.custom.field"].create({"label": "Late"})


@tagged("post_install", "-at_install", "desk_tour")
class TestDeskCustomFieldTour(CampaignCommon, HttpCase):
    def test_an_operator_fills_fields_while_talking(self):
        roof = self.env["crm.custom.field"].create(
            [
                {
                    "label": "Roof",
                    "field_type": "choice",
                    "allow_new_choices": True,
                    "choice_ids": [Command.create({"name": "Flat"})],
                },
                {"label": "People", "field_type": "integer"},
                {"label": "Rare", "is_shown": False},
            ]
        )[0]
        self.registry.signal_changes()
        self.start_tour(
            "/odoo/desk", "crm_desk_custom_field", login=self.operator.login
        )
        self.env.invalidate_all()
        found = self.env["crm.lead"].search([("x_cc_roof.name", "=", "Round")])
        self.assertEqual(found, self.leads[0])
        self.assertEqual((found.x_cc_people, found.x_cc_rare), (4, "Solar tiles"))
        self.assertEqual(len(roof.choice_ids), 2)
