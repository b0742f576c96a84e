import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL


class CrmDesk(models.AbstractModel):
    """The operator's desk: what the browser calls. Plain values in, plain values out.

    Datetimes are strings in UTC. A refusal is a ``UserError`` whose sentence the
    desk shows. Whoever has a name in hand (the claim and its token) may read that
    name and register its outcome; nothing here opens any other name.
    """

    _name = "crm.desk"
    _description = "Operator's Desk"

    # ------------------------------------------------------------
    # SESSION
    # ------------------------------------------------------------

    @api.model
    def open(self):
        """Start the desk: the campaigns of the current user, and the name in hand.

        :return: ``user``, ``campaigns`` and ``current`` (payload or ``None``)
        :rtype: dict
        """
        self._check_operator()
        campaigns = self._my_campaigns()
        claim = self.env["crm.dispatch"]._held_claim()
        return {
            "user": {"id": self.env.uid, "name": self.env.user.name},
            "campaigns": [
                {
                    "id": campaign.id,
                    "name": campaign.title,
                    "remaining_hint": self._remaining_hint(campaign),
                }
                for campaign in campaigns
            ],
            "current": self._fresh_payload(claim) if claim else None,
        }

    @api.model
    def next_name(self, campaign_id):
        """Take the next name to call.

        :param int campaign_id: the campaign that the operator works on
        :return: the payload of the name, or ``empty`` with the ``reason``
        :rtype: dict
        """
        self._check_operator()
        campaign = self._my_campaigns().filtered(lambda c: c.id == campaign_id)
        if not campaign:
            return {"empty": True, "reason": self._why_not_mine(campaign_id)}
        claim = self.env["crm.dispatch"]._claim_next(campaign)
        if claim:
            return self._fresh_payload(claim)
        return {"empty": True, "reason": self._why_empty(campaign)}

    @api.model
    def release(self, line_id, claim_token):
        """Close the name without an outcome: nothing done on it is kept.

        :param int line_id: the line in hand
        :param str claim_token: of the claim
        :rtype: bool
        """
        self._check_operator()
        # sudo: a line is closed to operators; the token proves whose hands it is in
        line = self.env["crm.call.list.line"].sudo().browse(line_id).exists()
        self.env["crm.agent.slot"]._drop_holds()
        return self.env["crm.dispatch"]._release(
            line_id, claim_token, line.campaign_id.rest_minutes
        )

    @api.model
    def heartbeat(self, line_id, claim_token):
        """Say that the name is still being worked on.

        :return: until when it is in hand, or ``False`` when it has been lost
        :rtype: str | bool
        """
        self._check_operator()
        # sudo: see ``release``
        line = self.env["crm.call.list.line"].sudo().browse(line_id).exists()
        until = self.env["crm.dispatch"]._extend(
            line_id, claim_token, line.campaign_id.claim_minutes or 1
        )
        return fields.Datetime.to_string(until) if until else False

    # ------------------------------------------------------------
    # DIALLING BY HAND
    # ------------------------------------------------------------

    @api.model
    def log_dial(self, line_id, claim_token, field):
        """Record that a number of the name in hand is being dialled.

        :param str field: ``phone``, ``mobile`` or ``phone_second``
        :return: ``call_uuid``, ``e164`` and the ``tel`` link
        :rtype: dict
        """
        line = self._held_line(line_id, claim_token)
        line.lead_id._check_not_blocked()
        number = self._callable_number(line, field)
        # sudo: calls are closed to operators; this one is theirs
        call = (
            self.env["crm.call"]
            .sudo()
            .create(
                {
                    "uuid": str(uuid.uuid4()),
                    "number_e164": number,
                    "direction": "out",
                    "started_at": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "lead_id": line.lead_id.id,
                    "line_id": line.id,
                }
            )
        )
        return {"call_uuid": call.uuid, "e164": number, "tel": f"tel:{number}"}

    @api.model
    def end_call(self, call_uuid):
        """Record that a call of the current user has ended.

        :param str call_uuid: as ``log_dial`` returned it
        :rtype: bool
        """
        self._check_operator()
        # sudo: calls are closed to operators; the domain keeps to their own
        call = (
            self.env["crm.call"]
            .sudo()
            .search(
                [("uuid", "=", str(call_uuid)), ("user_id", "=", self.env.uid)],
                limit=1,
            )
        )
        if call and not call.ended_at:
            call.ended_at = fields.Datetime.now()
        return bool(call)

    @api.model
    def _callable_number(self, line, field):
        """Return a number of the name in hand that may be dialled.

        :param crm.call.list.line line: in hand
        :param str field: ``phone``, ``mobile`` or ``phone_second``
        :return: in E.164
        :rtype: str
        :raise UserError: it may not be dialled
        """
        if field not in ("phone", "mobile", "phone_second"):
            raise UserError(
                self.env._("This is not a number of the name. Choose another.")
            )
        number = self._number_of(line, field)
        if number in self._do_not_call([number]):
            raise UserError(
                self.env._(
                    "This number is on the do-not-call list. It must not be dialled."
                )
            )
        company = line.campaign_id._rule_company()
        if line.lead_id._numbers_without_consent([number], company):
            raise UserError(
                self.env._(
                    "Nobody has given the consent to call this number. Record it first,"
                    " or choose another number."
                )
            )
        return number

    @api.model
    def _number_of(self, line, field):
        """Return a number of the name in hand.

        :param crm.call.list.line line: in hand
        :param str field: ``phone``, ``mobile`` or ``phone_second``
        :return: in E.164
        :rtype: str
        :raise UserError: it is empty, or no number
        """
        number = line.lead_id[f"{field}_e164"]
        if not number:
            raise UserError(
                self.env._(
                    "This number can't be dialled: correct it or choose another."
                )
            )
        return number

    @api.model
    def _do_not_call(self, numbers):
        """Return those of the numbers that are on the do-not-call list.

        :param list numbers: in E.164
        :rtype: set[str]
        """
        return set(self.env["phone.blacklist"]._why_forbidden(numbers))

    # ------------------------------------------------------------
    # WHOSE NAME IS IT
    # ------------------------------------------------------------

    @api.model
    def _check_operator(self):
        if not any(
            self.env.user.has_group(f"crm_callcenter.{group}")
            for group in (
                "group_operator",
                "group_coordinator",
                "group_campaign_manager",
            )
        ):
            raise AccessError(
                self.env._("The desk is for operators. Ask a manager for that role.")
            )

    @api.model
    def _held_line(self, line_id, claim_token):
        """Return the line that the current user has in hand.

        :raise UserError: it has been given to somebody else meanwhile, or is gone
        :rtype: crm.call.list.line
        """
        self._check_operator()
        # sudo: a line is closed to operators; the token proves whose hands it is in
        line = (
            self.env["crm.call.list.line"]
            .sudo()
            .search([("id", "=", line_id), ("claim_token", "=", str(claim_token))])
        )
        # A claim that ran out without anybody else taking the name is still good, as
        # long as the name has had no outcome elsewhere.
        if (
            not claim_token
            or not line
            or line.claimed_by_id.id not in (False, self.env.uid)
            # Never one that was only kept for next, whatever became of it.
            or line.claim_is_ahead
            or line.lead_id.sudo(False)._held_by_others()
        ):
            raise UserError(
                self.env._(
                    "This name is no longer in your hands: it was open for too long"
                    " and has gone back to the list. Copy your note and take the next"
                    " name."
                )
            )
        if not line.claimed_at:
            raise UserError(
                self.env._(
                    "The outcome %(outcome)s was registered on this name while it was"
                    " open here for too long. Copy your note, add it to the name if it"
                    " matters, and take the next name.",
                    outcome=line.last_outcome_id.name or "",
                )
            )
        return line

    @api.model
    def _my_campaigns(self):
        """Return the running campaigns on whose lists the current user works.

        :rtype: utm.campaign
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT campaign.id
                     FROM crm_call_list list
                     JOIN crm_call_list_operator_rel rel
                       ON rel.list_id = list.id AND rel.user_id = %s
                     JOIN utm_campaign campaign ON campaign.id = list.campaign_id
                    WHERE list.active AND list.owner_id IS NULL AND campaign.active
                      AND campaign.is_call_campaign AND campaign.call_state = 'running'
                 ORDER BY campaign.id""",
                self.env.uid,
            )
        )
        # sudo: working on a list is the right to read the campaign that it belongs to
        campaigns = self.env["utm.campaign"].sudo()
        return campaigns.browse([campaign_id for (campaign_id,) in rows])

    # ------------------------------------------------------------
    # WHY IS THERE NOTHING
    # ------------------------------------------------------------

    @api.model
    def _remaining_hint(self, campaign, cap=1000):
        """Return how many names wait for the current user, counted up to a cap."""
        return self.env.execute_query(
            SQL(
                """SELECT count(*) FROM (
                       SELECT 1 FROM crm_call_list_line line
                         JOIN crm_call_list list
                           ON list.id = line.list_id AND list.active
                         JOIN crm_call_list_operator_rel rel
                           ON rel.list_id = list.id AND rel.user_id = %s
                        WHERE list.campaign_id = %s AND list.owner_id IS NULL
                          AND line.category IN ('to_call', 'recall')
                        LIMIT %s) AS waiting""",
                self.env.uid,
                campaign.id,
                cap,
            )
        )[0][0]

    @api.model
    def _why_not_mine(self, campaign_id):
        campaign = self.env["utm.campaign"].browse(campaign_id).exists()
        readable = campaign and campaign.has_access("read")
        if readable and campaign.call_state != "running":
            return self.env._(
                "The campaign %(campaign)s is not running. Choose another campaign.",
                campaign=campaign.title,
            )
        return self.env._(
            "You work on no list of this campaign. Ask your coordinator to add you to"
            " one."
        )

    @api.model
    def _why_empty(self, campaign):
        """Say in a sentence why nothing is served.

        :param utm.campaign campaign: a running one, on whose lists the user works
        :rtype: str
        """
        now = fields.Datetime.now()
        is_open, exceptions = campaign._open_zones(now)
        if not is_open and not exceptions:
            return self._why_closed(campaign._call_window(None, now)[1])
        next_recall, left = self.env.execute_query(
            SQL(
                """SELECT min(line.recall_at) FILTER (WHERE line.category = 'recall'
                              AND coalesce(line.recall_user_id, %(user)s) = %(user)s),
                          count(*) FILTER (WHERE line.category = 'to_call')
                     FROM crm_call_list_line line
                     JOIN crm_call_list list ON list.id = line.list_id AND list.active
                     JOIN crm_call_list_operator_rel rel
                       ON rel.list_id = list.id AND rel.user_id = %(user)s
                    WHERE list.campaign_id = %(campaign)s AND list.owner_id IS NULL""",
                user=self.env.uid,
                campaign=campaign.id,
            )
        )[0]
        if left:
            return self.env._(
                "%(count)s names wait, but none may be called now: they are in other"
                " hands, rest after a call, are left out by the filter of the campaign,"
                " or are on the do-not-call list. Try again in a few minutes.",
                count=left,
            )
        if next_recall:
            local = fields.Datetime.context_timestamp(self, next_recall)
            return self.env._(
                "No fresh name is left. The next recall is due on %(date)s at"
                " %(time)s.",
                date=local.strftime("%d/%m/%Y"),
                time=local.strftime("%H:%M"),
            )
        return self.env._(
            "Your lists are finished. Ask your coordinator for a new list."
        )

    @api.model
    def _why_closed(self, opening):
        """Say that nobody may be called at this hour.

        :param datetime.datetime opening: the next one, naive UTC, if any
        :rtype: str
        """
        if not opening:
            return self.env._(
                "This campaign has no calling hours. Ask a campaign manager to enter"
                " them."
            )
        local = fields.Datetime.context_timestamp(self, opening)
        return self.env._(
            "Nobody may be called at this hour. Calling begins again on %(date)s at"
            " %(time)s.",
            date=local.strftime("%d/%m/%Y"),
            time=local.strftime("%H:%M"),
        )
