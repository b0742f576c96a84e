from odoo import api, fields, models


class GamificationBadgeUser(models.Model):
    """A badge won in a challenge over the ledger tells how much somebody works."""

    _inherit = "gamification.badge.user"

    is_ledger = fields.Boolean(
        compute="_compute_is_ledger",
        store=True,
        help="Won by what stands in the history.",
    )

    @api.depends("challenge_id")
    def _compute_is_ledger(self):
        for badge in self:
            badge.is_ledger = badge.challenge_id.is_ledger
