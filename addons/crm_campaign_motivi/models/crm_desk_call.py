from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_inbound_call import ANSWER_MINUTES, RINGING_SECONDS


class CrmDesk(models.AbstractModel):
    """Calls that the telephone exchange puts on the desk."""

    _inherit = "crm.desk"

    @api.model
    def waiting_call(self):
        """Return the call that was announced while the desk was not open.

        :return: ``call_id`` and ``number`` of the last one that may still ring and is
            not on the desk yet; ``False`` when there is none
        :rtype: dict | bool
        """
        self._check_operator()
        oldest = fields.Datetime.now() - timedelta(seconds=RINGING_SECONDS)
        call = self._announced_calls().search(
            [
                ("user_id", "=", self.env.uid),
                ("date", ">=", oldest),
                ("result", "=", "announced"),
            ],
            limit=1,
        )
        return {"call_id": call.id, "number": call.number or ""} if call else False

    @api.model
    def answer_call(self, call_id, campaign_id=None):
        """Take the name of a caller whom the exchange has announced.

        The caller is found by the exact number and by nothing else. The name is in hand
        until its outcome is confirmed or it is closed.

        :param int call_id: as the exchange's notification has it
        :param int campaign_id: in which the operator works, for numbers of no campaign
        :return: see ``answer``
        :rtype: dict
        :raise UserError: the call is not the user's, or too old
        """
        self._check_operator()
        call = self._announced_calls().search(
            [*self._own_calls_domain(), ("id", "=", int(call_id or 0))], limit=1
        )
        if not call:
            raise UserError(
                self.env._(
                    "This call is not yours, or was announced too long ago. Type the"
                    " number of the caller instead."
                )
            )
        if call.result == "answered":
            return self._answered_before(call)
        payload = self.answer(
            self._campaign_to_answer(campaign_id), call.number or "", call.called or ""
        )
        call.write(
            {"result": "answered", "call_uuid": payload["incoming"]["call_uuid"]}
        )
        return payload

    @api.model
    def dismiss_call(self, call_id):
        """Don't take a call that waits: it is not shown again.

        :param int call_id: as the exchange's notification has it
        :return: whether it was waiting for the user
        :rtype: bool
        """
        self._check_operator()
        call = self._announced_calls().search(
            [
                *self._own_calls_domain(),
                ("id", "=", int(call_id or 0)),
                ("result", "=", "announced"),
            ],
            limit=1,
        )
        call.result = "dismissed"
        return bool(call)

    @api.model
    def _answered_before(self, call):
        """Return the name of a call that is on the desk already.

        :param crm.inbound.call call: the user's own
        :rtype: dict
        :raise UserError: the name is in the user's hands no more
        """
        held = self.env["crm.dispatch"]._held_claim()
        # sudo: calls are closed to operators; this one is the user's
        logged = self.env["crm.call"].sudo().search([("uuid", "=", call.call_uuid)])
        if not held or held["id"] != logged.line_id.id:
            raise UserError(
                self.env._(
                    "This call was on your desk already, and has been dealt with."
                )
            )
        return {
            **self._fresh_payload(held),
            "incoming": {
                "call_uuid": logged.uuid,
                "e164": logged.number_e164 if call.number else "",
            },
        }

    @api.model
    def _announced_calls(self):
        # sudo: announced calls are closed; the domain keeps to one's own
        return self.env["crm.inbound.call"].sudo()

    @api.model
    def _own_calls_domain(self):
        oldest = fields.Datetime.now() - timedelta(minutes=ANSWER_MINUTES)
        return [("user_id", "=", self.env.uid), ("date", ">=", oldest)]

    @api.model
    def _campaign_to_answer(self, campaign_id):
        """Return the campaign in which a call is taken whose number is of none.

        :param int campaign_id: as the operator has chosen it, if so
        :return: that one if it takes calls, else the first of the user's that does
        :rtype: int
        """
        mine = self._my_campaigns()
        taking = mine.filtered(lambda campaign: campaign._takes_calls())
        chosen = taking.filtered(lambda campaign: campaign.id == campaign_id)
        return (chosen or taking or mine)[:1].id or int(campaign_id or 0)
