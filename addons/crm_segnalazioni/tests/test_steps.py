import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests.common import HttpCase, tagged
from odoo.tools import mute_logger

from .common import SegnalazioneCase

#: A dot, as PNG.
DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    "AABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestSteps(SegnalazioneCase):
    """What the buttons show, and what the tap does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.segnalazione.transition"].search(
            [("type_id", "=", cls.types["appointment"].id)]
        ).unlink()
        agent_group = cls.env.ref("crm_callcenter.group_agent")
        cls.visit = cls._transition(
            "appointment",
            "appointment_fixed",
            "visited",
            name="Visited",
            group_ids=[Command.set(agent_group.ids)],
            is_quick=True,
        )
        cls.cancel = cls._transition(
            "appointment", "appointment_fixed", "cancelled", name="Cancel"
        )
        cls.order = cls._document("appointment", operator_id=cls.operator.id)

    def _steps(self, user):
        steps = self.order.with_user(user).available_transitions or []
        return [step["id"] for step in steps]

    def test_a_user_sees_the_steps_of_its_groups(self):
        self.assertEqual(self._steps(self.agent), [self.visit.id])
        # Without groups a step is for whoever may change the document.
        self.assertEqual(self._steps(self.back_office), [self.cancel.id])
        self.assertEqual(self._steps(self.operator), [])
        quick = self.order.with_user(self.agent).quick_transitions
        self.assertEqual([step["name"] for step in quick], ["Visited"])

    def test_what_the_buttons_show_belongs_to_who_looks(self):
        """A value computed for one user isn't shown to the next."""
        self.assertTrue(self._steps(self.agent))
        self.assertFalse(self._steps(self.operator))
        self.assertTrue(self._steps(self.agent))

    def test_the_agent_moves_its_document_by_a_tap_only(self):
        order = self.order.with_user(self.agent)
        with self.assertRaisesRegex(UserError, "moves by its steps only"):
            order.write({"segnalazione_state_id": self.states["visited"].id})
        order.take_transition(self.visit.id, self.states["appointment_fixed"].id)
        self.assertEqual(self.order.segnalazione_state_id, self.states["visited"])
        self.assertEqual(self.order.move_ids[0].user_id, self.agent)

    def test_another_agent_takes_no_step(self):
        order = self.order.with_user(self.agent_two)
        with mute_logger("odoo.addons.base.models.ir_rule"):
            with self.assertRaises(AccessError):
                order.take_transition(self.visit.id)
            with self.assertRaises(AccessError):
                order.take_transition_to(self.states["visited"].id)
        self.assertEqual(
            self.order.segnalazione_state_id, self.states["appointment_fixed"]
        )

    def test_dragging_takes_the_step_or_says_why_not(self):
        order = self.order.with_user(self.agent)
        with self.assertRaisesRegex(UserError, "Appointment fixed to Signed"):
            order.take_transition_to(self.states["signed"].id)
        with self.assertRaisesRegex(UserError, "Appointment fixed to Cancelled"):
            order.take_transition_to(self.states["cancelled"].id)
        order.take_transition_to(
            self.states["visited"].id, self.states["appointment_fixed"].id
        )
        self.assertEqual(self.order.segnalazione_state_id, self.states["visited"])
        # Somebody who still sees the old column.
        with self.assertRaises(UserError):
            self.order.with_user(self.back_office).take_transition_to(
                self.states["cancelled"].id, self.states["appointment_fixed"].id
            )


@tagged("post_install", "-at_install")
class TestSignature(SegnalazioneCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._document("quotation", operator_id=cls.operator.id)

    def test_the_agent_has_its_document_signed(self):
        order = self.order.with_user(self.agent)
        self.assertTrue(order.may_take_signature)
        order.take_signature("  Anna Rossi ", DOT)
        self.assertEqual(self.order.signed_by, "Anna Rossi")
        self.assertTrue(self.order.signed_on)
        self.assertTrue(self.order.signature)
        message = self.order.message_ids[0]
        self.assertIn("Anna Rossi", message.body)
        self.assertEqual(message.author_id, self.agent.partner_id)
        order.invalidate_recordset()
        self.assertFalse(order.may_take_signature)

    def test_a_signature_is_not_replaced(self):
        self.order.with_user(self.agent).take_signature("Anna Rossi", DOT)
        with self.assertRaisesRegex(UserError, "signed by Anna Rossi already"):
            self.order.with_user(self.back_office).take_signature("Somebody", DOT)
        self.assertEqual(self.order.signed_by, "Anna Rossi")

    def test_who_is_not_its_agent_takes_none(self):
        self.assertFalse(self.order.with_user(self.operator).may_take_signature)
        with self.assertRaisesRegex(AccessError, "Only the agent"):
            self.order.with_user(self.operator).take_signature("Anna Rossi", DOT)
        with mute_logger("odoo.addons.base.models.ir_rule"):
            with self.assertRaises(AccessError):
                self.order.with_user(self.agent_two).take_signature("Anna", DOT)
        self.assertFalse(self.order.signature)

    def test_nothing_is_kept_of_a_bad_signature(self):
        page = base64.b64encode(b"<svg onload=alert(1)>").decode()
        order = self.order.with_user(self.agent)
        for name, image, sentence in (
            ("", DOT, "name of who signs"),
            (False, DOT, "name of who signs"),
            ("Anna", "", "is empty"),
            ("Anna", False, "is empty"),
            ("Anna", "no base64!", "is empty"),
            ("Anna", page, "is empty"),
        ):
            with self.subTest(name=name, image=image):
                with self.assertRaisesRegex(UserError, sentence):
                    order.take_signature(name, image)
        self.assertFalse(self.order.signature)
        self.assertFalse(self.order.signed_by)

    def test_a_closed_document_is_not_signed(self):
        self._transition(
            "quotation", "negotiation", "lost", group_ids=[Command.clear()]
        )
        self._step(self.order, "lost")
        order = self.order.with_user(self.agent)
        self.assertFalse(order.may_take_signature)
        with self.assertRaisesRegex(UserError, "can't be signed any more"):
            order.take_signature("Anna Rossi", DOT)


@tagged("post_install", "-at_install", "tour")
class TestScreensInTheBrowser(HttpCase):
    def test_the_steps_widget(self):
        """The tests in static/tests/*.test.js, run by Odoo's own hoot."""
        number = 0
        for character in "@crm_segnalazioni":
            number = ((number << 5) - number + ord(character)) & 0xFFFFFFFF
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            f"&id={number:08x}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )
