"""Amounts of documents whose taxes are all plain percentages.

Odoo computes any tax, at a millisecond for each line and document. With percentages
that don't build on each other the same comes out in a few steps: this module takes
them, in the order and with the rounding of ``account.tax`` (``_get_tax_details``,
``_round_base_lines_tax_details``, ``_get_tax_totals_summary``), so that not even a cent
differs. What is more complicated is left to Odoo.
"""

import dataclasses
from collections import defaultdict

from odoo.tools import float_round


@dataclasses.dataclass
class Line:
    """A line of a document; taxes are (id, percent, is included) in their order."""

    id: int
    price_unit: float
    quantity: float
    discount: float
    taxes: tuple
    raw_excluded: float = 0.0
    raw_taxes: tuple = ()
    subtotal: float = 0.0
    total: float = 0.0


def document_amounts(lines, rounding, per_line):
    """Compute the amounts of the lines of one document, and its own.

    :param list lines: of ``Line``, in the order of the document; they are filled
    :param float rounding: of the currency, 0.01 for cents
    :param bool per_line: whether the company rounds taxes in each line
    :return: untaxed amount and taxes
    :rtype: tuple[float, float]
    """
    for line in lines:
        _line_amounts(line, rounding, per_line)
    taxes = defaultdict(float)
    raw_excluded = raw_taxes = 0.0
    for line in lines:
        raw_excluded += line.raw_excluded
        for (tax_id, _percent, included), amount in zip(
            line.taxes, line.raw_taxes, strict=True
        ):
            taxes[tax_id, included] += amount
            raw_taxes += amount
    tax_amount = sum(
        float_round(tax, precision_rounding=rounding) for tax in taxes.values()
    )
    if any(not included for line in lines for _id, _percent, included in line.taxes):
        untaxed = float_round(raw_excluded, precision_rounding=rounding)
    else:
        included = float_round(raw_excluded + raw_taxes, precision_rounding=rounding)
        untaxed = included - tax_amount
    return untaxed, tax_amount


def _line_amounts(line, rounding, per_line):
    """Compute the amounts of a line alone."""
    price = line.price_unit * (1 - (line.discount / 100.0))
    raw = line.quantity * price
    if per_line:
        raw = float_round(raw, precision_rounding=rounding)
    factor = 1.0
    is_included = bool(line.taxes) and line.taxes[0][2]
    if is_included:
        total_percentage = (
            sum(percent for _id, percent, _included in line.taxes) / 100.0
        )
        factor = 1 / (1 + total_percentage) if total_percentage != -1 else 0.0
    amounts = []
    for _id, percent, _included in line.taxes:
        amount = (raw * factor if is_included else raw) * percent / 100.0
        if per_line:
            amount = float_round(amount, precision_rounding=rounding)
        amounts.append(amount)
    line.raw_taxes = tuple(amounts)
    line.raw_excluded = raw - sum(amounts) if is_included else raw
    line.subtotal = float_round(line.raw_excluded, precision_rounding=rounding)
    line.total = line.subtotal
    for amount in amounts:
        line.total += float_round(amount, precision_rounding=rounding)
