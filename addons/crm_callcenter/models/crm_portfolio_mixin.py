from lxml import etree

from odoo import api, fields, models
from odoo.fields import Domain

from .crm_business_unit import PORTFOLIO_FIELDS, UNITS, portfolio_field


def _portfolio_of_unit(unit):
    """Return the field that holds the portfolio of one of the units after the first."""
    return fields.Many2one(
        "crm.portfolio",
        f"Portfolio of Unit {unit}",
        domain=[("unit", "=", unit)],
        index="btree_not_null",
        ondelete="restrict",
    )


class CrmPortfolioMixin(models.AbstractModel):
    """At most one portfolio of each business unit, for names and customers.

    Columns and not rows of a narrow table: an empty one costs a bit of the row and
    nothing in its partial index, and everything that Odoo does with a field works.
    """

    _name = "crm.portfolio.mixin"
    _description = "Portfolios of a Name"

    portfolio_2_id = _portfolio_of_unit(2)
    portfolio_3_id = _portfolio_of_unit(3)
    portfolio_4_id = _portfolio_of_unit(4)
    portfolio_5_id = _portfolio_of_unit(5)
    portfolio_6_id = _portfolio_of_unit(6)
    portfolio_7_id = _portfolio_of_unit(7)
    portfolio_8_id = _portfolio_of_unit(8)
    portfolio_9_id = _portfolio_of_unit(9)
    portfolio_10_id = _portfolio_of_unit(10)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_portfolio_units(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_portfolio_units(vals)
        return super().write(vals)

    @api.model
    def _check_portfolio_units(self, vals):
        """Refuse a portfolio in the field of another unit.

        :param dict vals: as given to ``create`` or ``write``
        :raise ValidationError: one of them is of another unit; the sentence names it
        """
        for unit, name in zip(UNITS, PORTFOLIO_FIELDS, strict=True):
            if vals.get(name):
                self.env["crm.portfolio"]._check_in_unit(vals[name], unit)

    @api.model
    def _portfolio_field_names(self):
        """Return the fields that hold portfolios, in the order of the units.

        :rtype: tuple[str]
        """
        return PORTFOLIO_FIELDS

    def _portfolio_values(self):
        """Return the portfolios of this record, as ``write`` takes them.

        :rtype: dict
        """
        self.ensure_one()
        return {name: self[name].id for name in PORTFOLIO_FIELDS if self[name]}

    def _all_portfolios(self):
        """Return the portfolios of these records, of every unit.

        :rtype: crm.portfolio
        """
        found = {record[name].id for record in self for name in PORTFOLIO_FIELDS}
        return self.env["crm.portfolio"].browse(sorted(filter(None, found)))

    # ------------------------------------------------------------
    # SEARCH
    # ------------------------------------------------------------

    @api.model
    def _search(self, domain, *args, **kwargs):
        return super()._search(self._with_portfolio_ids(domain), *args, **kwargs)

    @api.model
    def _with_portfolio_ids(self, domain):
        """Say the portfolios of a branch by their ids, which PostgreSQL plans well.

        :rtype: Domain
        """

        def resolve(condition):
            value = condition.value
            ids = [value] if isinstance(value, int) else value
            if (
                condition.field_expr not in PORTFOLIO_FIELDS
                or condition.operator != "child_of"
                or isinstance(ids, str)
                or not all(isinstance(number, int) for number in ids)
            ):
                return condition
            branch = self.env["crm.portfolio"]._branch_ids(ids)
            return Domain(condition.field_expr, "in", branch)

        return Domain(domain).map_conditions(resolve)

    # ------------------------------------------------------------
    # VIEWS
    # ------------------------------------------------------------

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Call portfolios as their unit is called; leave out those of hidden units."""
        found = super().fields_get(allfields, attributes)
        shown = self.env["crm.business.unit"]._shown_names()
        for unit in UNITS[1:]:
            description = found.get(portfolio_field(unit))
            if description is None:
                continue
            if unit in shown:
                description["string"] = shown[unit]
            elif not allfields:
                del found[portfolio_field(unit)]
        return found

    @api.model
    def _get_view_fields(self, view_type, models):
        models = super()._get_view_fields(view_type, models)
        shown = self.env["crm.business.unit"]._shown_names()
        hidden = {portfolio_field(unit) for unit in UNITS[1:] if unit not in shown}
        if view_type in ("list", "search", "pivot", "graph"):
            models[self._name] = set(models[self._name]) - hidden
        return models

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, *self.env["crm.business.unit"]._shown_names().items())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Show the portfolios of the units that are switched on, beside the primary."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type in ("form", "list", "search"):
            for node in arch.xpath(
                "//field[@name='portfolio_id'][not(ancestor::field)]"
            ):
                self._show_units_after(node, view_type)
        return arch, view

    @api.model
    def _show_units_after(self, node, view_type):
        attributes = {
            "form": {"options": "{'no_create': True, 'no_open': True}"},
            "list": {"optional": "hide"},
            "search": {"operator": "child_of"},
        }[view_type]
        for unit in reversed(self.env["crm.business.unit"]._shown_names()):
            name = portfolio_field(unit)
            if node.getparent().find(f"field[@name='{name}']") is None:
                node.addnext(etree.Element("field", name=name, **attributes))
