from odoo import api, fields, models


class CrmCampaignFamily(models.Model):
    """What several campaigns belong to (Campagna madre, Tipo motivo)."""

    _name = "crm.campaign.family"
    _description = "Campaign Family"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer(help="Colour of the family in lists and kanban views.")
    campaign_ids = fields.One2many(
        "utm.campaign",
        "family_id",
        "Campaigns",
        domain=[("is_call_campaign", "=", True), ("is_template", "=", False)],
    )
    campaign_count = fields.Integer(
        "Number of Campaigns", compute="_compute_campaign_count"
    )

    _name_once = models.UniqueIndex(
        "(name) WHERE active", "There is a family of this name already."
    )

    @api.depends("campaign_ids")
    def _compute_campaign_count(self):
        for family in self:
            family.campaign_count = len(family.campaign_ids)

    def action_open_campaigns(self):
        """Button: the campaigns of this family.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign_motivi.utm_campaign_action_call"
        )
        action["domain"] = [
            ("is_call_campaign", "=", True),
            ("is_template", "=", False),
            ("family_id", "=", self.id),
        ]
        action["context"] = {
            "default_is_call_campaign": True,
            "default_family_id": self.id,
        }
        return action
