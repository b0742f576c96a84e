from odoo import fields, models


class CrmSegnalazioneType(models.Model):
    """What a document is (Tipo Ordine): appointment, quotation, contract …"""

    _name = "crm.segnalazione.type"
    _description = "Document Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="First part of the protocol number, for instance CON."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Char(default="#6c757d")
    icon = fields.Char(help="Icon as in Font Awesome 4: fa-file-text-o …")
    state_ids = fields.Many2many(
        "crm.segnalazione.state",
        "crm_segnalazione_type_state_rel",
        "type_id",
        "state_id",
        "Allowed States",
    )
    default_state_id = fields.Many2one(
        "crm.segnalazione.state",
        "First State",
        required=True,
        ondelete="restrict",
        help="A new document of this type begins here.",
    )
    origin = fields.Selection(
        [
            ("report", "Report to the Agent"),
            ("appointment", "Appointment"),
            ("opportunity", "Opportunity"),
            ("closing", "Closing on the Line"),
        ],
        "Made from",
        help="Documents of this type are made by themselves from it.",
    )
    transition_ids = fields.One2many(
        "crm.segnalazione.transition", "type_id", "Transitions"
    )
    is_quotation = fields.Boolean(
        help="Documents of this type are quotations or orders of Odoo: they have a"
        " validity, may be signed and sent, and count in the figures of the sales team."
    )
    product_ids = fields.Many2many(
        "product.product",
        "crm_segnalazione_type_product_rel",
        "type_id",
        "product_id",
        "Products",
        help="Empty: all that may be sold.",
    )

    _code_once = models.UniqueIndex(
        "(code)", "There is a document type with this code already."
    )
