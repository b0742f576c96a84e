from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: Orders that are quotations and orders of Odoo: all but documents before the offer.
SALES_DOMAIN = Domain("segnalazione_type_id", "=", False) | Domain(
    "segnalazione_type_id.is_quotation", "=", True
)


class SaleOrder(models.Model):
    """What a document has of a quotation: only if its type is one."""

    _inherit = "sale.order"

    has_print_layout = fields.Boolean(compute="_compute_has_print_layout")

    @api.depends("segnalazione_type_id.report_id")
    def _compute_has_print_layout(self):
        for order in self:
            order.has_print_layout = bool(order.segnalazione_type_id.report_id)

    def _is_sales_document(self):
        """Tell whether this counts as a quotation or an order of Odoo.

        :rtype: bool
        """
        self.ensure_one()
        return not self.segnalazione_type_id or self.segnalazione_type_id.is_quotation

    @api.depends("segnalazione_type_id")
    def _compute_validity_date(self):
        result = super()._compute_validity_date()
        for order in self:
            if not order._is_sales_document():
                order.validity_date = False
        return result

    @api.depends("segnalazione_type_id")
    def _compute_require_signature(self):
        result = super()._compute_require_signature()
        for order in self:
            if not order._is_sales_document():
                order.require_signature = False
        return result

    @api.depends("segnalazione_type_id")
    def _compute_require_payment(self):
        result = super()._compute_require_payment()
        for order in self:
            if not order._is_sales_document():
                order.require_payment = False
        return result

    @api.depends("segnalazione_type_id")
    def _compute_type_name(self):
        documents = self.filtered("segnalazione_type_id")
        for document in documents:
            document.type_name = document.segnalazione_type_id.name
        return super(SaleOrder, self - documents)._compute_type_name()

    def _products_not_of(self, document_type):
        """Return the products of these lines that a type doesn't allow.

        :param crm.segnalazione.type document_type: it
        :rtype: product.product
        """
        allowed = document_type.product_ids
        if not allowed:
            return self.env["product.product"]
        sold = self.order_line.filtered(lambda line: not line.is_downpayment)
        return sold.product_id - allowed

    def action_print_document(self):
        """Print the document in the layout of its type.

        :rtype: dict
        :raise UserError: the type has no layout
        """
        kind = self.segnalazione_type_id
        if len(kind) != 1:
            raise UserError(
                self.env._("Choose documents of one type, to print them together.")
            )
        if not kind.report_id:
            raise UserError(
                self.env._(
                    "%(type)s has no print layout. A campaign manager chooses one in"
                    " the document type.",
                    type=kind.name,
                )
            )
        # sudo: the layout belongs to the configuration
        return kind.sudo().report_id.report_action(self, config=False)
