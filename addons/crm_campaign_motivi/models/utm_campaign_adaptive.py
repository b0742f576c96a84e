import math
from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

#: The zones in which fresh names of some lists wait: one look into the index for each.
ZONES_IN_PLAY = """
    WITH RECURSIVE step AS (
        SELECT list.id AS list_id, (
               SELECT line.zone_id FROM crm_call_list_line line
                WHERE line.list_id = list.id AND line.zone_id IS NOT NULL
                  AND line.suspended IS NOT TRUE AND line.rest_until IS NULL
                  AND line.category = 'to_call' AND line.is_filtered IS NOT TRUE
             ORDER BY line.zone_id LIMIT 1) AS zone_id
          FROM crm_call_list list
         WHERE list.campaign_id = %(campaign)s AND list.active
           AND list.owner_id IS NULL
     UNION ALL
        SELECT step.list_id, (
               SELECT line.zone_id FROM crm_call_list_line line
                WHERE line.list_id = step.list_id AND line.zone_id > step.zone_id
                  AND line.suspended IS NOT TRUE AND line.rest_until IS NULL
                  AND line.category = 'to_call' AND line.is_filtered IS NOT TRUE
             ORDER BY line.zone_id LIMIT 1)
          FROM step WHERE step.zone_id IS NOT NULL
    )
    SELECT DISTINCT zone_id FROM step WHERE zone_id IS NOT NULL ORDER BY zone_id"""

# Names that may still become an appointment: in hand, or promised another call.
_IN_PLAY = """
    SELECT zone_id, sum(count)::int
      FROM (SELECT line.zone_id, count(*) AS count FROM crm_call_list_line line
             WHERE line.campaign_id = %(campaign)s AND line.category = 'recall'
               AND line.recall_scope != 'automatic'
          GROUP BY line.zone_id
             UNION ALL
            SELECT line.zone_id, count(*) FROM crm_call_list_line line
             WHERE line.campaign_id = %(campaign)s
               AND line.claimed_by_id IS NOT NULL
               AND line.category IN ('to_call', 'in_progress')
          GROUP BY line.zone_id) AS found
  GROUP BY zone_id"""


class UtmCampaign(models.Model):
    """Adaptive mode: which zone's names come next."""

    _inherit = "utm.campaign"

    adaptive_days = fields.Integer(
        "Days of the Agenda",
        default=7,
        help="Adaptive mode: free appointment slots of so many coming days count.",
    )
    adaptive_floor = fields.Integer(
        "Least Share",
        default=10,
        help="Adaptive mode: no zone has less than so many per cent of the average"
        " weight, however full its agents' agendas are.",
    )
    campaign_zone_ids = fields.One2many(
        "crm.campaign.zone",
        "campaign_id",
        "Zones",
        copy=False,
        help="Adaptive mode: how often names of each zone come next, and the factor by"
        " which you make it more or less often.",
        groups="crm_callcenter.group_coordinator,crm_callcenter.group_campaign_manager",
    )

    _adaptive_range = models.Constraint(
        "CHECK (coalesce(adaptive_days, 7) BETWEEN 1 AND 60"
        " AND coalesce(adaptive_floor, 10) BETWEEN 1 AND 100)",
        "The agenda of 1 to 60 days counts, and the least share is 1 to 100 per cent.",
    )

    def write(self, vals):
        result = super().write(vals)
        if {"work_mode", "adaptive_days", "adaptive_floor", "agent_ids"} & set(vals):
            for campaign in self.filtered(lambda c: c.work_mode == "adaptive"):
                campaign._refresh_zone_weights()
        return result

    @api.model
    def _refresh_adaptive(self):
        """Compute the weights of all running adaptive campaigns anew."""
        jobs = self.env["crm.queue.job"]
        for campaign in self.search(
            [("work_mode", "=", "adaptive"), ("call_state", "=", "running")]
        ):
            # A cursor of its own: a manager who saves the campaign is no obstacle.
            with (
                jobs._isolated(campaign),
                read_committed_cursor(self.env.registry) as cr,
            ):
                campaign._refresh_zone_weights(cr)

    def _refresh_zone_weights(self, cr=None):
        """Compute how often each zone with fresh names is served from now on.

        :param cr: cursor to do so with, by default that of the environment
        """
        self.ensure_one()
        self.env.flush_all()
        cr = cr or self.env.cr
        cr.execute(SQL(ZONES_IN_PLAY, campaign=self.id))
        zone_ids = [zone_id for (zone_id,) in cr.fetchall()]
        cr.execute(SQL(_IN_PLAY, campaign=self.id))
        in_play = dict(cr.fetchall())
        slots = self._free_slots_by_zone(zone_ids)
        rows = self._weigh_zones(
            [(zone_id, slots[zone_id], in_play.get(zone_id, 0)) for zone_id in zone_ids]
        )
        cr.execute(
            SQL(
                """UPDATE crm_campaign_zone SET weight = 0
                    WHERE campaign_id = %s AND weight != 0
                      AND coalesce(zone_id, 0) != ALL(%s::int[])""",
                self.id,
                zone_ids,
            )
        )
        for row in rows:
            cr.execute(self._zone_weight_sql(*row))
        self.env["crm.campaign.zone"].invalidate_model()

    def _zone_weight_sql(self, zone_id, free_slots, in_play, weight):
        """Return the statement that notes the weight of a zone.

        :param int zone_id: zero for names without
        :param float weight: before the factor that the manager sets
        :rtype: SQL
        """
        return SQL(
            """INSERT INTO crm_campaign_zone AS known
                      (campaign_id, zone_id, factor, free_slots, in_play, weight,
                       refreshed_at)
               SELECT %s, nullif(%s, 0), 1, %s, %s, %s, now() AT TIME ZONE 'UTC'
          ON CONFLICT (campaign_id, coalesce(zone_id, 0)) DO UPDATE
                  SET free_slots = excluded.free_slots, in_play = excluded.in_play,
                      weight = excluded.weight * known.factor,
                      refreshed_at = excluded.refreshed_at""",
            self.id,
            zone_id,
            free_slots,
            in_play,
            weight,
        )

    def _free_slots_by_zone(self, zone_ids):
        """Count the free appointment slots of the coming days in each zone.

        :param list zone_ids: zero for names without a zone, whom nobody visits
        :rtype: dict[int, int]
        """
        start = fields.Datetime.add(
            fields.Datetime.now(), hours=self.slot_notice_hours or 0
        )
        stop = fields.Datetime.add(start, days=self.adaptive_days or 7)
        # sudo: how many hours are free, not what the agents have to do
        free = (
            self.env["crm.agenda"]
            .sudo()
            ._free_slots(
                self.sudo().agent_ids, start, stop, self.appointment_minutes or 60
            )
        )
        weeks = {
            agent_id: Counter(self._monday(start) for start, _stop in slots)
            for agent_id, slots in free.items()
        }
        zones = self.env["crm.zone"].sudo()
        return {
            zone_id: self._room_in_zone(zones.browse(zone_id), weeks) if zone_id else 0
            for zone_id in zone_ids
        }

    def _monday(self, moment):
        day = self._to_local(moment).date()
        return day - timedelta(days=day.weekday())

    def _room_in_zone(self, zone, weeks):
        """Count the appointments that agents have time for, and take, in a zone.

        :param crm.zone zone: of the names
        :param dict weeks: by agent id, how many slots are free in the week of a Monday
        :rtype: int
        """
        agents = zone._covering_agents() & self.agent_ids
        covers = self.env["crm.zone.agent"]
        room = 0
        for monday in {monday for agent in agents for monday in weeks[agent.id]}:
            limits = covers._capacities(agents, zone, monday)
            for agent in agents:
                _zone, booked, limit = limits.get(agent.id, ("", 0, math.inf))
                room += min(weeks[agent.id][monday], max(0, limit - booked))
        return room

    def _weigh_zones(self, zones):
        """Return the weight of zones, before what the manager sets.

        :param list zones: (zone id, free slots, names in play)
        :return: (zone id, free slots, names in play, weight); no weight is zero
        :rtype: list[tuple[int, int, int, float]]
        """
        raw = [free / (1 + play) for _zone, free, play in zones]
        mean = math.fsum(raw) / len(raw) if raw else 0
        least = mean * (self.adaptive_floor or 10) / 100 or 1
        return [
            (*zone, max(weight, least)) for zone, weight in zip(zones, raw, strict=True)
        ]
