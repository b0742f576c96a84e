from datetime import timedelta

from odoo import api, fields, models

#: Notification of the bus that takes a call from an operator's open desk.
NOTIFICATION_ENDED = "crm_desk/call_ended"
#: No call lasts longer: an earlier one of the same number is another one.
LONGEST_HOURS = 12


class CrmInboundCall(models.Model):
    """The telephone exchange says that a call is over."""

    _inherit = "crm.inbound.call"

    @api.model
    def _announce_end(self, values, user):
        """Take note that a call that was announced is over.

        :param dict values: texts of the address by name
        :param res.users user: in whose browser it was opened; empty for the exchange
        :return: the code of the answer, and the call if there is one
        :rtype: tuple[str, crm.inbound.call]
        """
        company, values = self._read_address(values)
        if not company:
            return "forged", self.browse()
        refused = self._why_refused(company, values)
        if refused:
            return self._refuse(refused, company, values)
        receiver = self._receiver(values.get("operator"), company, user)
        if isinstance(receiver, str):
            return self._refuse(receiver, company, values)
        # sudo: announced calls are closed; the signature is the right to this one
        call = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("user_id", "=", receiver.id),
                ("number", "=", values.get("number") or False),
                ("result", "in", ("announced", "answered")),
                ("date", ">=", fields.Datetime.now() - timedelta(hours=LONGEST_HOURS)),
            ],
            limit=1,
        )
        call._end()
        return "ended", call

    def _end(self):
        """End these calls, and tell the desks of their operators."""
        for call in self:
            if call.result == "announced":
                call.result = "missed"
            # sudo: calls are closed to operators; the exchange knows when it ended
            logged = self.env["crm.call"].sudo()
            if call.call_uuid:
                logged = logged.search(
                    [("uuid", "=", call.call_uuid), ("ended_at", "=", False)], limit=1
                )
            logged.ended_at = fields.Datetime.now()
            call.user_id._bus_send(
                NOTIFICATION_ENDED,
                {"call_id": call.id, "call_uuid": call.call_uuid or ""},
            )
