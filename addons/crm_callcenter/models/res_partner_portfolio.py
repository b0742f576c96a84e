from odoo import api, fields, models

from .crm_business_unit import PORTFOLIO_FIELDS


class ResPartner(models.Model):
    """The portfolios of a customer: those of its names."""

    _name = "res.partner"
    _inherit = ["res.partner", "crm.portfolio.mixin"]

    portfolio_id = fields.Many2one(
        "crm.portfolio",
        "Primary Portfolio",
        domain="[('unit', '=', 1)]",
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.model
    def _synced_commercial_fields(self):
        """A company and its contacts are one customer, and in the same portfolios."""
        return [*super()._synced_commercial_fields(), *PORTFOLIO_FIELDS]

    def write(self, vals):
        result = super().write(vals)
        changed = {name: vals[name] for name in PORTFOLIO_FIELDS if name in vals}
        if changed:
            self._pass_portfolios_on(changed)
        return result

    def _pass_portfolios_on(self, changed):
        """Give the names of these customers the portfolios that the customers got.

        A name is never left without a primary portfolio.

        :param dict changed: as given to ``write``
        """
        changed = {
            name: value
            for name, value in changed.items()
            if value or name != "portfolio_id"
        }
        # sudo: the names of a customer that one may change, whoever sees names
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        leads = leads.search([("partner_id", "in", self.ids)])
        different = leads.filtered(
            lambda lead: any(
                lead[name].id != (value or False) for name, value in changed.items()
            )
        )
        if different:
            different.write(changed)
