from odoo import api, fields, models
from odoo.tools import SQL


class CrmZone(models.Model):
    """A sales zone: the part of the country that agents cover together.

    Which names lie in a zone is said by its rules (``crm.zone.rule``). A name
    stores its zone, so that three million names are filtered by an index.
    """

    _name = "crm.zone"
    _description = "Sales Zone"
    _inherit = ["crm.tree.mixin"]
    _parent_store = True
    _order = "complete_name"
    _rec_name = "complete_name"

    parent_id = fields.Many2one(
        "crm.zone", string="Parent Zone", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.zone", "parent_id", string="Zones Inside")
    rule_ids = fields.One2many("crm.zone.rule", "zone_id", string="Rules", copy=True)
    agent_ids = fields.Many2many(
        "res.users",
        "crm_zone_agent_rel",
        "zone_id",
        "user_id",
        string="Agents",
        domain="[('share', '=', False)]",
        help="Field agents who visit the names of this zone and of zones inside it.",
    )

    def _covering_agents(self):
        """Return the agents of these zones and of every zone they lie in.

        :rtype: res.users
        """
        zone_ids = {
            int(zone_id)
            for zone in self
            for zone_id in (zone.parent_path or "").split("/")
            if zone_id
        }
        return self.browse(zone_ids).agent_ids

    # ------------------------------------------------------------
    # WHICH NAME LIES WHERE
    # ------------------------------------------------------------

    @api.model
    def _zone_of_query(self, zip_code, state_id):
        """Return the scalar sub-select that finds the zone of one name.

        A postcode (CAP) rule wins over a province rule; of several postcode
        rules the narrowest range wins, then the lowest sequence.

        :param SQL zip_code: SQL expression of the postcode
        :param SQL state_id: SQL expression of the province's id
        :rtype: SQL
        """
        return SQL(
            """(SELECT r.zone_id
                  FROM crm_zone_rule r
                  JOIN crm_zone z ON z.id = r.zone_id AND z.active
                 WHERE (r.kind = 'zip_range'
                        AND %(zip)s BETWEEN r.zip_from AND r.zip_to)
                    OR (r.kind = 'province' AND r.state_id = %(state)s)
              ORDER BY r.kind = 'province',
                       r.zip_to::int - r.zip_from::int,
                       r.sequence, r.id
                 LIMIT 1)""",
            zip=zip_code,
            state=state_id,
        )

    @api.model
    def _zones_for(self, addresses):
        """Find the zones of a few addresses with one query.

        :param list addresses: pairs ``(zip, state_id)``; each may be falsy
        :return: zone id (or ``False``) of each distinct address
        :rtype: dict[tuple, int | bool]
        """
        distinct = list(
            {(zip_code or "", state_id or 0) for zip_code, state_id in addresses}
        )
        if not distinct:
            return {}
        self.env["crm.zone.rule"].flush_model()
        self.flush_model(["active"])
        rows = self.env.execute_query(
            SQL(
                "SELECT a.zip, a.state_id, %s FROM unnest(%s::text[], %s::int[])"
                " AS a(zip, state_id)",
                self._zone_of_query(SQL("a.zip"), SQL("a.state_id")),
                [zip_code for zip_code, _state in distinct],
                [state_id for _zip, state_id in distinct],
            )
        )
        return {
            (zip_code or False, state_id or False): zone_id or False
            for zip_code, state_id, zone_id in rows
        }

    @api.model
    def _assign_zones(self, lead_ids=None):
        """Recompute the zone of names, set-based.

        :param list lead_ids: the names to look at; ``None`` means all of them
        :return: how many names changed zone
        :rtype: int
        """
        lead = self.env["crm.lead"]
        lead.flush_model(["zip", "state_id", "zone_id"])
        self.env["crm.zone.rule"].flush_model()
        only = (
            SQL("WHERE l.id = ANY(%s)", list(lead_ids))
            if lead_ids is not None
            else SQL("")
        )
        self.env.cr.execute(
            SQL(
                """WITH address AS (
                       SELECT DISTINCT l.zip, l.state_id FROM crm_lead l %(only)s
                   ), found AS (
                       SELECT a.zip, a.state_id, %(zone)s AS zone_id FROM address a
                   )
                   UPDATE crm_lead l
                      SET zone_id = f.zone_id
                     FROM found f
                    WHERE l.zip IS NOT DISTINCT FROM f.zip
                      AND l.state_id IS NOT DISTINCT FROM f.state_id
                      AND l.zone_id IS DISTINCT FROM f.zone_id
                      %(and_only)s""",
                only=only,
                zone=self._zone_of_query(SQL("a.zip"), SQL("a.state_id")),
                and_only=SQL("AND l.id = ANY(%s)", list(lead_ids))
                if lead_ids is not None
                else SQL(""),
            )
        )
        changed = self.env.cr.rowcount
        lead.invalidate_model(["zone_id"])
        return changed

    def action_assign_zones(self):
        """Button: bring the zone of every name in line with the rules."""
        self.check_access("write")
        changed = self._assign_zones()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(count)s names changed zone.", count=changed),
            },
        }
