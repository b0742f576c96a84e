from odoo import fields, models


class CrmCall(models.Model):
    _inherit = "crm.call"

    line_id = fields.Many2one(
        "crm.call.list.line",
        "List Line",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
