from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests.common import new_test_user, tagged

from .graph_editor_case import GraphEditorCase


@tagged("post_install", "-at_install")
class TestGraphEditor(GraphEditorCase):
    def setUp(self):
        super().setUp()
        self.graph = self.env["crm.graph"].with_user(self.manager)

    def payload(self, graph=None):
        """Return a payload with its records by id."""
        payload = graph or self.graph.get_graph()
        for name in ("types", "outcomes", "states", "users", "relations"):
            payload[name] = {one["id"]: one for one in payload[name]}
        return payload

    # ------------------------------------------------------------
    # PAYLOAD
    # ------------------------------------------------------------

    def test_the_manager_sees_the_whole_configuration(self):
        payload = self.payload()
        self.assertTrue(payload["can_write"])
        self.assertEqual(payload["types"][self.call.id]["count"], 1)
        self.assertEqual(payload["types"][self.call.id]["icon"], "fa-phone")
        self.assertEqual(payload["outcomes"][self.interested.id]["color"], "#2f9e44")
        relation = payload["relations"][self.relation.id]
        self.assertEqual(relation["type_id"], self.call.id)
        self.assertEqual(relation["state_id"], self.prospect.id)
        self.assertEqual(relation["next_type_id"], self.visit.id)
        self.assertEqual(relation["next_assignee"], "salesperson")
        self.assertEqual(relation["delay_days"], 2)
        self.assertIs(relation["next_user_id"], False)

    def test_what_only_the_system_uses_is_not_shown(self):
        payload = self.payload()
        for xmlid in ("activity_type_correction", "activity_type_merge"):
            system_type = self.env.ref(f"crm_callcenter.{xmlid}")
            self.assertNotIn(system_type.id, payload["types"])
        cancelled = self.env.ref("crm_callcenter.crm_outcome_cancelled")
        self.assertNotIn(cancelled.id, payload["outcomes"])
        todo = self.env.ref("mail.mail_activity_data_todo")
        self.assertNotIn(todo.id, payload["types"])

    def test_users_are_those_who_may_read_names(self):
        employee = new_test_user(self.env, "plain_employee", groups="base.group_user")
        archived = self._new_user("gone", "group_agent")
        archived.active = False
        users = self.payload()["users"]
        self.assertIn(self.agent.id, users)
        self.assertIn(self.operator.id, users)
        self.assertNotIn(employee.id, users)
        self.assertNotIn(archived.id, users)

    def test_relations_of_types_that_are_off_are_left_out(self):
        self.call.active = False
        payload = self.payload()
        self.assertNotIn(self.relation.id, payload["relations"])
        self.assertFalse(payload["types"][self.call.id]["active"])

    # ------------------------------------------------------------
    # FINDINGS
    # ------------------------------------------------------------

    def test_findings_follow_the_configuration(self):
        findings = self.payload()["findings"]
        self.assertEqual(findings["starts"], [self.call.id])
        self.assertEqual(findings["unreachable"], [self.letter.id])
        self.assertEqual(findings["dead_types"], [self.visit.id])
        self.assertFalse(findings["dead_relations"])
        graph = self.graph.save_relation(self.visit.id, self.refuses.id, {})
        findings = graph["findings"]
        self.assertFalse(findings["dead_types"])
        relation = self.env["crm.relation"]._get(self.visit, self.refuses)
        self.assertEqual(findings["dead_relations"], relation.ids)

    def test_what_ends_a_way_properly_is_no_dead_end(self):
        ends = (
            {"commercial_state_id": self.blocked.id},
            {"is_conclusive": True, "conclusion": "lost"},
            {"next_type_id": self.letter.id},
        )
        for values in ends:
            with self.subTest(values=values):
                relation = self.env["crm.relation"].create(
                    {
                        "activity_type_id": self.visit.id,
                        "outcome_id": self.refuses.id,
                        **values,
                    }
                )
                findings = self.graph.get_graph()["findings"]
                self.assertFalse(findings["dead_relations"])
                relation.unlink()
        appointment = self.outcomes["T"]
        findings = self.graph.save_relation(self.visit.id, appointment.id, {})[
            "findings"
        ]
        self.assertFalse(findings["dead_relations"], "it plans the visit by itself")

    def test_a_right_to_plan_makes_a_start(self):
        self.env["crm.planning.right"].create(
            {"activity_type_id": self.letter.id, "target": "anyone"}
        )
        findings = self.payload()["findings"]
        self.assertEqual(findings["starts"], [self.call.id, self.letter.id])
        self.assertFalse(findings["unreachable"])

    # ------------------------------------------------------------
    # CHANGES
    # ------------------------------------------------------------

    def test_a_tick_makes_a_relation_and_taking_it_away_keeps_its_values(self):
        payload = self.payload(
            self.graph.save_relation(self.call.id, self.refuses.id, {"points": 3})
        )
        relation = self.env["crm.relation"]._get(self.call, self.refuses)
        self.assertEqual(payload["relations"][relation.id]["points"], 3)
        self.assertEqual(payload["types"][self.call.id]["count"], 2)
        payload = self.payload(
            self.graph.remove_relation(self.call.id, self.refuses.id)
        )
        self.assertNotIn(relation.id, payload["relations"])
        self.assertFalse(relation.active)
        payload = self.payload(
            self.graph.save_relation(self.call.id, self.refuses.id, {})
        )
        self.assertEqual(payload["relations"][relation.id]["points"], 3)

    def test_a_cell_changes_that_field_only(self):
        self.graph.save_relation(self.call.id, self.interested.id, {"delay_days": 7})
        self.assertEqual(self.relation.delay_days, 7)
        self.assertEqual(self.relation.points, 5)
        self.assertEqual(self.relation.next_type_id, self.visit)

    def test_refusals_are_sentences_that_name_the_relation(self):
        self.letter.active = False
        employee = new_test_user(self.env, "no_access", groups="base.group_user")
        refused = (
            (
                {"next_type_id": self.letter.id},
                "Letter of the tests, which is switched",
            ),
            (
                {"next_assignee": "fixed", "next_user_id": employee.id},
                "Interested in the tests gives the next action to",
            ),
            ({"delay_hours": -1}, "can't be due before the outcome"),
        )
        for values, sentence in refused:
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(ValidationError, sentence),
                self.env.cr.savepoint(),
            ):
                self.graph.save_relation(self.call.id, self.interested.id, values)
        self.assertEqual(self.relation.next_type_id, self.visit)
        self.assertEqual(self.relation.next_assignee, "salesperson")

    def test_an_endless_chain_is_refused(self):
        self.graph.save_relation(
            self.call.id, self.refuses.id, {"next_type_id": self.visit.id}
        )
        self.graph.save_relation(self.visit.id, self.refuses.id, {})
        (self.call | self.visit).automatic_outcome_id = self.refuses
        with self.assertRaisesRegex(ValidationError, "Visit of the tests → Refuses"):
            self.graph.save_relation(
                self.visit.id, self.refuses.id, {"next_type_id": self.call.id}
            )

    def test_the_matrix_changes_no_other_field(self):
        for name in ("outcome_id", "activity_type_id", "active", "create_uid"):
            with self.subTest(field=name), self.assertRaises(UserError):
                self.graph.save_relation(
                    self.call.id, self.interested.id, {name: self.refuses.id}
                )

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    def test_other_roles_look_and_change_nothing(self):
        for user in (self.operator, self.coordinator, self.agent, self.back_office):
            graph = self.env["crm.graph"].with_user(user)
            with self.subTest(role=user.login):
                payload = graph.get_graph()
                self.assertFalse(payload["can_write"])
                self.assertTrue(payload["relations"])
                self.assertFalse(payload["users"], "names of colleagues for nothing")
                with self.assertRaises(AccessError):
                    graph.save_relation(self.call.id, self.refuses.id, {})
                with self.assertRaises(AccessError):
                    graph.save_relation(
                        self.call.id, self.interested.id, {"points": 99}
                    )
                with self.assertRaises(AccessError):
                    graph.remove_relation(self.call.id, self.interested.id)
        self.assertEqual(self.relation.points, 5)
        self.assertTrue(self.relation.active)

    def test_outsiders_see_nothing(self):
        portal = new_test_user(self.env, "outsider", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.env["crm.graph"].with_user(portal).get_graph()
