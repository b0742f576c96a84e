from base64 import b64encode

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import SegnalazioneCase


@tagged("post_install", "-at_install")
class TestWorkflow(SegnalazioneCase):
    """Steps are taken under their conditions, with their effects, or not at all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._document("contract")

    def _forward(self, **values):
        return self._transition("contract", "signed", "administration", **values)

    def _signing(self):
        return self.env.ref(
            "crm_segnalazioni.transition_quotation_quoted_signed_contract"
        )

    # ------------------------------------------------------------
    # WHO, AND UNDER WHAT CONDITIONS
    # ------------------------------------------------------------

    def test_a_step_leaves_a_trace(self):
        move = self.order.with_user(self.back_office)._take_transition(
            self._forward(), reason=" by hand "
        )
        self.assertEqual(self.order.segnalazione_state_id.id, move.to_state_id.id)
        self.assertEqual(move.sudo().user_id, self.back_office)
        self.assertEqual(move.sudo().from_state_id, self.states["signed"])
        self.assertEqual(move.sudo().reason, "by hand")
        self.assertEqual(self.order._last_move(), move.sudo())

    def test_a_step_of_another_state_is_refused_and_says_who_was_first(self):
        step = self._forward()
        self.order.with_user(self.back_office)._take_transition(step)
        with self.assertRaisesRegex(UserError, "Back Office has brought"):
            self.order._take_transition(step)

    def test_who_saw_another_state_is_told_who_was_first(self):
        self.order.with_user(self.back_office)._take_transition(self._forward())
        onward = self._transition("contract", "administration", "confirmed")
        with self.assertRaisesRegex(UserError, "Back Office has brought CON/"):
            self.order.with_user(self.manager).take_transition(
                onward.id, self.states["signed"].id
            )
        self.assertEqual(
            self.order.segnalazione_state_id, self.states["administration"]
        )

    def test_a_step_of_another_type_is_refused(self):
        foreign = self._transition("order", "signed", "administration")
        with self.assertRaisesRegex(UserError, "leads on from"):
            self.order._take_transition(foreign)

    def test_a_step_that_is_gone_or_switched_off_is_refused(self):
        step = self._forward()
        order = self.order.with_user(self.back_office)
        step.active = False
        with self.assertRaisesRegex(UserError, "no longer in use"):
            order.take_transition(step.id)
        with self.assertRaisesRegex(UserError, "no longer in use"):
            order.take_transition(0)

    def test_only_the_groups_of_a_step_may_take_it(self):
        group = self.env.ref("crm_callcenter.group_campaign_manager")
        step = self._forward(group_ids=[fields.Command.set(group.ids)])
        with self.assertRaisesRegex(UserError, "Campaign Manager"):
            self.order.with_user(self.back_office)._take_transition(step)
        self.order.with_user(self.manager)._take_transition(step)
        self.assertEqual(
            self.order.segnalazione_state_id, self.states["administration"]
        )

    def test_a_step_without_groups_is_for_those_who_may_change_the_document(self):
        step = self._forward()
        with self.assertRaisesRegex(UserError, "those who may change"):
            self.order.with_user(self.agent).take_transition(step.id)
        self.assertEqual(self.order.segnalazione_state_id, self.states["signed"])

    def test_an_agent_takes_a_step_of_its_group_without_rights_to_orders(self):
        group = self.env.ref("crm_callcenter.group_agent")
        step = self._forward(group_ids=[fields.Command.set(group.ids)])
        self.order.with_user(self.agent).take_transition(step.id)
        self.assertEqual(
            self.order.segnalazione_state_id, self.states["administration"]
        )
        with self.assertRaises(AccessError):
            self.order.with_user(self.agent).write({"call_note": "mine"})

    def test_missing_mandatory_fields_are_named(self):
        missing = self.env["ir.model.fields"]._get("sale.order", "client_order_ref")
        note = self.env["ir.model.fields"]._get("sale.order", "call_note")
        step = self._forward(
            mandatory_field_ids=[fields.Command.set((missing | note).ids)]
        )
        self.order.call_note = "something"
        with self.assertRaisesRegex(UserError, "lacks for .*: Customer Reference\\."):
            self.order._take_transition(step)
        self.order.client_order_ref = "7"
        self.order._take_transition(step)

    def test_a_signed_document_is_asked_for(self):
        step = self._forward(needs_signature=True)
        with self.assertRaisesRegex(UserError, "needs a signed document"):
            self.order._take_transition(step)
        self.order.write(
            {
                "acceptance_document": b64encode(b"%PDF-1.4"),
                "acceptance_date": fields.Date.today(),
            }
        )
        self.order._take_transition(step)

    def test_all_obstacles_are_named_at_once(self):
        field = self.env["ir.model.fields"]._get("sale.order", "client_order_ref")
        step = self._forward(
            needs_signature=True, mandatory_field_ids=[fields.Command.set(field.ids)]
        )
        obstacles = self.order._transition_obstacles(step)
        self.assertEqual(len(obstacles), 2)

    def test_a_reason_is_asked_for(self):
        step = self._forward(asks_reason=True)
        with self.assertRaisesRegex(UserError, "Write why"):
            self.order._take_transition(step, reason="  ")
        self.order._take_transition(step, reason="because")

    # ------------------------------------------------------------
    # WHAT FOLLOWS
    # ------------------------------------------------------------

    def test_steps_confirm_cancel_and_open_the_order(self):
        self._forward(order_effect="confirm")
        self._transition(
            "contract", "administration", "cancelled", order_effect="cancel"
        )
        self._transition(
            "contract",
            "cancelled",
            "administration",
            order_effect="draft",
            is_backward=True,
        )
        for state, expected in (
            ("administration", "sale"),
            ("cancelled", "cancel"),
            ("administration", "draft"),
        ):
            self._step(self.order, state)
            self.assertEqual(self.order.state, expected)

    def test_confirming_does_what_the_type_says(self):
        self._forward()
        self._transition("contract", "administration", "confirmed")
        self._step(self.order, "administration")
        self.types["contract"].confirm_effect = "nothing"
        self._step(self.order, "confirmed")
        self.assertEqual(self.order.state, "draft")
        other = self._document("contract")
        self.types["contract"].confirm_effect = "confirm"
        self._step(other, "administration")
        self._step(other, "confirmed")
        self.assertEqual(other.state, "sale")

    def test_a_confirmed_document_becomes_another_type(self):
        kind = self.types["order"]
        kind.write(
            {"confirm_effect": "become", "confirm_type_id": self.types["job"].id}
        )
        order = self._document("order")
        number = order.name
        self._transition("order", "signed", "administration")
        self._transition("order", "administration", "confirmed")
        self._step(order, "administration")
        self._step(order, "confirmed")
        self.assertEqual(order.segnalazione_type_id, self.types["job"])
        self.assertTrue(order.name.startswith("COM/"))
        self.assertEqual(set(order.protocol_ids.mapped("name")), {number, order.name})

    def test_a_step_makes_another_type_with_a_number_of_its_own(self):
        order = self._document("quotation")
        number = order.name
        self._transition("quotation", "negotiation", "quoted")
        self._step(order, "quoted")
        step = self.env.ref(
            "crm_segnalazioni.transition_quotation_quoted_signed_contract"
        )
        order._take_transition(step)
        self.assertEqual(order.segnalazione_type_id, self.types["contract"])
        self.assertTrue(order.name.startswith("CON/"))
        self.assertEqual(set(order.protocol_ids.mapped("name")), {number, order.name})
        self.assertEqual(order._last_move().type_id, self.types["contract"])

    def test_a_document_that_comes_back_to_a_type_keeps_its_number_of_it(self):
        order = self._document("quotation")
        number = order.name
        order._become_type(self.types["contract"])
        order._become_type(self.types["quotation"])
        self.assertEqual(order.name, number)
        self.assertEqual(len(order.protocol_ids), 2)

    def test_a_type_that_forbids_a_product_is_not_reached(self):
        self.types["contract"].product_ids = self.product_two
        order = self._document("quotation")
        self._transition("quotation", "negotiation", "quoted")
        self._step(order, "quoted")
        step = self.env.ref(
            "crm_segnalazioni.transition_quotation_quoted_signed_contract"
        )
        with self.assertRaisesRegex(UserError, "Plant 6 kW may not stand"):
            order._take_transition(step)

    def test_a_mail_and_an_action_follow(self):
        template = self.env["mail.template"].create(
            {
                "name": "About it",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "subject": "News of {{ object.name }}",
                "body_html": "<p>Hello</p>",
            }
        )
        kind = self.env["mail.activity.type"].create(
            {"name": "After it", "is_commercial": True}
        )
        step = self._forward(
            mail_template_id=template.id, activity_type_id=kind.id, delay_days=3
        )
        self.order._take_transition(step)
        self.assertIn(
            f"News of {self.order.name}", self.order.message_ids.mapped("subject")
        )
        action = self.lead.activity_ids.filtered(
            lambda one: one.activity_type_id == kind
        )
        self.assertEqual(action.user_id, self.agent)
        self.assertGreater(action.date_deadline, fields.Date.today())

    def test_the_server_action_runs_on_the_document(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Note it",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "state": "code",
                "code": "record.write({'call_note': 'ran'})",
            }
        )
        self.order.with_user(self.back_office)._take_transition(
            self._forward(server_action_id=action.id)
        )
        self.assertEqual(self.order.call_note, "ran")

    def test_an_effect_that_fails_leaves_nothing(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Break it",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "state": "code",
                "code": "raise UserError('broken')",
            }
        )
        step = self._forward(order_effect="confirm", server_action_id=action.id)
        with self.assertRaisesRegex(UserError, "broken"), self.env.cr.savepoint():
            self.order._take_transition(step)
        self.assertEqual(self.order.segnalazione_state_id, self.states["signed"])
        self.assertEqual(self.order.state, "draft")
        self.assertEqual(len(self.order.move_ids), 1)

    # ------------------------------------------------------------
    # SET-UP
    # ------------------------------------------------------------

    def test_a_step_back_from_a_closing_state_must_say_so(self):
        with self.assertRaisesRegex(ValidationError, "Opens Again"):
            self._transition("contract", "confirmed", "signed")
        self._transition("contract", "confirmed", "signed", is_backward=True)
        with self.assertRaisesRegex(ValidationError, "Opens Again"):
            self.states["administration"].category = "lost"

    def test_states_of_a_step_belong_to_its_type(self):
        with self.assertRaisesRegex(ValidationError, "not among the allowed"):
            self._transition("contract", "signed", "visited")
        with self.assertRaisesRegex(ValidationError, "not among the allowed"):
            self.types["contract"].state_ids -= self.states["installed"]

    def test_a_state_with_documents_is_not_taken_away(self):
        kind = self.env["crm.segnalazione.type"].create(
            {
                "name": "Own",
                "code": "OWN",
                "state_ids": [fields.Command.set(self.states["signed"].ids)],
                "default_state_id": self.states["signed"].id,
            }
        )
        order = self._document(kind)
        with self.assertRaisesRegex(ValidationError, f"{order.name} and maybe others"):
            kind.write(
                {
                    "state_ids": [fields.Command.set(self.states["visited"].ids)],
                    "default_state_id": self.states["visited"].id,
                }
            )

    def test_other_mistakes_of_the_set_up_get_a_sentence(self):
        contract, report = self.types["contract"], self.types["report"]
        with self.assertRaisesRegex(ValidationError, "first state of Contract"):
            contract.default_state_id = self.states["visited"]
        with self.assertRaisesRegex(ValidationError, "no order of Odoo to"):
            report.confirm_effect = "confirm"
        with self.assertRaisesRegex(ValidationError, "Choose the other type"):
            contract.confirm_effect = "become"
        with self.assertRaisesRegex(ValidationError, "is no quotation"):
            self._transition("report", "report_new", "visited", order_effect="confirm")
        with self.assertRaisesRegex(UserError, "Make a new type"):
            contract.code = "CTR"
        with self.assertRaisesRegex(UserError, "Switch it off instead"):
            contract.unlink()
        with self.assertRaisesRegex(UserError, "Switch it off instead"):
            self.states["signed"].unlink()

    def test_a_campaign_manager_makes_types_states_and_steps(self):
        state = (
            self.env["crm.segnalazione.state"]
            .with_user(self.manager)
            .create({"name": "Mine"})
        )
        kind = state.env["crm.segnalazione.type"].create(
            {
                "name": "Mine",
                "code": "MINE",
                "state_ids": [fields.Command.set([state.id, self.states["lost"].id])],
                "default_state_id": state.id,
            }
        )
        field = self.env["ir.model.fields"]._get("sale.order", "call_note")
        step = state.env["crm.segnalazione.transition"].create(
            {
                "name": "Away",
                "type_id": kind.id,
                "from_state_id": state.id,
                "to_state_id": self.states["lost"].id,
                "mandatory_field_ids": [fields.Command.set(field.ids)],
            }
        )
        self.assertIn(step, kind.transition_ids)
        with self.assertRaises(AccessError):
            kind.with_user(self.back_office).name = "Other"
