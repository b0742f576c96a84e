from odoo import api, fields, models


class CrmOutcome(models.Model):
    """How a contact with a name can end (Esito, Stato Contatto)."""

    _name = "crm.outcome"
    _description = "Outcome"
    _inherit = ["crm.graph.node.mixin"]
    _leads_here_field = "outcome_id"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("R", "R - Call again"),
            ("N", "N - Negative"),
            ("C", "C - Closed on line"),
            ("T", "T - Appointment"),
        ],
        help="R asks when to call again, N ends, C records a sale, T opens the agents'"
        " agenda. Leave it empty for an outcome of something that is no call.",
    )
    color = fields.Char(
        required=True,
        help="Colour of the quick button, and of the outcome in history and lists.",
    )
    quick_button = fields.Boolean(
        help="Show the outcome on the desk as a coloured button. It stands in the"
        " drop-down list either way."
    )
    shortcut = fields.Char(
        size=1,
        help="Key that selects the outcome on the desk, together with Alt: a letter"
        " or a digit.",
    )

    do_not_call = fields.Boolean(
        "Put on Do-Not-Call",
        help="Registering this outcome puts every number of the name on the do-not-call"
        " list (Odoo's phone blacklist).",
    )
    replaced_by_id = fields.Many2one(
        "crm.outcome",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="Reports count the history of this outcome under the one that replaced"
        " it.",
    )

    _color_hex = models.Constraint(
        "CHECK (color ~ '^#[0-9a-fA-F]{6}$')",
        "A colour is written as # and six hexadecimal digits, for instance #28a745.",
    )
    _shortcut_key = models.Constraint(
        "CHECK (shortcut IS NULL OR shortcut ~ '^[0-9a-z]$')",
        "A shortcut is one small letter or one digit.",
    )
    _shortcut_once = models.UniqueIndex(
        "(shortcut) WHERE active AND shortcut IS NOT NULL",
        "Another outcome has this shortcut already. Choose another key.",
    )

    @api.model
    def _graph_references(self):
        return super()._graph_references() + [
            ("crm.relation", "outcome_id"),
            ("mail.activity.type", "automatic_outcome_id"),
        ]

    @api.model
    def _history_references(self):
        return super()._history_references() + [
            ("crm.interaction", "outcome_id"),
            ("mail.activity", "outcome_id"),
            ("calendar.event", "outcome_id"),
        ]
