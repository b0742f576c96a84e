from odoo import fields, models


class CrmListImport(models.Model):
    """The zone of the names of a whole file."""

    _inherit = "crm.list.import"

    zone_id = fields.Many2one(
        "crm.zone",
        "Zone of New Names",
        ondelete="set null",
        help="Of the names that this file brings, where no column says another one."
        " Left empty, it follows from their addresses.",
    )

    def _set_zones(self, leads):
        for lead in leads if self.zone_id else ():
            lead["zone_id"] = lead.get("zone_id") or self.zone_id.id
        return super()._set_zones(leads)
