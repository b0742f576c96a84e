from odoo import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.crm_campaign_motivi.tests.common import CampaignCommon


@tagged("post_install", "-at_install", "desk_tour")
class TestDocumentTour(CampaignCommon, HttpCase):
    """From the call to the invoice, each in its own browser and with its own rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.company.chart_template:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", cls.company, install_demo=False
            )
        cls.contract = cls.env.ref("crm_segnalazioni.type_contract")
        cls.contract.needs_quality_check = True
        cls.plant, cls.battery = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "service",
                    "list_price": price,
                    "invoice_policy": "order",
                    "taxes_id": [Command.clear()],
                }
                for name, price in (("Plant 6 kW", 9000), ("Battery 10 kWh", 5000))
            ]
        )

    def document(self):
        self.env.invalidate_all()
        return self.env["sale.order"].search(
            [
                ("opportunity_id", "in", self.leads.ids),
                ("segnalazione_type_id", "=", self.contract.id),
            ]
        )

    def test_from_the_call_to_the_invoice(self):
        self.start_tour(
            "/odoo/desk", "document_sale_on_the_desk", login=self.operator.login
        )
        order = self.document()
        self.assertEqual(len(order), 1)
        self.assertEqual(order.operator_id, self.operator)
        self.assertEqual(order.campaign_id, self.campaign)
        self.assertTrue(order.is_held_for_check)
        order.user_id = self.agent
        mine = self.env["sale.order"].with_user(self.agent)
        self.assertNotIn(order, mine.search([]))

        order.check_ids.line_ids.with_user(self.back_office).write({"result": "right"})
        self.start_tour(
            "/odoo/documents-archive", "document_checked", login=self.back_office.login
        )
        self.assertEqual(order.quality_state, "passed")
        self.assertEqual(order.order_line.product_id, self.plant | self.battery)
        self.assertIn(order, mine.search([]))

        self.browser_size, self.touch_enabled = "390x844", True
        self.start_tour(
            "/odoo/my-documents",
            "document_signed_on_the_telephone",
            login=self.agent.login,
        )
        order = self.document()
        self.assertEqual(order.signed_by, "Anna Rossi")
        self.assertEqual(
            order.segnalazione_state_id, self.env.ref("crm_segnalazioni.state_signed")
        )
        self.assertEqual(order.move_ids[0].user_id, self.agent)

        self.browser_size, self.touch_enabled = "1366x768", False
        self.start_tour(
            "/odoo/documents-archive",
            "document_confirmed_and_invoiced",
            login=self.back_office.login,
        )
        order = self.document()
        self.assertEqual(order.state, "sale")
        invoice = order.invoice_ids
        self.assertEqual(len(invoice), 1)
        lines = invoice.invoice_line_ids.filtered("product_id")
        self.assertEqual(lines.product_id, self.plant)
        self.assertEqual(invoice.amount_untaxed, 9000)
