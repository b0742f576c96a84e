from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmPortfolio(models.Model):
    """A portfolio: the segment of the business that a name belongs to.

    Ten business units, each a tree of any depth.
    """

    _name = "crm.portfolio"
    _description = "Portfolio"
    _inherit = ["crm.tree.mixin"]
    _parent_store = True
    _order = "unit, complete_name"
    _rec_name = "complete_name"

    unit = fields.Integer(
        "Business Unit",
        required=True,
        default=1,
        help="From 1 to 10. Unit 1 holds the primary portfolios.",
    )
    parent_id = fields.Many2one(
        "crm.portfolio", string="Parent Portfolio", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many(
        "crm.portfolio", "parent_id", string="Portfolios Inside"
    )

    _unit_range = models.Constraint(
        "CHECK (unit BETWEEN 1 AND 10)",
        "The business unit of a portfolio is a number from 1 to 10.",
    )

    @api.constrains("parent_id", "unit")
    def _check_same_unit(self):
        for portfolio in self:
            if portfolio.parent_id and portfolio.parent_id.unit != portfolio.unit:
                raise ValidationError(
                    self.env._(
                        "%(child)s is in business unit %(unit)s and its parent"
                        " %(parent)s in unit %(parent_unit)s. Give both the same unit.",
                        child=portfolio.name,
                        unit=portfolio.unit,
                        parent=portfolio.parent_id.name,
                        parent_unit=portfolio.parent_id.unit,
                    )
                )

    @api.model
    def _get_default(self):
        """Return the primary portfolio of names for which nobody chose one.

        :rtype: crm.portfolio
        """
        return (
            self.env.ref(
                "crm_callcenter.crm_portfolio_default", raise_if_not_found=False
            )
            or self.browse()
        )
