from functools import partial

from odoo import api, models
from odoo.exceptions import UserError

from .crm_operator_state import STATES


class CrmDesk(models.AbstractModel):
    """The desk says in which state its operator is."""

    _inherit = "crm.desk"

    # ------------------------------------------------------------
    # PAUSE
    # ------------------------------------------------------------

    @api.model
    def pause(self, reason_id):
        """Go on pause: at once, or after the name in hand.

        No name is kept for somebody who wants a pause.

        :param int reason_id: why
        :return: ``state``, ``since``, ``reason``, ``wanted``
        :rtype: dict
        """
        self._check_operator()
        # sudo: reasons are open to all who work at a desk
        reason = self.env["crm.pause.reason"].sudo().browse(int(reason_id)).exists()
        if not reason.active:
            raise UserError(
                self.env._("This reason is not used any more. Choose another one.")
            )
        states = self.env["crm.operator.state"]
        if self.env["crm.dispatch"]._held_claim():
            now = states._want_pause(self.env.user, reason)
        else:
            now = states._set_state(self.env.user, "pause", reason)
        # Afterwards: no name can be kept any more in between.
        self.env["crm.dispatch"]._drop_ahead()
        return now

    @api.model
    def resume(self):
        """Go back to work, or take back that a pause is wanted.

        :rtype: dict
        """
        self._check_operator()
        states = self.env["crm.operator.state"]
        now = states._want_pause(self.env.user)
        if now["state"] not in ("pause", None):
            return now
        return states._set_state(self.env.user, "ready")

    @api.model
    def alive(self, doing=None, reason_id=None):
        """Say that somebody sits at the desk, whether or not a name is in hand.

        An operator whose desk gave no sign of life for minutes counts as gone. Back
        again, without the page being loaded anew, the desk says what it is doing.

        :param str doing: the state as the desk shows it, see ``crm.operator.state``
        :param int reason_id: of the pause that the desk shows
        :return: ``state``, see ``begin``
        :rtype: dict
        """
        self._check_operator()
        state = self.env["crm.operator.state"]._seen(self.env.user)
        if not state["state"] and str(doing) in dict(STATES):
            state = self._come_back(doing, reason_id)
        return {"state": state}

    @api.model
    def _come_back(self, doing, reason_id):
        """Put an operator who had gone into the state that the desk shows.

        The time since the last sign of life counts for no state.

        :param str doing: see ``alive``
        :param int reason_id: see ``alive``
        :rtype: dict
        """
        # sudo: reasons are open to all who work at a desk
        reasons = self.env["crm.pause.reason"].sudo()
        is_number = isinstance(reason_id, int)
        reason = reasons.browse(reason_id if is_number else ()).exists()
        return self.env["crm.operator.state"]._set_state(
            self.env.user,
            "ready" if doing == "pause" and not reason else doing,
            reason,
        )

    @api.model
    def _pause_reasons(self):
        # sudo: reasons are open to all who work at a desk
        reasons = self.env["crm.pause.reason"].sudo().search([], limit=50)
        return [
            self.env["crm.operator.state"]._describe_reason(reason)
            for reason in reasons
        ]

    # ------------------------------------------------------------
    # WHAT THE DESK DOES
    # ------------------------------------------------------------

    @api.model
    def _state_after_commit(self, state, campaign=None, **details):
        """Change the state when what led to it is saved.

        :param str state: see ``crm.operator.state``
        :param utm.campaign campaign: on which
        """
        states = self.env["crm.operator.state"]
        self.env.cr.postcommit.add(
            partial(
                states._set_state,
                self.env.user,
                state,
                campaign=campaign and campaign.browse(campaign.id),
                **details,
            )
        )

    @api.model
    def next_name(self, campaign_id):
        served = super().next_name(campaign_id)
        self._state_of_served(served)
        return served

    @api.model
    def _state_of_served(self, served):
        """Whoever asks for a name works on its campaign."""
        if not served.get("empty"):
            campaign = self.env["utm.campaign"].browse(served["campaign"]["id"])
            self._state_after_commit("ready", campaign)

    @api.model
    def present(self, campaign_id):
        is_mine = super().present(campaign_id)
        if is_mine:
            self._state_after_commit(
                "ready",
                self.env["utm.campaign"].browse(int(campaign_id)),
                unless=("pause",),
            )
        return is_mine

    @api.model
    def answer(self, campaign_id, number="", called=""):
        payload = super().answer(campaign_id, number, called)
        campaign = self.env["utm.campaign"].browse(payload["campaign"]["id"])
        self._state_after_commit("on_call", campaign)
        return payload

    @api.model
    def log_dial(self, line_id, claim_token, field):
        result = super().log_dial(line_id, claim_token, field)
        self._state_after_commit("on_call")
        return result

    @api.model
    def end_call(self, call_uuid):
        result = super().end_call(call_uuid)
        if result:
            self._state_after_commit("after_call", unless=("pause", "ready"))
        return result

    @api.model
    def confirm(self, line_id, claim_token, token, outcome_id, **details):
        result = super().confirm(line_id, claim_token, token, outcome_id, **details)
        outcome = self.env["crm.outcome"].browse(outcome_id)
        self._state_after_commit("ready", after_name=True, outcome=outcome)
        return result

    @api.model
    def release(self, line_id, claim_token):
        result = super().release(line_id, claim_token)
        self._state_after_commit("ready", after_name=True)
        return result
