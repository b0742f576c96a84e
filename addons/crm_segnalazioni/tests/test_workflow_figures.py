from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .common import SegnalazioneCase

ACTIONS = (
    "sale.action_orders",
    "sale.action_quotations_with_onboarding",
    "sale.action_quotations",
    "sale.act_res_partner_2_sale_order",
    "sale.action_quotations_salesteams",
    "sale_crm.sale_action_quotations_new",
)


@tagged("post_install", "-at_install")
class TestWorkflowFigures(SegnalazioneCase):
    """What is no quotation stays out of Odoo's lists, counters and figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls.env["utm.campaign"].create({"title": "Figures"})
        cls.team = cls.env["crm.team"].create({"name": "Figures"})
        common = {"team_id": cls.team.id, "campaign_id": cls.campaign.id}
        cls.appointment = cls._document("appointment", **common)
        cls.quotation = cls._document("quotation", **common)
        cls.own = cls.env["sale.order"].create(
            {
                "partner_id": cls.partner.id,
                "opportunity_id": cls.lead.id,
                **common,
            }
        )

    def test_a_document_that_is_no_quotation_has_no_validity_and_no_signature(self):
        self.company.write(
            {"portal_confirmation_sign": True, "quotation_validity_days": 30}
        )
        appointment = self._document("appointment")
        quotation = self._document("quotation")
        self.assertFalse(appointment.validity_date)
        self.assertFalse(appointment.require_signature)
        self.assertFalse(appointment.require_payment)
        self.assertTrue(quotation.validity_date)
        self.assertTrue(quotation.require_signature)

    def test_it_gets_them_when_it_becomes_one(self):
        self.company.portal_confirmation_sign = True
        self.appointment._become_type(self.types["contract"])
        self.assertTrue(self.appointment.require_signature)

    def test_there_is_nothing_to_send(self):
        with self.assertRaisesRegex(UserError, "no quotation but Appointment"):
            self.appointment.action_quotation_send()
        with self.assertRaisesRegex(UserError, "no quotation but Appointment"):
            self.appointment.action_quotation_sent()
        self.assertTrue(self.quotation.action_quotation_send())

    def test_odoos_lists_leave_it_out(self):
        names = {"active_id": 0, "active_ids": [self.partner.id]}
        for xmlid in ACTIONS:
            names["active_id"] = self.lead.id
            domain = safe_eval(self.env.ref(xmlid).domain, names)
            found = self.env["sale.order"].search(domain)
            with self.subTest(xmlid):
                self.assertNotIn(self.appointment, found)
                self.assertIn(self.quotation, found)
                self.assertIn(self.own, found)

    def test_every_list_of_orders_of_odoo_leaves_it_out(self):
        """An action that Odoo adds shows here."""
        data = self.env["ir.model.data"].search(
            [
                ("model", "=", "ir.actions.act_window"),
                ("module", "in", ["sale", "sale_crm"]),
            ]
        )
        actions = self.env["ir.actions.act_window"].browse(data.mapped("res_id"))
        for action in actions.filtered(
            lambda one: one.res_model == "sale.order" and "list" in one.view_mode
        ):
            with self.subTest(action.name):
                self.assertIn("segnalazione_type_id", action.domain or "")

    def test_the_counters_leave_it_out(self):
        seller = new_test_user(
            self.env,
            login="seller_of_tests",
            groups="sales_team.group_sale_salesman_all_leads",
        )
        self.assertEqual(self.lead.quotation_count, 2)
        self.assertEqual(self.team.sale_order_count, 2)
        self.assertEqual(self.campaign.with_user(seller).quotation_count, 2)
        self.assertEqual(self.partner.with_user(seller).sale_order_count, 2)

    def test_the_figures_of_the_team_leave_it_out(self):
        self.env.flush_all()
        rows = self.env["sale.report"].search([("team_id", "=", self.team.id)])
        self.assertEqual(set(rows.mapped("name")), {self.quotation.name})

    def test_the_print_button_uses_the_layout_of_the_type(self):
        action = self.quotation.with_user(self.back_office).action_print_document()
        self.assertEqual(action["report_name"], "sale.report_saleorder")
        action = self.appointment.with_user(self.back_office).action_print_document()
        self.assertEqual(action["report_name"], "crm_segnalazioni.report_document")
        with self.assertRaisesRegex(UserError, "documents of one type"):
            (self.quotation | self.appointment).action_print_document()
        self.types["appointment"].report_id = False
        with self.assertRaisesRegex(UserError, "has no print layout"):
            self.appointment.action_print_document()

    def test_the_layouts_name_type_and_number(self):
        for order in self.appointment | self.quotation:
            report = order.segnalazione_type_id.report_id
            html, _kind = self.env["ir.actions.report"]._render_qweb_html(
                report.report_name, order.ids
            )
            with self.subTest(order.name):
                self.assertIn(order.name, html.decode())
                self.assertIn(order.segnalazione_type_id.name, html.decode())
