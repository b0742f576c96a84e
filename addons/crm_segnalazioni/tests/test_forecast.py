from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SegnalazioneCase


@tagged("post_install", "-at_install")
class TestForecast(SegnalazioneCase):
    """Needs, competitors, probability and forecast of documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.types["contract"].default_state_id = cls.states["signed"]

    def _report(self, orders, groupby, user=None):
        self.env.flush_all()
        report = self.env["crm.segnalazione.forecast.report"]
        if user:
            report = report.with_user(user)
        return report._read_group(
            [("order_id", "in", orders.ids)],
            groupby,
            ["expected_amount:sum", "weighted_amount:sum", "won_amount:sum"],
        )

    def test_weighted_by_probability(self):
        order = self._document("quotation", expected_closing="2027-01-15")
        self.assertEqual(order.expected_amount, 9000)
        self.assertEqual(order.probability, 40)
        self.assertEqual(order.weighted_amount, 3600)
        order.probability = 50
        [(_month, expected, weighted, won)] = self._report(
            order, ["closing_date:month"]
        )
        self.assertEqual((expected, weighted, won or 0), (9000, 4500, 0))

    def test_types_that_only_repeat_others_do_not_count_twice(self):
        order = self._document("quotation", expected_closing="2027-01-15")
        self.types["quotation"].is_counted = False
        self.assertFalse(self._report(order, ["state_category"]))

    def test_refused_lines_are_not_expected(self):
        order = self._document("quotation")
        order.order_line.line_state_id = self.env.ref(
            "crm_segnalazioni.line_state_refused"
        )
        self.assertEqual(order.expected_amount, 0)

    def test_amount_without_lines_is_entered(self):
        order = self._document("appointment", order_line=[])
        order.expected_amount = 7000
        order.probability = 10
        self.assertEqual(order.weighted_amount, 700)

    def test_states_set_the_probability(self):
        order = self._document("contract")
        self.assertEqual(order.probability, 90)
        order.probability = 93
        self.states["administration"].probability = -1
        self._transition("contract", "signed", "administration")
        self._step(order, "administration")
        self.assertEqual(order.probability, 93)
        self._transition("contract", "administration", "cancelled")
        self._step(order, "cancelled")
        self.assertEqual(order.probability, 0)

    def test_won_counts_what_is_confirmed(self):
        order = self._document("contract")
        step = self._transition(
            "contract", "signed", "confirmed", confirms_lines=True, group_ids=False
        )
        order._take_transition(step)
        self.assertEqual(order.probability, 100)
        [(agent, expected, weighted, won)] = self._report(order, ["user_id"])
        self.assertEqual(agent, self.agent)
        self.assertEqual((expected or 0, weighted or 0, won), (0, 0, 9000))
        row = self.env["crm.segnalazione.forecast.report"].browse(order.id)
        self.assertEqual(row.closing_date, order.date_confirmed)

    def test_cancelled_documents_bring_nothing(self):
        order = self._document("contract", expected_closing="2027-01-15")
        self._transition("contract", "signed", "cancelled")
        self._step(order, "cancelled")
        [(_type, *amounts)] = self._report(order, ["type_id"])
        self.assertEqual([amount or 0 for amount in amounts], [0, 0, 0])

    def test_agents_see_their_own(self):
        orders = self._document("quotation") | self._document(
            "quotation", user_id=self.agent_two.id
        )
        [(agent, expected, *_rest)] = self._report(orders, ["user_id"], self.agent)
        self.assertEqual((agent, expected), (self.agent, 9000))
        self.assertEqual(len(self._report(orders, ["user_id"], self.back_office)), 2)

    def test_needs_and_competitors(self):
        order = self._document("quotation").with_user(self.back_office)
        need = self.env["crm.segnalazione.need"].search([], limit=1)
        order.need_ids = need
        rivals = self.env["crm.segnalazione.competitor"].create(
            [{"name": "Rival one"}, {"name": "Rival two"}]
        )
        offers = self.env["crm.segnalazione.competitor.offer"].with_user(
            self.back_office
        )
        first, second = offers.create(
            [
                {"order_id": order.id, "competitor_id": rival.id, "price": price}
                for rival, price in zip(rivals, (8000, 8500), strict=True)
            ]
        )
        first.write({"is_winner": True, "reason": "Cheaper"})
        self.assertEqual(order.competitor_offer_ids, first | second)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            second.is_winner = True
            second.flush_recordset()
        with self.assertRaises(AccessError):
            first.with_user(self.agent).price = 1

    def test_expected_closing_is_a_day(self):
        order = self._document("quotation", expected_closing="2027-01-15")
        self.assertEqual(order.expected_closing, date(2027, 1, 15))
