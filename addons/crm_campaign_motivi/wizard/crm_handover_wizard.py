from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_callcenter.wizard.crm_bulk_wizard import AT_ONCE


class CrmHandoverWizard(models.TransientModel):
    """Gives everything of an operator who leaves to others, in one window.

    A coordinator hands over what belongs to the own campaigns, a campaign manager
    everything.
    """

    _name = "crm.handover.wizard"
    _description = "Hand Over the Work of an Operator"

    user_id = fields.Many2one(
        "res.users",
        "Operator Who Leaves",
        required=True,
        domain="[('share', '=', False)]",
        context={"active_test": False},
    )
    successor_ids = fields.Many2many(
        "res.users",
        "crm_handover_successor_rel",
        "wizard_id",
        "user_id",
        "Successors",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        help="One gets everything. Several work on the lists together: recalls then are"
        " everybody's, and planned actions go to the pool. Nobody: the lists stay"
        " without this operator.",
    )
    hands_lists = fields.Boolean(
        "Lists, Groups and Campaigns",
        default=True,
        help="The place of the operator in lists, groups and campaigns, with the skill"
        " there.",
    )
    hands_recalls = fields.Boolean("Private Recalls", default=True)
    hands_actions = fields.Boolean("Planned Actions", default=True)
    hands_charge = fields.Boolean("Names in Charge", default=True)
    list_ids = fields.Many2many(
        "crm.call.list", string="Lists of the Operator", compute="_compute_list_ids"
    )
    leads_what = fields.Char(
        "Leads",
        compute="_compute_leads_what",
        help="Whoever leads a campaign or a group is chosen there: not every successor"
        " has the role.",
    )

    @api.depends("user_id")
    def _compute_list_ids(self):
        for wizard in self:
            user_ids = wizard.user_id.ids
            wizard.list_ids = self.env["crm.call.list"].search(
                Domain("owner_id", "=", False)
                & (
                    Domain("operator_ids", "in", user_ids)
                    | Domain("own_operator_ids", "in", user_ids)
                )
            )

    @api.depends("user_id")
    def _compute_leads_what(self):
        for wizard in self:
            campaigns = self.env["utm.campaign"].search(
                [
                    ("is_call_campaign", "=", True),
                    ("coordinator_ids", "in", wizard.user_id.ids),
                ]
            )
            groups = self.env["crm.operator.group"].search(
                [("coordinator_id", "in", wizard.user_id.ids)]
            )
            names = campaigns.mapped("title") + groups.mapped("name")
            wizard.leads_what = ", ".join(names)

    def action_confirm(self):
        """Hand everything over; very many recalls go on in the background.

        :return: the operation that hands over the recalls, or nothing to show
        :rtype: dict
        :raise UserError: the operator would get everything back
        """
        self.ensure_one()
        if self.user_id in self.successor_ids:
            raise UserError(
                self.env._(
                    "%(user)s leaves, and can't be a successor. Choose somebody else.",
                    user=self.user_id.name,
                )
            )
        if self.hands_lists:
            self._hand_over_lists()
        if self.hands_charge:
            self._hand_over_charge()
        if self.hands_actions:
            self._hand_over_actions()
        if self.hands_recalls:
            job = self._hand_over_recalls()
            if job and job.state != "done":
                return job.action_open()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self._done_sentence(),
                "sticky": bool(self.leads_what),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _done_sentence(self):
        sentence = self.env._(
            "The work of %(user)s has been handed over.", user=self.user_id.name
        )
        if not self.leads_what:
            return sentence
        return " ".join(
            [
                sentence,
                self.env._(
                    "%(user)s still leads: %(what)s. Choose another coordinator there.",
                    user=self.user_id.name,
                    what=self.leads_what,
                ),
            ]
        )

    @property
    def _only_successor(self):
        """Return the one who gets everything, or nobody."""
        if len(self.successor_ids) == 1:
            return self.successor_ids
        return self.successor_ids.browse()

    def _hand_over_groups(self):
        """Give the place of the operator in groups to the successors, where there are.

        Whoever may not write one is refused.
        """
        groups = self.env["crm.operator.group"].search(
            [("member_ids", "in", self.user_id.ids)]
        )
        command = fields.Command
        groups.write(
            {
                "member_ids": [
                    command.unlink(self.user_id.id),
                    *(command.link(user.id) for user in self.successor_ids),
                ]
            }
        )

    def _hand_over_skills(self):
        """Give the place of the operator in campaigns to the successors.

        They get the skill there, but whoever is in the campaign already keeps the own.
        """
        # sudo: a coordinator does so in the own campaigns only
        skills = self.env["crm.campaign.skill"].sudo()
        domain = [("user_id", "=", self.user_id.id)]
        if not self.env.user.has_group("crm_callcenter.group_campaign_manager"):
            domain.append(("campaign_id.coordinator_ids", "in", self.env.uid))
        left = skills.search(domain)
        skills.create(
            [
                {
                    "campaign_id": skill.campaign_id.id,
                    "user_id": user.id,
                    "level": skill.level,
                }
                for skill in left
                for user in self.successor_ids - skill.campaign_id.skill_ids.user_id
            ]
        )
        left.unlink()

    def _hand_over_lists(self):
        """Give the place in each list to the successors in the way it was had.

        By name here; by a group or by the campaign there: lists that are for groups or
        for the whole campaign go on being so.
        """
        lists = self.list_ids
        lists.check_access("write")
        self._hand_over_groups()
        self._hand_over_skills()
        command = fields.Command
        by_name = lists.filtered(lambda found: self.user_id in found.own_operator_ids)
        by_name.write(
            {
                "own_operator_ids": [
                    command.unlink(self.user_id.id),
                    *(command.link(user.id) for user in self.successor_ids),
                ]
            }
        )
        self.env["crm.call.list"]._settle_operators()
        for call_list in lists:
            # sudo: by a group or a campaign that the user doesn't lead
            if self.user_id in call_list.sudo().operator_ids:
                call_list.sudo()._refuse_to_leave_out(self.user_id)

    def _hand_over_recalls(self):
        lists = self.env["crm.call.list"].search([("owner_id", "=", False)])
        domain = [
            ("recall_user_id", "=", self.user_id.id),
            ("list_id", "in", lists.ids),
        ]
        # sudo: whose recalls they are is closed where figures per person are; they are
        # handed over, not shown
        count = self.env["crm.call.list.line"].sudo().search_count(domain)
        jobs = self.env["crm.list.job"]
        if not count:
            return jobs
        return jobs._start(
            {
                "kind": "recalls",
                "domain": repr(domain),
                "new_user_id": self._only_successor.id,
            },
            count,
            AT_ONCE,
        )

    def _hand_over_charge(self):
        leads = self.env["crm.lead"].with_context(active_test=False)
        # The search keeps to the names that the user sees.
        leads = leads.search([("charge_user_id", "=", self.user_id.id)])
        leads._change_charge(
            self._only_successor,
            "taken" if self._only_successor else "released",
            note=self.env._(
                "Handed over: %(user)s leaves.",
                user=self.user_id.name,
            ),
        )

    def _hand_over_actions(self):
        # sudo: what a colleague has planned; on names that the user sees
        actions = self.env["mail.activity"].sudo()
        rows = self.env.execute_query(
            SQL(
                """SELECT id, res_id FROM mail_activity
                    WHERE user_id = %s AND active AND res_model = 'crm.lead'""",
                self.user_id.id,
            )
        )
        leads = self.env["crm.lead"].with_context(active_test=False)
        mine = set(leads.search([("id", "in", [lead_id for _id, lead_id in rows])]).ids)
        found = actions.browse([id_ for id_, lead_id in rows if lead_id in mine])
        found = found._filtered_commercial()
        if self._only_successor:
            found._move_to_user(self._only_successor)
        else:
            found._move_to_pool()
