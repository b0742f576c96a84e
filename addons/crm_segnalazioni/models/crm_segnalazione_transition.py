from odoo import fields, models


class CrmSegnalazioneTransition(models.Model):
    """A step that documents of a type may take, who may take it, and what follows."""

    _name = "crm.segnalazione.transition"
    _description = "Document Transition"
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="What the button says: Visited, Sign …"
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    type_id = fields.Many2one(
        "crm.segnalazione.type", required=True, index=True, ondelete="cascade"
    )
    from_state_id = fields.Many2one(
        "crm.segnalazione.state", required=True, index=True, ondelete="cascade"
    )
    to_state_id = fields.Many2one(
        "crm.segnalazione.state", required=True, index=True, ondelete="cascade"
    )
    group_ids = fields.Many2many(
        "res.groups", string="Who May", help="Empty: whoever may change the document."
    )
    is_backward = fields.Boolean(
        "Opens Again",
        help="Leads from a closing state back to an open one. Others may not.",
    )
    is_quick = fields.Boolean(
        "One Tap", help="A large button on the agent's telephone."
    )
