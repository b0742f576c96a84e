"""Amounts of a mass change are those that Odoo computes, to the cent."""

import random

from odoo.fields import Command
from odoo.tests import tagged

from .mass_change_common import MassChangeCase

LINE_AMOUNTS = (
    "price_subtotal",
    "price_tax",
    "price_total",
    "price_reduce_taxexcl",
    "price_reduce_taxinc",
    "untaxed_amount_to_invoice",
)
ORDER_AMOUNTS = ("amount_untaxed", "amount_tax", "amount_total")


@tagged("post_install", "-at_install")
class TestMassChangeAmounts(MassChangeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.taxes = cls.env["account.tax"].create(
            [
                {"name": f"Mass tax {place}", "type_tax_use": "sale", **values}
                for place, values in enumerate(
                    (
                        {"amount": 22},
                        {"amount": 10},
                        {"amount": 4.5},
                        {"amount": 22, "price_include_override": "tax_included"},
                        {"amount": 10, "price_include_override": "tax_included"},
                        {"amount": 2.5, "amount_type": "fixed"},
                        {"amount": 20, "include_base_amount": True, "sequence": 0},
                        {"amount": 12, "amount_type": "division"},
                    )
                )
            ]
        )
        cls.random = random.Random(19)

    def _kinds(self):
        """Return sets of taxes: on top, included, mixed, none, and special ones."""
        on_top, ten, small, included, included_ten, fixed, compound, division = (
            self.taxes
        )
        none = self.taxes.browse()
        return (
            (on_top, on_top | ten, ten | small, none),
            (included, included | included_ten, none),
            (on_top, included, none, included_ten),
            (on_top | included, ten),
            (fixed, on_top | fixed, compound | on_top, division),
        )

    def _random_documents(self, kinds, count):
        orders = self.env["sale.order"]
        for _place in range(count):
            lines = []
            for _line in range(self.random.randint(1, 5)):
                lines.append(
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "price_unit": self.random.randint(1, 999999) / 100,
                            "product_uom_qty": self.random.choice(
                                (1, 2, 3, 0.33, 12.12, 0)
                            ),
                            "discount": self.random.choice((0, 0, 5, 7.5, 33.33)),
                            "tax_ids": [Command.set(self.random.choice(kinds).ids)],
                        }
                    )
                )
            orders |= self._documents(1, order_line=lines)
        return orders

    def _assert_as_odoo(self, orders):
        self.env.invalidate_all()
        lines = orders.order_line
        found = (
            [[line[name] for name in LINE_AMOUNTS] for line in lines],
            [[order[name] for name in ORDER_AMOUNTS] for order in orders],
        )
        for records, names in ((lines, LINE_AMOUNTS), (orders, ORDER_AMOUNTS)):
            for name in names:
                self.env.add_to_compute(records._fields[name], records)
        self.env.flush_all()
        self.env.invalidate_all()
        wanted = (
            [[line[name] for name in LINE_AMOUNTS] for line in lines],
            [[order[name] for name in ORDER_AMOUNTS] for order in orders],
        )
        for place, (got, expected) in enumerate(zip(found[1], wanted[1], strict=True)):
            self.assertEqual(got, expected, orders[place].order_line.tax_ids)
        for place, (got, expected) in enumerate(zip(found[0], wanted[0], strict=True)):
            for value, other in zip(got, expected, strict=True):
                self.assertAlmostEqual(value, other, 5, lines[place].tax_ids)

    def _check(self, rounding):
        self.env.company.tax_calculation_rounding_method = rounding
        for kinds in self._kinds():
            orders = self._random_documents(kinds, 25)
            before = orders.mapped("amount_total")
            value = {"target": "price", "operation": "percent", "number": 7.77}
            run = self._run(self._change(orders, value))
            self.assertEqual((run.state, run.refused), ("done", 0))
            self.assertNotEqual(orders.mapped("amount_total"), before)
            self._assert_as_odoo(orders)

    def test_rounded_in_each_line(self):
        self._check("round_per_line")

    def test_rounded_in_the_document(self):
        self._check("round_globally")

    def test_plain_ones_are_not_left_to_odoo(self):
        self.env.company.tax_calculation_rounding_method = "round_globally"
        orders = self._random_documents(self._kinds()[2], 10)
        documents = orders.order_line._plain_documents(orders)
        self.assertEqual(len(documents), 10)
        self.assertTrue(orders.order_line._amounts_are_of_odoo())
        orders = self._random_documents(self._kinds()[4], 10)
        documents = orders.order_line._plain_documents(orders)
        self.assertFalse(documents)

    def test_new_totals_leave_no_messages(self):
        orders = self._random_documents(self._kinds()[0], 3)
        orders |= self._random_documents(self._kinds()[4], 3)
        messages = orders.message_ids
        with_tracking = orders.with_context(tracking_disable=False)
        value = {"target": "price", "operation": "percent", "number": 50}
        change = self._change(orders, value)
        self._run(change.with_context(tracking_disable=False))
        self.env.cr.flush()
        self.assertEqual(with_tracking.message_ids, messages)

    def test_discount_quantity_and_taxes(self):
        for value in (
            {"target": "discount", "operation": "add", "number": 3.3},
            {"target": "tax", "tax_ids": [Command.set(self.taxes[1].ids)]},
            {"target": "quantity", "operation": "set", "number": 7},
        ):
            orders = self._random_documents(self._kinds()[2], 8)
            run = self._run(self._change(orders, value))
            self.assertTrue(run.changed_lines)
            self._assert_as_odoo(orders)
