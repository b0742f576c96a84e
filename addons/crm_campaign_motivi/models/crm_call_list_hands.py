from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmCallList(models.Model):
    """A list is not deleted under a call, nor the callers' list of a campaign."""

    _inherit = "crm.call.list"

    campaign_id = fields.Many2one(
        domain="[('is_call_campaign', '=', True), ('is_template', '=', False)]"
    )
    is_inbound = fields.Boolean(
        "List of Callers",
        readonly=True,
        copy=False,
        help="Whoever calls the campaign enters this list, which is never served but"
        " for recalls.",
    )

    _inbound_once = models.UniqueIndex(
        "(campaign_id) WHERE is_inbound",
        "The campaign has a list of its callers already.",
    )

    @api.constrains("campaign_id")
    def _check_campaign_is_no_template(self):
        for call_list in self:
            if call_list.campaign_id.is_template:
                raise UserError(
                    self.env._(
                        "%(campaign)s is a template, which has no lists. Start a"
                        " campaign from it first.",
                        campaign=call_list.campaign_id.title,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_hand(self):
        self.env["crm.call.list.line"].flush_model()
        # Locked, so that nobody takes a name in between; whoever was quicker is seen
        # when the request is run again.
        self.env.cr.execute(
            SQL(
                """WITH line AS MATERIALIZED (
                       SELECT list_id, claimed_by_id, claimed_until, claim_is_ahead
                         FROM crm_call_list_line WHERE list_id = ANY(%s) FOR UPDATE)
                   SELECT list_id, count(*) FROM line
                    WHERE claimed_by_id IS NOT NULL AND claim_is_ahead IS NOT TRUE
                      AND claimed_until > (now() AT TIME ZONE 'UTC')
                 GROUP BY list_id LIMIT 1""",
                self.ids,
            ),
            log_exceptions=False,
        )
        held = self.env.cr.fetchone()
        if held:
            raise UserError(
                self.env._(
                    "Operators are working on %(count)s names of %(list)s at this"
                    " moment. Archive the list: nothing new is served from it, calls"
                    " are finished, and it can be deleted then.",
                    count=held[1],
                    list=self.browse(held[0]).name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_callers(self):
        for call_list in self.filtered("is_inbound"):
            if call_list.campaign_id._takes_calls():
                raise UserError(
                    self.env._(
                        "%(list)s keeps who calls %(campaign)s. Make the campaign an"
                        " outbound one before you delete it.",
                        list=call_list.name,
                        campaign=call_list.campaign_id.title,
                    )
                )
