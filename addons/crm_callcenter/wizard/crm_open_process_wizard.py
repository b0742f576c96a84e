from odoo import fields, models
from odoo.exceptions import UserError


class CrmOpenProcessWizard(models.TransientModel):
    """Asks which process is opened with a name."""

    _name = "crm.open.process.wizard"
    _description = "Open a Process"

    lead_id = fields.Many2one(
        "crm.lead",
        "Name",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    process_id = fields.Many2one("crm.process", required=True)
    note = fields.Text(help="Why. It stands in the history of the name.")

    def action_confirm(self):
        """Open the process.

        :return: closes the window
        :rtype: dict
        :raise AccessError: the user may not change the name
        :raise UserError: the name is blocked, or the process is open already
        """
        self.ensure_one()
        lead = self.lead_id
        lead.check_access("write")
        if lead.commercial_state_class == "blocked":
            raise UserError(
                self.env._(
                    "%(name)s is blocked (%(state)s): no process is opened with it.",
                    name=lead.name,
                    state=lead.commercial_state_id.name,
                )
            )
        if not lead._open_process_by_hand(self.process_id, note=self.note):
            raise UserError(
                self.env._(
                    "%(process)s is open already with %(name)s.",
                    process=self.process_id.name,
                    name=lead.name,
                )
            )
        return {"type": "ir.actions.act_window_close"}
