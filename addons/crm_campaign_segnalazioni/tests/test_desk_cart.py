from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CampaignSegnalazioneCase


@tagged("post_install", "-at_install")
class TestDeskCart(CampaignSegnalazioneCase):
    """The cart of the desk costs what its document will cost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        country = cls.env.ref("base.it")
        group = cls.env["account.tax.group"].create(
            {
                "name": "Taxes of tests",
                "company_id": cls.company.id,
                "country_id": country.id,
            }
        )
        cls.tax_22, cls.tax_10, cls.tax_in = cls.env["account.tax"].create(
            [
                {
                    "name": name,
                    "amount": amount,
                    "type_tax_use": "sale",
                    "price_include_override": include,
                    "company_id": cls.company.id,
                    "country_id": country.id,
                    "tax_group_id": group.id,
                }
                for name, amount, include in (
                    ("22%", 22, "tax_excluded"),
                    ("10%", 10, "tax_excluded"),
                    ("22% within", 22, "tax_included"),
                )
            ]
        )
        cls.plant.taxes_id = cls.tax_10
        cls.battery.taxes_id = cls.tax_22
        cls.other.taxes_id = cls.tax_in

    def in_hand(self):
        return self.payload["line_id"], self.payload["claim_token"]

    def preview(self, cart):
        return self.desk().preview_cart(*self.in_hand(), cart)

    def products(self, search="", **values):
        return self.desk().cart_products(*self.in_hand(), search, **values)

    def check_totals(self, cart):
        """The totals on the desk are those of the document that confirm makes."""
        orders = self.env["sale.order"].search_count([])
        partners = self.env["res.partner"].search_count([])
        seen = self.preview(cart)
        self.assertEqual(
            (
                self.env["sale.order"].search_count([]),
                self.env["res.partner"].search_count([]),
            ),
            (orders, partners),
            "nothing is written",
        )
        self.sell(cart=cart)
        document = self.documents()
        self.assertEqual(
            (seen["untaxed"], seen["tax"], seen["total"]),
            (document.amount_untaxed, document.amount_tax, document.amount_total),
        )
        self.assertEqual(
            [(row["price"], row["subtotal"], row["total"]) for row in seen["lines"]],
            [
                (row.price_unit, row.price_subtotal, row.price_total)
                for row in document.order_line
            ],
        )
        self.assertEqual(self.lead.expected_revenue, document.amount_untaxed)
        return seen

    # Totals

    def test_totals_with_taxes_and_discounts(self):
        seen = self.check_totals(
            [
                {"product_id": self.plant.id, "price": 8500.55, "discount": 7.5},
                {"product_id": self.battery.id, "quantity": 3},
            ]
        )
        self.assertEqual([row["taxes"] for row in seen["lines"]], ["10%", "22%"])
        self.assertAlmostEqual(seen["untaxed"], 7863.01 + 15000)
        self.assertAlmostEqual(seen["tax"], 786.30 + 3300)

    def test_totals_with_taxes_within_the_price(self):
        self.campaign.product_ids = False
        seen = self.check_totals([{"product_id": self.other.id, "quantity": 2}])
        self.assertEqual(seen["total"], 2000)
        self.assertEqual(seen["untaxed"], 1639.34)

    def test_totals_of_a_fiscal_position(self):
        self.lead.country_id = self.env.ref("base.it")
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Reduced",
                "auto_apply": True,
                "country_id": self.lead.country_id.id,
                "company_id": self.company.id,
                "sequence": 0,
            }
        )
        reduced = self.tax_10.copy(
            {
                "name": "4%",
                "amount": 4,
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(self.tax_22.ids)],
            }
        )
        seen = self.check_totals([{"product_id": self.battery.id}])
        self.assertEqual(self.documents().order_line.tax_ids, reduced)
        self.assertEqual(seen["tax"], 200)

    def test_totals_of_a_price_list(self):
        self.env.user.write(
            {
                "group_ids": [
                    Command.link(self.env.ref("product.group_product_pricelist").id)
                ]
            }
        )
        self.env["res.config.settings"].create(
            {"group_product_pricelist": True}
        ).execute()
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Campaign",
                "sequence": 0,
                "company_id": self.company.id,
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "fixed",
                            "fixed_price": 4321,
                            "product_tmpl_id": self.battery.product_tmpl_id.id,
                            "applied_on": "1_product",
                        }
                    )
                ],
            }
        )
        seen = self.check_totals([{"product_id": self.battery.id}])
        self.assertEqual(self.documents().pricelist_id, pricelist)
        self.assertEqual(seen["lines"][0]["price"], 4321)

    def test_an_empty_cart_costs_nothing(self):
        self.assertEqual(self.preview([])["total"], 0)

    def test_what_can_not_be_sold_is_a_sentence(self):
        cases = [
            ([{"product_id": self.other.id}], "Wallbox is not sold in the campaign"),
            ([{"product_id": self.plant.id, "price": "x"}], "as numbers"),
            ([{"product_id": self.plant.id, "discount": 101}], "0 and 100"),
            ("x", "can't be read"),
        ]
        for cart, sentence in cases:
            with self.subTest(sentence), self.assertRaisesRegex(UserError, sentence):
                self.preview(cart)

    def test_only_with_the_name_in_hand(self):
        for method in ("cart_products", "preview_cart"):
            values = [[]] if method == "preview_cart" else []
            with self.assertRaisesRegex(UserError, "no longer in your hands"):
                getattr(self.desk(self.operator_two), method)(*self.in_hand(), *values)
            with self.assertRaises(AccessError):
                getattr(self.desk(self.agent), method)(*self.in_hand(), *values)

    # Products

    def test_products_of_the_campaign_with_their_prices(self):
        found = self.products()
        self.assertEqual(
            [(row["name"], row["price"], row["taxes"]) for row in found["products"]],
            [("Battery 10 kWh", 5000, "22%"), ("Plant 6 kW", 9000, "10%")],
        )
        self.assertFalse(found["more"])
        self.assertEqual(
            [row["product_id"] for row in self.products("PLANT")["products"]],
            self.plant.ids,
        )
        self.plant.default_code = "P-6"
        self.plant.barcode = "8001234567890"
        for search in ("P-6", "8001234567890"):
            names = [row["name"] for row in self.products(search)["products"]]
            self.assertEqual(names, ["[P-6] Plant 6 kW"])
        self.assertFalse(self.products("Wallbox")["products"])

    def test_all_products_page_by_page(self):
        self.campaign.product_ids = False
        self.env["product.product"].create(
            [{"name": f"Kit {number:02}", "type": "service"} for number in range(45)]
        )
        first = self.products("Kit")
        second = self.products("Kit", offset=20)
        last = self.products("Kit", offset=40)
        self.assertEqual(
            [(len(page["products"]), page["more"]) for page in (first, second, last)],
            [(20, True), (20, True), (5, False)],
        )
        self.assertEqual(second["products"][0]["name"], "Kit 20")

    # Confirm

    def test_no_product_at_all_is_said_so(self):
        self.campaign.product_ids = self.plant
        self.sell(cart=[])
        self.assertFalse(self.documents().order_line)
        self.assertEqual(self.lead.expected_revenue, 9000, "as it was entered")

    def test_without_a_cart_the_only_product_is_filled_in(self):
        self.campaign.product_ids = self.plant
        only = self.desk().open()["current"]["campaign"]["cart"]["only"]
        self.assertEqual(only, {"product_id": self.plant.id, "name": "Plant 6 kW"})
        self.sell()
        self.assertEqual(self.documents().order_line.product_id, self.plant)

    def test_nobody_is_asked_for_the_revenue_twice(self):
        self.confirm(
            self.payload,
            "C",
            date_deadline=self.deadline(),
            cart=[{"product_id": self.battery.id}],
        )
        self.assertEqual(self.lead.expected_revenue, 5000)

    def test_a_cart_of_which_nothing_is_kept_is_refused(self):
        self.company.makes_segnalazioni = False
        current = self.desk().open()["current"]["campaign"]["cart"]
        self.assertFalse(current["is_offered"])
        with self.assertRaisesRegex(UserError, "No document is made of a closing"):
            self.sell(cart=[{"product_id": self.plant.id}])
        self.assertFalse(self.lead.interaction_ids)
        self.sell()
        self.assertFalse(self.documents())

    def test_whether_closings_make_documents_follows_the_types(self):
        def is_offered():
            return self.desk().open()["current"]["campaign"]["cart"]["is_offered"]

        self.assertTrue(is_offered())
        closing = self.types["closing"]
        for values, offered in (
            ({"active": False}, False),
            ({"active": True}, True),
            ({"origin": False}, False),
        ):
            closing.write(values)
            self.assertEqual(is_offered(), offered, values)

    def test_a_line_that_is_not_there_is_no_way_around_the_campaign(self):
        with self.assertRaisesRegex(UserError, "not sold"), self.env.cr.savepoint():
            self.desk().confirm(
                2**31 - 1,
                self.payload["claim_token"],
                "forged",
                self.outcomes["C"].id,
                cart=[{"product_id": self.other.id}],
                date_deadline=self.deadline(),
            )
        self.assertFalse(self.documents())

    # While it is on screen

    def test_a_name_blocked_meanwhile_is_a_sentence(self):
        blocked = self.env.ref("crm_callcenter.crm_commercial_state_blocked")
        self.lead._correct_state(blocked, "correction")
        with self.assertRaisesRegex(UserError, "is blocked"), self.env.cr.savepoint():
            self.sell(cart=[{"product_id": self.plant.id}])
        self.assertFalse(self.documents())
        # The next step: an outcome of another kind ends the call.
        self.confirm(self.payload, "N")

    def test_a_name_whose_place_is_gone_is_a_sentence(self):
        self.line_of(self.payload).unlink()
        with self.assertRaisesRegex(UserError, "deleted, or taken out of its list"):
            self.preview([{"product_id": self.plant.id}])

    # By hand

    def test_a_new_document_by_hand_begins_with_the_cart(self):
        action = self.lead.with_user(self.operator).action_desk_segnalazione()
        self.assertEqual(
            action["params"],
            {"lead_id": self.lead.id, "purpose": "segnalazione", "kind": "C"},
        )
        self.campaign.outcome_ids = self.outcomes["N"]
        self.desk().release(*self.in_hand())
        self.line_of(self.payload).rest_until = False
        with self.assertRaisesRegex(UserError, "a closing on the line"):
            self.lead.with_user(self.operator).action_desk_segnalazione()

    # As a step of the call

    def test_a_mandatory_step_of_products_refuses_an_empty_cart(self):
        step = self.env["crm.campaign.step"].create(
            {"campaign_id": self.campaign.id, "name": "What was sold", "kind": "cart"}
        )
        with self.assertRaisesRegex(UserError, "What was sold: the cart is empty"):
            self.sell()
        self.assertFalse(self.documents())
        step.required_for = "never"
        self.sell()
        self.assertTrue(self.documents())

    def test_without_products_is_an_answer(self):
        self.env["crm.campaign.step"].create(
            {"campaign_id": self.campaign.id, "name": "What was sold", "kind": "cart"}
        )
        self.sell(cart=[])
        self.assertFalse(self.documents().order_line)

    def test_only_a_closing_is_asked_what_was_sold(self):
        self.env["crm.campaign.step"].create(
            {
                "campaign_id": self.campaign.id,
                "name": "What was sold",
                "kind": "cart",
                "required_for": "always",
            }
        )
        self.confirm(self.payload, "N")

    def test_nothing_is_asked_where_no_document_is_made(self):
        self.env["crm.campaign.step"].create(
            {"campaign_id": self.campaign.id, "name": "What was sold", "kind": "cart"}
        )
        self.company.makes_segnalazioni = False
        self.sell()
        self.assertFalse(self.documents())
