from odoo import fields, models


class CrmSegnalazioneState(models.Model):
    """Where a document stands (Stato Segnalazione/Contratto), defined freely.

    The category is what the machine understands of it; the flags say which
    documents are really confirmed and which are paid commissions for.
    """

    _name = "crm.segnalazione.state"
    _description = "Document State"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Char(default="#6c757d")
    category = fields.Selection(
        [
            ("open", "Open"),
            ("won", "Won"),
            ("lost", "Lost"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="open",
        help="What the system makes of the state. All but Open close a document.",
    )
    type_ids = fields.Many2many(
        "crm.segnalazione.type",
        "crm_segnalazione_type_state_rel",
        "state_id",
        "type_id",
        "Document Types",
    )
    is_confirmed = fields.Boolean(
        "Counts as Confirmed",
        help="Documents in this state count as contracts in all figures.",
    )
    is_commission_due = fields.Boolean(
        "Counts for Commission", help="Commissions are due once it is reached."
    )
    locks_lines = fields.Boolean(
        help="Lines of a document in this state can't be changed."
    )

    _color_hex = models.Constraint(
        "CHECK (color IS NULL OR color ~ '^#[0-9a-fA-F]{6}$')",
        "A colour is written as # and six hexadecimal digits, for instance #28a745.",
    )
