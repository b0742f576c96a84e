from odoo import fields, models


class CrmSegnalazioneMove(models.Model):
    """Trace of a document: each state it came to, when, and who brought it there."""

    _name = "crm.segnalazione.move"
    _description = "Document Movement"
    _order = "id desc"
    _rec_name = "to_state_id"
    _log_access = False

    order_id = fields.Many2one(
        "sale.order", "Document", required=True, index=True, ondelete="cascade"
    )
    type_id = fields.Many2one(
        "crm.segnalazione.type", "Document Type", required=True, ondelete="restrict"
    )
    transition_id = fields.Many2one(
        "crm.segnalazione.transition", "Step", ondelete="set null"
    )
    from_state_id = fields.Many2one(
        "crm.segnalazione.state", "From", ondelete="restrict"
    )
    to_state_id = fields.Many2one(
        "crm.segnalazione.state", "To", required=True, ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", "By", required=True, ondelete="restrict")
    date = fields.Datetime("On", required=True, index=True)
    reason = fields.Char()
    company_id = fields.Many2one(related="order_id.company_id")
    partner_id = fields.Many2one(related="order_id.partner_id")

    def _is_confirming(self):
        """Tell whether the document counts as confirmed since this movement.

        :rtype: bool
        """
        self.ensure_one()
        return self.to_state_id.is_confirmed and not self.from_state_id.is_confirmed
