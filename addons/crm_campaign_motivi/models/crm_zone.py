from odoo import api, models
from odoo.tools import SQL, ormcache

from .crm_call_window import forget_calling_hours


class CrmZone(models.Model):
    """The tree of zones, kept in memory for the calling hours."""

    _inherit = "crm.zone"

    @api.model_create_multi
    def create(self, vals_list):
        zones = super().create(vals_list)
        forget_calling_hours(self.env)
        return zones

    def write(self, vals):
        result = super().write(vals)
        if "parent_id" in vals:
            forget_calling_hours(self.env)
        return result

    @ormcache("zone_id")
    def _way_up(self, zone_id):
        """Return the ids of a zone and of those in which it lies, nearest first.

        :param int zone_id: zero for none
        :rtype: tuple[int, ...]
        """
        if not zone_id:
            return ()
        # sudo: the tree of zones is no secret
        path = self.sudo().browse(zone_id).exists().parent_path or ""
        return tuple(int(part) for part in reversed(path.split("/")) if part)

    @ormcache("zone_ids")
    def _way_down(self, zone_ids):
        """Return the ids of zones and of those inside them.

        :param tuple zone_ids: ids
        :rtype: tuple[int, ...]
        """
        if not zone_ids:
            return ()
        self.flush_model(["parent_path"])
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT inside.id
                     FROM crm_zone zone
                     JOIN crm_zone inside
                       ON inside.parent_path LIKE zone.parent_path || '%%'
                    WHERE zone.id = ANY(%s)""",
                list(zone_ids),
            )
        )
        return tuple(zone_id for (zone_id,) in rows)
