from odoo import api, fields, models


class CrmCampaignZone(models.Model):
    """How often the names of a zone are served in adaptive mode, and why.

    A zone's share of the calls is proportional to its weight: free appointment slots
    of its agents in the coming days, for each name already in play there, times what
    the manager sets. Kept by the upkeep of the queues once a minute.
    """

    _name = "crm.campaign.zone"
    _description = "Weight of a Zone in a Campaign"
    _log_access = False
    _order = "weight desc, id"
    _rec_name = "zone_id"

    campaign_id = fields.Many2one(
        "utm.campaign", required=True, readonly=True, ondelete="cascade"
    )
    zone_id = fields.Many2one(
        "crm.zone", readonly=True, ondelete="cascade", help="Empty: names without zone."
    )
    factor = fields.Float(
        default=1.0,
        required=True,
        help="Multiplies the weight: two serves the zone twice as often.",
    )
    free_slots = fields.Integer(
        readonly=True, help="Free appointment slots of its agents in the coming days."
    )
    in_play = fields.Integer(
        "Names in Play",
        readonly=True,
        help="Names of the zone in somebody's hands or promised another call.",
    )
    weight = fields.Float(readonly=True, digits=(12, 3))
    share = fields.Float("Share of Calls", compute="_compute_share")
    refreshed_at = fields.Datetime("As Of", readonly=True)

    _once = models.UniqueIndex(
        "(campaign_id, coalesce(zone_id, 0))", "This zone has a weight already."
    )
    _factor_range = models.Constraint(
        "CHECK (factor > 0 AND factor <= 100)",
        "The factor is greater than zero and at most 100.",
    )

    @api.depends("weight")
    def _compute_share(self):
        total = {
            campaign: weight
            for campaign, weight in self._read_group(
                [("campaign_id", "in", self.campaign_id.ids)],
                ["campaign_id"],
                ["weight:sum"],
            )
        }
        for zone in self:
            whole = total.get(zone.campaign_id)
            zone.share = zone.weight / whole if whole else 0

    def write(self, vals):
        result = super().write(vals)
        if "factor" in vals:
            for campaign in self.campaign_id:
                campaign._refresh_zone_weights()
        return result
