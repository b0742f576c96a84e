from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools.misc import formatLang


class SaleOrder(models.Model):
    """Totals of a document by the state of its lines."""

    _inherit = "sale.order"

    amount_confirmed = fields.Monetary(
        compute="_compute_amount_confirmed",
        store=True,
        help="Of confirmed lines, without taxes.",
    )
    line_state_totals = fields.Html(
        "Totals by Line State", compute="_compute_line_state_totals", sanitize=False
    )

    @api.depends(
        "segnalazione_type_id",
        "order_line.price_subtotal",
        "order_line.line_state_id.category",
    )
    def _compute_amount_confirmed(self):
        for order in self:
            order.amount_confirmed = sum(
                line.price_subtotal
                for line in order.order_line
                if line.line_state_id.category == "confirmed"
            )

    @api.depends(
        "segnalazione_type_id",
        "order_line.price_subtotal",
        "order_line.price_total",
        "order_line.line_state_id",
    )
    @api.depends_context("lang")
    def _compute_line_state_totals(self):
        for order in self:
            order.line_state_totals = order._render_line_state_totals()

    def _line_state_rows(self):
        """Return how much of a document is in which state.

        :return: (line state, number of lines, untaxed amount, amount with taxes), in
            the order of the states
        :rtype: list[tuple]
        """
        self.ensure_one()
        lines = self.order_line.filtered("line_state_id")
        return [
            (
                state,
                len(rows),
                sum(rows.mapped("price_subtotal")),
                sum(rows.mapped("price_total")),
            )
            for state, rows in sorted(
                lines.grouped("line_state_id").items(),
                key=lambda pair: (pair[0].sequence, pair[0].id),
            )
        ]

    def _render_line_state_totals(self):
        rows = self._line_state_rows() if self.segnalazione_type_id else []
        if not rows:
            return False
        row = Markup(
            "<tr><td>%s</td><td class='text-end'>%s</td><td class='text-end'>%s</td>"
            "<td class='text-end'>%s</td></tr>"
        )
        head = Markup(
            "<tr><th>%s</th><th class='text-end'>%s</th><th class='text-end'>%s</th>"
            "<th class='text-end'>%s</th></tr>"
        ) % (
            self.env._("Line State"),
            self.env._("Lines"),
            self.env._("Untaxed"),
            self.env._("With Taxes"),
        )
        dot = Markup("<span class='fa fa-circle me-1' style='color: %s'></span>%s")
        body = Markup().join(
            row
            % (
                dot % (state.color or "#6c757d", state.name),
                count,
                self._format_total(untaxed),
                self._format_total(total),
            )
            for state, count, untaxed, total in rows
        )
        return Markup("<table class='table table-sm mb-0'>%s%s</table>") % (head, body)

    def _format_total(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)
