import uuid

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor
from odoo.addons.crm_callcenter.tools.phone import to_e164

from .crm_dispatch import CLAIM_COLUMNS

#: What stands for the number of a caller who withholds it, as exchanges say it.
_WITHHELD = "anonymous"
#: Who answers the same number again within so many seconds has clicked twice.
_SAME_CALL_SECONDS = 30


class CrmDesk(models.AbstractModel):
    """Somebody calls: the caller is put into the operator's hands."""

    _inherit = "crm.desk"

    @api.model
    def open(self):
        """Start the desk; see the base method.

        :return: each campaign also with its ``direction``
        :rtype: dict
        """
        opened = super().open()
        rows = opened["campaigns"]
        # sudo: the campaigns are those in which the user works
        campaigns = self.env["utm.campaign"].sudo().browse([row["id"] for row in rows])
        for row, campaign in zip(rows, campaigns, strict=True):
            row["direction"] = campaign.direction
        return opened

    @api.model
    def answer(self, campaign_id, number="", called=""):
        """Take the name of somebody who is calling; an unknown caller becomes one.

        Whoever answers the caller whose name is in hand already gets that name, as
        does a double click.

        :param int campaign_id: in which the operator works
        :param str number: of the caller, in any notation; empty when it is withheld
        :param str called: the number that was dialled, if known: it says the campaign
        :return: the payload of the name, with ``incoming`` (``call_uuid``, ``e164``)
        :rtype: dict
        :raise UserError: the operator has another name in hand, somebody else has
            this one, or the campaign takes no calls
        """
        self._check_operator()
        campaign = self._answering_campaign(campaign_id, called)
        caller = to_e164(number, campaign.company_id.country_id.code or "IT")
        if (number or "").strip() and not caller:
            raise UserError(
                self.env._(
                    "%(number)s can't be read as a telephone number. Correct it, or"
                    " leave it empty when the caller's number is withheld.",
                    number=number,
                )
            )
        try:
            with read_committed_cursor(self.env.registry) as cr:
                desk = self.with_env(self.env(cr=cr))
                claim, call_uuid = desk._take_caller(campaign.id, caller, number)
        except UniqueViolation as error:
            raise self._in_other_hands() from error
        payload = self._fresh_payload(claim)
        payload["incoming"] = {"call_uuid": call_uuid, "e164": caller or ""}
        payload["why"] = self._why_called()
        return payload

    @api.model
    def _answering_campaign(self, campaign_id, called):
        mine = self._my_campaigns()
        wanted = self.env["utm.campaign"]._campaign_called(called).ids or [campaign_id]
        campaign = mine.filtered(lambda found: found.id in wanted)
        if not campaign:
            raise UserError(self._why_not_mine(wanted[0]))
        if not campaign._takes_calls():
            raise UserError(
                self.env._(
                    "%(campaign)s takes no calls. Choose an inbound campaign, or ask a"
                    " manager to let this one take calls.",
                    campaign=campaign.title,
                )
            )
        return campaign

    @api.model
    def _in_other_hands(self):
        return UserError(
            self.env._(
                "Somebody else is working on this caller's name at this moment. Ask"
                " your coordinator to pass the call on."
            )
        )

    @api.model
    def _take_caller(self, campaign_id, caller, number):
        """Find or make the caller's name, and claim it, on the cursor of this desk.

        :param str | None caller: in E.164
        :param str number: as it was given
        :return: ``CLAIM_COLUMNS`` of the line, and the uuid of the call
        :rtype: tuple[dict, str]
        """
        dispatch = self.env["crm.dispatch"]
        dispatch._lock_hands(self.env.cr)
        held = dispatch._read_hands(self.env.cr)
        if held:
            return held, self._same_call(held, caller, number).uuid
        # sudo: working in the campaign is the right to answer for it
        campaign = self.env["utm.campaign"].sudo().browse(campaign_id)
        lead = campaign._inbound_name(caller or number)
        line = campaign._inbound_line(lead)
        claim = self._claim_line(line, campaign)
        if not claim:
            raise self._in_other_hands()
        call = self._log_incoming(line, caller or number)
        return claim, call.uuid

    @api.model
    def _claim_line(self, line, campaign):
        """Claim a chosen place of a name, on the cursor of this desk.

        :param crm.call.list.line line: the place
        :param utm.campaign campaign: of the line
        :return: ``CLAIM_COLUMNS``; ``None`` when somebody has the name through it
        :rtype: dict | None
        :raise UniqueViolation: somebody has the name through another place
        """
        self.env.flush_all()
        # A claim through another list may have run out without anybody noticing; and
        # whoever asks for the name goes before a colleague who would be served it next.
        self.env.cr.execute(
            SQL(
                """UPDATE crm_call_list_line SET claimed_by_id = NULL
                    WHERE lead_id = %s AND claimed_by_id IS NOT NULL
                      AND (claimed_until <= now() AT TIME ZONE 'UTC'
                           OR claim_is_ahead)""",
                line.lead_id.id,
            )
        )
        # Whoever was quicker is an answer, not an error.
        self.env.cr.execute(
            SQL(
                """UPDATE crm_call_list_line line
                      SET claimed_by_id = %(user)s, claim_token = %(token)s,
                          claimed_at = now() AT TIME ZONE 'UTC',
                          claim_is_ahead = NULL,
                          claimed_until = now() AT TIME ZONE 'UTC'
                                          + %(minutes)s * interval '1 minute'
                    WHERE line.id = %(line)s AND line.claimed_by_id IS NULL
                RETURNING %(columns)s""",
                line=line.id,
                user=self.env.uid,
                token=uuid.uuid4().hex,
                minutes=campaign.claim_minutes,
                columns=SQL(", ").join(
                    SQL.identifier("line", column) for column in CLAIM_COLUMNS
                ),
            ),
            log_exceptions=False,
        )
        row = self.env.cr.fetchone()
        self.env.invalidate_all()
        return dict(zip(CLAIM_COLUMNS, row, strict=True)) if row else None

    @api.model
    def _same_call(self, held, caller, number):
        """Return the call of the person whose name is in hand.

        :param dict held: the line in hand
        :param str | None caller: in E.164
        :param str number: as it was given
        :return: the one just answered, or a new one
        :rtype: crm.call
        :raise UserError: it is somebody else
        """
        # sudo: lines and calls are closed to operators; these are in their hands
        line = self.env["crm.call.list.line"].sudo().browse(held["id"])
        lately = fields.Datetime.subtract(
            fields.Datetime.now(), seconds=_SAME_CALL_SECONDS
        )
        answered = (
            self.env["crm.call"]
            .sudo()
            .search(
                [
                    ("line_id", "=", line.id),
                    ("user_id", "=", self.env.uid),
                    ("direction", "=", "in"),
                    ("number_e164", "=", caller or number or _WITHHELD),
                    ("started_at", ">=", lately),
                    ("ended_at", "=", False),
                ],
                limit=1,
            )
        )
        if answered:
            return answered
        people = line.lead_id.contact_ids | line.lead_id.household_ids
        numbers = {*line.lead_id._e164_numbers(), *people.mapped("phone_e164")}
        if not caller or caller not in numbers:
            raise UserError(
                self.env._(
                    "You have a name in hand. Confirm its outcome, or close it, before"
                    " you take a call."
                )
            )
        return self._log_incoming(line, caller)

    @api.model
    def _log_incoming(self, line, number):
        # sudo: calls are closed to operators; this one is theirs
        return (
            self.env["crm.call"]
            .sudo()
            .create(
                {
                    "uuid": str(uuid.uuid4()),
                    "number_e164": number or _WITHHELD,
                    "direction": "in",
                    "started_at": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "lead_id": line.lead_id.id,
                    "line_id": line.id,
                }
            )
        )
