from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_dedup.tools.plain_text import normalise


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

    @api.model
    def _zone_named(self, name):
        """Return the zone that somebody means.

        :param str name: its code, name or full name
        :rtype: int
        :raise UserError: it is none, or one of several
        """
        zone_id = self._zones_by_name().get(normalise(name))
        if not zone_id:
            raise UserError(
                self.env._("%(zone)s is no zone, or one of several.", zone=name)
            )
        return zone_id

    def _set_zones(self, leads):
        for lead in leads if self.zone_id else ():
            lead["zone_id"] = lead.get("zone_id") or self.zone_id.id
        return super()._set_zones(leads)
