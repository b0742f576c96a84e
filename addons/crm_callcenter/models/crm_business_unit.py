from odoo import api, fields, models, tools

#: Business units that names are segmented by; the first holds the primary portfolio.
UNITS = range(1, 11)


def portfolio_field(unit):
    """Return the field of a name or customer that holds its portfolio of a unit.

    :param int unit: number of the business unit, 1 to 10
    :rtype: str
    """
    return "portfolio_id" if unit == 1 else f"portfolio_{unit}_id"


#: Fields of names and customers that hold portfolios, in the order of the units.
PORTFOLIO_FIELDS = tuple(map(portfolio_field, UNITS))


class CrmBusinessUnit(models.Model):
    """A business unit, by which names are segmented into portfolios of its own.

    There are ten, no more and no fewer: each is a column of the name, so that its
    portfolios are filtered, grouped, imported and exported like any other field.
    """

    _name = "crm.business.unit"
    _description = "Business Unit"
    _order = "number"

    number = fields.Integer(required=True, readonly=True)
    name = fields.Char(
        required=True, translate=True, help="How names call their portfolio of it."
    )
    is_shown = fields.Boolean(
        "Shown",
        help="Names and customers show their portfolio of this unit in forms, lists and"
        " search.",
    )

    _number_range = models.Constraint(
        "CHECK (number BETWEEN 1 AND 10)",
        "Business units are numbered from 1 to 10.",
    )
    _number_once = models.Constraint(
        "UNIQUE (number)", "There is a business unit with this number already."
    )
    _first_shown = models.Constraint(
        "CHECK (number != 1 OR is_shown)",
        "The first business unit holds the primary portfolios and is always shown.",
    )

    @api.model
    @tools.ormcache("self.env.lang")
    def _shown_names(self):
        """Return the units that are shown besides the first.

        :return: their names by number, in order
        :rtype: dict[int, str]
        """
        # sudo: how units are called is shown to everybody who sees a name
        units = self.sudo().search([("is_shown", "=", True), ("number", ">", 1)])
        return {unit.number: unit.name for unit in units}

    def write(self, vals):
        result = super().write(vals)
        # Views and labels of names are made of the units.
        self.env.registry.clear_cache("default", "templates")
        return result
