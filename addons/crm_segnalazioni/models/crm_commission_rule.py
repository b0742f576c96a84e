from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: Conditions of a rule and what each weighs. A rule for a person beats one for a
#: product, that one for a category, a campaign, a type: each outweighs all below it.
WEIGHTS = {
    "agent_id": 32,
    "operator_id": 16,
    "product_id": 8,
    "product_category_id": 4,
    "campaign_id": 2,
    "type_id": 1,
}
#: What can't change once commissions were made by the rule.
FIXED_ONCE_USED = {
    *WEIGHTS,
    "company_id",
    "pay_to",
    "person_id",
    "method",
    "percent",
    "amount",
    "is_additional",
    "date_from",
}


class CrmCommissionRule(models.Model):
    """Who earns what on which documents.

    For each line and each person that is paid, the most specific rule wins; rules
    marked as additional are paid on top of it.
    """

    _name = "crm.commission.rule"
    _description = "Commission Rule"
    _order = "sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(
        default=10, help="Of two rules that are equally specific the first one wins."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    type_id = fields.Many2one(
        "crm.segnalazione.type",
        "Document Type",
        ondelete="restrict",
        help="Empty: all types.",
    )
    product_id = fields.Many2one(
        "product.product", ondelete="restrict", help="Empty: all products."
    )
    product_category_id = fields.Many2one(
        "product.category",
        ondelete="restrict",
        help="Products of this category and of those below it.",
    )
    agent_id = fields.Many2one(
        "res.users", ondelete="restrict", help="Empty: all agents."
    )
    operator_id = fields.Many2one(
        "res.users", ondelete="restrict", help="Empty: all operators."
    )
    campaign_id = fields.Many2one(
        "utm.campaign",
        ondelete="restrict",
        domain=[("is_auto_campaign", "=", False)],
        help="Empty: all campaigns.",
    )
    date_from = fields.Date(
        "Valid From", help="First day on which a commission may fall due by the rule."
    )
    date_to = fields.Date("Valid To", help="Last day, within.")

    pay_to = fields.Selection(
        [
            ("agent", "Agent of the Document"),
            ("operator", "Operator of the Document"),
            ("person", "Always the Same Person"),
        ],
        "Pays",
        required=True,
        default="agent",
    )
    person_id = fields.Many2one(
        "res.users",
        ondelete="restrict",
        domain=[("share", "=", False)],
        help="A team leader, for instance, who is paid for every contract.",
    )
    method = fields.Selection(
        [
            ("percent", "Percent of the Confirmed Lines"),
            ("document", "Fixed per Document"),
            ("unit", "Fixed per Unit"),
        ],
        "How",
        required=True,
        default="percent",
        help="A percentage is of the untaxed amount of the confirmed lines. Units are"
        " counted on confirmed lines, too.",
    )
    percent = fields.Float(digits=(5, 2))
    amount = fields.Monetary("Fixed Amount")
    is_additional = fields.Boolean(
        "On Top",
        help="Paid on top of what other rules pay. Otherwise only the most specific"
        " rule pays a person for a line.",
    )
    specificity = fields.Integer(compute="_compute_specificity", store=True)
    commission_count = fields.Integer(compute="_compute_commission_count")

    _dates_in_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "A rule ends on or after the day on which it begins.",
    )
    _percent_between = models.Constraint(
        "CHECK (percent BETWEEN 0 AND 100)",
        "The percentage lies between 0 and 100.",
    )
    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "A commission isn't below zero."
    )

    @api.depends(*WEIGHTS)
    def _compute_specificity(self):
        for rule in self:
            rule.specificity = sum(
                weight for name, weight in WEIGHTS.items() if rule[name]
            )

    def _compute_commission_count(self):
        counted = dict(
            self.env["crm.commission"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.commission_count = counted.get(rule, 0)

    @api.constrains("pay_to", "person_id", "method", "percent", "amount")
    def _check_complete(self):
        for rule in self:
            if rule.pay_to == "person" and not rule.person_id:
                raise ValidationError(
                    self.env._("Say whom the rule %(rule)s pays.", rule=rule.name)
                )
            if rule.method == "percent" and not rule.percent:
                raise ValidationError(
                    self.env._(
                        "Enter the percentage of the rule %(rule)s.", rule=rule.name
                    )
                )
            if rule.method != "percent" and not rule.amount:
                raise ValidationError(
                    self.env._(
                        "Enter the fixed amount of the rule %(rule)s.", rule=rule.name
                    )
                )

    def write(self, vals):
        """Keep what commissions were computed by.

        :raise UserError: the rule was used and its figures would change
        """
        changed = FIXED_ONCE_USED & vals.keys()
        # sudo: commissions of persons that the user may not see count as well
        commissions = self.env["crm.commission"].sudo()
        used = changed and commissions._read_group(
            [("rule_id", "in", self.ids)], ["rule_id"]
        )
        for [rule] in used:
            if any(
                rule._fields[name].convert_to_cache(vals[name], rule)
                != rule._fields[name].convert_to_cache(rule[name], rule)
                for name in changed
            ):
                raise UserError(
                    self.env._(
                        "Commissions have been computed by the rule %(rule)s: its"
                        " conditions and amounts stay. Give it a last day, and make a"
                        " new rule that follows it.",
                        rule=rule.name,
                    )
                )
        return super().write(vals)

    def action_open_commissions(self):
        """Show what was computed by the rule.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segnalazioni.crm_commission_action"
        )
        action["domain"] = [("rule_id", "=", self.id)]
        return action

    # ------------------------------------------------------------
    # WHAT A DOCUMENT EARNS
    # ------------------------------------------------------------

    @api.model
    def _valid_rules(self, company, day, kept=None):
        """Return the rules of a day, the most specific first.

        :param res.company company: of the document
        :param datetime.date day: on which the commission fell due
        :param crm.commission.rule kept: used by the document before; they stay valid
            for it though archived meanwhile
        :rtype: crm.commission.rule
        """
        rules = self.search(
            [
                ("company_id", "=", company.id),
                "|",
                ("date_from", "=", False),
                ("date_from", "<=", day),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", day),
            ]
        )
        rules |= kept or self
        return rules.sorted(
            lambda rule: (
                -rule.specificity,
                -len(rule.product_category_id.parent_path or ""),
                rule.sequence,
                rule.id,
            )
        )

    def _fits_document(self, order):
        """Tell whether all conditions on the document itself hold.

        What a document earned as an earlier type stays when it becomes another.

        :rtype: bool
        """
        self.ensure_one()
        types = order.segnalazione_type_id
        if self in order.commission_ids.rule_id:
            types |= order.protocol_ids.type_id
        return all(
            not condition or condition in value
            for condition, value in (
                (self.type_id, types),
                (self.agent_id, order.user_id),
                (self.operator_id, order.operator_id),
                (self.campaign_id, order.campaign_id),
            )
        )

    def _fits_product(self, product):
        """Tell whether the conditions on the product hold.

        :param product.product product: of a line; empty for a document without lines
        :rtype: bool
        """
        self.ensure_one()
        if self.product_id and self.product_id != product:
            return False
        category = self.product_category_id
        return not category or (product.categ_id.parent_path or "").startswith(
            category.parent_path
        )

    def _paid_person(self, order):
        """Return whom the rule pays on a document.

        :rtype: res.users
        """
        self.ensure_one()
        return {
            "agent": order.user_id,
            "operator": order.operator_id,
            "person": self.person_id,
        }[self.pay_to]
