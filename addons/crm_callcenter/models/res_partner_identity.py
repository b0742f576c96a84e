from odoo import fields, models


class ResPartner(models.Model):
    """Customers keep what was known of the name, and the facts of their sites."""

    _name = "res.partner"
    _inherit = ["res.partner", "crm.identity.mixin", "crm.pod.mixin"]

    zone_id = fields.Many2one(
        "crm.zone", index="btree_not_null", ondelete="set null", readonly=True
    )
