from odoo import api, models
from odoo.fields import Domain


class CrmCardMixin(models.AbstractModel):
    """Documents in the timeline of names and customers."""

    _inherit = "crm.card.mixin"

    @api.model
    def _timeline_kinds(self):
        kinds = super()._timeline_kinds()
        if self.env["sale.order"].has_access("read"):
            kinds["document"] = (self.env._("Documents"), "fa-file-text-o")
        return kinds

    def _timeline_rows_document(self, leads, partners, page):
        """Return the latest documents of names and their customer."""
        orders = self.env["sale.order"]
        typed = Domain("segnalazione_type_id", "!=", False)
        # Two questions, each answered by an index of its own; one with "or" by none.
        rows = page.search(
            orders, typed & Domain("opportunity_id", "in", leads.ids), "create_date"
        )
        customers = partners.filtered("partner_share")
        if customers:
            rows |= page.search(
                orders, typed & Domain("partner_id", "in", customers.ids), "create_date"
            )
        return [
            self._timeline_row(
                row,
                row.create_date,
                f"{row.segnalazione_type_id.name} {row.name}",
                text=self._document_text(row),
                # sudo: the agent of a document that one may see
                who=row.sudo().user_id.name,
                state=row.segnalazione_state_id.name,
                state_color=row.segnalazione_color,
                about=self._timeline_about(leads, row.sudo().opportunity_id)
                if row.sudo().opportunity_id in leads
                else "",
                icon=row.segnalazione_type_id.icon,
                opens=True,
            )
            for row in rows
        ]

    @api.model
    def _document_text(self, order):
        """Return what a document is about: its products and its total."""
        # sudo: products' names on a document that one may see
        products = order.sudo().order_line.product_id.mapped("display_name")
        total = order.currency_id.format(order.amount_total) if products else ""
        return " · ".join(filter(None, (", ".join(products), total)))
