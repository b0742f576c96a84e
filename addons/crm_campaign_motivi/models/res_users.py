from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.constrains("portfolio_ids")
    def _check_portfolios_of_lists(self):
        """Whoever is bound to branches works on lists inside them only."""
        # sudo: the lists that somebody works on, whoever binds them to a branch
        lists = self.env["crm.call.list"].sudo()
        lists.search([("operator_ids", "in", self.ids)])._check_operators_may_see()
