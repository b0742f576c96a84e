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

    def _call(self, method, *values):
        claim = (self.payload["line_id"], self.payload["claim_token"])
        return getattr(self.desk(), method)(*claim, *values)

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

    def test_the_operator_fills_fields(self):
        flat = self.roof.choice_ids
        changed = self._call("set_custom_field", "x_cc_roof", flat.id)
        self.assertEqual(changed["custom_fields"][0]["value"], flat.id)
        self._call("set_custom_field", "x_cc_people", "4")
        self.assertEqual((self.lead.x_cc_roof, self.lead.x_cc_people), (flat, 4))
        changed = self._call("show_custom_field", self.rare.id)
        self.assertFalse(changed["custom_possible"])
        self._call("set_custom_field", "x_cc_rare", "yes")
        self.assertEqual(self.lead.x_cc_rare, "yes")

    def test_a_value_is_added_where_it_may(self):
        with self.assertRaisesRegex(AccessError, "can't add values"):
            self._call("add_custom_choice", "x_cc_roof", "Round")
        self.roof.allow_new_choices = True
        self._call("add_custom_choice", "x_cc_roof", "Round")
        self.assertEqual(self.lead.x_cc_roof.name, "Round")
        self._call("add_custom_choice", "x_cc_roof", "flat")
        self.assertEqual(self.lead.x_cc_roof.name, "Flat")

    def test_what_is_not_allowed_is_refused(self):
        self.people.write({"rule_expression": "value < 20", "rule_message": "fewer."})
        with self.assertRaises(AccessError):
            self._call("set_custom_field", "x_cc_secret", "told")
        with (
            self.assertRaisesRegex(ValidationError, "fewer"),
            self.cr.savepoint(),
        ):
            self._call("set_custom_field", "x_cc_people", 99)
        with self.assertRaisesRegex(UserError, "Enter a number"):
            self._call("set_custom_field", "x_cc_people", "many")
        with self.assertRaisesRegex(UserError, "deleted"):
            self._call("set_custom_field", "street", "Elsewhere")
        with self.assertRaises(UserError):
            self.desk().set_custom_field(
                self.payload["line_id"], "forged", "x_cc_people", 1
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
