from odoo import api, fields, models


class CrmPortfolioMoveWizard(models.TransientModel):
    """Moves whole branches of portfolios at once."""

    _name = "crm.portfolio.move.wizard"
    _description = "Move Branches of Portfolios"

    portfolio_ids = fields.Many2many("crm.portfolio", string="Branches", required=True)
    unit = fields.Integer(compute="_compute_unit")
    parent_id = fields.Many2one(
        "crm.portfolio",
        "Under",
        domain="[('unit', '=', unit), ('id', 'not in', portfolio_ids)]",
        help="Leave it empty to put the branches at the top of their unit.",
    )

    @api.depends("portfolio_ids")
    def _compute_unit(self):
        for wizard in self:
            wizard.unit = wizard.portfolio_ids[:1].unit

    def action_move(self):
        """Button: move the branches, all or none."""
        self.ensure_one()
        self.portfolio_ids._move_under(self.parent_id)
        return {"type": "ir.actions.act_window_close"}
