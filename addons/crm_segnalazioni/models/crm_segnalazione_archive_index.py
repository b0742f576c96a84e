from odoo import models


class SaleOrder(models.Model):
    """Indexes of the archive's list: the newest rows first, of every kind."""

    _inherit = "sale.order"

    _archive_idx = models.Index(
        "((date_order::date) DESC, (id * 10) DESC)"
        " WHERE segnalazione_type_id IS NOT NULL"
    )
    _archive_agent_idx = models.Index(
        "(user_id, (date_order::date) DESC, (id * 10) DESC)"
        " WHERE segnalazione_type_id IS NOT NULL"
    )
    _archive_operator_idx = models.Index(
        "(operator_id, (date_order::date) DESC, (id * 10) DESC)"
        " WHERE segnalazione_type_id IS NOT NULL"
    )


class AccountMove(models.Model):
    _inherit = "account.move"

    _archive_idx = models.Index(
        "((COALESCE(invoice_date, date)) DESC, (id * 10 + 1) DESC)"
        " WHERE move_type IN ('out_invoice', 'out_refund')"
    )
    _archive_agent_idx = models.Index(
        "(invoice_user_id, (COALESCE(invoice_date, date)) DESC, (id * 10 + 1) DESC)"
        " WHERE move_type IN ('out_invoice', 'out_refund')"
    )
