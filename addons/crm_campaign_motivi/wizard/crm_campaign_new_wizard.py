from odoo import api, fields, models


class CrmCampaignNewWizard(models.TransientModel):
    """A new campaign with the set-up of a template, or of another campaign."""

    _name = "crm.campaign.new.wizard"
    _description = "New Campaign from a Set-Up"

    source_id = fields.Many2one(
        "utm.campaign",
        "Set-Up Of",
        required=True,
        domain="[('is_call_campaign', '=', True)]",
        help="Everything is copied but lists, names, called numbers and figures.",
    )
    note = fields.Char(related="source_id.template_note")
    title = fields.Char(required=True, help="What operators see at the desk.")
    family_id = fields.Many2one(
        "crm.campaign.family",
        compute="_compute_family_id",
        store=True,
        readonly=False,
        help="What several campaigns belong to.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )

    @api.depends("source_id")
    def _compute_family_id(self):
        for wizard in self:
            wizard.family_id = wizard.source_id.family_id

    def action_create(self):
        """Button: copy the set-up, and open the new campaign.

        :rtype: dict
        """
        self.ensure_one()
        campaign = self.source_id.copy(
            {
                "title": self.title,
                "family_id": self.family_id.id,
                "user_id": self.user_id.id,
            }
        )
        return campaign._action_open_form()
