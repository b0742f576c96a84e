from odoo import api, fields, models


class CrmCampaignSkill(models.Model):
    """An operator of a campaign, and how skilled for it."""

    _name = "crm.campaign.skill"
    _description = "Operator of a Campaign"
    _order = "campaign_id, level desc, user_id, id"
    _rec_name = "user_id"
    _log_access = False

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
        domain="[('may_call_names', '=', True)]",
    )
    level = fields.Integer(
        "Skill",
        required=True,
        default=5,
        help="From 1 (beginner) to 10 (expert). Recalls for the best skill go to the"
        " highest level that is at work.",
    )

    _once = models.Constraint(
        "UNIQUE (campaign_id, user_id)", "This operator is in the campaign already."
    )
    _level_range = models.Constraint(
        "CHECK (level BETWEEN 1 AND 10)", "The skill is a number from 1 to 10."
    )

    @api.constrains("user_id")
    def _check_user_id(self):
        self.user_id.filtered("active")._check_calls_names()

    @api.model_create_multi
    def create(self, vals_list):
        skills = super().create(vals_list)
        self.env["crm.call.list"]._settle_operators()
        return skills
