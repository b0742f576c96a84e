from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

#: What the coordinator of a group may change of it.
_COORDINATORS_FIELDS = {"member_ids"}


class CrmOperatorGroup(models.Model):
    """Operators who work together, and who leads them."""

    _name = "crm.operator.group"
    _description = "Operator Group"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(
        default=True, help="Members of an archived group are served nothing through it."
    )
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    coordinator_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        ondelete="restrict",
        domain=lambda self: self._coordinator_domain(),
        help="Leads the members: sees this group, and the names of the lists that it"
        " works on, and no other group's.",
    )
    member_ids = fields.Many2many(
        "res.users",
        "crm_operator_group_member_rel",
        "group_id",
        "user_id",
        string="Members",
        domain="[('may_call_names', '=', True)]",
        context={"active_test": False},
        help="Whoever joins is served names of the group's lists from the next request"
        " on; whoever leaves is not.",
    )
    campaign_ids = fields.Many2many(
        "utm.campaign",
        "utm_campaign_operator_group_rel",
        "group_id",
        "campaign_id",
        string="Campaigns",
        readonly=True,
    )
    list_ids = fields.Many2many(
        "crm.call.list",
        "crm_call_list_group_rel",
        "group_id",
        "list_id",
        string="Lists",
        readonly=True,
    )
    member_count = fields.Integer("Number of Members", compute="_compute_counts")
    list_count = fields.Integer("Number of Lists", compute="_compute_counts")

    _name_once = models.UniqueIndex(
        "(name, company_id) WHERE active", "There is a group of this name already."
    )

    @api.model
    def _coordinator_domain(self):
        group = self.env.ref("crm_callcenter.group_coordinator")
        return [("all_group_ids", "in", group.ids), ("share", "=", False)]

    @api.depends(
        "member_ids.active", "list_ids", "campaign_ids.call_list_ids.is_for_campaign"
    )
    def _compute_counts(self):
        lists = self.env["crm.call.list"]
        for group in self:
            group.member_count = len(group.member_ids.filtered("active"))
            group.list_count = lists.search_count(group._lists_domain())

    def _lists_domain(self):
        """Return the lists on which these groups work: their own, and everybody's.

        :rtype: Domain
        """
        return Domain("group_ids", "in", self.ids) | (
            Domain("is_for_campaign", "=", True)
            & Domain("campaign_id.group_ids", "in", self.ids)
        )

    @api.constrains("coordinator_id")
    def _check_coordinator_id(self):
        for group in self.filtered("coordinator_id"):
            if not group.coordinator_id.has_group("crm_callcenter.group_coordinator"):
                raise ValidationError(
                    self.env._(
                        "%(user)s has not the role Coordinator and can't lead"
                        " %(group)s. Give the role first, or choose somebody else.",
                        user=group.coordinator_id.name,
                        group=group.name,
                    )
                )

    @api.constrains("member_ids")
    def _check_member_ids(self):
        self.member_ids.filtered("active")._check_calls_names()

    def write(self, vals):
        closed = set(vals) - _COORDINATORS_FIELDS
        if (
            closed
            and not self.env.su
            and not self.env.user.has_group("crm_callcenter.group_campaign_manager")
        ):
            raise UserError(
                self.env._(
                    "A coordinator chooses the members of a group. Ask a campaign"
                    " manager to change anything else."
                )
            )
        result = super().write(vals)
        self.env["crm.call.list"]._settle_operators()
        return result

    def action_open_lists(self):
        """Button: the lists that this group works on.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign_motivi.crm_call_list_action"
        )
        action["domain"] = list(self._lists_domain())
        action["context"] = {}
        return action
