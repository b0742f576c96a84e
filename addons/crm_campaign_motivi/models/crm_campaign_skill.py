from odoo import fields, models


class CrmCampaignSkill(models.Model):
    """How well an operator does on a campaign."""

    _name = "crm.campaign.skill"
    _description = "Skill on a Campaign"
    _order = "campaign_id, level desc, id"
    _rec_name = "user_id"

    campaign_id = fields.Many2one(
        "utm.campaign",
        required=True,
        ondelete="cascade",
        domain="[('is_call_campaign', '=', True)]",
    )
    user_id = fields.Many2one(
        "res.users",
        "Operator",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False)]",
    )
    level = fields.Integer(
        default=5,
        required=True,
        help="1 to 10, ten is best. Whoever has no level comes after all others.",
    )

    _once = models.Constraint(
        "UNIQUE (campaign_id, user_id)",
        "This operator has a level on this campaign already. Change it instead.",
    )
    _level_range = models.Constraint(
        "CHECK (level BETWEEN 1 AND 10)", "A level of skill is a number from 1 to 10."
    )
