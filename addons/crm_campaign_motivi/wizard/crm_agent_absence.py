import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.service.model import retrying

#: Seconds that one request works before it says how far it has come.
STEP_SECONDS = 2
#: No absence touches more appointments at once.
MOST_LINES = 500


class CrmAgentAbsence(models.TransientModel):
    """An agent who is ill: all appointments go to colleagues of the zone at once.

    Proposes a colleague at the same time, else the nearest free time, else nobody;
    whoever uses it may change each line. The time off is recorded first, so that
    nothing new is fixed there. Each appointment is moved in a transaction of its own:
    one that can't be moved stops no other.
    """

    _name = "crm.agent.absence"
    _description = "Absence of an Agent"

    agent_id = fields.Many2one(
        "res.users",
        required=True,
        domain=lambda self: self.env["res.users"]._field_agent_domain(),
        ondelete="cascade",
    )
    date_from = fields.Datetime(
        "Absent From", required=True, default=lambda self: fields.Datetime.now()
    )
    date_to = fields.Datetime("Until", required=True)
    reason = fields.Char(
        required=True,
        help="Stands in the history of each name; the customer doesn't read it.",
    )
    within_days = fields.Integer(
        "Days to Look Ahead",
        default=14,
        required=True,
        help="How long after its time an appointment may be moved.",
    )
    state = fields.Selection(
        [
            ("draft", "Absence"),
            ("proposed", "Proposal"),
            ("working", "Being Moved"),
            ("done", "Done"),
        ],
        default="draft",
        required=True,
        readonly=True,
    )
    line_ids = fields.One2many("crm.agent.absence.line", "absence_id", "Appointments")
    hidden_count = fields.Integer(readonly=True)
    sentence = fields.Char(compute="_compute_sentence")

    _in_order = models.Constraint(
        "CHECK (date_from < date_to)", "An absence ends after it begins."
    )
    _days_ahead = models.Constraint(
        "CHECK (within_days BETWEEN 0 AND 90)",
        "Look 0 to 90 days ahead.",
    )

    @api.depends("state", "line_ids.state")
    def _compute_sentence(self):
        for absence in self:
            lines = absence.line_ids
            done = lines.filtered(lambda line: line.state == "done")
            failed = lines.filtered(lambda line: line.state == "failed")
            absence.sentence = self.env._(
                "%(total)s appointments, %(done)s done, %(failed)s refused.",
                total=len(lines),
                done=len(done),
                failed=len(failed),
            )

    # ------------------------------------------------------------
    # BUTTONS
    # ------------------------------------------------------------

    def action_propose(self):
        """Button: look for somebody else for each appointment.

        :raise UserError: there are too many of them
        """
        self.ensure_one()
        self._check_may_move()
        events = self._events()
        self.line_ids.unlink()
        taken, values = [], []
        for event in events:
            agent, start = self._proposal(event, taken)
            if agent:
                taken.append((agent, start, start + (event.stop - event.start)))
            values.append(
                {
                    "absence_id": self.id,
                    "event_id": event.id,
                    "choice": "move" if agent else "leave",
                    "new_agent_id": agent.id,
                    "new_start": start,
                }
            )
        self.env["crm.agent.absence.line"].create(values)
        self.state = "proposed"
        return self._reopen()

    def action_apply(self):
        """Button: record the time off and move the appointments.

        :return: the action that moves them step by step and says how far it is
        :rtype: dict
        """
        self.ensure_one()
        self._check_may_move()
        if self.state != "proposed":
            raise UserError(self.env._("Look for colleagues first."))
        self._record_time_off()
        self.state = "working"
        return {
            "type": "ir.actions.client",
            "tag": "crm_campaign_motivi.agent_absence",
            "params": {"absence_id": self.id},
        }

    def action_again(self):
        """Button: look again for those that could not be moved."""
        self.ensure_one()
        self.state = "draft"
        return self.action_propose()

    def work(self):
        """Move appointments for some seconds.

        :return: ``done`` and ``total`` appointments, ``finished``, and then the
            ``action`` that shows the result
        :rtype: dict
        """
        self.ensure_one()
        self._check_may_move()
        end = time.monotonic() + STEP_SECONDS
        waiting = self.line_ids.filtered(lambda line: line.state == "waiting")
        count = 0
        for line in waiting:
            line._apply_alone()
            count += 1
            if time.monotonic() > end:
                break
        # That of an appointment that could not be moved.
        self.env["crm.agent.slot"]._drop_holds()
        total = len(self.line_ids)
        left = len(waiting) - count
        if not left:
            self.state = "done"
        return {
            "done": total - left,
            "total": total,
            "finished": not left,
            "action": False if left else self._reopen(),
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Agent Absent"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # ------------------------------------------------------------
    # WHO AND WHAT
    # ------------------------------------------------------------

    def _check_may_move(self):
        """Refuse whoever leads nobody, and an absence of somebody who is no agent.

        :raise AccessError: the sentence says whom to ask
        """
        user = self.env.user
        if not any(
            user.has_group(f"crm_callcenter.group_{group}")
            for group in ("coordinator", "back_office", "campaign_manager")
        ):
            raise AccessError(
                self.env._(
                    "Coordinators and the back office give appointments to colleagues."
                )
            )
        # sudo: whether that user is an agent of the user's companies; an absence is
        # kept as time off, which nobody else's is to be recorded by this window
        users = self.env["res.users"].sudo()
        if not users.search_count(
            [
                *users._field_agent_domain(),
                ("id", "in", self.agent_id.ids),
                ("company_ids", "in", self.env.companies.ids),
            ]
        ):
            raise AccessError(
                self.env._("Choose a field agent of one of your companies.")
            )

    def _events(self):
        """Return the agent's appointments to come in that time.

        Those that the user may see; how many others there are is told.

        :rtype: calendar.event
        """
        domain = [
            ("is_sales_appointment", "=", True),
            ("opportunity_id", "!=", False),
            ("outcome_id", "=", False),
            ("user_id", "=", self.agent_id.id),
            ("start", "<", self.date_to),
            ("stop", ">", self.date_from),
            ("start", ">", fields.Datetime.now()),
        ]
        events = self.env["calendar.event"]
        found = events.search(domain, order="start, id", limit=MOST_LINES + 1)
        if len(found) > MOST_LINES:
            raise UserError(
                self.env._(
                    "More than %(most)s appointments: choose a shorter time.",
                    most=MOST_LINES,
                )
            )
        # sudo: only how many of them belong to others
        self.hidden_count = events.sudo().search_count(domain) - len(found)
        return found

    def _frame(self, event):
        """Return within what an appointment may be moved: colleagues of the zone.

        :param calendar.event event: the appointment
        :rtype: dict
        """
        frame = self.env["crm.desk"]._event_frame(event.id)
        frame["agents"] -= self.agent_id.sudo()
        return frame

    def _proposal(self, event, taken):
        """Return who could visit instead, and when.

        :param calendar.event event: the appointment
        :param list taken: (agent, start, stop) of what is proposed already
        :return: an empty agent when nobody can
        :rtype: tuple
        """
        frame = self._frame(event)
        desk = self.env["crm.desk"]
        day = desk._local(event.start).date()
        room = desk._agents_with_room(frame, frame["agents"], day)
        for agent in room:
            if not self._is_promised(agent, event.start, event.stop, taken) and (
                self._is_free(frame, agent, event.start, event.stop)
            ):
                return agent, event.start
        return self._nearest(frame, event, taken)

    def _nearest(self, frame, event, taken):
        """Return the free time nearest to that of an appointment, and whose it is.

        A colleague's, or the agent's own outside of the absence.
        """
        desk = self.env["crm.desk"]
        agents = frame["agents"] | self.agent_id.sudo()
        latest = event.start + timedelta(days=self.within_days)
        free = desk._free_slots_of(frame, agents, frame["earliest"], latest)
        slots = sorted(
            (abs(start - event.start), agent_id, start, stop)
            for agent_id, pairs in free.items()
            for start, stop in pairs
        )
        for _far, agent_id, start, stop in slots:
            agent = agents.filtered(lambda one, agent_id=agent_id: one.id == agent_id)
            absent = start < self.date_to and stop > self.date_from
            if agent == self.agent_id and absent:
                continue
            if self._is_promised(agent, start, stop, taken):
                continue
            if desk._agents_with_room(frame, agent, desk._local(start).date()):
                return agent, start
        return self.env["res.users"], False

    @api.model
    def _is_promised(self, agent, start, stop, taken):
        return any(
            agent == other and start < other_stop and stop > other_start
            for other, other_start, other_stop in taken
        )

    @api.model
    def _is_free(self, frame, agent, start, stop):
        return self.env["crm.agenda"]._is_free(
            agent, start, stop, frame["zone"], frame["travel"]
        )

    def _record_time_off(self):
        """Keep the absence as time off of the agent, so that nothing is fixed there."""
        # sudo: a coordinator has no rights on resources; this one's time off is what
        # the wizard is for
        agent = self.agent_id.sudo()
        resource = agent.resource_ids[:1] or self.env[
            "resource.resource"
        ].sudo().create(
            {
                "name": agent.name,
                "user_id": agent.id,
                "calendar_id": agent.company_id.resource_calendar_id.id,
                "tz": agent.tz or "Europe/Rome",
                "company_id": agent.company_id.id,
            }
        )
        values = {
            "resource_id": resource.id,
            "calendar_id": resource.calendar_id.id,
            "date_from": self.date_from,
            "date_to": self.date_to,
        }
        leaves = self.env["resource.calendar.leaves"].sudo()
        known = leaves.search(
            [(name, "=", value) for name, value in values.items()], limit=1
        )
        if not known:
            leaves.create(
                {
                    **values,
                    # Why somebody is away is no business of the calendar.
                    "name": self.env._("Absent"),
                    "company_id": agent.company_id.id,
                }
            )


class CrmAgentAbsenceLine(models.TransientModel):
    """One appointment of an absent agent, and what becomes of it."""

    _name = "crm.agent.absence.line"
    _description = "Appointment of an Absent Agent"
    _order = "start, id"

    absence_id = fields.Many2one(
        "crm.agent.absence", required=True, ondelete="cascade", index=True
    )
    event_id = fields.Many2one(
        "calendar.event",
        "Appointment",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    start = fields.Datetime(related="event_id.start", store=True)
    lead_id = fields.Many2one(related="event_id.opportunity_id", string="Name")
    zone_id = fields.Many2one(related="event_id.opportunity_id.zone_id")
    choice = fields.Selection(
        [("move", "Move"), ("cancel", "Cancel"), ("leave", "Leave")],
        required=True,
        default="leave",
        string="What to Do",
    )
    new_agent_id = fields.Many2one(
        "res.users",
        "Who Visits",
        domain=lambda self: self.env["res.users"]._field_agent_domain(),
        ondelete="cascade",
    )
    new_start = fields.Datetime("When")
    state = fields.Selection(
        [("waiting", "Waiting"), ("done", "Done"), ("failed", "Refused")],
        default="waiting",
        required=True,
        readonly=True,
    )
    result = fields.Char(readonly=True)

    def _apply_alone(self):
        """Move or cancel this appointment in a transaction of its own."""
        self.ensure_one()
        try:
            self._hold_time()
            self._in_own_transaction(lambda line: line._apply())
        except (UserError, ConcurrencyError) as error:
            sentence = (
                str(error)
                if isinstance(error, UserError)
                else self.env._("Others change it at this moment. Try again.")
            )
            self._in_own_transaction(
                lambda line: line.write({"state": "failed", "result": sentence})
            )

    def _hold_time(self):
        """Hold the new time before the transaction that books it begins.

        That one then finds the hold; it says why where there is none.
        """
        agent, start, event = self.new_agent_id, self.new_start, self.event_id
        if self.choice == "move" and agent and start:
            frame = self.absence_id._frame(event)
            self.env["crm.agent.slot"]._hold(
                agent.id,
                start,
                start + (event.stop - event.start),
                frame["zone"],
                frame["travel"],
            )

    def _in_own_transaction(self, function):
        with self.env.registry.cursor() as cr:
            line = self.with_env(self.env(cr=cr))
            retrying(lambda: function(line), line.env)

    def _apply(self):
        """Do what was chosen.

        :raise UserError: it can't be done; the sentence says why
        """
        event = self.event_id
        event._check_may_handle()
        reason = self.absence_id.reason
        if self.choice == "cancel":
            event._cancel_appointment(reason)
            result = self.env._("Cancelled.")
        elif self.choice == "move":
            result = self._move(event, reason)
        else:
            result = self.env._("Left as it is.")
        self.write({"state": "done", "result": result})

    def _move(self, event, reason):
        agent, start = self.new_agent_id, self.new_start
        if not agent or not start:
            raise UserError(self.env._("Choose who visits, and when."))
        stop = start + (event.stop - event.start)
        absence = self.absence_id
        frame = absence._frame(event)
        self._check_move(frame, agent, start, stop)
        slots = self.env["crm.agent.slot"]
        slots._secure(agent, start, stop, frame["zone"], frame["travel"])
        slots._give_up_hold()
        event._move_appointment(start, stop, agent, reason)
        return self.env._(
            "Moved to %(agent)s, %(when)s.",
            agent=agent.name,
            when=self.env["crm.desk"]._local(start).strftime("%d/%m/%Y %H:%M"),
        )

    def _check_move(self, frame, agent, start, stop):
        absence = self.absence_id
        if start < fields.Datetime.now():
            raise UserError(self.env._("This time lies in the past."))
        if agent == absence.agent_id:
            if start < absence.date_to and stop > absence.date_from:
                raise UserError(self.env._("The agent is absent at that time."))
        elif agent not in frame["agents"]:
            raise UserError(
                self.env._(
                    "%(agent)s doesn't visit this name's zone for its campaign.",
                    agent=agent.name,
                )
            )
        day = self.env["crm.desk"]._local(start).date()
        if not self.env["crm.desk"]._agents_with_room(frame, agent, day):
            raise UserError(
                self.env._(
                    "%(agent)s has no room for another appointment in this week.",
                    agent=agent.name,
                )
            )
        if not absence._is_free(frame, agent, start, stop):
            raise UserError(self.env["crm.agent.slot"]._taken_sentence(agent))
