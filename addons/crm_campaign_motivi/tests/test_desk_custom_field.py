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

    def test_a_field_of_any_portfolio_is_there_at_the_next_name(self):
        branch = self.env["crm.portfolio"].create({"name": "Storage", "unit": 4})
        self.env["crm.custom.field"].create(
            {
                "label": "Battery",
                "binding": "portfolio",
                "portfolio_ids": [Command.set(branch.ids)],
            }
        )
        self.registry.signal_changes()
        labels = [field["label"] for field in self._current()["custom_fields"]]
        self.assertNotIn("Battery", labels)
        self.lead.portfolio_4_id = branch
        labels = [field["label"] for field in self._current()["custom_fields"]]
        self.assertIn("Battery", labels)

    def _current(self):
        return self.desk().open()["current"]

    def test_the_desk_asks_no_more_of_sixty_fields(self):
        few = self._queries()
        self.env["crm.custom.field"].create(
            [
                {
                    "label": f"More {number}",
                    "field_type": ("choice", "text", "contact", "choices")[number % 4],
                    "choice_ids": [Command.create({"name": "Some"})]
                    if number % 4 in (0, 3)
                    else [],
                }
                for number in range(60)
            ]
        )
        self.registry.signal_changes()
        values = {
            name: self.env["crm.custom.field.choice"].search(
                [("custom_field_id.name", "=", name)]
            )
            for name in self.lead._custom_names()
            if self.lead._fields[name].type == "many2one" and "more" in name
        }
        self.lead.write({name: choice.id for name, choice in values.items()})
        self._queries()
        self.assertLessEqual(self._queries(), few + 3)

    def _queries(self):
        self._current()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.desk()._payload_custom(self.lead.with_user(self.operator).sudo())
        return self.env.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestNamesToList(CampaignCommon):
    """The names of a search are put into a call list."""

    def _wizard(self, user=None, **values):
        return (
            self.env["crm.bulk.wizard"]
            .with_user(user or self.manager)
            .with_context(
                active_ids=self.leads[:2].ids,
                active_domain=[("id", "in", self.leads[:4].ids)],
            )
            .create({"kind": "list", **values})
        )

    def _new_list(self, **values):
        return self.env["crm.call.list"].create(
            {"name": "Flat roofs", "campaign_id": self.campaign.id, **values}
        )

    def test_names_of_the_search_are_added_once(self):
        target = self._new_list(leave_elsewhere=False)
        blocked = self.env.ref("crm_callcenter.crm_commercial_state_blocked")
        self.leads[3]._correct_state(blocked, "correction")
        self._wizard(call_list_id=target.id).action_confirm()
        self.assertEqual(target.count_total, 2)
        action = self._wizard(call_list_id=target.id, scope="search").action_confirm()
        target.invalidate_recordset()
        lines = self.env["crm.call.list.line"].search([("list_id", "=", target.id)])
        self.assertEqual(lines.lead_id, self.leads[:3], "blocked names stay out")
        job = self.env["crm.bulk.job"].browse(action["res_id"])
        self.assertEqual((job.state, job.done, job.skipped), ("done", 1, 3))

    def test_whom_the_list_leaves_out_is_said(self):
        target = self._new_list(leave_elsewhere=False)
        customer = self.env.ref("crm_callcenter.crm_commercial_state_customer")
        self.leads[0]._correct_state(customer, "correction")
        self.leads[1]._register_outcome(self.outcomes["N"])
        action = self._wizard(call_list_id=target.id, scope="search").action_confirm()
        self.assertEqual(target.line_ids.lead_id, self.leads[2:4])
        job = self.env["crm.bulk.job"].browse(action["res_id"])
        self.assertEqual((job.done, job.skipped), (2, 2))
        self.assertEqual(job.list_counts, {"customer": 1, "refusal": 1})
        self.assertIn("1 refused recently", job.list_result)
        whole = self._new_list(name="Other roofs")
        self._wizard(call_list_id=whole.id).action_confirm()
        self.assertFalse(whole.line_ids, "they are in another list of the campaign")

    def test_what_is_missing_is_said(self):
        with self.assertRaisesRegex(UserError, "Choose the call list"):
            self._wizard().action_confirm()
        archived = self._new_list(active=False)
        with self.assertRaisesRegex(UserError, "takes no names"):
            self._wizard(call_list_id=archived.id).action_confirm()

    def test_only_campaign_managers_make_lists(self):
        target = self._new_list()
        for user in (self.operator, self.agent, self.back_office):
            with self.assertRaises(AccessError):
                self._wizard(user, call_list_id=target.id).action_confirm()


@tagged("post_install", "-at_install", "desk_tour")
class TestDeskCustomFieldTour(CampaignCommon, HttpCase):
    def test_from_the_catalogue_to_the_desk_to_a_list(self):
        """A manager adds a field, an operator fills it, marketing makes a list of it.

        Three people, one server that is not restarted in between.
        """
        branch = self.env["crm.portfolio"].create({"name": "Photovoltaic of the tour"})
        self.leads.portfolio_id = self.env["crm.portfolio"].create(
            {"name": "Roofs", "parent_id": branch.id}
        )
        target = self.env["crm.call.list"].create(
            {
                "name": "Flat roofs of the tour",
                "campaign_id": self.campaign.id,
                # The name comes from another list, where it has just refused.
                "leave_elsewhere": False,
                "leave_refusals": False,
            }
        )
        self.start_tour(
            "/odoo/custom-fields", "crm_custom_field", login=self.manager.login
        )
        field = self.env["crm.custom.field"].search([("label", "=", "Kind of Roof")])
        self.assertEqual(field.portfolio_ids, branch)
        self.start_tour(
            "/odoo/desk", "crm_custom_field_at_desk", login=self.operator.login
        )
        self.env.invalidate_all()
        found = self.env["crm.lead"].search([(f"{field.name}.name", "=", "Flat")])
        self.assertEqual(found, self.leads[0])
        self.start_tour(
            "/odoo/names", "crm_custom_field_to_list", login=self.manager.login
        )
        lines = self.env["crm.call.list.line"].search([("list_id", "=", target.id)])
        self.assertEqual(lines.lead_id, found)

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
