from odoo import fields, models
from odoo.tools import SQL

from ..tools.claim_sql import NOW

#: Kinds of outcomes that end with a name, whatever list it waits in.
ENDING_KINDS = ("N", "T", "C")

# A suspended line has no category, but its state has.
_CATEGORY = SQL(
    """coalesce(line.category, CASE WHEN line.suspended THEN (
           SELECT state.category FROM crm_list_state state
            WHERE state.id = line.list_state_id) END)"""
)
_OPEN = SQL("%s IN ('to_call', 'recall', 'in_progress')", _CATEGORY)
_ENDED = SQL("%s NOT IN ('to_call', 'recall')", _CATEGORY)
_NOT_IN_HAND = SQL(
    "(line.claimed_by_id IS NULL OR line.claim_is_ahead OR line.claimed_until <= %s)",
    NOW,
)
_FORGET_RECALL = SQL("recall_at = NULL, recall_scope = NULL, recall_user_id = NULL")


class CrmLead(models.Model):
    """An outcome drives the name's places in lists, wherever it is registered.

    At the desk, with a planned action, an appointment, a bulk job or a macro. What
    somebody else has in hand is left to its own outcome, and so is the line that the
    desk is just closing, whose id is ``line_closes_itself`` in the context.
    """

    _inherit = "crm.lead"

    def _register_outcome(
        self, outcome, activity_type=None, *, campaign=None, **details
    ):
        interaction = super()._register_outcome(
            outcome, activity_type, campaign=campaign, **details
        )
        self._drive_lines(outcome, campaign, interaction.sudo().date)
        return interaction

    def _register_outcome_batch(
        self, outcome, activity_type=None, *, campaign=None, **details
    ):
        count = super()._register_outcome_batch(
            outcome, activity_type, campaign=campaign, **details
        )
        self._drive_lines(outcome, campaign)
        return count

    def _drive_lines(self, outcome, campaign=None, registered_at=None):
        """Move the lines of these names to the state that an outcome leads to.

        Of a campaign if it is given, else of all that are not closed. There an outcome
        that ends stops the name from being called from wherever it waits; one that
        asks for another call says nothing of lists that it was not about.

        :param crm.outcome outcome: how a contact ended
        :param utm.campaign campaign: in whose frame it was, if any
        :param datetime.datetime registered_at: when; a line that has had this outcome
            since, as when a token comes twice, stays
        """
        ends = outcome.kind in ENDING_KINDS
        # At the desk a rule for trying again is about the line in hand alone.
        retries = campaign and not self.env.context.get("line_closes_itself")
        if not self or not outcome.kind or not (ends or retries):
            return
        lines = self._waiting_lines(campaign)
        if not lines:
            return
        waits_on = outcome._get_list_state().category in ("to_call", "recall")
        if ends and not waits_on:
            lines._end_by_outcome(outcome)
        elif retries:
            lines._retry_by_outcome(outcome, registered_at)

    def _waiting_lines(self, campaign=None):
        """Lock the open lines of these names, but for those in somebody's hands.

        :param utm.campaign campaign: of which campaign; empty for all that go on
        :rtype: crm.call.list.line
        """
        return self._lines_where(
            SQL(
                "%s AND line.id != %s",
                _OPEN,
                self.env.context.get("line_closes_itself") or 0,
            ),
            campaign,
        )

    def _lines_where(self, condition, campaign=None):
        # sudo: the outcome drives the lists, whoever may see or write them
        lines = self.env["crm.call.list.line"].sudo()
        lines.flush_model()
        lines.campaign_id.flush_model(["call_state"])
        of_campaign = (
            SQL("line.campaign_id = %s", campaign.id)
            if campaign
            else SQL(
                """(SELECT campaign.call_state FROM utm_campaign campaign
                     WHERE campaign.id = line.campaign_id)
                   IN ('draft', 'running', 'closing')"""
            )
        )
        # Waits for claims and for jobs that put the queue in order: a line passed over
        # would be called. When it was changed meanwhile, Odoo runs the request again.
        self.env.cr.execute(
            SQL(
                """SELECT line.id FROM crm_call_list_line line
                    WHERE line.lead_id = ANY(%s) AND %s AND %s AND %s
                 ORDER BY line.id FOR UPDATE OF line""",
                self.ids,
                of_campaign,
                condition,
                _NOT_IN_HAND,
            ),
            log_exceptions=False,
        )
        rows = self.env.cr.fetchall()
        return lines.browse([line_id for (line_id,) in rows])


class CrmCallListLine(models.Model):
    """Lines that an outcome moves past the desk, and that its correction re-opens."""

    _inherit = "crm.call.list.line"

    def _end_by_outcome(self, outcome):
        """Close these lines with an outcome; no attempt was made from their lists.

        :param crm.outcome outcome: how a contact with their names ended
        """
        for campaign, lines in self.grouped("campaign_id").items():
            state = campaign._own_list_state(outcome._get_list_state())
            lines._move_by_outcome(
                state,
                SQL(
                    ", last_outcome_id = %s, outcome_streak = 1, last_contact_at = %s",
                    outcome.id,
                    fields.Datetime.now(),
                ),
            )

    def _retry_by_outcome(self, outcome, registered_at=None):
        """Let the rule of an outcome say when these lines are tried again.

        :param crm.outcome outcome: that leads to another call
        :param datetime.datetime registered_at: see ``_drive_lines``
        """
        for line in self:
            is_known = (
                registered_at
                and line.last_outcome_id == outcome
                and line.last_contact_at
                and line.last_contact_at >= registered_at
            )
            if not is_known:
                values = line._values_after(outcome)
                state = self.env["crm.list.state"].browse(values["list_state_id"])
                values["list_state_id"] = line.campaign_id._own_list_state(state).id
                # As in ``_move_by_outcome``.
                del values["claim_token"]
                if line.suspended:
                    values["category"] = False
                line.write(values)

    def _reopen_after_reversal(self):
        """Let these lines be called again: the outcome that closed them is no more."""
        for campaign, lines in self.grouped("campaign_id").items():
            state = self.env["crm.list.state"]._get_by_category("to_call")
            lines._move_by_outcome(campaign._own_list_state(state))

    def _move_by_outcome(self, state, columns=None):
        """Write a state that an outcome registered elsewhere leads to.

        A claim that ran out keeps its token and no time at which it began: whoever
        comes back to it is told that the name has had its outcome meanwhile.

        :param crm.list.state state: where the lines go
        :param SQL columns: further assignments
        """
        self._execute_on(
            self.ids,
            SQL(
                """UPDATE crm_call_list_line
                      SET list_state_id = %s, rest_until = NULL, %s,
                          claimed_at = NULL,
                          claimed_by_id = CASE WHEN claim_is_ahead
                                               THEN claimed_by_id END,
                          category = CASE WHEN suspended THEN NULL ELSE %s END %s
                    WHERE id = ANY(%s)""",
                state.id,
                _FORGET_RECALL,
                state.category,
                columns or SQL(""),
                self.ids,
            ),
        )
        self.campaign_id._announce_change()


class CrmInteraction(models.Model):
    """An outcome that is taken back doesn't keep its names out of the lists."""

    _inherit = "crm.interaction"

    def _reverse(self, reason):
        reversal = super()._reverse(reason)
        if self.outcome_kind:
            # sudo: the lists follow the ledger, whoever corrects it
            self.sudo()._lines_closed()._reopen_after_reversal()
        return reversal

    def _lines_closed(self):
        """Lock the lines that this outcome closed and no later one keeps closed.

        :rtype: crm.call.list.line
        """
        self.ensure_one()
        self.flush_model()
        later = SQL(
            """EXISTS (SELECT 1 FROM crm_interaction later
                        WHERE later.lead_id = line.lead_id AND later.id > %s
                          AND (later.campaign_id = line.campaign_id
                               OR (later.campaign_id IS NULL
                                   AND later.outcome_kind = ANY(%s)))
                          AND later.outcome_kind IS NOT NULL
                          AND later.reversed_id IS NULL
                          AND NOT EXISTS (SELECT 1 FROM crm_interaction reversal
                                           WHERE reversal.reversed_id = later.id))""",
            self.id,
            list(ENDING_KINDS),
        )
        return self.lead_id._lines_where(
            SQL(
                """line.last_outcome_id = %s AND line.last_contact_at >= %s
                   AND %s AND NOT %s""",
                self.outcome_id.id,
                self.date,
                _ENDED,
                later,
            ),
            self.campaign_id,
        )
