from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import SQL


class CrmZoneAgent(models.Model):
    """An agent who covers a zone, and how many appointments a week are enough.

    The table is that of the relation ``crm.zone.agent_ids``.
    """

    _name = "crm.zone.agent"
    _description = "Agent of a Zone"
    _table = "crm_zone_agent"
    _log_access = False
    _rec_name = "user_id"

    zone_id = fields.Many2one("crm.zone", required=True, index=True, ondelete="cascade")
    user_id = fields.Many2one(
        "res.users",
        "Agent",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False)]",
    )
    weekly_capacity = fields.Integer(
        "Appointments per Week",
        help="As many as this agent can visit in this zone in a week. Zero: no limit.",
    )
    booked_this_week = fields.Integer("This Week", compute="_compute_booked")
    booked_next_week = fields.Integer("Next Week", compute="_compute_booked")

    _once = models.Constraint(
        "UNIQUE (zone_id, user_id)", "This agent covers the zone already."
    )
    _capacity_positive = models.Constraint(
        "CHECK (weekly_capacity IS NULL OR weekly_capacity >= 0)",
        "The appointments per week are zero (no limit) or more.",
    )

    @api.depends("zone_id", "user_id")
    def _compute_booked(self):
        today = fields.Date.context_today(self)
        for field, day in (
            ("booked_this_week", today),
            ("booked_next_week", today + timedelta(days=7)),
        ):
            booked = self._booked(day)
            for cover in self:
                cover[field] = booked.get(cover.id, 0)

    def _booked(self, day, with_holds=False):
        """Count the appointments in the week of a day, in the zones and inside them.

        :param datetime.date day: any day of the week
        :param bool with_holds: count times that operators hold just now as well
        :return: the number by id of these
        :rtype: dict[int, int]
        """
        if not self.ids:
            return {}
        monday = day - timedelta(days=day.weekday())
        timezone = pytz.timezone(self.env.user.tz or "Europe/Rome")
        start, stop = (
            timezone.localize(fields.Datetime.to_datetime(limit))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for limit in (monday, monday + timedelta(days=7))
        )
        self.env.flush_all()
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT cover.id, count(*)
                         FROM crm_zone_agent cover
                         JOIN crm_zone zone ON zone.id = cover.zone_id
                         JOIN crm_agent_slot slot
                           ON slot.agent_id = cover.user_id
                          AND (slot.kind = 'appointment'
                               OR (%s AND slot.kind = 'hold'
                                   AND slot.expires_at > (now() AT TIME ZONE 'UTC')))
                          AND slot.start >= %s AND slot.start < %s
                    LEFT JOIN calendar_event event ON event.id = slot.event_id
                    LEFT JOIN crm_lead lead ON lead.id = event.opportunity_id
                         JOIN crm_zone inside
                           ON inside.id = CASE slot.kind WHEN 'hold' THEN slot.zone_id
                                                         ELSE lead.zone_id END
                          AND inside.parent_path LIKE zone.parent_path || '%%'
                        WHERE cover.id = ANY(%s)
                     GROUP BY cover.id""",
                    with_holds,
                    start,
                    stop,
                    self.ids,
                )
            )
        )

    @api.model
    def _capacities(self, agents, zone, day, with_holds=False):
        """Return how full the week of a day is for agents who cover a zone.

        :param res.users agents: who
        :param crm.zone zone: of the name; the zones that it lies in count as well
        :param datetime.date day: any day of the week
        :param bool with_holds: see ``_booked``
        :return: by agent id, for those with a limit: name of the zone, appointments
            that are booked, and how many are enough; of several zones the fullest
        :rtype: dict[int, tuple[str, int, int]]
        """
        zone_ids = [
            int(number) for number in (zone.parent_path or "").split("/") if number
        ]
        # sudo: an operator sees how full a week is, not with what
        covers = self.sudo().search(
            [
                ("zone_id", "in", zone_ids),
                ("user_id", "in", agents.ids),
                ("weekly_capacity", ">", 0),
            ]
        )
        booked = covers._booked(day, with_holds)
        found = {}
        for cover in covers:
            count, limit = booked.get(cover.id, 0), cover.weekly_capacity
            known = found.get(cover.user_id.id)
            if not known or limit - count < known[2] - known[1]:
                found[cover.user_id.id] = (cover.zone_id.name, count, limit)
        return found

    @api.model
    def _capacity_sentences(self, agents, zone, day):
        """Say how full the week of a day is for agents who cover a zone.

        :param res.users agents: who
        :param crm.zone zone: of the name
        :param datetime.date day: any day of the week
        :return: a sentence by agent id, for those with a limit
        :rtype: dict[int, str]
        """
        full = self.env._("%(zone)s: week full, %(count)s of %(limit)s appointments")
        free = self.env._("%(zone)s: %(count)s of %(limit)s appointments")
        return {
            agent_id: (full if count >= limit else free)
            % {"zone": name, "count": count, "limit": limit}
            for agent_id, (name, count, limit) in self._capacities(
                agents, zone, day
            ).items()
        }

    @api.model
    def _agents_with_room(self, agents, zone, day, with_holds=False):
        """Return the agents whose week has room for one more appointment in a zone.

        :param res.users agents: who
        :param crm.zone zone: of the name
        :param datetime.date day: any day of the week
        :param bool with_holds: see ``_booked``
        :rtype: res.users
        """
        full = {
            agent_id
            for agent_id, (_name, count, limit) in self._capacities(
                agents, zone, day, with_holds
            ).items()
            if count >= limit
        }
        return agents.filtered(lambda agent: agent.id not in full)
