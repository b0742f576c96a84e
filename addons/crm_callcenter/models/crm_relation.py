from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools.misc import format_datetime

#: Who does the next action.
ASSIGNEES = [
    ("me", "Whoever registers the outcome"),
    ("salesperson", "Salesperson of the name"),
    ("contact", "Contact person of the name"),
    ("technician", "Technician of the name"),
    ("fixed", "A fixed user"),
    ("everyone", "Everyone (unassigned pool)"),
]


class CrmRelation(models.Model):
    """What follows when an action of a type ends with an outcome (Relazione)."""

    _name = "crm.relation"
    _description = "Relation"
    _order = "activity_type_id, sequence, id"

    activity_type_id = fields.Many2one(
        "mail.activity.type",
        "Type",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_commercial', '=', True), ('is_system', '=', False)]",
    )
    outcome_id = fields.Many2one(
        "crm.outcome",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_system', '=', False)]",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    commercial_state_id = fields.Many2one(
        "crm.commercial.state",
        ondelete="restrict",
        help="The state that the name gets. Left empty, its state doesn't change.",
    )
    next_type_id = fields.Many2one(
        "mail.activity.type",
        "Next Action",
        ondelete="restrict",
        domain="[('is_commercial', '=', True), ('is_system', '=', False)]",
        help="What is planned by itself. Left empty, nothing is.",
    )
    next_assignee = fields.Selection(
        ASSIGNEES,
        string="Assigned To",
        default="me",
        required=True,
        help="Who does the next action. When the name has none such, or that user is"
        " archived, it goes to the unassigned pool.",
    )
    next_user_id = fields.Many2one(
        "res.users",
        "Fixed User",
        ondelete="restrict",
        domain="[('share', '=', False)]",
    )
    delay_days = fields.Integer(
        "Days", help="Days from closing after which the next action is due."
    )
    delay_hours = fields.Integer(
        "Hours", help="Hours from closing after which the next action is due."
    )
    points = fields.Integer(help="Points for whoever registers the outcome.")
    is_conclusive = fields.Boolean(
        "Conclusive",
        help="Closes the process that the action belongs to.",
    )
    conclusion = fields.Selection(
        [("won", "Won"), ("lost", "Lost")],
        help="How the process ends.",
    )
    process_id = fields.Many2one(
        "crm.process",
        ondelete="restrict",
        help="The process that this relation opens, or closes when it is conclusive."
        " Left empty, it means the open processes that the type belongs to.",
    )
    takes_charge = fields.Boolean(
        "Takes Charge",
        help="Whoever registers the outcome follows the name from then on.",
    )

    _pair_once = models.Constraint(
        "UNIQUE (activity_type_id, outcome_id)",
        "This type has this outcome already. Change that relation instead.",
    )
    _delay_positive = models.Constraint(
        "CHECK (delay_days >= 0 AND delay_hours >= 0)",
        "The next action can't be due before the outcome: enter zero or more days and"
        " hours.",
    )
    _conclusion_named = models.Constraint(
        "CHECK (NOT is_conclusive OR conclusion IS NOT NULL)",
        "A conclusive relation says whether the process is won or lost.",
    )
    _fixed_user_named = models.Constraint(
        "CHECK (next_assignee != 'fixed' OR next_type_id IS NULL"
        " OR next_user_id IS NOT NULL)",
        "Choose the fixed user who gets the next action.",
    )

    @api.depends("activity_type_id", "outcome_id")
    def _compute_display_name(self):
        for relation in self:
            relation.display_name = (
                f"{relation.activity_type_id.name} → {relation.outcome_id.name}"
            )

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    @api.constrains(
        "active",
        "activity_type_id",
        "outcome_id",
        "commercial_state_id",
        "next_type_id",
        "process_id",
    )
    def _check_targets(self):
        """Refuse relations that lead to something switched off, or to the system's."""
        for relation in self.filtered("active"):
            for target in relation._targets():
                if target and not target.active:
                    raise ValidationError(
                        self.env._(
                            "%(relation)s leads to %(target)s, which is switched off."
                            " Switch it on again or choose another one.",
                            relation=relation.display_name,
                            target=target.display_name,
                        )
                    )
                if target and "is_system" in target._fields and target.is_system:
                    raise ValidationError(
                        self.env._(
                            "%(relation)s uses %(target)s, which only the system may"
                            " register. Choose another one.",
                            relation=relation.display_name,
                            target=target.display_name,
                        )
                    )
            for activity_type in relation.activity_type_id | relation.next_type_id:
                if not activity_type.is_commercial:
                    raise ValidationError(
                        self.env._(
                            "%(relation)s uses %(type)s, which is no commercial"
                            " action.",
                            relation=relation.display_name,
                            type=activity_type.name,
                        )
                    )

    def _targets(self):
        """Return the records that this relation needs, each one or empty.

        :rtype: tuple
        """
        self.ensure_one()
        return (
            self.activity_type_id,
            self.outcome_id,
            self.commercial_state_id,
            self.next_type_id,
            self.process_id,
        )

    @api.constrains("active", "next_assignee", "next_user_id", "next_type_id")
    def _check_fixed_user(self):
        for relation in self.filtered("active"):
            user = relation.next_user_id
            if relation.next_assignee != "fixed" or not relation.next_type_id:
                continue
            if not user:
                raise ValidationError(
                    self.env._(
                        "Choose the fixed user who gets the next action of"
                        " %(relation)s.",
                        relation=relation.display_name,
                    )
                )
            if not (
                user.active
                and not user.share
                and self.env["crm.lead"].with_user(user).has_access("read")
            ):
                raise ValidationError(
                    self.env._(
                        "%(relation)s gives the next action to %(user)s, who has no"
                        " access to names. Give that user a role of the call centre,"
                        " or choose somebody else.",
                        relation=relation.display_name,
                        user=user.name,
                    )
                )

    @api.constrains(
        "active",
        "activity_type_id",
        "outcome_id",
        "next_type_id",
        "delay_days",
        "delay_hours",
    )
    def _check_endless_chain(self):
        """Refuse automatic actions that would follow one another for ever.

        :raise ValidationError: actions that the system closes by itself lead to one
            another without any delay; it names the relations of the circle
        """
        # sudo: a configuration
        types = self.env["mail.activity.type"].sudo()
        automatic = types.search([("automatic_outcome_id", "!=", False)])
        following = {}
        for activity_type in automatic:
            relation = self._get(activity_type, activity_type.automatic_outcome_id)
            if relation.next_type_id in automatic and not (
                relation.delay_days or relation.delay_hours
            ):
                following[activity_type] = relation
        for start in following:
            circle, current = [], start
            while current in following and following[current] not in circle:
                circle.append(following[current])
                current = following[current].next_type_id
            if circle and current == start:
                raise ValidationError(
                    self.env._(
                        "These relations would plan actions for ever, without any"
                        " delay and with nobody in between: %(relations)s. Give one"
                        " of them a delay.",
                        relations=", ".join(
                            relation.display_name for relation in circle
                        ),
                    )
                )

    # ------------------------------------------------------------
    # LOOK-UP
    # ------------------------------------------------------------

    @api.model
    @tools.ormcache("type_id", "outcome_id")
    def _get_id(self, type_id, outcome_id):
        # sudo: a configuration, for every user's request
        return (
            self.sudo()
            .search(
                [("activity_type_id", "=", type_id), ("outcome_id", "=", outcome_id)],
                limit=1,
            )
            .id
        )

    @api.model
    def _get(self, activity_type, outcome):
        """Return the active relation of a type and an outcome.

        :param mail.activity.type activity_type: may be empty or ``None``
        :param crm.outcome outcome: how the action ended
        :return: the relation in sudo, or an empty record
        :rtype: crm.relation
        """
        found = activity_type and self._get_id(activity_type.id, outcome.id)
        return self.sudo().browse(found or ())  # sudo: see above

    def _describe_effects(self):
        """Say in sentences what follows from this relation.

        :rtype: list[str]
        """
        if not self:
            return []
        sentences = []
        if self.commercial_state_id:
            sentences.append(
                self.env._(
                    "Commercial state: %(state)s.",
                    state=self.commercial_state_id.name,
                )
            )
        if self.next_type_id:
            due = self.env["crm.planner"]._due(self.delay_days, self.delay_hours)
            assignee = dict(
                self._fields["next_assignee"]._description_selection(self.env)
            )[self.next_assignee]
            sentences.append(
                self.env._(
                    "Next action: %(type)s from %(date)s on, for: %(assignee)s.",
                    type=self.next_type_id.name,
                    date=format_datetime(self.env, due, dt_format="short"),
                    assignee=self.next_user_id.name
                    if self.next_assignee == "fixed"
                    else assignee,
                )
            )
        if self.points:
            sentences.append(self.env._("Points: %(points)s.", points=self.points))
        if self.is_conclusive:
            sentences.append(self.env._("The process is closed."))
        return sentences

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
