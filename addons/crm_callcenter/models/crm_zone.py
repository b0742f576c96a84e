from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.place import city_key, city_key_sql


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
        "crm_zone_agent",
        "zone_id",
        "user_id",
        string="Agents",
        domain="[('share', '=', False)]",
        help="Field agents who visit the names of this zone and of zones inside it.",
    )
    zone_agent_ids = fields.One2many(
        "crm.zone.agent", "zone_id", "Agents and Their Capacity"
    )

    conflict_count = fields.Integer(
        "Rules That Meet",
        compute="_compute_conflict_count",
        groups="crm_callcenter.group_campaign_manager",
        help="Rules of this zone and of others that lay claim to the same names.",
    )

    def _compute_conflict_count(self):
        conflicts = self.env["crm.zone.conflict"]
        for zone in self:
            zone.conflict_count = conflicts.search_count(zone._conflict_domain())

    def _conflict_domain(self):
        return [
            "|",
            ("winner_zone_id", "in", self.ids),
            ("loser_zone_id", "in", self.ids),
        ]

    def action_open_conflicts(self):
        """Button: which rules of this zone and of others meet, and which wins."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_callcenter.crm_zone_conflict_action"
        )
        return {**action, "domain": self._conflict_domain()}

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
    def _zone_of_query(self, zip_code, state_id, key):
        """Return the scalar sub-select that finds the zone of one name.

        A postcode (CAP) rule wins over a municipality, this over a province, and this
        over a region; of several postcode rules the narrowest wins. One branch for
        each kind, so that each is answered by an index.

        :param SQL zip_code: SQL expression of the postcode
        :param SQL state_id: SQL expression of the province's id
        :param SQL key: SQL expression of the municipality's key, see ``city_key``
        :rtype: SQL
        """
        return SQL(
            """(SELECT found.zone_id FROM (
                    SELECT r.zone_id, r.sequence, r.id, 1 AS rank,
                           r.zip_to::int - r.zip_from::int AS width
                      FROM crm_zone_rule r
                     WHERE r.kind IN ('zip', 'zip_range')
                       AND %(zip)s BETWEEN r.zip_from AND r.zip_to
                       AND length(%(zip)s) = 5
                 UNION ALL
                    SELECT r.zone_id, r.sequence, r.id, 2, 0
                      FROM crm_municipality m
                      JOIN crm_zone_rule r
                        ON r.municipality_id = m.id AND r.kind = 'municipality'
                     WHERE m.key = %(key)s AND m.state_id = %(state)s
                 UNION ALL
                    SELECT r.zone_id, r.sequence, r.id, 3, 0
                      FROM crm_zone_rule r
                     WHERE r.kind = 'province' AND r.state_id = %(state)s
                 UNION ALL
                    SELECT r.zone_id, r.sequence, r.id, 4, 0
                      FROM res_country_state s
                      JOIN crm_zone_rule r
                        ON r.region_id = s.crm_region_id AND r.kind = 'region'
                     WHERE s.id = %(state)s) AS found
                  JOIN crm_zone z ON z.id = found.zone_id AND z.active
              ORDER BY found.rank, found.width, found.sequence, found.id
                 LIMIT 1)""",
            zip=zip_code,
            state=state_id,
            key=key,
        )

    @api.model
    def _rules_ask_for_city(self):
        """Tell whether the zone of a name depends on its municipality at all.

        :rtype: bool
        """
        # sudo: asked for whoever saves an address
        rules = self.env["crm.zone.rule"].sudo()
        return bool(rules.search_count([("kind", "=", "municipality")], limit=1))

    @api.model
    def _zones_for(self, addresses):
        """Find the zones of a few addresses with one query.

        :param list addresses: tuples ``(zip, state_id)`` or ``(zip, state_id, city)``;
            each value may be falsy
        :return: zone id (or ``False``) of each distinct address, which has ``False``
            for whatever is falsy
        :rtype: dict[tuple, int | bool]
        """
        distinct = list({tuple(part or False for part in parts) for parts in addresses})
        if not distinct:
            return {}
        self.env["crm.zone.rule"].flush_model()
        self.flush_model(["active"])
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM unnest(%s::text[], %s::int[], %s::text[])"
                " WITH ORDINALITY AS a(zip, state_id, city_key, at) ORDER BY a.at",
                self._zone_of_query(SQL("a.zip"), SQL("a.state_id"), SQL("a.city_key")),
                [parts[0] or "" for parts in distinct],
                [parts[1] or 0 for parts in distinct],
                [city_key(parts[2]) if len(parts) > 2 else "" for parts in distinct],
            )
        )
        return {
            parts: zone_id or False
            for parts, (zone_id,) in zip(distinct, rows, strict=True)
        }

    @api.model
    def _assign_zones(self, lead_ids=None):
        """Recompute the zone of names, set-based, in this transaction.

        For a few thousand; all names of an archive are the job of ``crm.zone.run``.

        :param list lead_ids: the names to look at; ``None`` means all of them
        :return: how many names changed zone
        :rtype: int
        """
        lead = self.env["crm.lead"]
        lead.flush_model(["zip", "state_id", "city", "zone_id"])
        self.env["crm.zone.rule"].flush_model()
        self.flush_model(["active"])
        only = (
            SQL("WHERE l.id = ANY(%s)", list(lead_ids))
            if lead_ids is not None
            else SQL("")
        )
        self.env.cr.execute(
            SQL(
                """WITH address AS (
                       SELECT DISTINCT l.zip, l.state_id, l.city
                         FROM crm_lead l %(only)s
                   ), found AS (
                       SELECT a.zip, a.state_id, a.city, %(zone)s AS zone_id
                         FROM address a
                   )
                   UPDATE crm_lead l
                      SET zone_id = f.zone_id
                     FROM found f
                    WHERE l.zip IS NOT DISTINCT FROM f.zip
                      AND l.state_id IS NOT DISTINCT FROM f.state_id
                      AND l.city IS NOT DISTINCT FROM f.city
                      AND l.zone_id IS DISTINCT FROM f.zone_id
                      %(and_only)s""",
                only=only,
                zone=self._zone_of_query(
                    SQL("a.zip"), SQL("a.state_id"), city_key_sql(SQL("a.city"))
                ),
                and_only=SQL("AND l.id = ANY(%s)", list(lead_ids))
                if lead_ids is not None
                else SQL(""),
            )
        )
        changed = self.env.cr.rowcount
        lead.invalidate_model(["zone_id"])
        return changed

    def action_assign_zones(self):
        """Button: bring the zone of every name in line with the rules, as a job."""
        self.check_access("write")
        run = self.env["crm.zone.run"]._begin()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Zone Assignment"),
            "res_model": "crm.zone.run",
            "res_id": run.id,
            "view_mode": "form",
        }
