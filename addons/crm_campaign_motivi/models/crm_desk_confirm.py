from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Nobody is promised a call later than that: it is a slip of the keyboard.
MOST_RECALL_DAYS = 366


class CrmDesk(models.AbstractModel):
    """CONFIRM OUTCOME: everything that was done on the name, in one transaction."""

    _inherit = "crm.desk"

    @api.model
    def confirm(
        self,
        line_id,
        claim_token,
        token,
        outcome_id,
        *,
        note="",
        recall_at=None,
        recall_scope=None,
        slot=None,
        expected_revenue=None,
        date_deadline=None,
        lead_values=None,
        custom_changes=None,
        call_uuid=None,
    ):
        """Register how the contact with the name in hand ended, and give the name back.

        :param str token: made by the browser once per served name; the same one
            twice registers once and answers the same
        :param str note: the conversation note
        :param str recall_at: UTC, for kind R; may be left out where the outcome has
            a rule for trying again
        :param str recall_scope: ``public``, ``private`` or ``skill``; by default the
            outcome's
        :param dict slot: ``agent_id``, ``start``, ``stop`` of the held slot, for T
        :param float expected_revenue: for T and C
        :param str date_deadline: expected closing, for T and C
        :param dict lead_values: main fields that the operator corrected
        :param dict custom_changes: of custom fields, see ``_apply_custom``
        :param str call_uuid: the dial that led to it, if any
        :return: ``interaction_id``, ``outcome``, ``message``, ``event_id``, ``lead_id``
            and ``lead_url``; for a token used before also ``repeated``
        :rtype: dict
        :raise UserError: something is missing; nothing has been saved
        """
        self._check_operator()
        known = self._known_result(token)
        if known:
            return known
        line_id = self._line_after_merge(line_id, claim_token)
        self._wait_for_twin(line_id, claim_token, outcome_id)
        line = self._held_line(line_id, claim_token)
        lead = line.lead_id.sudo(False)
        # First of all: whoever was taken off the list in the middle of the call may
        # still end it.
        self._remember_handled(lead)
        outcome = self._chosen_outcome(line.campaign_id, outcome_id)
        recall = self._checked_recall(outcome, recall_at, recall_scope)
        recall = self._recall_in_hours(line, recall, note)
        if lead_values:
            lead.write(lead_values)
        if custom_changes:
            self._apply_custom(lead, custom_changes)
        self._write_what_was_corrected(line)
        call = self._call_of(call_uuid, line)
        date_deadline = self._read_day(date_deadline)
        event = self.env["calendar.event"]
        if outcome.kind == "T":
            event = self._fix_appointment(
                line, slot, note, expected_revenue, date_deadline
            )
        elif outcome.kind == "C":
            self._record_sale(line, expected_revenue, date_deadline)
        # Other places of the name follow the outcome; this one is closed just below.
        closing = lead.with_context(line_closes_itself=line.id)
        interaction = closing._register_outcome(
            outcome,
            line.campaign_id._get_activity_type(),
            campaign=line.campaign_id,
            note=note,
            token=token,
            call=call,
            event=event,
        )
        self._close_line(line, outcome, recall)
        return self._result(interaction, event)

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    @api.model
    def _known_result(self, token):
        """Return the answer of an outcome registered with this token before.

        :return: as ``confirm``, and ``repeated``: the ``outcome_id`` and ``note`` that
            were saved, which the browser compares with what it has now; or ``None``
        :rtype: dict | None
        """
        if not token:
            raise UserError(self.env._("The desk is out of date. Reload the page."))
        # sudo: the token, made by this user's browser, is the right to its own row
        known = (
            self.env["crm.interaction"]
            .sudo()
            .search([("token", "=", token), ("user_id", "=", self.env.uid)], limit=1)
        )
        if not known:
            return None
        return {
            **self._result(known, self.env["calendar.event"]),
            "repeated": {"outcome_id": known.outcome_id.id, "note": known.note or ""},
        }

    @api.model
    def _wait_for_twin(self, line_id, claim_token, outcome_id):
        """Let a doubled request wait for the first one, which then answers for both.

        The second finds the row changed since its snapshot; PostgreSQL refuses and
        Odoo runs the request again, which finds the registered token.

        An outcome that books no appointment gives up the time that was looked at in
        the call: in the same statement, since it hardly ever has one to give up.
        """
        self.env.cr.execute(
            SQL(
                """WITH dropped AS (
                       DELETE FROM crm_agent_slot
                        WHERE kind = 'hold' AND holder_id = %s
                          AND (SELECT outcome.kind FROM crm_outcome outcome
                                WHERE outcome.id = %s) != 'T')
                   SELECT 1 FROM crm_call_list_line
                    WHERE id = %s AND claim_token = %s FOR UPDATE""",
                self.env.uid,
                int(outcome_id),
                int(line_id),
                str(claim_token or ""),
            ),
            log_exceptions=False,
        )

    @api.model
    def _chosen_outcome(self, campaign, outcome_id):
        outcome = campaign._get_outcomes().filtered(lambda o: o.id == outcome_id)
        if not outcome or not outcome.kind:
            raise UserError(
                self.env._(
                    "This outcome is not allowed in this campaign. Choose another one."
                )
            )
        return outcome

    @api.model
    def _checked_recall(self, outcome, recall_at, recall_scope):
        """Return when to call again and who, or ``None`` when nothing is promised."""
        if outcome.kind != "R":
            return None
        moment = fields.Datetime.to_datetime(recall_at)
        if not moment and outcome.retry_minutes:
            # The name is tried again by itself, by the outcome's rule.
            return None
        if not moment:
            raise UserError(
                self.env._("Enter the date and time at which to call again.")
            )
        if moment <= fields.Datetime.now():
            raise UserError(
                self.env._("The recall lies in the past. Enter a later date and time.")
            )
        if moment > fields.Datetime.add(fields.Datetime.now(), days=MOST_RECALL_DAYS):
            raise UserError(
                self.env._(
                    "A recall lies at most a year ahead. Choose an earlier date, or an"
                    " outcome that ends."
                )
            )
        scope = recall_scope or outcome.recall_scope
        if scope not in ("public", "private", "skill"):
            raise UserError(
                self.env._(
                    "A recall is public, private or for the most skilled. Choose one"
                    " of them."
                )
            )
        return moment, scope

    @api.model
    def _write_what_was_corrected(self, line):
        """Write what else was corrected on the name, before its outcome is registered.

        For other files of the desk: an appointment and a sale then have it already.

        :param crm.call.list.line line: in hand
        """

    @api.model
    def _call_of(self, call_uuid, line):
        # sudo: calls are closed to operators; the domain keeps to this line and user
        calls = self.env["crm.call"].sudo()
        if not call_uuid:
            return calls.browse()
        call = calls.search(
            [
                ("uuid", "=", str(call_uuid)),
                ("line_id", "=", line.id),
                ("user_id", "=", self.env.uid),
            ],
            limit=1,
        )
        if call and not call.ended_at:
            call.ended_at = fields.Datetime.now()
        return call

    @api.model
    def _close_line(self, line, outcome, recall):
        """Move the line to the state that the outcome drives, and end the claim."""
        line.write(line._values_after(outcome, recall))

    @api.model
    def _remember_handled(self, lead):
        """Keep the name visible to its operator: a line in the personal list."""
        list_id = self.env["crm.call.list"]._get_personal_list_id()
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_call_list_line (list_id, lead_id, attempts)
                   VALUES (%s, %s, 0) ON CONFLICT (list_id, lead_id) DO NOTHING""",
                list_id,
                lead.id,
            )
        )

    @api.model
    def _record_sale(self, line, expected_revenue, date_deadline):
        """Turn the name into a won opportunity for the back office."""
        line.lead_id._convert_to_opportunity(
            self.env["res.users"],
            expected_revenue,
            date_deadline,
            utm_values=line.campaign_id._utm_values(line.lead_id),
            won=True,
        )

    @api.model
    def _fix_appointment(self, line, slot, note, expected_revenue, date_deadline):
        """Turn the name into the agent's opportunity, with an event in the calendar.

        :rtype: calendar.event
        """
        lead = line.lead_id
        self._check_no_visit(lead)
        frame = self._agenda_frame(line.campaign_id, lead)
        agent, start, stop = self._secured_slot(frame, slot)
        lead._convert_to_opportunity(
            agent,
            expected_revenue,
            date_deadline,
            utm_values=line.campaign_id._utm_values(lead),
        )
        self.env["crm.agent.slot"]._give_up_hold()
        return lead._create_visit(agent, start, stop, note=note)

    # ------------------------------------------------------------
    # ANSWER
    # ------------------------------------------------------------

    @api.model
    def _result(self, interaction, event):
        outcome = interaction.sudo().outcome_id
        return {
            "interaction_id": interaction.id,
            "outcome": {
                "name": outcome.name,
                "kind": outcome.kind,
                "color": outcome.color,
            },
            "message": self._result_sentence(interaction.sudo(), event),
            "event_id": event.id or None,
            "lead_id": interaction.sudo().lead_id.id,
            "lead_url": f"/odoo/names/{interaction.sudo().lead_id.id}",
        }

    @api.model
    def _result_sentence(self, interaction, event):
        name = interaction.lead_id.name
        if event:
            sentence = self.env._(
                "Appointment of %(name)s with %(agent)s on %(when)s is fixed.",
                name=name,
                agent=event.user_id.name,
                when=self._local(event.start).strftime("%d/%m/%Y %H:%M"),
            )
            return f"{sentence} {self._notice_sentence(event)}".strip()
        return self.env._(
            "%(outcome)s registered for %(name)s.",
            outcome=interaction.outcome_id.name,
            name=name,
        )
