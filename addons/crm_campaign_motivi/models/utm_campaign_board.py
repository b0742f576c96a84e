from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

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
        their own and, of others in which their groups work, their part.

        :rtype: utm.campaign
        """
        domain = self._watchable_domain()
        if domain.is_false():
            return self.browse()
        readable = self.sudo(False).exists()._filtered_access("read")
        found = readable.with_context(active_test=False).search(
            domain & Domain("id", "in", readable.ids)
        )
        return readable & found

    @api.model
    def _watchable_domain(self):
        """Return the domain of the campaigns whose page the current user may watch.

        :rtype: odoo.fields.Domain
        """
        user = self.env.user
        domain = Domain("is_call_campaign", "=", True)
        if user.has_group("crm_callcenter.group_campaign_manager"):
            return domain
        if not user.has_group("crm_callcenter.group_coordinator"):
            return Domain.FALSE
        return domain & (
            Domain("coordinator_ids", "in", user.ids)
            | Domain("call_list_ids", "any", [("coordinator_ids", "in", user.ids)])
        )

    def _watches_all(self):
        """Tell whether the current user watches the whole of this campaign.

        :rtype: bool
        """
        self.ensure_one()
        user = self.env.user
        # sudo: whether one leads the campaign oneself
        return (
            user.has_group("crm_callcenter.group_campaign_manager")
            or user in self.sudo().coordinator_ids
        )

    def _watched_lists_sql(self, column):
        """Return the condition that a list is in the part that the user watches.

        Who leads a group and not the campaign watches the lists on which it works.

        :param SQL column: the id of the list
        :rtype: SQL
        """
        if self._watches_all():
            return SQL("TRUE")
        # sudo: the domain keeps to lists that the user leads
        lists = self.env["crm.call.list"].sudo().with_context(active_test=False)
        led = lists.search(
            [
                ("campaign_id", "=", self.id),
                ("coordinator_ids", "in", self.env.user.ids),
            ]
        )
        return SQL("%s = ANY(%s)", column, led.ids)

    def _watched_user_ids(self):
        """Return whose work in this campaign the current user watches.

        :return: None: everybody's; otherwise members of the user's own groups, and
            the user
        :rtype: list[int] | None
        """
        if self._watches_all():
            return None
        # sudo: the domain keeps to groups that the user leads
        groups = self.env["crm.operator.group"].sudo()
        led = groups.search([("coordinator_id", "=", self.env.uid)])
        return (led.with_context(active_test=False).member_ids | self.env.user).ids

    def _check_watchable(self):
        """Refuse the page to whoever may not watch it.

        :raise AccessError: naming whom to ask
        """
        if self - self._filtered_watchable():
            raise AccessError(
                self.env._(
                    "This page is for the coordinators of the campaign and of its"
                    " groups, and for campaign managers. Ask a campaign manager to make"
                    " you a coordinator of the campaign."
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
