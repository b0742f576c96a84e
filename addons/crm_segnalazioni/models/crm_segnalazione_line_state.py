from odoo import fields, models


class CrmSegnalazioneLineState(models.Model):
    """Where one line of a document stands (Stato Riga), for partial confirmations."""

    _name = "crm.segnalazione.line.state"
    _description = "Document Line State"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Char(default="#6c757d")
    category = fields.Selection(
        [
            ("pending", "Pending"),
            ("confirmed", "Confirmed"),
            ("refused", "Refused"),
        ],
        required=True,
        default="pending",
        help="Only confirmed lines are delivered and invoiced.",
    )
