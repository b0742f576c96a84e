from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import SegnalazioneCase


@tagged("post_install", "-at_install")
class TestWorkflowGuard(SegnalazioneCase):
    """No way leads round the steps: not Odoo's buttons, nor the portal, nor a write."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._document("contract")
        cls.forward = cls._transition("contract", "signed", "administration")

    def test_states_numbers_and_types_are_not_written_by_hand(self):
        for values, sentence in (
            ({"segnalazione_state_id": self.states["confirmed"].id}, "by its steps"),
            ({"segnalazione_type_id": self.types["order"].id}, "by its steps"),
            ({"segnalazione_type_id": False}, "by its steps"),
            ({"state": "sale"}, "with its steps"),
            ({"name": "CON/2026/00001X"}, "protocol number and stays"),
            ({"locked": True}, "said by its state"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, sentence),
            ):
                self.order.write(values)

    def test_a_context_of_the_client_opens_nothing(self):
        order = self.order.with_context(crm_segnalazioni_workflow=True)
        with self.assertRaisesRegex(UserError, "by its steps"):
            order.segnalazione_state_id = self.states["confirmed"]

    def test_an_order_without_type_gets_none_by_hand(self):
        order = self.env["sale.order"].create({"partner_id": self.partner.id})
        with self.assertRaisesRegex(UserError, "by its steps"):
            order.segnalazione_type_id = self.types["contract"]

    def test_a_numbered_document_is_not_deleted(self):
        with self.assertRaisesRegex(UserError, "numbers leave no hole"):
            self.order.unlink()
        order = self.env["sale.order"].create({"partner_id": self.partner.id})
        order.unlink()
        self.assertFalse(order.exists())

    def test_odoos_buttons_take_the_step_with_their_effect(self):
        self.forward.order_effect = "confirm"
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
        for method, state, category in (
            ("action_confirm", "sale", "open"),
            ("action_cancel", "cancel", "cancelled"),
            ("action_draft", "draft", "open"),
        ):
            getattr(self.order.with_user(self.manager), method)()
            self.assertEqual(self.order.state, state)
            self.assertEqual(self.order.state_category, category)
        self.assertEqual(len(self.order.move_ids), 4)

    def test_odoos_buttons_are_refused_where_no_step_leads(self):
        for method in ("action_confirm", "action_draft"):
            with self.assertRaisesRegex(UserError, "no step from there does this"):
                getattr(self.order, method)()
        for method in ("action_lock", "action_unlock"):
            with self.assertRaisesRegex(UserError, "said by its state"):
                getattr(self.order, method)()
        self.assertEqual(self.order.segnalazione_state_id, self.states["signed"])
        self.assertEqual(self.order.state, "draft")

    def test_odoos_buttons_respect_the_groups(self):
        group = self.env.ref("crm_callcenter.group_campaign_manager")
        self.forward.write(
            {
                "order_effect": "confirm",
                "group_ids": [fields.Command.set(group.ids)],
            }
        )
        with self.assertRaisesRegex(UserError, "Campaign Manager only"):
            self.order.with_user(self.back_office).action_confirm()

    def test_a_button_of_odoo_that_would_need_a_reason_says_where_to_give_it(self):
        self._transition(
            "contract", "signed", "cancelled", order_effect="cancel", asks_reason=True
        )
        with self.assertRaisesRegex(UserError, "Use its button in CON/"):
            self.order.action_cancel()

    def test_the_mass_cancellation_takes_the_steps(self):
        self._transition("contract", "signed", "cancelled", order_effect="cancel")
        other = self.env["sale.order"].create({"partner_id": self.partner.id})
        self.env["sale.mass.cancel.orders"].create(
            {"sale_order_ids": [fields.Command.set((self.order | other).ids)]}
        ).action_mass_cancel()
        self.assertEqual((self.order | other).mapped("state"), ["cancel", "cancel"])
        self.assertEqual(self.order.segnalazione_state_id, self.states["cancelled"])

    # ------------------------------------------------------------
    # THE PORTAL
    # ------------------------------------------------------------

    def _sign_on_the_portal(self, order):
        customer = new_test_user(
            self.env, login="portal_of_tests", groups="base.group_portal"
        )
        order = order.with_user(customer).sudo()
        order.write({"signed_by": "Customer", "signature": SIGNATURE})
        order._validate_order()

    def test_signing_on_the_portal_takes_the_step_that_confirms(self):
        self.forward.order_effect = "confirm"
        self._sign_on_the_portal(self.order)
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(
            self.order.segnalazione_state_id, self.states["administration"]
        )
        self.assertEqual(
            self.order._last_move().user_id, self.env.ref("base.user_root")
        )

    def test_signing_on_the_portal_is_no_way_round_the_groups(self):
        group = self.env.ref("crm_callcenter.group_back_office")
        self.forward.write(
            {
                "order_effect": "confirm",
                "group_ids": [fields.Command.set(group.ids)],
            }
        )
        self._sign_on_the_portal(self.order)
        self.assertEqual(self.order.state, "draft")
        self.assertEqual(self.order.segnalazione_state_id, self.states["signed"])
        self.assertTrue(self.order.signature)
        self.assertIn("no step from there", self.order.message_ids[0].body)

    def test_a_step_of_the_customer_is_taken_whatever_its_groups(self):
        group = self.env.ref("crm_callcenter.group_back_office")
        self.forward.write(
            {"by_customer": True, "group_ids": [fields.Command.set(group.ids)]}
        )
        self._sign_on_the_portal(self.order)
        self.assertEqual(
            self.order.segnalazione_state_id, self.states["administration"]
        )

    def test_a_signature_is_kept_when_the_document_lacks_something(self):
        field = self.env["ir.model.fields"]._get("sale.order", "client_order_ref")
        self.forward.write(
            {
                "by_customer": True,
                "mandatory_field_ids": [fields.Command.set(field.ids)],
            }
        )
        self._sign_on_the_portal(self.order)
        self.assertTrue(self.order.signature)
        self.assertEqual(self.order.segnalazione_state_id, self.states["signed"])
        self.assertIn("Customer Reference", self.order.message_ids[0].body)

    def _pay(self, order):
        provider = self.env["payment.provider"].search([], limit=1)
        provider.state = "test"
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "reference": order.name,
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [fields.Command.set(order.ids)],
                "state": "done",
            }
        )
        return transaction._check_amount_and_confirm_order()

    def test_a_payment_takes_the_step_that_confirms(self):
        self.forward.order_effect = "confirm"
        self.assertEqual(self._pay(self.order), self.order)
        self.assertEqual(
            self.order.segnalazione_state_id, self.states["administration"]
        )

    def test_a_payment_without_a_step_is_kept_and_confirms_nothing(self):
        self.assertFalse(self._pay(self.order))
        self.assertEqual(self.order.state, "draft")
        self.assertEqual(self.order.segnalazione_state_id, self.states["signed"])
        self.assertIn("no step from there", self.order.message_ids[0].body)

    # ------------------------------------------------------------
    # LOCKED LINES
    # ------------------------------------------------------------

    def _lock(self):
        self.states["administration"].locks_lines = True
        self._step(self.order, "administration")

    def test_lines_of_a_locked_document_stay(self):
        self._lock()
        line = self.order.order_line
        changes = {
            "write": lambda: line.write({"price_unit": 1}),
            "by the header": lambda: self.order.write(
                {"order_line": [fields.Command.update(line.id, {"discount": 5})]}
            ),
            "create": lambda: line.create(
                {"order_id": self.order.id, "product_id": self.product_two.id}
            ),
            "unlink": line.unlink,
            "customer": lambda: self.order.write(
                {"partner_id": self.company.partner_id.id}
            ),
            "prices again": self.order.action_update_prices,
        }
        for name, change in changes.items():
            with (
                self.subTest(name),
                self.assertRaisesRegex(UserError, "are locked since it is in"),
                self.env.cr.savepoint(),
            ):
                change()
        self.assertEqual(self.order.amount_untaxed, 9000)

    def test_what_is_no_change_of_the_sale_stays_possible(self):
        self._lock()
        self.order.write({"call_note": "later", "user_id": self.agent_two.id})
        self.order.order_line.qty_delivered = 1
        self.assertEqual(self.order.order_line.qty_delivered, 1)

    def test_lines_open_again_with_the_state(self):
        self._lock()
        self.assertTrue(self.order.locked)
        self._transition("contract", "administration", "signed")
        self._step(self.order, "signed")
        self.assertFalse(self.order.locked)
        self.order.order_line.price_unit = 8000
        self.assertEqual(self.order.amount_untaxed, 8000)

    def test_a_line_doesnt_move_into_a_locked_document(self):
        other = self._document("contract")
        self._lock()
        with self.assertRaisesRegex(UserError, "are locked"):
            other.order_line.order_id = self.order


#: One black pixel.
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    "AABJRU5ErkJggg=="
)
