import pytz
from psycopg2.errors import ExclusionViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError

from ..tools.cursor import read_committed_cursor

#: Minutes for which a slot is kept for the operator who is looking at it.
HOLD_MINUTES = 5
#: Seconds that a hold must still have when its booking begins: as long as the
#: transaction of the booking may take.
SECURE_SECONDS = 60
#: First key of the advisory locks of agents; the second is the agent's id.
AGENT_LOCK = 0x6167656E
#: No campaign asks for more time between two zones.
MOST_TRAVEL_MINUTES = 240


class CrmAgentSlot(models.Model):
    """Time of a field agent that is given away: what makes double booking impossible.

    ``calendar.event`` can't carry such a constraint: private, all-day and
    repeated events overlap rightly. One row per agent and appointment.
    """

    _name = "crm.agent.slot"
    _description = "Agent Slot"
    _inherit = ["crm.monitored.mixin"]
    _order = "start"
    _log_access = False
    _monitored_fields = ("holder_id",)

    agent_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    start = fields.Datetime(required=True)
    stop = fields.Datetime(required=True)
    kind = fields.Selection(
        [("hold", "On Hold"), ("appointment", "Appointment"), ("block", "Blocked")],
        required=True,
        default="appointment",
    )
    event_id = fields.Many2one(
        "calendar.event", index="btree_not_null", ondelete="cascade"
    )
    holder_id = fields.Many2one("res.users", "Held By", ondelete="cascade")
    expires_at = fields.Datetime()
    zone_id = fields.Many2one(
        "crm.zone",
        ondelete="set null",
        help="Where the agent is at that time: zone of the name that it is for.",
    )
    travel_minutes = fields.Integer(
        "Minutes of Travel",
        help="Kept free between this and what the agent has to do in another zone.",
    )

    _in_order = models.Constraint(
        "CHECK (start < stop)", "A slot ends after it begins."
    )
    _hold_expires = models.Constraint(
        "CHECK ((kind = 'hold') = (expires_at IS NOT NULL))",
        "A held slot says when it expires; a booked one does not.",
    )
    _no_overlap = models.Constraint(
        """EXCLUDE USING gist (int4range(agent_id, agent_id, '[]') WITH =,
                               tsrange(start, stop, '[)') WITH &&)""",
        "The agent already has an appointment at this time. Choose another time.",
    )
    _holder = models.Index("(holder_id) WHERE kind = 'hold'")

    # ------------------------------------------------------------
    # HOLDS, each on its own short cursor, so that others see them at once
    # ------------------------------------------------------------

    @api.model
    def _hold(
        self, agent_id, start, stop, zone=None, travel_minutes=0, *, is_one_more=False
    ):
        """Keep a slot for the current user for a few minutes.

        An earlier hold of the same user is given up: one can look at one slot.
        Whoever holds time of an agent waits for the agent's lock first, so that two
        who are given neighbouring times in two zones see one another.

        :param int agent_id: whose time
        :param datetime.datetime start: naive UTC
        :param datetime.datetime stop: naive UTC
        :param crm.zone zone: where the agent would be, if known
        :param int travel_minutes: from there to another zone
        :param bool is_one_more: it adds an appointment to the agent's week, whose room
            is counted with what others hold: two who take the last one see one another
        :return: id of the slot and when the hold expires (naive UTC), or ``None``
            when somebody else has that time, or needs it for the way
        :rtype: tuple[int, datetime.datetime] | None
        :raise UserError: others hold the last times for which the week has room
        """
        asked = (agent_id, start, stop, zone.id if zone else None, travel_minutes)
        try:
            with read_committed_cursor(self.env.registry) as cr:
                cr.execute(
                    "SELECT pg_advisory_xact_lock(%s, %s)", [AGENT_LOCK, agent_id]
                )
                self._delete_holds(cr, agent_id)
                if self._is_too_near(cr, *asked):
                    return None
                if is_one_more and zone:
                    self._check_room(cr, agent_id, start, zone)
                return self._insert_hold(cr, *asked)
        except ExclusionViolation:
            return None

    @api.model
    def _check_room(self, cr, agent_id, start, zone):
        """Refuse one time more than an agent visits in a week, with what others hold.

        :param odoo.sql_db.Cursor cr: the short one of a hold, with the agent's lock
        :param datetime.datetime start: naive UTC
        :param crm.zone zone: where the agent would be
        :raise UserError: the week is full
        """
        env = self.env(cr=cr)
        agent = env["res.users"].browse(agent_id)
        timezone = pytz.timezone(self.env.user.tz or "Europe/Rome")
        day = pytz.utc.localize(start).astimezone(timezone).date()
        covers = env["crm.zone.agent"]
        if not covers._agents_with_room(agent, zone.with_env(env), day, True):
            raise UserError(
                self.env._(
                    "%(agent)s has no room for another appointment in this week: a"
                    " colleague is just fixing the last one. Choose another week or"
                    " another agent.",
                    agent=agent.sudo().name,
                )
            )

    @api.model
    def _delete_holds(self, cr, agent_id):
        """Delete what the current user holds, and what has run out of an agent's."""
        cr.execute(
            """DELETE FROM crm_agent_slot
                WHERE kind = 'hold'
                  AND (holder_id = %s
                       OR (expires_at < (now() AT TIME ZONE 'UTC')
                           AND agent_id = %s))""",
            [self.env.uid, agent_id],
        )

    @api.model
    def _insert_hold(self, cr, agent_id, start, stop, zone_id, travel_minutes):
        cr.execute(
            """INSERT INTO crm_agent_slot
                      (agent_id, start, stop, kind, holder_id, zone_id,
                       travel_minutes, expires_at)
               VALUES (%s, %s, %s, 'hold', %s, %s, %s,
                       (now() AT TIME ZONE 'UTC') + %s * interval '1 minute')
            RETURNING id, expires_at""",
            [
                agent_id,
                start,
                stop,
                self.env.uid,
                zone_id,
                travel_minutes,
                HOLD_MINUTES,
            ],
            log_exceptions=False,
        )
        return cr.fetchone()

    @api.model
    def _is_too_near(self, cr, agent_id, start, stop, zone_id, travel_minutes):
        """Tell whether another slot of an agent leaves no time for the way.

        Of two slots the longer way counts; within one zone there is none. The range
        lets the index of the exclusion constraint answer.

        :param odoo.sql_db.Cursor cr: the short one of a hold
        :param int zone_id: where the agent would be, or ``None``
        :rtype: bool
        """
        cr.execute(
            """SELECT 1
                 FROM crm_agent_slot slot
            LEFT JOIN calendar_event event ON event.id = slot.event_id
            LEFT JOIN crm_lead lead ON lead.id = event.opportunity_id,
              LATERAL (SELECT CASE
                  WHEN coalesce(lead.zone_id, slot.zone_id) = %(zone)s
                  THEN interval '0'
                  ELSE greatest(%(travel)s, coalesce(slot.travel_minutes, 0))
                       * interval '1 minute' END AS way) AS needed
                WHERE int4range(slot.agent_id, slot.agent_id, '[]')
                      && int4range(%(agent)s, %(agent)s, '[]')
                  AND tsrange(slot.start, slot.stop, '[)')
                      && tsrange(%(start)s - %(most)s * interval '1 minute',
                                 %(stop)s + %(most)s * interval '1 minute', '[)')
                  AND slot.start < %(stop)s::timestamp + needed.way
                  AND slot.stop > %(start)s::timestamp - needed.way
                  AND (slot.kind != 'hold'
                       OR slot.expires_at > (now() AT TIME ZONE 'UTC'))
                LIMIT 1""",
            {
                "agent": agent_id,
                "start": start,
                "stop": stop,
                "zone": zone_id,
                "travel": travel_minutes,
                "most": MOST_TRAVEL_MINUTES,
            },
        )
        return bool(cr.fetchone())

    @api.model
    def _drop_holds(self):
        """Give up whatever the current user holds."""
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(
                "DELETE FROM crm_agent_slot WHERE kind = 'hold' AND holder_id = %s",
                [self.env.uid],
            )

    @api.autovacuum
    def _gc_expired_holds(self):
        self.env.cr.execute(
            """DELETE FROM crm_agent_slot
                WHERE kind = 'hold' AND expires_at < (now() AT TIME ZONE 'UTC')"""
        )

    # ------------------------------------------------------------
    # BOOKING, in the transaction of the appointment
    # ------------------------------------------------------------

    @api.model
    def _secure(
        self, agent, start, stop, zone=None, travel_minutes=0, *, is_one_more=False
    ):
        """Make sure that a time is held for the current user until it is booked.

        A hold that has run out, or was never asked for, is asked for again, where
        everybody sees it at once: a booking gets round nobody's hold and nobody's
        way. First thing of the transaction that books.

        :param res.users agent: whose time
        :param datetime.datetime start: naive UTC
        :param datetime.datetime stop: naive UTC
        :param crm.zone zone: where the agent would be, if known
        :param int travel_minutes: from there to another zone
        :param bool is_one_more: see ``_hold``
        :raise UserError: somebody else has that time, or needs it for the way
        :raise ConcurrencyError: it is held now, but this transaction began before;
            Odoo runs the request again, which finds the hold
        """
        asked = (agent.id, start, stop, zone.id if zone else None, travel_minutes)
        if self._is_held(*asked):
            return
        held = self._hold(
            agent.id, start, stop, zone, travel_minutes, is_one_more=is_one_more
        )
        if not held:
            raise UserError(self._taken_sentence(agent))
        if not self._is_held(*asked):
            raise ConcurrencyError("a time is held since this transaction began")

    @api.model
    def _is_held(self, agent_id, start, stop, zone_id, travel_minutes):
        """Tell whether the current user holds a time for long enough to book it."""
        self.flush_model()
        self.env.cr.execute(
            """SELECT 1 FROM crm_agent_slot
                WHERE kind = 'hold' AND holder_id = %s AND agent_id = %s
                  AND start = %s AND stop = %s AND zone_id IS NOT DISTINCT FROM %s
                  AND travel_minutes >= %s
                  AND expires_at > (clock_timestamp() AT TIME ZONE 'UTC')
                                   + %s * interval '1 second'""",
            [
                self.env.uid,
                agent_id,
                start,
                stop,
                zone_id,
                travel_minutes,
                SECURE_SECONDS,
            ],
        )
        return bool(self.env.cr.fetchone())

    @api.model
    def _give_up_hold(self):
        """Give up whatever the current user holds, within this transaction.

        Until it ends, nobody else can take that time: PostgreSQL lets a rival wait.
        """
        self.flush_model()
        self.env.cr.execute(
            "DELETE FROM crm_agent_slot WHERE kind = 'hold' AND holder_id = %s",
            [self.env.uid],
        )
        self.invalidate_model()

    @api.model
    def _book(self, agent, start, stop, event):
        """Turn time of an agent into an appointment.

        A hold of the current user is given up for it. Who booked is not kept here:
        the ledger says so.

        :param res.users agent: whose time
        :param datetime.datetime start: naive UTC
        :param datetime.datetime stop: naive UTC
        :param calendar.event event: the appointment
        :raise UserError: somebody else has that time
        """
        event.flush_recordset()
        self._give_up_hold()
        try:
            with self.env.cr.savepoint():
                # Those in the way only: others are given up by their own holders
                # meanwhile, and PostgreSQL would refuse to delete them twice.
                self.env.cr.execute(
                    """DELETE FROM crm_agent_slot
                        WHERE kind = 'hold' AND agent_id = %s
                          AND start < %s AND stop > %s
                          AND expires_at < (now() AT TIME ZONE 'UTC')""",
                    [agent.id, stop, start],
                    log_exceptions=False,
                )
                self.env.cr.execute(
                    """INSERT INTO crm_agent_slot
                              (agent_id, start, stop, kind, event_id, zone_id,
                               travel_minutes)
                       VALUES (%s, %s, %s, 'appointment', %s, %s, %s)""",
                    [agent.id, start, stop, event.id, *event._slot_way()],
                    log_exceptions=False,
                )
        except ExclusionViolation as error:
            raise UserError(self._taken_sentence(agent)) from error
        self.invalidate_model()

    @api.model
    def _taken_sentence(self, agent):
        return self.env._(
            "This time of %(agent)s has just been taken. Choose another time.",
            agent=agent.sudo().name,
        )

    def _move(self, start, stop):
        """Move a slot to another time.

        :param datetime.datetime start: naive UTC
        :param datetime.datetime stop: naive UTC
        :raise UserError: somebody else has that time
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    "UPDATE crm_agent_slot SET start = %s, stop = %s WHERE id = %s",
                    [start, stop, self.id],
                    log_exceptions=False,
                )
                self.invalidate_recordset(["start", "stop"])
        except ExclusionViolation as error:
            raise UserError(self._taken_sentence(self.agent_id)) from error
