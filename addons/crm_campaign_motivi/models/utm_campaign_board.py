from odoo import models
from odoo.exceptions import AccessError

#: Below the campaign's channel on the bus: that something changed, never what.
BOARD_SUBCHANNEL = "crm_campaign_board"
#: Type of that notification.
BOARD_CHANGED = "crm_campaign_board/changed"
_WAITING = "crm_campaign_motivi.changed_campaigns"


class UtmCampaign(models.Model):
    """The coordinator's page of a campaign: who may watch it, and when it changes."""

    _name = "utm.campaign"
    _inherit = ["utm.campaign", "bus.listener.mixin"]

    def _filtered_watchable(self):
        """Return those of these campaigns whose page the current user may watch.

        Campaign managers watch all call campaigns of their companies, coordinators
        their own.

        :rtype: utm.campaign
        """
        user = self.env.user
        is_manager = user.has_group("crm_callcenter.group_campaign_manager")
        if not is_manager and not user.has_group("crm_callcenter.group_coordinator"):
            return self.browse()
        readable = self.sudo(False).exists()._filtered_access("read")
        return readable.filtered(
            lambda campaign: (
                campaign.is_call_campaign
                and (is_manager or user in campaign.coordinator_ids)
            )
        )

    def _check_watchable(self):
        """Refuse the page to whoever may not watch it.

        :raise AccessError: naming whom to ask
        """
        if self - self._filtered_watchable():
            raise AccessError(
                self.env._(
                    "This page is for the campaign's coordinators and for campaign"
                    " managers. Ask a campaign manager to make you a coordinator of"
                    " the campaign."
                )
            )

    def _announce_change(self):
        """Let the pages of these campaigns read their figures again, after commit.

        Costs the caller nothing but a note in memory; what is rolled back is never
        announced. See ``crm.campaign.pulse`` for how often and by whom it is sent.
        """
        if not self.ids:
            return
        postcommit = self.env.cr.postcommit
        waiting = postcommit.data.get(_WAITING)
        if waiting is None:
            waiting = postcommit.data[_WAITING] = set()
            pulse = self.env["crm.campaign.pulse"]
            postcommit.add(lambda: pulse._beat_soon(waiting))
        waiting.update(self.ids)

    def action_open_board(self):
        """Button: the coordinator's page of this campaign.

        :rtype: dict
        """
        self.ensure_one()
        self._check_watchable()
        action = self.env["ir.actions.client"]._for_xml_id(
            "crm_campaign_motivi.crm_campaign_board_action"
        )
        return {**action, "context": {"active_id": self.id}}
