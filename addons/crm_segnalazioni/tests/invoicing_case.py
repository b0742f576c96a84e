from odoo import Command, fields
from odoo.tests.common import new_test_user

from odoo.addons.crm_segnalazioni.tools.workflow import WORKFLOW, WORKFLOW_KEY

from .common import SegnalazioneCase


class InvoicingCase(SegnalazioneCase):
    """Documents whose lines can be invoiced: a chart of accounts, and a tax of 10 %."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.types["contract"].default_state_id = cls.states["signed"]
        company = cls.env.company
        if not company.chart_template:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company=company, install_demo=False
            )
        cls.vat = cls.env["account.tax"].create(
            {"name": "VAT 10 %", "amount": 10, "type_tax_use": "sale"}
        )
        cls.line_states = cls._shipped("crm.segnalazione.line.state", "line_state_")
        cls.invoice_states = cls._shipped(
            "crm.segnalazione.invoice.state", "invoice_state_"
        )

    @classmethod
    def _three_lines(cls, document_type="contract", **values):
        """Return a document of 9,000 + 5,000 + 2 x 500, with VAT."""
        rows = (
            (cls.product, 1, 9000),
            (cls.product_two, 1, 5000),
            (cls.product, 2, 500),
        )
        return cls._document(
            document_type,
            order_line=[
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": quantity,
                        "price_unit": price,
                        "tax_ids": [Command.set(cls.vat.ids)],
                    }
                )
                for product, quantity, price in rows
            ],
            **values,
        )

    @classmethod
    def _sold(cls, order):
        """Make a document an order of Odoo, as the effect of a step does."""
        order.with_context(**cls._workflow_context()).action_confirm()
        return order

    @classmethod
    def _seller(cls):
        """Return a manager of Odoo's sales, who has no role of the call centre."""
        return new_test_user(
            cls.env,
            "seller",
            groups="sales_team.group_sale_manager",
            context={"no_reset_password": True},
        )

    @classmethod
    def _workflow_context(cls):
        return {WORKFLOW_KEY: WORKFLOW}

    @classmethod
    def _set_lines(cls, lines, category):
        lines.line_state_id = cls.line_states[category]

    @classmethod
    def _pay(cls, invoice, amount=None):
        wizard = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"payment_date": fields.Date.today()})
        )
        if amount:
            wizard.amount = amount
        return wizard._create_payments()
