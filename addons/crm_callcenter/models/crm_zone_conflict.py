from odoo import api, fields, models


class CrmZoneConflict(models.Model):
    """Two rules of different zones that lay claim to the same names.

    Ranges of postcodes meet provinces and municipalities where an address of the last
    assignment of names lies in both.
    """

    _name = "crm.zone.conflict"
    _description = "Zone Rules That Meet"
    _auto = False
    _order = "winner_zone_id, id"
    _rec_name = "sentence"

    winner_id = fields.Many2one("crm.zone.rule", "Rule That Wins", readonly=True)
    loser_id = fields.Many2one("crm.zone.rule", "Rule That Yields", readonly=True)
    winner_zone_id = fields.Many2one("crm.zone", "Zone", readonly=True)
    loser_zone_id = fields.Many2one("crm.zone", "Loses Names To It", readonly=True)
    sentence = fields.Char("Which Wins", compute="_compute_sentence")

    @property
    def _table_query(self):
        return """
            WITH rule AS (
                SELECT r.*, m.key, m.state_id AS municipality_state,
                       coalesce(m.region_id, s.crm_region_id) AS in_region
                  FROM crm_zone_rule r
                  JOIN crm_zone z ON z.id = r.zone_id AND z.active
             LEFT JOIN crm_municipality m
                    ON m.id = r.municipality_id AND r.kind = 'municipality'
             LEFT JOIN res_country_state s
                    ON s.id = r.state_id AND r.kind = 'province'
            ), zip AS (
                SELECT * FROM rule WHERE kind IN ('zip', 'zip_range')
            ), met AS (
                SELECT a.id AS winner_id, b.id AS loser_id
                  FROM zip a JOIN zip b
                    ON a.id != b.id
                   AND a.zip_from >= b.zip_from AND a.zip_to <= b.zip_to
             UNION ALL
                SELECT a.id, b.id FROM rule a JOIN rule b
                    ON a.kind = 'municipality' AND b.kind = 'province'
                   AND b.state_id = a.municipality_state
             UNION ALL
                SELECT a.id, b.id FROM rule a JOIN rule b
                    ON a.kind IN ('municipality', 'province') AND b.kind = 'region'
                   AND b.region_id = a.in_region
             UNION
                SELECT a.id, b.id
                  FROM zip a
                  JOIN crm_zone_run_address address
                    ON address.zip BETWEEN a.zip_from AND a.zip_to
             LEFT JOIN res_country_state state ON state.id = address.state_id
                  JOIN rule b
                    ON (b.kind = 'province' AND b.state_id = address.state_id)
                    OR (b.kind = 'region' AND b.region_id = state.crm_region_id)
                    OR (b.kind = 'municipality' AND b.key = address.city_key
                        AND b.municipality_state = address.state_id)
            )
            SELECT a.id::bigint * 1000000 + b.id AS id,
                   a.id AS winner_id, b.id AS loser_id,
                   a.zone_id AS winner_zone_id, b.zone_id AS loser_zone_id
              FROM met
              JOIN crm_zone_rule a ON a.id = met.winner_id
              JOIN crm_zone_rule b ON b.id = met.loser_id
             WHERE a.zone_id != b.zone_id"""

    @api.depends("winner_id", "loser_id")
    def _compute_sentence(self):
        for conflict in self:
            conflict.sentence = self.env._(
                "%(winner)s wins over %(loser)s: such names are in %(zone)s, not in"
                " %(other)s.",
                winner=conflict.winner_id.display_name,
                loser=conflict.loser_id.display_name,
                zone=conflict.winner_zone_id.complete_name,
                other=conflict.loser_zone_id.complete_name,
            )
