from odoo import fields, models


class CrmReverseOutcomeWizard(models.TransientModel):
    """Asks why an outcome is taken back."""

    _name = "crm.reverse.outcome.wizard"
    _description = "Take an Outcome Back"

    interaction_id = fields.Many2one("crm.interaction", required=True, readonly=True)
    reason = fields.Text(required=True, help="Stands in the history of the name.")

    def action_confirm(self):
        """Take the outcome back.

        :return: closes the window
        :rtype: dict
        :raise UserError: it has been taken back already
        """
        self.ensure_one()
        self.interaction_id.check_access("read")
        self.interaction_id._reverse(self.reason)
        return {"type": "ir.actions.act_window_close"}
