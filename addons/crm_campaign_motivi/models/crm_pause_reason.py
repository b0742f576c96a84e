from odoo import fields, models


class CrmPauseReason(models.Model):
    """Why an operator is on pause, chosen at the desk."""

    _name = "crm.pause.reason"
    _description = "Reason of a Pause"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    max_minutes = fields.Integer(
        "Usual Length",
        help="In minutes, zero for no limit. When it is over, the desk and the page of"
        " the campaign say so; nothing else happens.",
    )

    _length = models.Constraint(
        "CHECK (max_minutes BETWEEN 0 AND 480)",
        "A pause usually lasts 0 (no limit) to 480 minutes.",
    )
