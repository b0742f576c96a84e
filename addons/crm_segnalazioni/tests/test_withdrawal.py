import base64
from datetime import date, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.crm_segnalazioni.tools.legal_terms import (
    is_working_day,
    last_day_of_term,
)

from .common import SegnalazioneCase


@tagged("post_install", "-at_install")
class TestWithdrawal(SegnalazioneCase):
    """Sales by phone bind after written acceptance, and when nobody may withdraw."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.types["contract"].default_state_id = cls.states["signed"]
        cls.goods = cls.env["product.product"].create(
            {"name": "Panel", "type": "consu", "list_price": 100}
        )
        cls.hand_over = cls._transition(
            "contract",
            "signed",
            "administration",
            waits_for_withdrawal=True,
            group_ids=False,
        )
        cls.confirm = cls._transition("contract", "administration", "confirmed")
        cls.withdraw = cls._transition(
            "contract", "signed", "cancelled", is_withdrawal=True, group_ids=False
        )

    def _on(self, day):
        return patch.object(fields.Date, "context_today", return_value=day)

    def _last(self, order):
        order.invalidate_recordset(["move_ids"])
        return order.move_ids[0]

    def _phone_sale(self, **values):
        return self._document("contract", is_phone_sale=True, **values)

    def _obstacles(self, order, day):
        with self._on(day):
            return order._transition_obstacles(self.hand_over)

    # ------------------------------------------------------------
    # THE TERM
    # ------------------------------------------------------------

    def test_end_of_the_term(self):
        self.assertEqual(last_day_of_term(date(2026, 3, 2), 14), date(2026, 3, 16))
        # the fourteenth day is a Saturday: the term ends on Monday
        self.assertEqual(last_day_of_term(date(2026, 2, 28), 14), date(2026, 3, 16))
        # Easter Monday and Liberation Day
        self.assertEqual(last_day_of_term(date(2026, 3, 23), 14), date(2026, 4, 7))
        self.assertFalse(is_working_day(date(2026, 4, 25)))
        self.assertFalse(is_working_day(date(2026, 12, 25)))
        self.assertTrue(is_working_day(date(2025, 10, 3)))

    def test_services_count_from_the_conclusion(self):
        order = self._phone_sale(acceptance_date="2026-03-02")
        self.assertEqual(order.concluded_on, date(2026, 3, 2))
        self.assertEqual(order.withdrawal_until, date(2026, 3, 16))

    def test_goods_count_from_the_delivery(self):
        order = self._phone_sale(acceptance_date="2026-03-02")
        order.order_line.product_id = self.goods
        self.assertFalse(order.withdrawal_until)
        self.assertEqual(order.withdrawal_state, "open")
        order.date_installation = "2026-04-13"
        self.assertEqual(order.withdrawal_until, date(2026, 4, 27))

    def test_visit_not_asked_for(self):
        order = self._phone_sale(acceptance_date="2026-03-02")
        order.is_unsolicited_visit = True
        self.assertEqual(order.withdrawal_until, date(2026, 4, 1))

    def test_days_of_the_type_and_of_the_company(self):
        self.types["contract"].withdrawal_days = 20
        order = self._phone_sale(acceptance_date="2026-03-02")
        self.assertEqual(order.withdrawal_until, date(2026, 3, 23))
        with self.assertRaisesRegex(ValidationError, "14 days at least"):
            self.types["contract"].withdrawal_days = 7

    def test_businesses_do_not_withdraw(self):
        self.partner.is_company = True
        order = self._phone_sale(acceptance_date="2026-03-02")
        self.assertEqual(order.withdrawal_state, "none")
        self.assertTrue(order._is_bound())

    def test_orders_without_type(self):
        order = self.env["sale.order"].create({"partner_id": self.partner.id})
        self.assertTrue(order._is_bound())
        self.assertFalse(order.withdrawal_state)
        self.assertFalse(order.is_phone_sale)

    # ------------------------------------------------------------
    # WAITING
    # ------------------------------------------------------------

    def test_type_of_phone_sales(self):
        self.types["order"].is_phone_sale = True
        self.assertTrue(self._document("order").is_phone_sale)
        self.assertFalse(self._document("contract").is_phone_sale)

    def test_not_bound_before_written_acceptance(self):
        order = self._phone_sale()
        self.assertEqual(order.withdrawal_state, "unaccepted")
        self.assertFalse(order._is_bound())
        [sentence] = self._obstacles(order, date(2030, 1, 1))
        self.assertIn("accepted in writing", sentence)
        # a step that wins the document waits as well, whatever its flags say
        wins = self._transition("contract", "signed", "confirmed", group_ids=False)
        with self.assertRaisesRegex(UserError, "accepted in writing"):
            order._take_transition(wins)
        self.assertEqual(order.segnalazione_state_id, self.states["signed"])

    def test_signing_on_line_is_acceptance(self):
        order = self._phone_sale()
        order.write({"signed_on": "2026-03-02 10:00:00", "signed_by": "Customer"})
        self.assertEqual(order.concluded_on, date(2026, 3, 2))

    def test_the_day_is_that_of_the_company(self):
        order = self._phone_sale()
        self.company.action_calendar_id = self.calendar  # in Europe/Rome
        order.write({"signed_on": "2026-03-02 23:30:00", "signed_by": "Customer"})
        self.assertEqual(order.concluded_on, date(2026, 3, 3))

    def test_closing_on_the_line_is_a_sale_by_phone(self):
        closing = self.env["crm.outcome"].search([("kind", "=", "C")], limit=1)
        interaction = self.lead._register_outcome(closing)
        order = self._document("contract", interaction_id=interaction.id)
        self.assertTrue(order.is_phone_sale)
        self.assertEqual(order.withdrawal_state, "unaccepted")

    def test_signed_paper_is_acceptance(self):
        order = self._phone_sale()
        self.assertFalse(order.concluded_on)
        order.acceptance_document = base64.b64encode(b"signed")
        self.assertEqual(order.concluded_on, order.date_signature)

    def test_hand_over_waits_until_the_term_is_over(self):
        order = self._phone_sale(acceptance_date="2026-03-02")
        [sentence] = self._obstacles(order, date(2026, 3, 16))
        self.assertIn("03/16/2026", sentence)
        with self._on(date(2026, 3, 16)):
            self.assertEqual(order.withdrawal_state, "running")
            self.assertFalse(order._is_bound())
        order.invalidate_recordset()
        with self._on(date(2026, 3, 17)):
            self.assertTrue(order._is_bound())
            self._step(order, "administration")
        self.assertEqual(order.segnalazione_state_id, self.states["administration"])

    def test_what_is_to_be_delivered_waits_from_the_conclusion(self):
        order = self._phone_sale(acceptance_date="2026-03-02")
        order.order_line.product_id = self.goods
        self.assertIn("03/16/2026", self._obstacles(order, date(2026, 3, 16))[0])
        self.assertFalse(self._obstacles(order, date(2026, 3, 17)))
        self.assertFalse(order._is_bound(date(2026, 3, 17)), "not delivered yet")

    def test_bound_on_a_day(self):
        order = self._phone_sale(acceptance_date="2026-03-02")
        self.assertFalse(order._is_bound(date(2026, 3, 16)))
        self.assertTrue(order._is_bound(date(2026, 3, 17)))

    def test_search_is_what_is_shown(self):
        today = fields.Date.today()
        orders = (
            self._phone_sale()
            | self._phone_sale(acceptance_date=today)
            | self._phone_sale(acceptance_date=today - timedelta(days=60))
            | self._document("report")
        )
        withdrawn = self._phone_sale(acceptance_date=today)
        withdrawn.withdrawn_on = today
        goods = self._phone_sale(acceptance_date=today)
        goods.order_line.product_id = self.goods
        orders |= withdrawn | goods
        self.assertEqual(
            sorted(orders.mapped("withdrawal_state")),
            ["none", "open", "over", "running", "unaccepted", "withdrawn"],
        )
        for order in orders:
            found = self.env["sale.order"].search(
                [
                    ("id", "in", orders.ids),
                    ("withdrawal_state", "=", order.withdrawal_state),
                ]
            )
            self.assertEqual(found, order)

    # ------------------------------------------------------------
    # GOING ON, WITHDRAWING
    # ------------------------------------------------------------

    def _nightly(self, day):
        with (
            self._on(day),
            patch.object(
                type(self.env["ir.cron"]), "_commit_progress", return_value=60
            ),
        ):
            self.env["sale.order"]._cron_withdrawal_over()

    def test_daily_run_takes_the_step(self):
        self.hand_over.write(
            {"waits_for_withdrawal": False, "is_after_withdrawal": True}
        )
        due = self._phone_sale(acceptance_date="2026-03-02")
        later = self._phone_sale(acceptance_date="2026-03-09")
        self._nightly(date(2026, 3, 17))
        self.assertEqual(due.segnalazione_state_id, self.states["administration"])
        self.assertIn("over", self._last(due).reason)
        self.assertEqual(later.segnalazione_state_id, self.states["signed"])

    def test_one_that_fails_does_not_stop_the_others(self):
        self.hand_over.is_after_withdrawal = True
        orders = [self._phone_sale(acceptance_date="2026-03-02") for _one in range(3)]
        model = type(self.env["sale.order"])
        obstacles = model._transition_obstacles

        def refuse_second(order, transition):
            if order.id == orders[1].id:
                return ["The checklist isn't filled."]
            return obstacles(order, transition)

        with patch.object(model, "_transition_obstacles", refuse_second):
            self._nightly(date(2026, 3, 17))
        self.assertEqual(
            [order.segnalazione_state_id for order in orders],
            [
                self.states["administration"],
                self.states["signed"],
                self.states["administration"],
            ],
        )

    def _withdrawal(self, order, **values):
        return (
            self.env["crm.segnalazione.withdraw"]
            .with_user(self.back_office)
            .create({"order_id": order.id, **values})
        )

    def test_back_office_registers_a_withdrawal(self):
        order = self._phone_sale(acceptance_date=fields.Date.today())
        self._withdrawal(order, reason="Changed their mind").action_withdraw()
        self.assertEqual(order.segnalazione_state_id, self.states["cancelled"])
        self.assertEqual(order.withdrawal_state, "withdrawn")
        self.assertFalse(order._is_bound(date(2099, 1, 1)))
        self.assertEqual(self._last(order).reason, "Changed their mind")
        with self.assertRaisesRegex(UserError, "registered already"):
            self._withdrawal(order).action_withdraw()

    def test_late_withdrawal(self):
        order = self._phone_sale(acceptance_date="2026-03-02")
        wizard = self._withdrawal(order, withdrawn_on="2026-03-17")
        self.assertTrue(wizard.is_late)
        with self.assertRaisesRegex(UserError, "until 03/16/2026"):
            wizard.action_withdraw()
        self.assertFalse(order.withdrawn_on)
        wizard.is_goodwill = True
        wizard.action_withdraw()
        self.assertEqual(order.segnalazione_state_id, self.states["cancelled"])

    def test_it_is_registered_whoever_may_take_that_step_otherwise(self):
        group = self.env.ref("crm_callcenter.group_campaign_manager")
        self.withdraw.group_ids = group
        order = self._phone_sale(acceptance_date=fields.Date.today())
        with self.assertRaisesRegex(UserError, "is for"):
            order.with_user(self.back_office)._take_transition(self.withdraw)
        self._withdrawal(order).action_withdraw()
        self.assertEqual(order.segnalazione_state_id, self.states["cancelled"])
        self.assertEqual(self._last(order).user_id, self.back_office)

    def test_no_step_for_a_withdrawal(self):
        order = self._phone_sale(acceptance_date=fields.Date.today())
        self.withdraw.is_withdrawal = False
        with self.assertRaisesRegex(UserError, "no step for a withdrawal"):
            self._withdrawal(order).action_withdraw()
        self.assertFalse(order.withdrawn_on)

    def test_withdrawal_in_the_future(self):
        order = self._phone_sale(acceptance_date=fields.Date.today())
        later = fields.Date.today() + timedelta(days=2)
        with self.assertRaisesRegex(UserError, "future"):
            self._withdrawal(order, withdrawn_on=later).action_withdraw()

    def test_others_register_nothing(self):
        order = self._phone_sale()
        with self.assertRaises(AccessError):
            self.env["crm.segnalazione.withdraw"].with_user(self.agent).create(
                {"order_id": order.id}
            )
        self.manager.group_ids -= self.env.ref("crm_callcenter.group_campaign_manager")
        self.manager.group_ids += self.env.ref("sales_team.group_sale_manager")
        for values in ({"acceptance_date": "2026-03-02"}, {"is_phone_sale": False}):
            with self.assertRaisesRegex(AccessError, "Only the back office"):
                order.with_user(self.manager).write(values)
