from psycopg2.errors import ExclusionViolation

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.cursor import read_committed_cursor

#: Minutes for which a slot is kept for the operator who is looking at it.
HOLD_MINUTES = 5


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
    def _hold(self, agent_id, start, stop):
        """Keep a slot for the current user for a few minutes.

        An earlier hold of the same user is given up: one can look at one slot.

        :param int agent_id: whose time
        :param datetime.datetime start: naive UTC
        :param datetime.datetime stop: naive UTC
        :return: id of the slot and when the hold expires (naive UTC), or ``None``
            when somebody else has that time
        :rtype: tuple[int, datetime.datetime] | None
        """
        try:
            with read_committed_cursor(self.env.registry) as cr:
                cr.execute(
                    """DELETE FROM crm_agent_slot
                        WHERE kind = 'hold'
                          AND (holder_id = %s
                               OR (expires_at < (now() AT TIME ZONE 'UTC')
                                   AND agent_id = %s))""",
                    [self.env.uid, agent_id],
                )
                cr.execute(
                    """INSERT INTO crm_agent_slot
                              (agent_id, start, stop, kind, holder_id, expires_at)
                       VALUES (%s, %s, %s, 'hold', %s,
                               (now() AT TIME ZONE 'UTC') + %s * interval '1 minute')
                    RETURNING id, expires_at""",
                    [agent_id, start, stop, self.env.uid, HOLD_MINUTES],
                    log_exceptions=False,
                )
                return cr.fetchone()
        except ExclusionViolation:
            return None

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
                self.env.cr.execute(
                    """DELETE FROM crm_agent_slot
                        WHERE kind = 'hold' AND agent_id = %s
                          AND expires_at < (now() AT TIME ZONE 'UTC')""",
                    [agent.id],
                )
                self.env.cr.execute(
                    """INSERT INTO crm_agent_slot
                              (agent_id, start, stop, kind, event_id)
                       VALUES (%s, %s, %s, 'appointment', %s)""",
                    [agent.id, start, stop, event.id],
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
