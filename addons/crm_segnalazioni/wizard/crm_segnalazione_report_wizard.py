from odoo import fields, models


class CrmSegnalazioneReportWizard(models.TransientModel):
    """Asks to which agent a name is reported, and what the agent is to know."""

    _name = "crm.segnalazione.report.wizard"
    _description = "New Segnalazione"

    lead_id = fields.Many2one(
        "crm.lead", "Name", required=True, readonly=True, ondelete="cascade"
    )
    agent_id = fields.Many2one(
        "res.users",
        required=True,
        domain=lambda self: self.env["res.users"]._field_agent_domain(),
        help="The agent who visits the zone of the name is proposed.",
    )
    note = fields.Text(help="What the agent is to know.")

    def action_confirm(self):
        """Make the report.

        :return: the document, or a message for whoever may not open it
        :rtype: dict
        """
        self.ensure_one()
        document = self.lead_id._report_to(self.agent_id, self.note)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                # sudo: its number, for whoever has just made it
                "message": self.env._(
                    "%(document)s is made for %(agent)s.",
                    document=document.sudo().name,
                    agent=self.agent_id.name,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
