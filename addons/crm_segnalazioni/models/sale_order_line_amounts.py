from odoo import models
from odoo.tools import SQL, float_is_zero

from ..tools.tax_amounts import Line, document_amounts

#: What is computed here, and by which methods of Odoo otherwise.
LINE_AMOUNTS = (
    "price_subtotal",
    "price_tax",
    "price_total",
    "price_reduce_taxexcl",
    "price_reduce_taxinc",
)
ORDER_AMOUNTS = ("amount_untaxed", "amount_tax", "amount_total")
COMPUTED_BY = {
    "sale.order.line": (
        "_compute_amount",
        "_compute_price_reduce_taxexcl",
        "_compute_price_reduce_taxinc",
        "_prepare_base_line_for_taxes_computation",
    ),
    "sale.order": ("_compute_amounts", "_get_priced_lines"),
    "account.tax": (
        "_get_tax_details",
        "_add_tax_details_in_base_line",
        "_round_base_lines_tax_details",
        "_get_tax_totals_summary",
        "_eval_tax_amount_price_included",
        "_eval_tax_amount_price_excluded",
    ),
}


class SaleOrderLine(models.Model):
    """Amounts of very many lines that were written at once."""

    _inherit = "sale.order.line"

    def _recompute_amounts_in_bulk(self):
        """Compute what follows from lines that were written, without messages.

        Left to the next flush, it would be computed in an environment that logs each
        new total in the chatter of its document. Amounts of documents with plain taxes
        are computed here, those of others by Odoo.
        """
        waiting = self.env.records_to_compute(self._fields["price_subtotal"])
        if waiting and self._amounts_are_of_odoo():
            orders = (self & waiting).order_id
            # Only what a statement reads: the rest waits for its turn below.
            self.env["sale.order.line"].flush_model(
                ["price_unit", "product_uom_qty", "discount", "tax_ids", "sequence"]
            )
            self._write_plain_amounts(orders)
        self.env.flush_all()

    def _amounts_are_of_odoo(self):
        """Tell whether no addon computes amounts in a way of its own.

        :rtype: bool
        """
        return all(
            sum(name in vars(base) for base in type(self.env[model]).__mro__) == 1
            for model, names in COMPUTED_BY.items()
            for name in names
        )

    def _write_plain_amounts(self, orders):
        """Compute and write the amounts of those documents that have plain taxes."""
        documents = self._plain_documents(orders)
        if not documents:
            return
        line_rows, order_rows = [], []
        for order_id, (lines, rounding, per_line) in documents.items():
            untaxed, tax = document_amounts(lines, rounding, per_line)
            order_rows.append((order_id, untaxed, tax, untaxed + tax))
            line_rows += [
                (
                    line.id,
                    line.subtotal,
                    line.total - line.subtotal,
                    line.total,
                    line.subtotal / line.quantity if line.quantity else 0.0,
                    line.total / line.quantity if line.quantity else 0.0,
                )
                for line in lines
            ]
        lines = self.browse([row[0] for row in line_rows])
        orders = orders.browse(documents)
        self._write_amounts(lines, LINE_AMOUNTS, line_rows)
        lines.modified(LINE_AMOUNTS)
        self._write_amounts(orders, ORDER_AMOUNTS, order_rows)
        orders.modified(ORDER_AMOUNTS)
        for records, names in ((lines, LINE_AMOUNTS), (orders, ORDER_AMOUNTS)):
            for name in names:
                self.env.remove_to_compute(records._fields[name], records)

    def _write_amounts(self, records, names, rows):
        """Write amounts in one statement.

        :param list rows: id and values in the order of the names
        """
        for name in names:
            self.env.remove_to_compute(records._fields[name], records)
        columns = SQL(", ").join(
            SQL(
                "%s = round(new.%s::numeric, 6)",
                SQL.identifier(name),
                SQL.identifier(name),
            )
            for name in names
        )
        self.env.cr.execute(
            SQL(
                "UPDATE %s AS record SET %s, write_uid = %s,"
                " write_date = (now() AT TIME ZONE 'UTC')"
                " FROM unnest(%s) AS new(id, %s) WHERE record.id = new.id",
                SQL.identifier(records._table),
                columns,
                self.env.uid,
                SQL(", ").join(
                    SQL("%s::float8[]" if place else "%s::int[]", list(column))
                    for place, column in enumerate(zip(*rows, strict=True))
                ),
                SQL(", ").join(map(SQL.identifier, names)),
            )
        )
        records.invalidate_recordset(names, flush=False)

    def _plain_documents(self, orders):
        """Return the lines of documents whose taxes are plain percentages.

        :return: lines, rounding of the currency and whether taxes are rounded in each
            line, by document
        :rtype: dict[int, tuple[list[Line], float, bool]]
        """
        taxes = self._plain_taxes(orders)
        rows = self.env.execute_query(
            SQL(
                """SELECT line.order_id, line.id, line.price_unit,
                          line.product_uom_qty, line.discount,
                          line.is_downpayment OR line.extra_tax_data IS NOT NULL,
                          ARRAY(SELECT link.account_tax_id
                                  FROM account_tax_sale_order_line_rel link
                                 WHERE link.sale_order_line_id = line.id)
                     FROM sale_order_line line
                    WHERE line.order_id = ANY(%s) AND line.display_type IS NULL
                 ORDER BY line.order_id, line.sequence, line.id""",
                orders.ids,
            )
        )
        by_order, special = {}, set()
        for order_id, line_id, price, quantity, discount, is_special, tax_ids in rows:
            chosen = sorted(taxes[tax_id] for tax_id in tax_ids if tax_id in taxes)
            chosen = tuple(tax[1:] for tax in chosen)
            mixed = len({included for _id, _percent, included in chosen}) > 1
            if is_special or mixed or len(chosen) != len(tax_ids):
                special.add(order_id)
            by_order.setdefault(order_id, []).append(
                Line(line_id, price, quantity, discount or 0.0, chosen)
            )
        # sudo: settings of the company and of payment terms, for amounts only
        return {
            order.id: (
                by_order[order.id],
                order.currency_id.rounding,
                order.company_id.tax_calculation_rounding_method == "round_per_line",
            )
            for order in orders.sudo()
            if order.id in by_order
            and order.id not in special
            and not order.payment_term_id.early_discount
        }

    def _plain_taxes(self, orders):
        """Return the taxes of documents that are percentages of the price alone.

        :return: place in the order, id, percent and whether included, by id
        :rtype: dict[int, tuple]
        """
        # sudo: how a tax is computed is no secret to whoever sees its amount
        taxes = orders.sudo().order_line.tax_ids.sorted()
        return {
            tax.id: ((tax.sequence, tax.id), tax.id, tax.amount, tax.price_include)
            for tax in taxes
            if tax.amount_type == "percent"
            and not tax.include_base_amount
            and not tax.has_negative_factor
            and not float_is_zero(tax.amount + 100.0, precision_digits=6)
        }
