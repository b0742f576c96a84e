from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

from .crm_call_list_line_wish import wish_holds


class CrmDispatch(models.AbstractModel):
    """Recalls that the customer asked for are served outside the calling hours."""

    _inherit = "crm.dispatch"

    @api.model
    def _claim_plan(self, campaign):
        """Let a promised recall through whose customer asked for this very time.

        An hour that is closed for everybody costs one look into an index.

        :param utm.campaign campaign: from whose lists
        :rtype: dict
        """
        plan = super()._claim_plan(campaign)
        plan["promised_window"] = SQL("(%s OR %s)", plan["window"], wish_holds())
        if plan["is_closed"] and self._wish_is_due(campaign):
            plan["is_closed"] = False
        return plan

    @api.model
    def _wish_is_due(self, campaign):
        """Tell whether a recall of this hour is due that a customer asked for.

        Read at READ COMMITTED, as claims are: it may be newer than this request.

        :param utm.campaign campaign: whose
        :rtype: bool
        """
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(
                SQL(
                    """SELECT EXISTS (SELECT 1 FROM crm_call_list_line line
                                       WHERE line.campaign_id = %s
                                         AND line.recall_wish_at IS NOT NULL AND %s)""",
                    campaign.id,
                    wish_holds(),
                )
            )
            return cr.fetchone()[0]
