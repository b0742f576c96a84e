from functools import partial

from odoo import api, models
from odoo.exceptions import UserError


class CrmDesk(models.AbstractModel):
    """The desk of campaigns that close, lack something, or lose a name in hand."""

    _inherit = "crm.desk"

    @api.model
    def open(self):
        """Start the desk; see the base method.

        :return: also ``reason``, why there is no campaign to work in
        :rtype: dict
        """
        opened = super().open()
        opened["reason"] = None if opened["campaigns"] else self._why_no_campaign()
        return opened

    @api.model
    def next_name(self, campaign_id):
        """Take the next name to call; see the base method.

        A name whose call could not be ended, since no outcome is allowed, goes back at
        once. Asked afterwards, the question costs nothing.

        :rtype: dict
        """
        served = super().next_name(campaign_id)
        if served.get("empty") or served["outcomes"]:
            return served
        self.env["crm.dispatch"]._release(served["line_id"], served["claim_token"])
        return {
            "empty": True,
            "reason": self.env._(
                "No outcome is allowed in %(campaign)s, so no call could be ended."
                " Ask a campaign manager to add outcomes.",
                campaign=served["campaign"]["name"],
            ),
        }

    @api.model
    def present(self, campaign_id):
        """Say that nothing is in hand, and that the next name would be welcome.

        :param int campaign_id: the campaign that the operator has chosen
        :return: whether the operator works on it
        :rtype: bool
        """
        self._check_operator()
        campaign = self._my_campaigns().filtered(lambda c: c.id == campaign_id)
        if campaign:
            self.env["crm.dispatch"]._present(campaign)
        return bool(campaign)

    @api.model
    def _my_campaigns(self):
        return (
            super()
            ._my_campaigns()
            .filtered(lambda campaign: campaign._serves_by_phone())
        )

    # ------------------------------------------------------------
    # NAMES LEAVE THE HAND
    # ------------------------------------------------------------

    @api.model
    def _held_line(self, line_id, claim_token):
        # sudo: whether the line is there at all, and nothing else
        lines = self.env["crm.call.list.line"].sudo()
        self._check_operator()
        if not lines.browse(line_id).exists():
            raise UserError(
                self.env._(
                    "This name was deleted, or taken out of its list, while you had it"
                    " in hand. Copy your note and take the next name."
                )
            )
        return super()._held_line(line_id, claim_token)

    @api.model
    def _close_line(self, line, outcome, recall):
        result = super()._close_line(line, outcome, recall)
        campaign = line.campaign_id
        own = campaign._own_list_state(line.list_state_id)
        if own != line.list_state_id:
            line.list_state_id = own
        if campaign.call_state == "closing":
            self.env.cr.postcommit.add(partial(campaign._finish_closing, campaign.ids))
        return result

    @api.model
    def release(self, line_id, claim_token):
        """Close the name without an outcome; see the base method.

        :rtype: bool
        """
        # sudo: the campaign of the name that is given back
        line = self.env["crm.call.list.line"].sudo().browse(line_id).exists()
        campaign = line.campaign_id
        result = super().release(line_id, claim_token)
        if campaign.call_state == "closing":
            campaign._finish_closing(campaign.ids)
        return result

    # ------------------------------------------------------------
    # WHY IS THERE NOTHING
    # ------------------------------------------------------------

    @api.model
    def _why_no_campaign(self):
        """Say why the current user can't work in any campaign now.

        :rtype: str
        """
        # sudo: the titles of the campaigns on whose lists the user works
        own = self.env["utm.campaign"].sudo()
        waiting = own.search(
            [
                *own._call_domain(),
                ("call_list_ids.operator_ids", "in", self.env.uid),
                ("call_state", "!=", "running"),
            ],
            limit=1,
            order="call_state desc, id desc",
        )
        if waiting:
            return self._why_not_running(waiting)
        return self.env._(
            "You work on no list of a running campaign. Ask your coordinator to add you"
            " to one, or to an operator group."
        )

    @api.model
    def _why_not_mine(self, campaign_id):
        campaign = self.env["utm.campaign"].browse(campaign_id).exists()
        if (
            campaign
            and campaign.has_access("read")
            and (campaign.call_state in ("closing", "closed") or not campaign.active)
        ):
            return self._why_not_running(campaign)
        return super()._why_not_mine(campaign_id)

    @api.model
    def _why_not_running(self, campaign):
        sentences = {
            "draft": self.env._(
                "The campaign %(campaign)s is still in preparation: no name is served"
                " yet. Your coordinator knows when it starts.",
                campaign=campaign.title,
            ),
            "closing": self.env._(
                "The campaign %(campaign)s is being closed: no new name is served."
                " Choose another campaign.",
                campaign=campaign.title,
            ),
        }
        return sentences.get(
            campaign.call_state,
            self.env._(
                "The campaign %(campaign)s is closed and not running any more. Choose"
                " another campaign.",
                campaign=campaign.title,
            ),
        )
