from odoo import fields, models


class CrmSegnalazioneCheckWizard(models.TransientModel):
    """Asks why a document goes back, or what was put right."""

    _name = "crm.segnalazione.check.wizard"
    _description = "Words about a Quality Check"

    check_id = fields.Many2one(
        "crm.segnalazione.check", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("return", "Send back"), ("answer", "Put right")],
        required=True,
        readonly=True,
    )
    reason = fields.Text(related="check_id.reason")
    text = fields.Text(required=True)

    def action_confirm(self):
        """Do it.

        :return: closes the window
        :rtype: dict
        :raise UserError: somebody was quicker
        """
        self.ensure_one()
        if self.kind == "return":
            self.check_id._send_back(self.text)
        else:
            self.check_id._put_right(self.text)
        return {"type": "ir.actions.act_window_close"}
