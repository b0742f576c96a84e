from odoo import api, fields, models


class CrmSegnalazioneInvoiceSet(models.TransientModel):
    """Give the chosen invoices a state by hand."""

    _name = "crm.segnalazione.invoice.set"
    _description = "Set the State of Invoices"

    move_ids = fields.Many2many(
        "account.move",
        "crm_segnalazione_invoice_set_move_rel",
        "wizard_id",
        "move_id",
        "Invoices",
        default=lambda self: self.env.context.get("active_ids"),
    )
    count = fields.Integer("Invoices Chosen", compute="_compute_count")
    state_id = fields.Many2one("crm.segnalazione.invoice.state")

    @api.depends("move_ids")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.move_ids)

    def action_set(self):
        """Set the state, or let the invoices follow their payments again.

        :return: True closes the dialog
        :rtype: bool
        """
        self.ensure_one()
        return self.move_ids.set_invoice_state(self.state_id.id)
