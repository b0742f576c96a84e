from odoo import api, fields, models, tools


class CrmTeam(models.Model):
    _inherit = "crm.team"

    portfolio_id = fields.Many2one(
        "crm.portfolio",
        "Portfolio of New Names",
        domain="[('unit', '=', 1)]",
        index="btree_not_null",
        ondelete="restrict",
        help="Primary portfolio of names that arrive through this team: at its e-mail"
        " address or by a form of the web site. Empty: the one of the settings.",
    )

    @api.model
    @tools.ormcache()
    def _portfolios_of_sources(self):
        """Return the portfolios of the teams that have one.

        :return: id of the portfolio by id of the team
        :rtype: dict[int, int]
        """
        # sudo: asked by whatever creates a name; only ids leave this method
        teams = self.sudo().with_context(active_test=False)
        return {
            team.id: team.portfolio_id.id
            for team in teams.search([("portfolio_id", "!=", False)])
        }

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        if any(vals.get("portfolio_id") for vals in vals_list):
            self.env.registry.clear_cache()
        return teams

    def write(self, vals):
        result = super().write(vals)
        if "portfolio_id" in vals:
            self.env.registry.clear_cache()
        return result
