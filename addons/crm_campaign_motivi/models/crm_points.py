from odoo import api, models


class CrmPoints(models.AbstractModel):
    _inherit = "crm.points"

    @api.model
    def _scope(self):
        """A coordinator sees the figures of its campaigns, and all rows behind them."""
        user = self.env.user
        if not user.has_group("crm_callcenter.group_coordinator") or user.has_group(
            "crm_callcenter.group_campaign_manager"
        ):
            return super()._scope()
        # sudo: which campaigns are one's own
        campaigns = self.env["utm.campaign"].sudo().with_context(active_test=False)
        return {
            "campaign_ids": campaigns.search([("coordinator_ids", "in", user.id)]).ids
        }

    @api.model
    def _explains_all(self):
        return bool(self._scope()) or super()._explains_all()
