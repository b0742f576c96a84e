from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

#: Days for which the desk knows the calling hours of the name in hand.
DAYS_KNOWN = 35
#: In the context: the time that the customer asked for. A moment and no text, which is
#: all that a client could send.
WISH = "recall_wish_at"


class CrmDesk(models.AbstractModel):
    """Recalls lie within the calling hours, unless the customer asks for another."""

    _inherit = "crm.desk"

    @api.model
    def confirm(self, line_id, claim_token, token, outcome_id, **details):
        """Register the outcome; see the base method.

        :param bool recall_by_wish: the customer asked for this time, which is outside
            the calling hours
        :return: see the base method
        :rtype: dict
        :raise UserError: the recall is outside the calling hours and may not be
        """
        try:
            moment = fields.Datetime.to_datetime(details.get("recall_at"))
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("Enter the date and time at which to call again.")
            ) from error
        by_wish = details.pop("recall_by_wish", False)
        desk = self.with_context(**{WISH: moment if by_wish else None})
        return super(CrmDesk, desk).confirm(
            line_id, claim_token, token, outcome_id, **details
        )

    @api.model
    def recall_windows(self, line_id, claim_token, day):
        """Return the calling hours of the name in hand from a day on.

        :param int line_id: the line in hand
        :param str claim_token: of the claim
        :param str day: local date
        :return: see ``_payload_recall``
        :rtype: dict
        """
        line = self._held_line(line_id, claim_token)
        try:
            start = fields.Date.to_date(day)
        except ValueError:
            start = None
        if not start or not 2000 <= start.year <= 2200:
            raise UserError(self.env._("Enter the date of the recall."))
        return self._payload_recall(line.campaign_id, line.zone_id, start)

    @api.model
    def _payload(self, claim):
        payload = super()._payload(claim)
        # sudo: see the base method
        campaign = self.env["utm.campaign"].sudo().browse(claim["campaign_id"])
        zone = self.env["crm.lead"].sudo().browse(claim["lead_id"]).zone_id
        today = campaign._to_local(fields.Datetime.now()).date()
        payload["recall"] = self._payload_recall(campaign, zone, today)
        return payload

    @api.model
    def _payload_recall(self, campaign, zone, start):
        """Return when a name may be called, so that a recall is asked for in time.

        :param utm.campaign campaign: of the name in hand
        :param zone: of the name, see ``_calling_spans``
        :param datetime.date start: the first day, local
        :return: ``windows`` (pairs of UTC), ``since`` and ``until``: between which they
            are all there are; ``may_wish``: whether other times may be promised
        :rtype: dict
        """
        bounds = (start, start + timedelta(days=DAYS_KNOWN))
        since, until = (
            campaign._to_utc(datetime.combine(day, datetime.min.time()))
            for day in bounds
        )
        return {
            "windows": [
                [fields.Datetime.to_string(moment) for moment in span]
                for span in campaign._calling_spans(zone, start, DAYS_KNOWN)
            ],
            "since": fields.Datetime.to_string(since),
            "until": fields.Datetime.to_string(until),
            "may_wish": campaign.allows_recall_wish,
        }

    # ------------------------------------------------------------
    # CONFIRM
    # ------------------------------------------------------------

    @api.model
    def _recall_in_hours(self, line, recall, note):
        """Return what was promised, unless the hour is one at which nobody calls.

        :param crm.call.list.line line: in hand
        :param tuple recall: moment (naive UTC) and scope, if a recall is promised
        :param str note: the conversation note
        :return: moment, scope, and whether the customer asked for this very time
        :rtype: tuple | None
        :raise UserError: it is outside the calling hours; it names the next opening
        """
        if not recall:
            return recall
        moment, scope = recall
        campaign = line.campaign_id
        if self.env.context.get(WISH):
            self._check_wish(campaign, note)
            return moment, scope, True
        is_open, opening = campaign._call_window(line.zone_id or 0, moment)
        if not is_open:
            raise UserError(self._why_outside_hours(moment, opening))
        return recall

    @api.model
    def _check_wish(self, campaign, note):
        """Refuse a wish that this campaign doesn't permit, or of which nothing is told.

        :param utm.campaign campaign: of the name in hand
        :param str note: the conversation note
        :raise UserError: it says which
        """
        if not campaign.allows_recall_wish:
            raise UserError(
                self.env._(
                    "%(campaign)s doesn't permit recalls outside the calling hours."
                    " Choose a time within them.",
                    campaign=campaign.title,
                )
            )
        if not (note or "").strip():
            raise UserError(
                self.env._(
                    "The customer asks for a time outside the calling hours: write in"
                    " the note what was said. It is the proof of the wish."
                )
            )

    @api.model
    def _why_outside_hours(self, moment, opening):
        """Say that nobody may be called at a moment, and when it is possible next.

        :param datetime.datetime moment: naive UTC
        :param datetime.datetime opening: naive UTC, if there is any
        :rtype: str
        """
        asked = self._local(moment).strftime("%d/%m/%Y %H:%M")
        if not opening:
            return self.env._(
                "%(asked)s is outside the calling hours, and none begin in the weeks"
                " after it. Choose an earlier time.",
                asked=asked,
            )
        return self.env._(
            "%(asked)s is outside the calling hours of this name. They begin again on"
            " %(opening)s: choose a time from then on.",
            asked=asked,
            opening=self._local(opening).strftime("%d/%m/%Y %H:%M"),
        )
