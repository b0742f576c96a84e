from odoo import fields, models


class CrmSegnalazioneProtocol(models.Model):
    """Register of protocol numbers: gapless for each company, type and year.

    A document that becomes another type takes a number of that type as well, and
    keeps its earlier ones: no series ever has a hole.
    """

    _name = "crm.segnalazione.protocol"
    _description = "Protocol Number"
    _order = "year desc, number desc, id desc"
    _log_access = False

    name = fields.Char(required=True, index=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="restrict")
    type_id = fields.Many2one(
        "crm.segnalazione.type", required=True, ondelete="restrict"
    )
    year = fields.Integer(required=True)
    number = fields.Integer(required=True)
    order_id = fields.Many2one(
        "sale.order", "Document", required=True, index=True, ondelete="restrict"
    )
    date = fields.Datetime(required=True)

    _number_once = models.UniqueIndex(
        "(company_id, type_id, year, number)",
        "This protocol number is taken already.",
    )
