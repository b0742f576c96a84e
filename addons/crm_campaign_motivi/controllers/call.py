from odoo import http
from odoo.http import request

from ..models.crm_inbound_call import STATUS
from ..tools.call_url import EVENT, SIGNED

#: What an address says that tells of the end of a call.
_ENDED = "ended"


class CallController(http.Controller):
    """The address that a telephone exchange opens when somebody calls."""

    @http.route(
        "/callcenter/call",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        save_session=False,
        readonly=False,
    )
    def call(self, **values):
        """Open the desk on the caller, or tell the operator's open desk.

        In a browser in which an operator is logged in, the desk opens. The exchange
        itself has no session: it names the operator, whose desk gets the call.

        With ``event=ended`` the call that it announced before is over.

        :param values: company, number, called, at, operator, event, signature; see
            ``tools.call_url``
        :return: the way to the desk, or a line of text for the exchange
        """
        values = {name: values.get(name) for name in (*SIGNED, EVENT, "signature")}
        user = request.env.user
        operator = (
            user if request.session.uid and user._is_internal() else user.browse()
        )
        calls = request.env["crm.inbound.call"]
        is_end = values[EVENT] == _ENDED
        tell = calls._announce_end if is_end else calls._announce
        code, call = tell(values, operator)
        if is_end and code == _ENDED:
            return request.make_response("ok", headers=self._headers())
        if not call:
            # Not raised: the attempt is to be recorded.
            return request.make_response(
                self._text(code), status=STATUS[code], headers=self._headers()
            )
        if operator:
            return request.redirect(f"/odoo/desk?call={call.id}")
        if call.result == "announced":
            # The address opened again rings no more, once the call is on the desk.
            call._tell_desk()
        return request.make_response("ok", headers=self._headers())

    @staticmethod
    def _headers():
        return [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Cache-Control", "no-store"),
        ]

    @staticmethod
    def _text(code):
        """Say why a call is refused: to an exchange, and to whoever looks into it."""
        env = request.env
        return {
            "forged": env._("The signature is wrong."),
            "expired": env._(
                "The address is too old. Check the clock of the exchange."
            ),
            "other": env._("The call is for another operator than the one logged in."),
            "unknown": env._("No operator has this login or extension."),
            "many": env._("Too many calls in this minute."),
        }[code]
