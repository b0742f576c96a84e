from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    mobile = fields.Char()
    phone_second = fields.Char("Second Phone")
