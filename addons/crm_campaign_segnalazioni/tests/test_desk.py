import logging
import time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import CampaignSegnalazioneCase

_logger = logging.getLogger(__name__)
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

    def test_the_type_may_not_have_the_only_product(self):
        self.campaign.product_ids = self.plant
        self.types["appointment"].product_ids = self.other
        self.fix_appointment()
        self.assertFalse(self.documents().order_line)

    def test_documents_of_a_campaign_have_its_products_only(self):
        self.fix_appointment()
        document = self.documents()
        self.assertEqual(document.allowed_product_ids, self.plant | self.battery)
        self.assertFalse(document.takes_any_product)
        with self.assertRaisesRegex(ValidationError, "Wallbox is not sold"):
            document.order_line = [Command.create({"product_id": self.other.id})]
        self.campaign.product_ids = False
        document.invalidate_recordset()
        self.assertTrue(document.takes_any_product)
        document.order_line = [Command.create({"product_id": self.other.id})]

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

    def test_an_operator_reports_a_name_of_its_list(self):
        name = self.lead.with_user(self.operator)
        context = name.action_new_segnalazione()["context"]
        wizard = self.env["crm.segnalazione.report.wizard"].with_user(self.operator)
        answer = wizard.with_context(**context).create({}).action_confirm()
        document = self.documents()
        self.assertEqual(document.operator_id, self.operator)
        self.assertEqual(document.user_id, self.agent)
        self.assertIn(document.name, answer["params"]["message"])
        with self.assertRaises(AccessError):
            document.with_user(self.operator).write({"call_note": "x"})

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

    def test_a_present_costs_nothing(self):
        """Zero is a price; no price is that of the price list."""
        cart = [
            {"product_id": self.plant.id, "price": 0},
            {"product_id": self.battery.id, "price": 0.0},
            {"product_id": self.battery.id, "price": None},
            {"product_id": self.battery.id, "price": ""},
            {"product_id": self.battery.id},
        ]
        held = self.payload["line_id"], self.payload["claim_token"]
        prices = [0, 0, 5000, 5000, 5000]
        seen = self.desk().preview_cart(*held, cart)
        self.assertEqual([row["price"] for row in seen["lines"]], prices)
        self.sell(cart=cart)
        document = self.documents()
        self.assertEqual(document.order_line.mapped("price_unit"), prices)
        self.assertEqual(document.amount_untaxed, 15000)

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
            ([{"product_id": self.plant.id, "price": True}], "as numbers"),
            ([{"product_id": self.plant.id, "quantity": True}], "as numbers"),
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

    def cost(self):
        """Return queries, milliseconds and number of an appointment of a new name."""
        self.payload = self.next_name()
        self.env.flush_all()
        self.env.invalidate_all()
        before, start = self.env.cr.sql_log_count, time.perf_counter()
        result = self.fix_appointment()
        self.commit()
        queries = self.env.cr.sql_log_count - before
        return queries, 1000 * (time.perf_counter() - start), result["protocol"]

    def test_what_a_document_costs_the_operator(self):
        self.fix_appointment()
        self.company.makes_segnalazioni = False
        without, ms_without, number = self.cost()
        self.assertFalse(number)
        self.company.makes_segnalazioni = True
        with_it, ms_with, number = self.cost()
        self.assertTrue(number)
        _logger.info(
            "Confirm of T without and with its document: %s and %s queries, %d and %d"
            " ms",
            without,
            with_it,
            ms_without,
            ms_with,
        )
        self.assertLessEqual(with_it - without, MOST_QUERIES)
