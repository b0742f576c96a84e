from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .utm_campaign import COUNTING_GROUPS


class UtmCampaign(models.Model):
    """What a campaign is, who works in it, and what it still lacks."""

    _inherit = "utm.campaign"

    title = fields.Char(help="What operators and managers see.")
    user_id = fields.Many2one(help="Answers for the campaign.")
    company_id = fields.Many2one(help="Whose names are called. Empty: of any company.")
    call_list_ids = fields.One2many(
        help="The lists whose names are called, and who works on each."
    )
    family_id = fields.Many2one(
        "crm.campaign.family",
        index="btree_not_null",
        ondelete="restrict",
        help="What several campaigns belong to, for instance all those of one product.",
    )
    deal_subject_id = fields.Many2one(
        "crm.deal.subject",
        "Main Deal Subject",
        index="btree_not_null",
        ondelete="restrict",
        help="What is offered above all: figures can be grouped by it.",
    )
    product_ids = fields.Many2many(
        "product.product",
        "utm_campaign_product_rel",
        "campaign_id",
        "product_id",
        string="Products",
        domain=[("sale_ok", "=", True)],
        help="Products and services that may be sold in this campaign.",
    )
    direction = fields.Selection(
        [
            ("outbound", "Outbound: we call"),
            ("inbound", "Inbound: people call us"),
            ("mixed", "Mixed: both ways"),
        ],
        default="outbound",
        required=True,
        help="An inbound campaign needs no list: whoever calls one of its numbers"
        " becomes a name. In a campaign of both kinds an operator calls and answers.",
    )
    channel = fields.Selection(
        [
            ("phone", "Telephone"),
            ("dem", "E-mail (DEM)"),
            ("both", "Telephone and e-mail"),
        ],
        default="phone",
        required=True,
        help="Names of a campaign by e-mail only are not served to operators.",
    )
    group_ids = fields.Many2many(
        "crm.operator.group",
        "utm_campaign_operator_group_rel",
        "campaign_id",
        "group_id",
        string="Operator Groups",
        help="Their members work on all lists of the campaign that are not assigned to"
        " somebody else.",
    )
    skill_ids = fields.One2many(
        "crm.campaign.skill",
        "campaign_id",
        "Operators and Skill",
        copy=True,
        help="Operators who work in the campaign, and how skilled each of them is for"
        " it, from 1 to 10.",
    )
    number_ids = fields.One2many(
        "crm.campaign.number",
        "campaign_id",
        "Called Numbers",
        copy=False,
        help="The numbers that people dial to reach this campaign.",
    )
    list_state_ids = fields.Many2many(
        "crm.list.state",
        "utm_campaign_list_state_rel",
        "campaign_id",
        "list_state_id",
        string="List States",
        help="States of this campaign's lists. An outcome that leads to another state"
        " leads to the first one of the same category here. Left empty: all.",
    )
    relation_ids = fields.Many2many(
        "crm.relation",
        string="What Follows",
        compute="_compute_relation_ids",
        help="The steps that follow from each outcome, as the commercial graph says.",
    )
    setup_problem = fields.Text(
        compute="_compute_setup_problem",
        groups=COUNTING_GROUPS,
        help="What the campaign lacks to serve names.",
    )

    @api.depends("activity_type_id", "outcome_ids.active")
    def _compute_relation_ids(self):
        relations = self.env["crm.relation"]
        for campaign in self:
            campaign.relation_ids = relations.search(
                [
                    ("activity_type_id", "=", campaign._get_activity_type().id),
                    ("outcome_id", "in", campaign._get_outcomes().ids),
                ]
            )

    def _compute_setup_problem(self):
        for campaign in self:
            asked = (
                campaign.is_call_campaign
                and not campaign.is_template
                and campaign.call_state in ("draft", "running")
            )
            campaign.setup_problem = (
                asked and "\n".join(campaign._missing_to_start()) or False
            )

    @api.constrains("list_state_ids")
    def _check_list_state_ids(self):
        for campaign in self.filtered("list_state_ids"):
            if "to_call" not in campaign.list_state_ids.mapped("category"):
                raise ValidationError(
                    self.env._(
                        "%(campaign)s needs a list state of the category To Call: new"
                        " names start in it.",
                        campaign=campaign.title,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if {"group_ids", "skill_ids", "coordinator_ids"} & set(vals):
            self.env["crm.call.list"]._settle_operators()
        return result

    # ------------------------------------------------------------
    # WHO WORKS IN IT
    # ------------------------------------------------------------

    def _get_operators(self):
        """Return who works in this campaign, by its groups, by name or by a list.

        :rtype: res.users
        """
        self.ensure_one()
        # sudo: groups that the reader may not see work in the campaign as well
        campaign = self.sudo()
        members = campaign.group_ids.filtered("active").member_ids
        operators = members | campaign.skill_ids.user_id
        operators |= campaign.call_list_ids.operator_ids
        return operators.filtered("active").sudo(self.env.su)

    def action_add_members(self):
        """Button: give each member of the groups a line with a skill of its own.

        :rtype: bool
        """
        for campaign in self:
            members = campaign.group_ids.filtered("active").member_ids
            missing = members.filtered("active") - campaign.skill_ids.user_id
            campaign.skill_ids = [
                Command.create({"user_id": user.id}) for user in missing
            ]
        return True

    def _serves_by_phone(self):
        """Tell whether operators are served names of this campaign.

        :rtype: bool
        """
        self.ensure_one()
        return self.channel != "dem" and not self.is_template

    # ------------------------------------------------------------
    # WHAT IT LACKS
    # ------------------------------------------------------------

    def _missing_to_start(self):
        missing = []
        if self._serves_by_phone():
            if self.direction != "outbound":
                missing += self._missing_to_answer()
            if self.direction != "inbound":
                missing += self._missing_to_call()
            missing += self._missing_outcomes()
        return missing

    def _missing_to_answer(self):
        """Return a sentence for each thing that the campaign lacks to take calls.

        :rtype: list[str]
        """
        missing = []
        if not self.number_ids:
            missing.append(
                self.env._(
                    "It has no called number. Enter the numbers that people dial."
                )
            )
        return missing + self._missing_operators()

    def _missing_operators(self):
        """Return the sentence that nobody works in the campaign, if so.

        :rtype: list[str]
        """
        if self._get_operators():
            return []
        return [self.env._("No operator works in it. Add operators or a group.")]

    def _missing_to_call(self):
        """Return a sentence for each thing that the campaign lacks to call names.

        :rtype: list[str]
        """
        lists = self.call_list_ids.filtered(
            lambda found: found.active and not found.is_inbound
        )
        if not lists:
            return [
                self.env._("It has no list. Create one or import names."),
                *self._missing_operators(),
            ]
        missing = []
        if not lists.operator_ids:
            missing.append(
                self.env._("No operator works on its lists. Add operators or a group.")
            )
        if not self._has_names_left(lists):
            missing.append(self.env._("Its lists hold no name to call. Import names."))
        elif not self._has_callable_names(lists):
            missing.append(
                self.env._(
                    "None of the names left may be called: they are archived, blocked"
                    " or on the do-not-call list. Import other names."
                )
            )
        return missing

    def _missing_outcomes(self):
        """Return the sentence that the campaign has no outcome, if so.

        :rtype: list[str]
        """
        if any(outcome.kind for outcome in self._get_outcomes()):
            return []
        return [self.env._("No outcome is allowed. Add outcomes.")]

    def _has_names_left(self, lists):
        return self._any_line_left(lists, SQL("true"))

    def _has_callable_names(self, lists):
        return self._any_line_left(
            lists, SQL("lead.active AND lead.may_not_be_called IS NOT TRUE")
        )

    def _any_line_left(self, lists, condition):
        """Tell whether some lists have a name to call that fulfils a condition.

        :param SQL condition: on ``lead``
        :rtype: bool
        """
        self.env["crm.call.list.line"].flush_model(["list_id", "lead_id", "category"])
        self.env["crm.lead"].flush_model(["active"])
        [(found,)] = self.env.execute_query(
            SQL(
                """SELECT EXISTS (
                       SELECT 1 FROM crm_call_list_line line
                         JOIN crm_lead lead ON lead.id = line.lead_id
                        WHERE line.list_id = ANY(%s)
                          AND line.category IN ('to_call', 'recall') AND %s)""",
                lists.ids,
                condition,
            )
        )
        return found

    # ------------------------------------------------------------
    # STATES OF ITS LISTS
    # ------------------------------------------------------------

    def _own_list_state(self, state):
        """Return the state of this campaign that stands for a state.

        :param crm.list.state state: that an outcome leads to
        :return: the state itself, if the campaign has it or names no states
        :rtype: crm.list.state
        """
        self.ensure_one()
        own = self.list_state_ids.filtered("active")
        if not own or state in own:
            return state
        return (
            own.filtered(lambda found: found.category == state.category).sorted()[:1]
            or state
        )

    @api.model
    def _call_domain(self):
        """Return the domain of call campaigns that names are called in.

        :rtype: Domain
        """
        return Domain("is_call_campaign", "=", True) & Domain("is_template", "=", False)
