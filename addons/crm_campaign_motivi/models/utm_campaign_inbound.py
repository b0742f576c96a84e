from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.phone import (
    format_international,
    is_mobile,
    to_e164,
)

#: Callers are locked by their number, so that one number makes one name.
_LOCK = "crm_inbound_caller"


class UtmCampaign(models.Model):
    """People call: which campaign a number belongs to, and which name the caller is.

    Callers are kept in a list of the campaign that is made with the campaign and that
    nobody needs to look after. So they are seen, claimed, closed and called again as
    all other names are.
    """

    _inherit = "utm.campaign"

    @api.model_create_multi
    def create(self, vals_list):
        campaigns = super().create(vals_list)
        campaigns._ensure_inbound_list()
        return campaigns

    def write(self, vals):
        result = super().write(vals)
        if {"direction", "is_template", "is_call_campaign"} & set(vals):
            self._ensure_inbound_list()
        return result

    def _takes_calls(self):
        """Tell whether people call this campaign.

        :rtype: bool
        """
        self.ensure_one()
        return (
            self.is_call_campaign
            and not self.is_template
            and self.direction != "outbound"
        )

    def _ensure_inbound_list(self):
        """Make the list of the callers, where there is none."""
        # sudo: the list belongs to the campaign, which the user has just written
        lists = self.env["crm.call.list"].sudo().with_context(active_test=False)
        wanted = self.filtered(lambda campaign: campaign._takes_calls())
        known = lists.search(
            [("campaign_id", "in", wanted.ids), ("is_inbound", "=", True)]
        )
        missing = wanted - known.campaign_id
        lists.create(
            [
                {
                    "name": self.env._("Callers of %s", campaign.title),
                    "campaign_id": campaign.id,
                    "is_inbound": True,
                    "is_for_campaign": True,
                }
                for campaign in missing
            ]
        )

    @api.model
    def _campaign_called(self, called):
        """Return the running campaign that a dialled number belongs to.

        :param str called: the number as the exchange or a person writes it
        :return: one campaign, or none
        :rtype: utm.campaign
        """
        number = to_e164(called)
        if not number:
            return self.browse()
        # sudo: numbers of the company, which anybody may dial
        found = (
            self.env["crm.campaign.number"]
            .sudo()
            .search(
                [
                    ("number_e164", "=", number),
                    ("campaign_id.active", "=", True),
                    ("campaign_id.call_state", "=", "running"),
                    ("campaign_id.direction", "!=", "outbound"),
                ],
                limit=1,
            )
        )
        return found.campaign_id

    @api.model
    def _inbound_name(self, number, called=None):
        """Return the name that a caller is; an unknown caller becomes one.

        Only names that the current user may have: those of the campaign's company and
        of the user's branches of portfolios.

        Two calls of one number at the same moment make one name, if each runs in a
        transaction of its own at READ COMMITTED (``crm.desk.answer`` does).

        :param str number: of the caller, in any notation; empty when it is withheld
        :param str called: the number that was dialled; may be left out when called on
            a campaign
        :return: one name, also of an opportunity or a customer
        :rtype: crm.lead
        """
        campaign = self[:1] or self._campaign_called(called)
        caller = to_e164(number, campaign.company_id.country_id.code or "IT")
        # sudo: whoever answers may not search all names; only the caller is returned
        leads = self.env["crm.lead"].sudo()
        if caller:
            self.env.cr.execute(
                SQL(
                    "SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(%s))",
                    _LOCK,
                    caller,
                )
            )
            known = campaign._known_caller(caller) or campaign._calling_customer(caller)
            if known:
                return known
        return leads.create(campaign._caller_values(number, caller))

    def _caller_values(self, number, caller):
        """Return the values of the name that an unknown caller becomes.

        :param str number: as it was given
        :param str | None caller: in E.164, ``None`` when withheld or not readable
        :rtype: dict
        """
        written = format_international(caller) if caller else (number or "").strip()
        mobile = bool(caller) and is_mobile(caller)
        return {
            "name": self.env._("Caller %(number)s", number=written)
            if written
            else self.env._("Caller without a number"),
            "type": "lead",
            "lead_kind": "person",
            "phone": False if mobile else written or False,
            "mobile": written if mobile else False,
            "user_id": False,
            "team_id": False,
            "company_id": self.company_id.id,
        }

    def _inbound_line(self, lead):
        """Return the place of a caller in the lists of this campaign, made if need be.

        :param crm.lead lead: one name
        :rtype: crm.call.list.line
        """
        self.ensure_one()
        inbound = self._callers_list()
        # sudo: lines are closed to operators; this one is the caller's
        lines = self.env["crm.call.list.line"].sudo()
        known = lines.search(
            [
                ("lead_id", "=", lead.id),
                ("campaign_id", "=", self.id),
                ("list_id.active", "=", True),
            ],
            order="claimed_by_id, id desc",
            limit=1,
        )
        if known:
            return known
        state = self.env["crm.list.state"]._get_by_category("in_progress")
        return lines.create(
            {
                "list_id": inbound.id,
                "campaign_id": self.id,
                "lead_id": lead.id,
                "list_state_id": self._own_list_state(state).id,
                "category": state.category,
                "rank": 0,
                "attempts": 0,
            }
        )

    def _callers_list(self):
        """Return the list that keeps who calls this campaign, made if need be.

        :rtype: crm.call.list
        """
        self.ensure_one()
        # sudo: as in ``_ensure_inbound_list``
        lists = self.env["crm.call.list"].sudo().with_context(active_test=False)
        domain = [("campaign_id", "=", self.id), ("is_inbound", "=", True)]
        if not lists.search_count(domain, limit=1):
            self._ensure_inbound_list()
        found = lists.search(domain, limit=1)
        # People go on calling, whoever put the list away.
        found.filtered(lambda call_list: not call_list.active).active = True
        return found
