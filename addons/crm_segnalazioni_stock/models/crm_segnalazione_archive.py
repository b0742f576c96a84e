from odoo import api, fields, models
from odoo.tools import SQL

COLORS = {
    "draft": "#6c757d",
    "waiting": "#e67700",
    "confirmed": "#e67700",
    "assigned": "#1971c2",
    "done": "#2f9e44",
    "cancel": "#5c5f66",
}


class CrmSegnalazioneArchive(models.Model):
    """Deliveries and returns of documents are rows of the archive."""

    _inherit = "crm.segnalazione.archive"

    kind = fields.Selection(
        selection_add=[("delivery", "Delivery"), ("return", "Return")],
        ondelete={"delivery": "cascade", "return": "cascade"},
    )
    picking_id = fields.Many2one("stock.picking", "Delivery", readonly=True)

    @api.model
    def _archive_columns(self):
        return {**super()._archive_columns(), "picking_id": "integer"}

    @api.model
    def _archive_queries(self):
        return [*super()._archive_queries(), self._archive_deliveries()]

    @api.model
    def _archive_deliveries(self):
        return {
            "table": SQL("stock_picking"),
            "where": SQL("segnalazione_order_id IS NOT NULL"),
            "columns": {
                "id": SQL("id * 10 + 2"),
                "kind": SQL(
                    "(CASE WHEN return_id IS NULL THEN 'delivery'"
                    " ELSE 'return' END)::varchar"
                ),
                "name": SQL("name"),
                "date": SQL("COALESCE(date_done, scheduled_date)::date"),
                "partner_id": SQL("partner_id"),
                "user_id": SQL("segnalazione_user_id"),
                "operator_id": SQL("operator_id"),
                "campaign_id": SQL("campaign_id"),
                "zone_id": SQL("zone_id"),
                "team_id": SQL("team_id"),
                "company_id": SQL("company_id"),
                "order_id": SQL("segnalazione_order_id"),
                "picking_id": SQL("id"),
            },
        }

    @api.depends("picking_id.state")
    def _compute_state(self):
        return super()._compute_state()

    def _state_shown(self):
        if not self.picking_id:
            return super()._state_shown()
        picking = self.picking_id
        names = dict(picking._fields["state"]._description_selection(self.env))
        return names.get(picking.state, ""), COLORS.get(picking.state, "#6c757d")

    def _record(self):
        return self.picking_id or super()._record()
