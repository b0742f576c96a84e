from odoo import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.crm_campaign_motivi.tests.checksums import differences
from odoo.addons.crm_campaign_motivi.tests.common import CampaignCommon
from odoo.addons.crm_campaign_motivi.tests.test_desk_close_leaves_nothing import (
    business_checksums,
)


@tagged("post_install", "-at_install", "desk_tour")
class TestDeskCartTour(CampaignCommon, HttpCase):
    """A sale with a cart in a real browser, and the document that it makes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plant, cls.battery = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "service",
                    "list_price": price,
                    "taxes_id": [Command.clear()],
                }
                for name, price in (("Plant 6 kW", 9000), ("Battery 10 kWh", 5000))
            ]
        )
        cls.campaign.product_ids = cls.plant | cls.battery

    def run_tour(self, tour, url="/odoo/desk"):
        self.start_tour(url, tour, login=self.operator.login, timeout=120)
        self.env.invalidate_all()

    def document(self, lead):
        document = self.env["sale.order"].search([("opportunity_id", "=", lead.id)])
        self.assertEqual(len(document), 1)
        return document

    def lines(self, document):
        return [
            (line.product_id, line.product_uom_qty, line.price_unit, line.discount)
            for line in document.order_line
        ]

    def test_a_sale_by_mouse(self):
        self.run_tour("crm_desk_cart_mouse")
        document = self.document(self.leads[0])
        self.assertEqual(
            self.lines(document),
            [(self.plant, 1, 8500, 10), (self.battery, 2, 5000, 0)],
        )
        self.assertEqual(self.leads[0].expected_revenue, 17650)
        self.assertEqual(document.call_note, "Sold, mouse")

    def test_a_sale_by_keyboard(self):
        self.run_tour("crm_desk_cart_keyboard")
        self.assertEqual(
            self.lines(self.document(self.leads[0])), [(self.battery, 3, 5000, 0)]
        )
        self.assertFalse(
            self.env["sale.order"].search([("opportunity_id", "=", self.leads[1].id)])
        )
        self.assertFalse(self.call_list.line_ids.claimed_by_id)

    def test_a_cart_that_is_closed_leaves_nothing(self):
        # Whoever logs in first gets settings of their own.
        self.authenticate(self.operator.login, self.operator.login)
        self.url_open("/odoo/desk")
        before = business_checksums(self.env)
        self.run_tour("crm_desk_cart_then_close")
        self.assertEqual(differences(before, business_checksums(self.env)), {})

    def test_a_new_document_by_hand(self):
        self.run_tour(
            "crm_desk_segnalazione_by_hand", f"/odoo/names/{self.leads[3].id}"
        )
        document = self.document(self.leads[3])
        self.assertEqual(self.lines(document), [(self.plant, 1, 9000, 0)])
        self.assertEqual(document.source_kind, "closing")
        self.assertFalse(self.call_list.line_ids.claimed_by_id, "no next name")


@tagged("post_install", "-at_install", "desk_tour")
class TestCartUnits(HttpCase):
    def test_unit_tests_of_the_cart(self):
        """The tests in static/tests/*.test.js, run by Odoo's own hoot."""
        number = 0
        for character in "@crm_campaign_segnalazioni":
            number = ((number << 5) - number + ord(character)) & 0xFFFFFFFF
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={number:08x}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )
