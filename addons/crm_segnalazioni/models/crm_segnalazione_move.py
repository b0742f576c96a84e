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
    type_id = fields.Many2one("crm.segnalazione.type", required=True)
    transition_id = fields.Many2one("crm.segnalazione.transition", ondelete="set null")
    from_state_id = fields.Many2one("crm.segnalazione.state", ondelete="restrict")
    to_state_id = fields.Many2one(
        "crm.segnalazione.state", required=True, ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", required=True, ondelete="restrict")
    date = fields.Datetime(required=True, index=True)
    reason = fields.Char()
