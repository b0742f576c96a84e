from datetime import timedelta

from odoo import fields, models

#: Minutes until the next try after an outcome that wants one and doesn't say when.
DEFAULT_RETRY_MINUTES = 24 * 60


class CrmCallListLine(models.Model):
    """What an outcome makes of a line: always a state, and never a line lost.

    A recall is promised to the customer; a retry is promised to nobody and stands in
    a queue of its own (``recall_scope`` ``automatic``), or rests until then where the
    outcome leads to a state that is to be called.
    """

    _inherit = "crm.call.list.line"

    band_mask = fields.Integer(
        help="Bits of the day bands tried since all of them were tried last."
    )
    outcome_streak = fields.Integer(
        help="How many times in a row the last outcome came."
    )

    def _values_after(self, outcome, recall=None):
        """Return the values of this line once an outcome is registered.

        :param crm.outcome outcome: how the contact ended
        :param tuple recall: moment (naive UTC) and scope promised to the customer
        :rtype: dict
        """
        self.ensure_one()
        is_same = self.last_outcome_id == outcome
        values = {
            "attempts": self.attempts + 1,
            "last_outcome_id": outcome.id,
            "last_contact_at": fields.Datetime.now(),
            "outcome_streak": self.outcome_streak + 1 if is_same else 1,
            "band_mask": self.band_mask | self.campaign_id._band_now()._mask(),
            "recall_at": False,
            "recall_scope": False,
            "recall_user_id": False,
            "rest_until": False,
            "claimed_by_id": False,
            "claimed_at": False,
            "claimed_until": False,
            "claim_token": False,
        }
        if recall:
            state = outcome._get_list_state("recall")
            values.update(self._values_of_recall(*recall))
        else:
            state = outcome._get_list_state()
            if state.category in ("to_call", "recall"):
                state = self._values_of_retry(outcome, state, values)
        return {**values, "list_state_id": state.id, "category": state.category}

    def _values_of_recall(self, moment, scope):
        """Return the values of a recall that was promised to the customer."""
        return {
            "recall_at": moment,
            "recall_scope": scope,
            "recall_user_id": self.env.uid if scope == "private" else False,
        }

    def _values_of_retry(self, outcome, state, values):
        """Put the next try into the values, or tell that the line is exhausted.

        :param crm.list.state state: that the outcome drives
        :param dict values: attempts and bands counted already; changed
        :return: the state of the line
        :rtype: crm.list.state
        """
        if self._is_exhausted(outcome, values):
            return state._get_by_category("exhausted")
        moment, values["band_mask"] = self.campaign_id._next_try(
            self._earliest_try(outcome),
            self.zone_id,
            values["band_mask"],
            outcome.retry_other_band,
        )
        if state.category == "recall":
            values.update(recall_at=moment, recall_scope="automatic")
        else:
            # Back in its place of the order, but not before its next try: it would be
            # served again at once.
            values["rest_until"] = moment
        return state

    def _earliest_try(self, outcome):
        """Return the earliest moment of the next try after an outcome.

        :param crm.outcome outcome: has a rule for trying again, or a state to recall
        :return: naive UTC
        :rtype: datetime.datetime
        """
        return fields.Datetime.now() + timedelta(
            minutes=outcome.retry_minutes or DEFAULT_RETRY_MINUTES
        )

    def _is_exhausted(self, outcome, values):
        most = self.campaign_id.max_attempts
        return bool(
            (most and values["attempts"] >= most)
            or (outcome.retry_max and values["outcome_streak"] > outcome.retry_max)
        )
