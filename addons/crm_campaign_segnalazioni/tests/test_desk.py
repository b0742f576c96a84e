from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CampaignSegnalazioneCase

#: What the document of an appointment may cost the operator who waits for confirm.
MOST_QUERIES = 75


@tagged("post_install", "-at_install")
class TestDeskDocument(CampaignSegnalazioneCase):
    """Confirm answers with the number of the document that it has made."""

    def test_an_appointment_answers_with_its_number(self):
        result = self.fix_appointment(note="Roof to the south")
        document = self.documents()
        self.assertEqual(len(document), 1)
        self.assertEqual(document.segnalazione_type_id, self.types["appointment"])
        self.assertEqual(result["protocol"], document.name)
        self.assertIn(document.name, result["message"])
        self.assertIn("is fixed", result["message"])
        self.assertEqual(document.campaign_id, self.campaign)
        self.assertEqual(document.deal_subject_id, self.subject)
        self.assertEqual(document.operator_id, self.operator)
        self.assertEqual(document.user_id, self.agent)
        self.assertEqual(document.call_note, "Roof to the south")
        self.assertEqual(document.appointment_event_id.id, result["event_id"])
        self.assertFalse(document.order_line, "two products: nobody knows which")
        self.commit()
        self.assertEqual(self.documents(), document)

    def test_the_only_product_of_the_campaign_is_filled_in(self):
        self.campaign.product_ids = self.plant
        self.fix_appointment()
        line = self.documents().order_line
        self.assertEqual((line.product_id, line.price_unit), (self.plant, 9000))

    def test_a_repeated_confirm_answers_the_same(self):
        first = self.sell(token="once")
        again = self.sell(token="once")
        self.assertEqual(first["protocol"], again["protocol"])
        self.assertEqual(first["message"], again["message"])
        self.commit()
        self.assertEqual(self.documents().name, first["protocol"])

    def test_other_outcomes_have_no_number(self):
        result = self.confirm(self.payload, "N")
        self.assertIsNone(result["protocol"])
        self.commit()
        self.assertFalse(self.documents())

    def test_what_is_checked_first_says_so(self):
        self.types["appointment"].needs_quality_check = True
        result = self.fix_appointment()
        self.assertIn("The back office checks it first", result["message"])
        self.assertTrue(self.documents().is_held_for_check)

    def test_a_refused_confirm_leaves_nothing(self):
        last = self.env["sale.order"].search([], order="id desc", limit=1)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.confirm(self.payload, "T")
        self.commit()
        self.assertEqual(
            self.env["sale.order"].search([], order="id desc", limit=1), last
        )
        self.fix_appointment()
        self.assertEqual(len(self.documents()), 1)

    # Cart

    def test_the_cart_becomes_lines(self):
        result = self.sell(
            cart=[
                {"product_id": self.plant.id, "price": 8500, "discount": 10},
                {"product_id": self.battery.id, "quantity": 2},
            ]
        )
        document = self.documents()
        self.assertEqual(document.segnalazione_type_id, self.types["closing"])
        self.assertEqual(result["protocol"], document.name)
        self.assertEqual(
            [
                (
                    line.product_id,
                    line.product_uom_qty,
                    line.price_unit,
                    line.discount,
                )
                for line in document.order_line
            ],
            [(self.plant, 1, 8500, 10), (self.battery, 2, 5000, 0)],
        )

    def test_all_that_may_be_sold_where_the_campaign_names_nothing(self):
        self.campaign.product_ids = False
        self.sell(cart=[{"product_id": self.other.id}])
        self.assertEqual(self.documents().order_line.product_id, self.other)

    def test_what_can_t_be_sold_is_named_and_nothing_saved(self):
        self.battery.sale_ok = False
        cases = [
            ([{"product_id": self.other.id}], "Wallbox is not sold in the campaign"),
            ([{"product_id": self.battery.id}], "Battery 10 kWh is not sold"),
            ([{"product_id": 2**31 - 1}], "This product is not sold"),
            ([{"product_id": self.plant.id, "quantity": 0}], "quantity above zero"),
            ([{"product_id": self.plant.id, "quantity": "nan"}], "above zero"),
            ([{"product_id": self.plant.id, "price": -1}], "can't be negative"),
            ([{"product_id": self.plant.id, "discount": 101}], "0 and 100"),
            ([{"product_id": self.plant.id, "price": "x"}], "as numbers"),
            ([{"product_id": self.plant.id, "name": "x"}], "can't be read"),
            (["x"], "can't be read"),
            ({"product_id": self.plant.id}, "can't be read"),
            ([{"product_id": self.plant.id}] * 101, "more than 100"),
        ]
        for cart, sentence in cases:
            with (
                self.subTest(sentence),
                self.assertRaisesRegex(UserError, sentence),
                self.env.cr.savepoint(),
            ):
                self.sell(cart=cart)
        self.assertFalse(self.lead.interaction_ids)
        self.assertFalse(self.documents())

    def test_only_a_closing_has_a_cart(self):
        with self.assertRaisesRegex(UserError, "Only a closing"):
            self.confirm(self.payload, "N", cart=[{"product_id": self.plant.id}])

    # Cost

    def queries(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.commit()
        return self.env.cr.sql_log_count - before

    def test_what_a_document_costs_the_operator(self):
        self.fix_appointment()
        self.payload = self.next_name()
        self.company.makes_segnalazioni = False
        without = self.queries(self.fix_appointment)
        self.payload = self.next_name()
        self.company.makes_segnalazioni = True
        with_document = self.queries(self.fix_appointment)
        self.assertGreater(with_document, without)
        self.assertLessEqual(with_document - without, MOST_QUERIES)
