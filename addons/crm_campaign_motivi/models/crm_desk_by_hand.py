from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

#: Running campaigns among which somebody who leads all of them chooses.
MOST_CAMPAIGNS = 80
#: Minutes after its last sign in which a call may be ended with another number, outside
#: the calling hours.
CALL_GOES_ON_MINUTES = 30
#: Calls of a name in hand that are looked at for it.
MOST_CALLS = 50


class CrmDesk(models.AbstractModel):
    """A name is opened at the desk by hand, from its own form.

    For whoever the desk is for: operators, coordinators and managers, and names that
    they may read. The back office works on documents and reports names to agents, and
    agents register their visits as planned actions: neither takes names out of the
    dispatch of a campaign.

    A number on the do-not-call list doesn't close the desk: the customer may have
    written or come in. That number can't be dialled there, as for any name.
    """

    _inherit = "crm.desk"

    @api.model
    def take_by_hand(self, lead_id, campaign_id=None):
        """Take a name of one's own choice.

        :param int lead_id: the name
        :param int campaign_id: in whose frame; may be left out where there is one only
        :return: the payload of the name
        :rtype: dict
        :raise UserError: the name can't be taken; the sentence says why
        :raise RedirectWarning: the user has another name in hand
        """
        claim = self._take_by_hand(self._name_by_hand(lead_id), campaign_id)
        return self._fresh_payload(claim)

    @api.model
    def release(self, line_id, claim_token):
        """Close the name without an outcome; see the base method.

        :rtype: bool
        """
        # sudo: a line is closed to operators; how it came there is told to nobody
        line = self.env["crm.call.list.line"].sudo().browse(line_id).exists()
        is_by_hand = line.is_by_hand
        result = super().release(line_id, claim_token)
        if result and is_by_hand:
            self._leave_place_by_hand(line_id)
        return result

    @api.model
    def _leave_place_by_hand(self, line_id):
        """Take a name out of the list again that it only entered to be worked on.

        On a short cursor of its own, as the claim was given back: in a transaction
        that began before, PostgreSQL would refuse to delete the line, and the request
        that is run again would find nothing in hand.

        :param int line_id: the line that was just given back
        """
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(
                SQL(
                    """SELECT id FROM crm_call_list_line
                        WHERE id = %s AND is_by_hand AND coalesce(attempts, 0) = 0
                          AND claimed_by_id IS NULL FOR UPDATE""",
                    line_id,
                )
            )
            # sudo: a line is closed to operators; the token was theirs
            lines = self.env(cr=cr)["crm.call.list.line"].sudo()
            lines.browse([found for (found,) in cr.fetchall()]).unlink()
        self.env["crm.call.list.line"].invalidate_model()

    @api.model
    def _name_by_hand(self, lead_id):
        """Return a name that the current user may open at the desk.

        :param int lead_id: its number
        :rtype: crm.lead
        :raise UserError: it is gone, archived, blocked, or not the user's to open
        """
        self._check_operator()
        lead = self.env["crm.lead"].browse(int(lead_id or 0)).exists()
        if not lead:
            raise UserError(
                self.env._(
                    "This name is there no more: it was deleted, or merged with another"
                    " one. Search for it again."
                )
            )
        if not lead.has_access("read"):
            raise UserError(
                self.env._(
                    "This name is in none of your lists. Ask your coordinator to give"
                    " it to you."
                )
            )
        if not lead.active:
            raise UserError(
                self.env._(
                    "%(name)s is archived, or was merged with another name. Open the"
                    " one that is in use.",
                    name=lead.name,
                )
            )
        lead._check_not_blocked()
        return lead

    @api.model
    def _take_by_hand(self, lead, campaign_id=None, kind=None):
        """Claim a name that the user may open.

        :param crm.lead lead: see ``_name_by_hand``
        :param int campaign_id: in whose frame, if chosen
        :param str kind: of the outcome that it is opened for, if any
        :return: ``CLAIM_COLUMNS`` of the line
        :rtype: dict
        """
        campaigns = self._campaigns_by_hand(lead)
        if self._holds(lead):
            return self._claim_by_hand(lead, campaigns[:1])
        if campaign_id:
            campaigns = campaigns.filtered(lambda found: found.id == campaign_id)
        if not campaigns:
            raise UserError(
                self.env._(
                    "There is no running campaign in which you could do this. Ask your"
                    " coordinator to add you to a list of one."
                )
            )
        if len(campaigns) > 1:
            raise UserError(
                self.env._(
                    "Choose the campaign: %(campaigns)s.",
                    campaigns=", ".join(campaigns.mapped("title")),
                )
            )
        self._check_kind_by_hand(campaigns, kind)
        return self._claim_by_hand(lead, campaigns)

    @api.model
    def _holds(self, lead):
        """Tell whether the current user has a name in hand already.

        :param crm.lead lead: the name
        :rtype: bool
        """
        held = self.env["crm.dispatch"]._held_claim()
        return bool(held) and held["lead_id"] == lead.id

    @api.model
    def _campaigns_by_hand(self, lead):
        """Return the campaigns in whose frame the current user may work on a name.

        Those of the user's lists that it stands in; else those of other lists that it
        stands in and that the user leads; else all in which the user works or leads.

        :param crm.lead lead: the name
        :rtype: utm.campaign
        """
        open_to_me = (self._my_campaigns() | self._led_campaigns()).filtered(
            # Real names are not for training.
            lambda campaign: not campaign.is_training
        )
        # sudo: lines and lists are closed to operators; what is returned is not
        lines = (
            self.env["crm.call.list.line"]
            .sudo()
            .search(
                [
                    ("lead_id", "=", lead.id),
                    ("campaign_id", "in", open_to_me.ids),
                    ("list_id.active", "=", True),
                    ("list_id.owner_id", "=", False),
                ]
            )
        )
        own = lines.filtered(lambda line: self.env.user in line.list_id.operator_ids)
        # A name enters no campaign of another company.
        of_company = open_to_me.filtered(
            lambda campaign: (
                not lead.company_id
                or campaign.company_id in (lead.company_id, lead.company_id.browse())
            )
        )
        return own.campaign_id or lines.campaign_id or of_company

    @api.model
    def _led_campaigns(self):
        """Return the running campaigns that the current user leads or manages.

        :rtype: utm.campaign
        """
        domain = self.env["utm.campaign"]._watchable_domain()
        led = self.env["utm.campaign"].search(
            domain & Domain("call_state", "=", "running"), limit=MOST_CAMPAIGNS
        )
        # sudo: leading it is the right to it; its lists and outcomes are read with it
        return led.sudo().filtered(lambda campaign: campaign._serves_by_phone())

    @api.model
    def _check_kind_by_hand(self, campaign, kind):
        """Refuse to open the desk for an outcome that the campaign doesn't allow.

        :param utm.campaign campaign: the campaign
        :param str kind: ``T``, ``C`` or nothing
        :raise UserError: no outcome of the kind is allowed
        """
        if not kind or kind in campaign._get_outcomes().mapped("kind"):
            return
        wanted = {
            "T": self.env._("an appointment"),
            "C": self.env._("a closing on the line"),
        }
        raise UserError(
            self.env._(
                "No outcome of %(campaign)s is %(wanted)s. Ask a manager to allow one.",
                campaign=campaign.title,
                wanted=wanted[kind],
            )
        )

    # ------------------------------------------------------------
    # CLAIM
    # ------------------------------------------------------------

    @api.model
    def _claim_by_hand(self, lead, campaign):
        """Claim a name on a short cursor of its own, as all claims are.

        :param crm.lead lead: may be opened
        :param utm.campaign campaign: in whose frame
        :return: ``CLAIM_COLUMNS`` of the line
        :rtype: dict
        """
        try:
            with read_committed_cursor(self.env.registry) as cr:
                desk = self.with_env(self.env(cr=cr))
                return desk._claim_chosen(lead.id, campaign.id)
        except UniqueViolation as error:
            raise self._name_in_other_hands(lead) from error

    @api.model
    def _claim_chosen(self, lead_id, campaign_id):
        dispatch = self.env["crm.dispatch"]
        dispatch._lock_hands(self.env.cr)
        held = dispatch._read_hands(self.env.cr)
        if held and held["lead_id"] == lead_id:
            return held
        if held:
            raise self._other_name_in_hand(held)
        # sudo: that the user may open the name in this campaign has been checked
        lead = self.env["crm.lead"].sudo().browse(lead_id)
        campaign = self.env["utm.campaign"].sudo().browse(campaign_id)
        line = self._line_by_hand(lead, campaign)
        claim = self._claim_line(line, campaign)
        if not claim:
            raise self._name_in_other_hands(lead)
        return claim

    @api.model
    def _line_by_hand(self, lead, campaign):
        """Return the place of a name in a campaign, made in one of its lists.

        :param crm.lead lead: the name
        :param utm.campaign campaign: the campaign
        :rtype: crm.call.list.line
        :raise UserError: the campaign has no list at all
        """
        # sudo: as in ``_claim_chosen``
        lines = self.env["crm.call.list.line"].sudo()
        known = lines.search(
            [
                ("lead_id", "=", lead.id),
                ("campaign_id", "=", campaign.id),
                ("list_id.active", "=", True),
            ],
            order="id desc",
        )
        own = known.filtered(lambda line: self.env.user in line.list_id.operator_ids)
        if known:
            return (own or known)[0]
        state = self.env["crm.list.state"]._get_by_category("in_progress")
        return lines.create(
            {
                "list_id": self._list_by_hand(lead, campaign).id,
                "campaign_id": campaign.id,
                "lead_id": lead.id,
                "list_state_id": campaign._own_list_state(state).id,
                "category": state.category,
                "rank": 0,
                "attempts": 0,
                "is_by_hand": True,
            }
        )

    @api.model
    def _list_by_hand(self, lead, campaign):
        """Return the list of a campaign that a name opened by hand enters.

        :param crm.lead lead: the name
        :param utm.campaign campaign: the campaign
        :rtype: crm.call.list
        :raise UserError: it has none that may hold the name
        """
        lists = campaign.call_list_ids.filtered(
            lambda found: (
                found.active
                and not found.owner_id
                and not found._outside_portfolio(lead.ids)
            )
        ).sorted(
            lambda found: (
                self.env.user not in found.operator_ids,
                found.is_inbound,
                found.id,
            )
        )
        if not lists:
            raise UserError(
                self.env._(
                    "%(campaign)s has no list that the name could enter. Make one"
                    " first.",
                    campaign=campaign.title,
                )
            )
        return lists[0]

    # ------------------------------------------------------------
    # CALLING HOURS
    # ------------------------------------------------------------

    @api.model
    def _callable_number(self, line, field):
        """Refuse to dial outside the calling hours, however the name came to the desk.

        A call that has begun within them may be ended with another number, whoever
        calls us is called back, and a customer may have asked for this very time.
        """
        number = super()._callable_number(line, field)
        now = fields.Datetime.now()
        is_open, opening = line.campaign_id._call_window(line.zone_id or 0, now)
        if is_open or line._wish_ends_after(now) or self._call_goes_on(line, now):
            return number
        raise UserError(self._why_closed(opening))

    @api.model
    def _call_goes_on(self, line, now):
        """Tell whether a call of the name in hand goes on that was allowed to begin.

        The customer's own, or one that was begun within the calling hours. That the
        name was served within them is no call.

        :param crm.call.list.line line: in hand
        :param datetime.datetime now: naive UTC
        :rtype: bool
        """
        since = fields.Datetime.subtract(line.claimed_at or now, minutes=1)
        lately = fields.Datetime.subtract(now, minutes=CALL_GOES_ON_MINUTES)
        is_lately = Domain("started_at", ">=", lately)
        is_lately |= Domain("ended_at", ">=", lately)
        domain = is_lately & Domain(
            [
                ("line_id", "=", line.id),
                ("user_id", "=", self.env.uid),
                ("started_at", ">=", since),
            ]
        )
        # sudo: calls are closed to operators; these are of the name in hand
        calls = self.env["crm.call"].sudo().search(domain, limit=MOST_CALLS)
        return any(
            call.direction == "in"
            or line.campaign_id._call_window(line.zone_id or 0, call.started_at)[0]
            for call in calls
        )

    # ------------------------------------------------------------
    # SENTENCES
    # ------------------------------------------------------------

    @api.model
    def _name_in_other_hands(self, lead):
        return UserError(
            self.env._(
                "Somebody else is working on %(name)s at this moment. Try again when"
                " the call is over.",
                name=lead.name,
            )
        )

    @api.model
    def _other_name_in_hand(self, held):
        """Return the refusal of a second name, with the way to the first one.

        :param dict held: the line in hand
        :rtype: RedirectWarning
        """
        # sudo: the name is in the user's own hands
        lead = self.env["crm.lead"].sudo().browse(held["lead_id"])
        return RedirectWarning(
            self.env._(
                "You have %(name)s in hand at the desk. Confirm its outcome or close it"
                " first, then open this one.",
                name=lead.name,
            ),
            self.env.ref("crm_campaign_motivi.crm_desk_action").id,
            self.env._("Open the desk"),
        )
