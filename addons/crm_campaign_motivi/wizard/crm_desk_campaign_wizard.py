from odoo import api, fields, models

from ..models.crm_lead_desk import PURPOSES


class CrmDeskCampaignWizard(models.TransientModel):
    """Asks in which campaign a name is worked on that is opened by hand."""

    _name = "crm.desk.campaign.wizard"
    _description = "Campaign of a Name Opened by Hand"

    lead_id = fields.Many2one(
        "crm.lead", "Name", required=True, readonly=True, ondelete="cascade"
    )
    purpose = fields.Selection(
        selection=lambda self: [(purpose, purpose) for purpose in PURPOSES],
        required=True,
        readonly=True,
    )
    possible_campaign_ids = fields.Many2many(
        "utm.campaign", compute="_compute_possible_campaign_ids"
    )
    campaign_id = fields.Many2one(
        "utm.campaign",
        required=True,
        ondelete="cascade",
        domain="[('id', 'in', possible_campaign_ids)]",
    )

    @api.depends("lead_id")
    @api.depends_context("uid")
    def _compute_possible_campaign_ids(self):
        desk = self.env["crm.desk"]
        for wizard in self:
            wizard.possible_campaign_ids = desk._campaigns_by_hand(wizard.lead_id)

    @api.model
    def _open(self, lead, purpose):
        """Return the window that asks.

        :param crm.lead lead: the name
        :param str purpose: what the desk is opened for
        :rtype: dict
        """
        campaigns = self.env["crm.desk"]._campaigns_by_hand(lead)
        wizard = self.create(
            {"lead_id": lead.id, "purpose": purpose, "campaign_id": campaigns[0].id}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("In which campaign?"),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_open(self):
        """Button: open the desk.

        :rtype: dict
        """
        self.ensure_one()
        return self.lead_id._open_desk(self.purpose, self.campaign_id.id)
