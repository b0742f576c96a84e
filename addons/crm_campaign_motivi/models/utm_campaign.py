from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

#: Who may know how many names a campaign has.
COUNTING_GROUPS = (
    "crm_callcenter.group_coordinator,crm_callcenter.group_campaign_manager"
)


class UtmCampaign(models.Model):
    """A call campaign (Motivo): who calls which lists, with what to say and offer."""

    _inherit = "utm.campaign"

    is_call_campaign = fields.Boolean("Call Campaign", index=True, copy=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self._default_company(), index=True
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    call_state = fields.Selection(
        [("draft", "In Preparation"), ("running", "Running"), ("closed", "Closed")],
        string="State",
        default="draft",
        required=True,
        copy=False,
        help="Operators are served names of running campaigns only.",
    )
    script = fields.Html(help="What the operator says. Always on the desk.")
    coordinator_ids = fields.Many2many(
        "res.users",
        "utm_campaign_coordinator_rel",
        "campaign_id",
        "user_id",
        string="Coordinators",
        domain="[('share', '=', False)]",
        help="They see the names of this campaign and its lists.",
    )
    agent_ids = fields.Many2many(
        "res.users",
        "utm_campaign_agent_rel",
        "campaign_id",
        "user_id",
        string="Field Agents",
        domain=lambda self: self.env["res.users"]._field_agent_domain(),
        help="Appointments are fixed with those of them who cover the name's zone.",
    )
    outcome_ids = fields.Many2many(
        "crm.outcome",
        "utm_campaign_outcome_rel",
        "campaign_id",
        "outcome_id",
        string="Outcomes",
        help="Outcomes allowed in this campaign. Left empty: all that have a kind.",
    )
    call_list_ids = fields.One2many(
        "crm.call.list", "campaign_id", "Lists", domain=[("owner_id", "=", False)]
    )
    # Appointments
    appointment_minutes = fields.Integer(
        "Length of an Appointment", default=60, help="In minutes, travel included."
    )
    slot_notice_hours = fields.Integer(
        "Notice", default=4, help="Hours between the call and the earliest appointment."
    )
    slot_horizon_days = fields.Integer(
        "Horizon", default=21, help="Days ahead for which appointments are offered."
    )
    # Opportunities
    expected_revenue = fields.Monetary(
        help="Proposed for each opportunity; the operator may change it."
    )
    closing_days = fields.Integer(
        "Days to Closing",
        default=30,
        help="Proposed expected closing of an opportunity, in days from the call.",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        "Action of Its Calls",
        ondelete="restrict",
        domain="[('is_commercial', '=', True), ('is_system', '=', False)]",
        help="The action of the commercial graph that a call of this campaign is: its"
        " relations say what follows from each outcome. Left empty, the first active"
        " action by phone.",
    )
    # Claims
    claim_minutes = fields.Integer(
        "Minutes in Hand",
        default=15,
        help="For how long a served name belongs to an operator whose desk gives no"
        " sign of life. Then it goes back to the list.",
    )
    rest_minutes = fields.Integer(
        "Minutes of Rest",
        default=30,
        help="How long a name rests that was put back without an outcome.",
    )
    count_total = fields.Integer(
        "Names", compute="_compute_call_counts", groups=COUNTING_GROUPS
    )
    count_left = fields.Integer(
        "Names Left", compute="_compute_call_counts", groups=COUNTING_GROUPS
    )

    _call_lengths = models.Constraint(
        """CHECK (NOT is_call_campaign OR (
            appointment_minutes BETWEEN 10 AND 480 AND slot_notice_hours >= 0
            AND slot_horizon_days BETWEEN 1 AND 180 AND closing_days >= 0
            AND claim_minutes BETWEEN 1 AND 240 AND rest_minutes >= 0))""",
        "Appointments last 10 to 480 minutes, the horizon is 1 to 180 days, a name"
        " stays in hand for 1 to 240 minutes, and no other time is negative.",
    )

    @api.model
    def _default_company(self):
        if self.env.context.get("default_is_call_campaign"):
            return self.env.company
        return False

    @api.depends("company_id")
    def _compute_currency_id(self):
        for campaign in self:
            campaign.currency_id = (campaign.company_id or self.env.company).currency_id

    @api.depends("title", "is_call_campaign")
    def _compute_name(self):
        """Keep the identifier of a call campaign: links that were sent name it."""
        frozen = self.filtered(lambda c: c.is_call_campaign and c._origin.name)
        for campaign in frozen:
            campaign.name = campaign._origin.name
        return super(UtmCampaign, self - frozen)._compute_name()

    def _compute_call_counts(self):
        self.env["crm.call.list.line"].flush_model(["campaign_id", "category"])
        counts = {}
        if self.ids:
            counts = {
                campaign_id: (total, left)
                for campaign_id, total, left in self.env.execute_query(
                    SQL(
                        """SELECT campaign_id, count(*),
                                  count(*) FILTER (
                                      WHERE category IN ('to_call', 'recall'))
                             FROM crm_call_list_line
                            WHERE campaign_id = ANY(%s) GROUP BY campaign_id""",
                        self.ids,
                    )
                )
            }
        for campaign in self:
            campaign.count_total, campaign.count_left = counts.get(campaign.id, (0, 0))

    @api.constrains("agent_ids")
    def _check_agent_ids(self):
        for campaign in self:
            for user in campaign.agent_ids:
                if not user.has_group("crm_callcenter.group_agent"):
                    raise ValidationError(
                        self.env._(
                            "%(user)s has not the role Field Agent and can't be given"
                            " appointments.",
                            user=user.name,
                        )
                    )

    def write(self, vals):
        if "name" in vals:
            frozen = self.filtered(
                lambda c: c.is_call_campaign and c.name != vals["name"]
            )
            if frozen:
                raise UserError(
                    self.env._(
                        "The identifier of the call campaign %(campaign)s can't be"
                        " changed: links that were sent name it. Change its title"
                        " instead.",
                        campaign=frozen[0].title,
                    )
                )
        result = super().write(vals)
        if vals.get("is_call_campaign"):
            # The rules look at a campaign before it is written; now it is ours.
            self.check_access("write")
        return result

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_start(self):
        """Button: operators are served from now on.

        :raise UserError: something is missing to call with
        """
        for campaign in self:
            missing = campaign._missing_to_start()
            if missing:
                raise UserError(
                    self.env._(
                        "%(campaign)s can't start yet: %(missing)s",
                        campaign=campaign.title,
                        missing=" ".join(missing),
                    )
                )
        self.write({"call_state": "running"})

    def action_prepare(self):
        """Button: back into preparation."""
        self.write({"call_state": "draft"})

    def _missing_to_start(self):
        """Return a sentence for each thing that the campaign lacks to serve names.

        :rtype: list[str]
        """
        self.ensure_one()
        return []

    def action_open_lines(self):
        """Button: the names of the campaign with their state in their list."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.title,
            "res_model": "crm.call.list.line",
            "view_mode": "list",
            "domain": [("campaign_id", "=", self.id)],
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _rule_company(self):
        """Return the company whose rules hold for the calls of this campaign.

        The campaign's own; that of the user for campaigns of all companies.

        :rtype: res.company
        """
        # sudo: what its settings ask for holds for whoever calls
        return (self.company_id or self.env.company).sudo()

    def _get_outcomes(self):
        """Return the outcomes that an operator may choose, in their order.

        :rtype: crm.outcome
        """
        self.ensure_one()
        allowed = self.outcome_ids.filtered("active")
        return allowed or self.env["crm.outcome"].search([("kind", "!=", False)])

    def _get_activity_type(self):
        """Return the action of the graph that a call of this campaign is.

        :return: the type, or an empty record while no scheme is active
        :rtype: mail.activity.type
        """
        self.ensure_one()
        return self.activity_type_id or self.env["mail.activity.type"]._default_call()

    def _utm_values(self, lead):
        """Return campaign, source and medium of an opportunity won here.

        Passed explicitly: ``utm.mixin`` would read them from a cookie of the operator.
        """
        self.ensure_one()
        medium = self.env.ref("utm.utm_medium_phone", raise_if_not_found=False)
        return {
            "campaign_id": self.id,
            "medium_id": medium.id if medium else False,
            "source_id": lead.source_id.id,
        }
