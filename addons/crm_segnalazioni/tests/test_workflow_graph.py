from odoo import fields
from odoo.tests import tagged

from .common import SegnalazioneCase


@tagged("post_install", "-at_install")
class TestWorkflowGraph(SegnalazioneCase):
    """Steps move the customer in the commercial graph, and the workflow is drawn."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outcome = cls.env["crm.outcome"].create(
            {"name": "Visited by the tests", "color": "#123456"}
        )
        cls.visit = cls.env["mail.activity.type"].create(
            {"name": "Visit of the tests", "is_commercial": True, "is_meeting": True}
        )
        cls.state = cls.env["crm.commercial.state"].create({"name": "Seen"})
        cls.env["crm.relation"].create(
            {
                "activity_type_id": cls.visit.id,
                "outcome_id": cls.outcome.id,
                "commercial_state_id": cls.state.id,
            }
        )
        cls.step = cls._transition(
            "appointment",
            "appointment_fixed",
            "visited",
            outcome_id=cls.outcome.id,
            outcome_type_id=cls.visit.id,
            group_ids=[
                fields.Command.set(cls.env.ref("crm_callcenter.group_agent").ids)
            ],
        )

    def _ledger(self):
        return self.lead.interaction_ids.filtered(
            lambda row: row.outcome_id == self.outcome
        )

    def test_the_agents_tap_moves_the_customers_state(self):
        order = self._document("appointment")
        order.with_user(self.agent).take_transition(self.step.id)
        self.assertEqual(self.lead.commercial_state_id, self.state)
        self.assertEqual(self._ledger().user_id, self.agent)
        self.assertEqual(self._ledger().activity_type_id, self.visit)

    def test_the_tap_closes_the_open_appointment_and_its_action(self):
        start, stop = self._next_free_slot()
        event = self.lead._create_visit(self.agent, start, stop, self.visit)
        action = self.env["mail.activity"].browse(
            self.env["crm.planner"]._insert_actions(
                self.visit,
                start,
                self.env["crm.planner"]._one_source(self.lead, self.agent),
                event=event,
            )
        )
        order = self._document("appointment", appointment_event_id=event.id)
        order.with_user(self.agent).take_transition(self.step.id, reason="all fine")
        self.assertEqual(event.outcome_id, self.outcome)
        self.assertFalse(action.active)
        self.assertEqual(len(self._ledger()), 1)
        self.assertEqual(self._ledger().activity_ref, action.id)
        self.assertEqual(self._ledger().note, "all fine")

    def test_an_appointment_without_action_is_closed_with_it(self):
        start, stop = self._next_free_slot()
        event = self.lead._create_visit(self.agent, start, stop, self.visit)
        order = self._document("appointment", appointment_event_id=event.id)
        order.with_user(self.agent).take_transition(self.step.id)
        self.assertEqual(event.outcome_id, self.outcome)
        self.assertEqual(len(self._ledger()), 1)

    def test_an_appointment_that_was_closed_already_stays_so(self):
        start, stop = self._next_free_slot()
        event = self.lead._create_visit(self.agent, start, stop, self.visit)
        event._close(self.outcomes["N"])
        order = self._document("appointment", appointment_event_id=event.id)
        order.with_user(self.agent).take_transition(self.step.id)
        self.assertEqual(event.outcome_id, self.outcomes["N"])
        self.assertEqual(len(self._ledger()), 1)

    def test_an_outcome_that_is_switched_off_is_left_out(self):
        self.env["crm.relation"].search(
            [("outcome_id", "=", self.outcome.id)]
        ).active = False
        self.outcome.active = False
        order = self._document("appointment")
        order.with_user(self.agent).take_transition(self.step.id)
        self.assertEqual(order.segnalazione_state_id, self.states["visited"])
        self.assertFalse(self._ledger())

    def test_a_document_without_a_name_moves_without_the_graph(self):
        order = self._document("appointment", opportunity_id=False)
        order.with_user(self.agent).take_transition(self.step.id)
        self.assertEqual(order.segnalazione_state_id, self.states["visited"])

    # ------------------------------------------------------------
    # DRAWN
    # ------------------------------------------------------------

    def test_the_drawing_has_all_states_and_steps(self):
        kind = self.types["appointment"]
        graph = kind.get_workflow_graph()
        own = [node for node in graph["nodes"] if node["id"] > 0]
        self.assertEqual({node["id"] for node in own}, set(kind.state_ids.ids))
        self.assertEqual(
            {step["id"] for step in graph["steps"]}, set(kind.transition_ids.ids)
        )
        keys = {node["id"] for node in graph["nodes"]}
        for step in graph["steps"]:
            self.assertLessEqual({step["from_id"], step["to_id"]}, keys)
        [first] = [node for node in own if node["is_first"]]
        self.assertEqual(first["level"], 0)

    def test_a_step_to_another_type_ends_outside(self):
        graph = self.types["appointment"].get_workflow_graph()
        ends = {
            node["id"]: node for node in graph["nodes"] if node["type"] == "Contract"
        }
        self.assertEqual([node["name"] for node in ends.values()], ["Signed"])
        signing = [step for step in graph["steps"] if step["to_id"] in ends]
        self.assertEqual({step["name"] for step in signing}, {"Signed"})

    def test_a_state_that_no_way_leads_to_is_marked(self):
        kind = self.types["appointment"]
        kind.state_ids += self.states["quoted"]
        marked = [
            node["name"]
            for node in kind.get_workflow_graph()["nodes"]
            if node["is_unreachable"]
        ]
        self.assertEqual(marked, ["Quotation sent"])

    def test_the_tooltip_names_groups_and_effects(self):
        lines = "\n".join(self.step._describe())
        self.assertIn(self.step.group_ids.name, lines)
        self.assertIn("Visited by the tests", lines)

    def test_every_shipped_state_can_be_reached(self):
        for key, kind in self.types.items():
            if key == "contract":
                kind.default_state_id = self.states["to_sign"]
            with self.subTest(key):
                unreachable = [
                    node["name"]
                    for node in kind.get_workflow_graph()["nodes"]
                    if node["is_unreachable"]
                ]
                self.assertFalse(unreachable)
