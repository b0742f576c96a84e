from werkzeug.exceptions import BadRequest

from odoo import SUPERUSER_ID, fields, http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import verify_hash_signed

from ..models.crm_appointment_notice import LINK_SCOPE

#: What a customer may answer; the longest note that is kept.
ANSWERS = ("confirmed", "move_asked", "refused")
MOST_CHARACTERS = 500


class AppointmentController(http.Controller):
    """The page on which a customer answers: confirm, ask to move, refuse.

    Opening it changes nothing: mail programs open links by themselves.
    """

    @http.route(
        "/appointment/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        readonly=True,
    )
    def show(self, token, **_params):
        event = self._event_of(token)
        return self._page(event, token, answer=None)

    @http.route(
        "/appointment/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def answer(self, token, answer=None, note=None, **_params):
        event = self._event_of(token)
        if answer not in ANSWERS:
            raise BadRequest()
        problem = None
        if event:
            note = " ".join((note or "").split())[:MOST_CHARACTERS]
            try:
                event._answer_by_link(answer, note)
            except UserError as error:
                problem = str(error)
        return self._page(event, token, answer=answer, problem=problem)

    def _event_of(self, token):
        """Return the appointment that a link names, empty when it is worth nothing.

        Forged, too old, or of a time that the appointment no longer has.

        :param str token: as ``crm.appointment.notice`` signed it
        :rtype: calendar.event
        """
        # As the system: the signature is the right to this one appointment.
        env = request.env(user=SUPERUSER_ID, su=True)
        events = env["calendar.event"].with_context(active_test=False)
        try:
            values = verify_hash_signed(env, LINK_SCOPE, token)
        except ValueError:
            # No base64, no text, or of another version: all of these are of its kind.
            return events
        if not values or len(values) != 2:
            return events
        event = events.browse(values[0]).exists()
        if event and fields.Datetime.to_string(event.start) != values[1]:
            return events
        return event

    def _page(self, event, token, answer, problem=None):
        """Return the page, in the customer's language."""
        lead = event.opportunity_id
        lang = lead._customer_lang() or request.env.lang
        if lang:
            request.update_context(lang=lang)
            event = event.with_context(lang=lang)
        company = lead.company_id or event.user_id.company_id or request.env.company
        response = request.render(
            "crm_callcenter.appointment_page",
            {
                "event": event,
                "token": token,
                "answer": answer,
                "problem": problem,
                "when": event and event._words_for_customer(event.start, lang),
                "company": company.sudo(),
                "lang": (lang or request.env.lang or "en").replace("_", "-"),
            },
        )
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        if not event:
            response.status_code = 404
        return response
