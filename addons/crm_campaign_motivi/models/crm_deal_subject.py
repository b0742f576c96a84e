from odoo import fields, models


class CrmDealSubject(models.Model):
    """What is negotiated in a campaign above all (Oggetto Trattativa Principale)."""

    _name = "crm.deal.subject"
    _description = "Deal Subject"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_once = models.UniqueIndex(
        "(name) WHERE active", "There is a deal subject of this name already."
    )
