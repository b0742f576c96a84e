import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_callcenter.models.crm_agent_slot import HOLD_MINUTES
from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

#: In the context of what is only rehearsed; no request from outside can carry it.
_REHEARSAL = object()


class CrmDesk(models.AbstractModel):
    """Training: all checks of a real call, and nothing is kept."""

    _inherit = "crm.desk"

    @api.model
    def rehearse(self, line_id, claim_token, token, outcome_id, **details):
        """Confirm an outcome in training: everything is done, and taken back.

        On a cursor of its own, which is rolled back: whatever waits for the end of the
        transaction, such as messages, goes with it. The name then goes to the end of
        its list.

        :return: as ``confirm`` answers, without the numbers of what isn't there
        :rtype: dict
        :raise UserError: what ``confirm`` would refuse
        """
        line = self._held_line(line_id, claim_token)
        if not line.campaign_id.is_training:
            raise UserError(self.env._("This is no training. Reload the page."))
        outcome = self.env["crm.outcome"].browse(outcome_id)
        with self.env.registry.cursor() as cr:
            try:
                # Archived names are seen by nobody; here it is as alive as any other.
                cr.execute(
                    "UPDATE crm_lead SET active = true WHERE id = %s AND is_invented",
                    [line.lead_id.id],
                )
                desk = self.with_env(self.env(cr=cr)).with_context(
                    desk_rehearsal=_REHEARSAL
                )
                result = desk.confirm(
                    line_id, claim_token, token, outcome_id, **details
                )
                cr.flush()
            finally:
                cr.rollback()
        self.env["crm.agent.slot"]._drop_holds()
        self._put_to_the_end(line_id, claim_token)
        self._state_after_commit("ready", after_name=True, outcome=outcome)
        return {
            **result,
            "interaction_id": None,
            "event_id": None,
            "protocol": None,
            "message": self.env._(
                "Training: %(sentence)s Nothing was saved.", sentence=result["message"]
            ),
        }

    @api.model
    def _put_to_the_end(self, line_id, claim_token):
        """Give a name of a training back, to be served again after all others."""
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(
                SQL(
                    """UPDATE crm_call_list_line line
                          SET claimed_by_id = NULL, claimed_at = NULL,
                              claimed_until = NULL, claim_token = NULL,
                              rank = 1 + (SELECT max(other.rank)
                                            FROM crm_call_list_line other
                                           WHERE other.list_id = line.list_id)
                        WHERE line.id = %s AND line.claim_token = %s""",
                    int(line_id),
                    str(claim_token),
                )
            )
        self.env["crm.call.list.line"].invalidate_model()

    @api.model
    def _is_rehearsal(self):
        return self.env.context.get("desk_rehearsal") is _REHEARSAL

    @api.model
    def _is_training_line(self, line_id):
        # sudo: whether a line belongs to a training, and nothing else
        line = self.env["crm.call.list.line"].sudo().browse(int(line_id)).exists()
        return bool(line.campaign_id.is_training)

    # ------------------------------------------------------------
    # WHAT THE DESK DOES OTHERWISE
    # ------------------------------------------------------------

    @api.model
    def confirm(self, line_id, claim_token, token, outcome_id, **details):
        # Found as it is found in earnest, also where its own place is gone.
        place = self._line_after_merge(line_id, claim_token)
        if self._is_training_line(place) and not self._is_rehearsal():
            raise UserError(
                self.env._("This is training: nothing is saved. Reload the page.")
            )
        return super().confirm(line_id, claim_token, token, outcome_id, **details)

    @api.model
    def log_dial(self, line_id, claim_token, field):
        if not self._is_training_line(line_id):
            return super().log_dial(line_id, claim_token, field)
        line = self._held_line(line_id, claim_token)
        self._state_after_commit("on_call")
        return {"call_uuid": str(uuid.uuid4()), "e164": line.lead_id.phone, "tel": ""}

    @api.model
    def hold_slot(self, line_id, *args, **details):
        desk = self
        if self._is_training_line(line_id):
            desk = self.with_context(desk_rehearsal=_REHEARSAL)
        return super(CrmDesk, desk).hold_slot(line_id, *args, **details)

    @api.model
    def _agenda_frame(self, campaign, lead, event=None):
        """Let all agents of a training visit its names: invented places lie nowhere."""
        frame = super()._agenda_frame(campaign, lead, event)
        if not campaign.is_training:
            return frame
        # sudo: as in the base method
        agents = campaign.sudo().agent_ids.filtered("active")
        return {
            **frame,
            "agents": agents,
            "zone": frame["zone"] or agents.zone_ids[:1],
        }

    @api.model
    def _is_my_hold(self, agent, start, stop):
        # Nothing is held in a training; what was offered is still good.
        return self._is_rehearsal() or super()._is_my_hold(agent, start, stop)

    @api.model
    def answer(self, campaign_id, number="", called=""):
        # sudo: whether it is a training, and nothing else
        if self.env["utm.campaign"].sudo().browse(int(campaign_id)).is_training:
            raise UserError(
                self.env._("Nobody calls a training. Choose another campaign.")
            )
        return super().answer(campaign_id, number, called)

    @api.model
    def _payload_campaign(self, campaign):
        return {
            **super()._payload_campaign(campaign),
            "is_training": campaign.is_training,
        }

    @api.model
    def _payload_phones(self, lead, campaign):
        if not campaign.is_training:
            return super()._payload_phones(lead, campaign)
        return [
            {
                "field": "phone",
                "label": lead._fields["phone"]._description_string(self.env),
                "raw": lead.phone,
                "e164": lead.phone,
                "blocked": False,
                "without_consent": False,
                **self._payload_number(None),
            }
        ]

    @api.model
    def _state_after_commit(self, state, campaign=None, **details):
        if self._is_rehearsal():
            return None
        return super()._state_after_commit(state, campaign, **details)


class CrmAgentSlot(models.Model):
    """Nobody's time is kept for a training."""

    _inherit = "crm.agent.slot"

    @api.model
    def _hold(self, *args, **kwargs):
        if self.env.context.get("desk_rehearsal") is _REHEARSAL:
            return 0, fields.Datetime.now() + timedelta(minutes=HOLD_MINUTES)
        return super()._hold(*args, **kwargs)

    @api.model
    def _secure(self, *args, **kwargs):
        if self.env.context.get("desk_rehearsal") is _REHEARSAL:
            # Booking itself still asks whether the time is free.
            return None
        return super()._secure(*args, **kwargs)
