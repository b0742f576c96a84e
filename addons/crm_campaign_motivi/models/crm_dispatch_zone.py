from odoo import api, models
from odoo.tools import SQL

from ..tools.claim_sql import NOTHING
from .utm_campaign_adaptive import ZONES_IN_PLAY

#: Zones looked into at first; their names are nearly always enough.
FIRST_ZONES = 3

# A draw in which each zone's chance to come next is its weight (Efraimidis, Spirakis:
# "Weighted random sampling with a reservoir", 2006).
_DRAW = """
    SELECT coalesce(zone_id, 0) FROM crm_campaign_zone
     WHERE campaign_id = %(campaign)s AND weight > 0
  ORDER BY -ln(1 - random()) / weight"""


class CrmDispatch(models.AbstractModel):
    """Fresh names by zone: drawn by weight, or where the calling hours differ."""

    _inherit = "crm.dispatch"

    @api.model
    def _claim_plan(self, campaign):
        return {
            **super()._claim_plan(campaign),
            "is_adaptive": campaign.work_mode == "adaptive",
        }

    @api.model
    def _claim_tries(self, plan):
        tries = super()._claim_tries(plan)
        if plan["is_filter_pending"] or not plan["is_adaptive"]:
            return tries
        # A zone that came into play since the weights were computed is found last.
        return [
            ({"zone_count": FIRST_ZONES, "is_partial": True}, NOTHING, 2),
            ({"zone_count": None, "is_partial": True}, NOTHING, 2),
            *[({**changes, "is_adaptive": False}, *rest) for changes, *rest in tries],
        ]

    @api.model
    def _claim_waiting(self, cr, plan, depth, lock):
        plan = {**plan, "zones": self._zones_to_look_into(cr, plan)}
        return super()._claim_waiting(cr, plan, depth, lock)

    @api.model
    def _zones_to_look_into(self, cr, plan):
        """Return the zones whose names come next, in their order.

        :param dict plan: see ``_claim_plan``
        :return: ids, zero for names without a zone; ``None``: whatever the zone
        :rtype: list[int] | None
        """
        if plan["is_filter_pending"]:
            return None
        if plan["is_adaptive"]:
            cr.execute(SQL(_DRAW, campaign=plan["campaign"]))
        elif plan["exceptions"]:
            # Names of closed zones would lie in the way of all others.
            cr.execute(SQL(ZONES_IN_PLAY, campaign=plan["campaign"]))
        else:
            return None
        is_open, exceptions = plan["is_open"], plan["exceptions"]
        zones = [
            zone_id
            for (zone_id,) in cr.fetchall()
            if (zone_id in exceptions) != is_open
        ]
        return zones[: plan.get("zone_count")] if plan["is_adaptive"] else zones
