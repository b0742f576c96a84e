from odoo import api, fields, models


class StockPicking(models.Model):
    """A delivery (DDT) knows its document, for the archive's list."""

    _inherit = "stock.picking"

    segnalazione_order_id = fields.Many2one(
        "sale.order",
        "Document",
        compute="_compute_segnalazione_order_id",
        store=True,
        index="btree_not_null",
        ondelete="set null",
    )
    segnalazione_user_id = fields.Many2one(
        related="segnalazione_order_id.user_id",
        string="Agent",
        store=True,
    )
    operator_id = fields.Many2one(
        related="segnalazione_order_id.operator_id", store=True
    )
    campaign_id = fields.Many2one(
        related="segnalazione_order_id.campaign_id", store=True
    )
    zone_id = fields.Many2one(related="segnalazione_order_id.zone_id", store=True)
    team_id = fields.Many2one(
        related="segnalazione_order_id.team_id", string="Sales Team", store=True
    )

    _segnalazione_archive_idx = models.Index(
        "((COALESCE(date_done, scheduled_date)::date) DESC, (id * 10 + 2) DESC)"
        " WHERE segnalazione_order_id IS NOT NULL"
    )

    @api.depends("sale_id.segnalazione_type_id")
    def _compute_segnalazione_order_id(self):
        for picking in self:
            # sudo: the warehouse has no right to documents
            order = picking.sudo().sale_id
            picking.segnalazione_order_id = (
                order if order.segnalazione_type_id else False
            )
