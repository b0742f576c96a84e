from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.crm_callcenter.models.crm_relation import ASSIGNEES


class CrmSegnalazioneTransition(models.Model):
    """A step that documents of a type may take, who may take it, and what follows."""

    _name = "crm.segnalazione.transition"
    _description = "Document Transition"
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="What the button says: Visited, Sign …"
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    type_id = fields.Many2one(
        "crm.segnalazione.type",
        "Document Type",
        required=True,
        index=True,
        ondelete="cascade",
    )
    from_state_id = fields.Many2one(
        "crm.segnalazione.state", "From", required=True, index=True, ondelete="cascade"
    )
    to_state_id = fields.Many2one(
        "crm.segnalazione.state", "To", required=True, index=True, ondelete="cascade"
    )
    allowed_from_ids = fields.Many2many(related="type_id.state_ids")
    allowed_to_ids = fields.Many2many(
        "crm.segnalazione.state", compute="_compute_allowed_to_ids"
    )
    next_type_id = fields.Many2one(
        "crm.segnalazione.type",
        "Becomes",
        ondelete="restrict",
        index="btree_not_null",
        help="The document becomes one of this type, with a number of it, and the new"
        " state is one of this type.",
    )
    group_ids = fields.Many2many(
        "res.groups", string="Who May", help="Empty: whoever may change the document."
    )
    is_backward = fields.Boolean(
        "Opens Again",
        help="Leads from a closing state back to an open one. Others may not.",
    )
    is_quick = fields.Boolean(
        "One Tap", help="A large button on the agent's telephone."
    )
    by_customer = fields.Boolean(
        "Taken by the Customer",
        help="Signing, paying or declining on the portal takes this step, if its effect"
        " on the order fits.",
    )
    asks_reason = fields.Boolean(
        "Asks Why", help="The reason is asked for, and kept in the trace."
    )
    # Conditions
    mandatory_field_ids = fields.Many2many(
        "ir.model.fields",
        "crm_segnalazione_transition_field_rel",
        "transition_id",
        "field_id",
        "Mandatory Fields",
        domain="[('model', '=', 'sale.order')]",
        help="These must be filled in first. A number must not be zero, a box must be"
        " ticked.",
    )
    needs_signature = fields.Boolean(
        "Needs a Signed Document",
        help="The customer has signed on a screen, or the signed paper is attached"
        " under Acceptance.",
    )
    # Effects
    order_effect = fields.Selection(
        [
            ("confirm", "Confirm it"),
            ("sent", "Mark it as sent"),
            ("cancel", "Cancel it"),
            ("draft", "Set it back to draft"),
        ],
        "Odoo's Order",
        help="What happens to the order of Odoo behind the document.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        "E-mail",
        ondelete="restrict",
        domain="[('model', '=', 'sale.order')]",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        "Next Action",
        ondelete="restrict",
        domain="[('is_commercial', '=', True), ('is_system', '=', False)]",
        help="Planned with the name of the document, if it has one.",
    )
    activity_assignee = fields.Selection(
        [("agent", "Agent"), ("operator", "Operator"), *ASSIGNEES],
        "Assigned To",
        required=True,
        default="agent",
    )
    activity_user_id = fields.Many2one(
        "res.users", "Fixed User", ondelete="restrict", domain="[('share', '=', False)]"
    )
    delay_days = fields.Integer("Days", help="Days after which the action is due.")
    delay_hours = fields.Integer("Hours", help="Hours after which the action is due.")
    server_action_id = fields.Many2one(
        "ir.actions.server",
        ondelete="restrict",
        domain="[('model_id.model', '=', 'sale.order')]",
        # It runs as the superuser, so that only administrators choose it.
        groups="base.group_system",
    )
    outcome_id = fields.Many2one(
        "crm.outcome",
        ondelete="restrict",
        domain="[('is_system', '=', False)]",
        help="Registered on the name of the document, so that its commercial state"
        " moves as the graph says. An appointment that is still open is closed with it,"
        " too.",
    )
    outcome_type_id = fields.Many2one(
        "mail.activity.type",
        "As Outcome of",
        ondelete="restrict",
        domain="[('is_commercial', '=', True), ('is_system', '=', False)]",
        help="The kind of action whose relation with the outcome counts, where no open"
        " appointment is closed with it.",
    )

    _delay_positive = models.Constraint(
        "CHECK (delay_days >= 0 AND delay_hours >= 0)",
        "The action can't be due before the step: enter zero or more days and hours.",
    )

    @api.depends("type_id.state_ids", "next_type_id.state_ids")
    def _compute_allowed_to_ids(self):
        for step in self:
            step.allowed_to_ids = (step.next_type_id or step.type_id).state_ids

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    @api.constrains("type_id", "from_state_id", "to_state_id", "next_type_id")
    def _check_states(self):
        """Refuse steps between states that their types don't allow."""
        for step in self:
            target = step.next_type_id or step.type_id
            for state, kind in (
                (step.from_state_id, step.type_id),
                (step.to_state_id, target),
            ):
                if state not in kind.state_ids:
                    raise ValidationError(
                        self.env._(
                            "%(step)s uses %(state)s, which is not among the allowed"
                            " states of %(type)s.",
                            step=step.name,
                            state=state.name,
                            type=kind.name,
                        )
                    )
            if step.from_state_id == step.to_state_id and target == step.type_id:
                raise ValidationError(
                    self.env._(
                        "%(step)s leads from %(state)s to itself. Choose another one.",
                        step=step.name,
                        state=step.from_state_id.name,
                    )
                )

    @api.constrains("from_state_id", "to_state_id", "is_backward")
    def _check_backward(self):
        for step in self:
            if (
                step.from_state_id._is_closing()
                and not step.to_state_id._is_closing()
                and not step.is_backward
            ):
                raise ValidationError(
                    self.env._(
                        "%(step)s leads from %(from)s, which closes a document, back to"
                        " %(to)s, which is open. Tick 'Opens Again' if that is meant.",
                        step=step.name,
                        to=step.to_state_id.name,
                        **{"from": step.from_state_id.name},
                    )
                )

    @api.constrains("order_effect", "type_id", "next_type_id")
    def _check_order_effect(self):
        for step in self:
            kind = step.next_type_id or step.type_id
            if step.order_effect in ("confirm", "sent") and not kind.is_quotation:
                raise ValidationError(
                    self.env._(
                        "%(step)s can't confirm or send it: %(type)s is no quotation.",
                        step=step.name,
                        type=kind.name,
                    )
                )

    @api.constrains("activity_type_id", "activity_assignee", "activity_user_id")
    def _check_activity(self):
        for step in self:
            kind = step.activity_type_id
            if not kind:
                continue
            if not kind.is_commercial or kind.is_system:
                raise ValidationError(
                    self.env._(
                        "%(step)s plans %(type)s, which is no commercial action.",
                        step=step.name,
                        type=kind.name,
                    )
                )
            if step.activity_assignee == "fixed" and not step.activity_user_id:
                raise ValidationError(
                    self.env._(
                        "Choose the fixed user who gets the action of %(step)s.",
                        step=step.name,
                    )
                )

    @api.constrains("outcome_id", "outcome_type_id", "mail_template_id")
    def _check_effects(self):
        for step in self:
            system = step.outcome_id.is_system or step.outcome_type_id.is_system
            if system:
                raise ValidationError(
                    self.env._(
                        "%(step)s uses an outcome or a type that only the system"
                        " registers. Choose another one.",
                        step=step.name,
                    )
                )
            template = step.mail_template_id
            if template and template.model != "sale.order":
                raise ValidationError(
                    self.env._(
                        "%(template)s is not an e-mail about orders. Choose another"
                        " one.",
                        template=template.name,
                    )
                )
            # sudo: what an administrator chose
            action = step.sudo().server_action_id
            if action and action.model_name != "sale.order":
                raise ValidationError(
                    self.env._(
                        "%(action)s doesn't work on orders. Choose another one.",
                        action=action.name,
                    )
                )

    # ------------------------------------------------------------
    # IN WORDS
    # ------------------------------------------------------------

    def _describe(self):
        """Return who may take this step, what it needs and what follows from it.

        :return: a sentence each
        :rtype: list[str]
        """
        self.ensure_one()
        step = self.sudo()  # sudo: names of groups and fields, for the tooltip
        groups = step.group_ids.mapped("name") or [
            self.env._("whoever may change the document")
        ]
        return [
            self.env._("Who may: %(groups)s", groups=", ".join(groups)),
            *step._describe_conditions(),
            *step._describe_effects(),
        ]

    def _describe_conditions(self):
        lines = []
        if self.mandatory_field_ids:
            lines.append(
                self.env._(
                    "Needs: %(fields)s",
                    fields=", ".join(
                        self.mandatory_field_ids.mapped("field_description")
                    ),
                )
            )
        if self.needs_signature:
            lines.append(self.env._("Needs a signed document"))
        if self.asks_reason:
            lines.append(self.env._("Asks why"))
        if self.by_customer:
            lines.append(self.env._("Taken by the customer on the portal, too"))
        return lines

    def _describe_effects(self):
        effects = dict(self._fields["order_effect"]._description_selection(self.env))
        named = [
            (self.env._("Becomes"), self.next_type_id.name),
            (self.env._("Odoo's order"), effects.get(self.order_effect)),
            (self.env._("Registers"), self.outcome_id.name),
            (self.env._("Plans"), self.activity_type_id.name),
            (self.env._("E-mail"), self.mail_template_id.name),
            (self.env._("Runs"), self.server_action_id.name),
        ]
        return [f"{label}: {value}" for label, value in named if value]
