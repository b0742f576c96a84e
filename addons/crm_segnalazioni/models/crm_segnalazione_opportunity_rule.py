from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Where the expected revenue of an opportunity comes from.
REVENUES = [
    ("untaxed", "Total without taxes"),
    ("total", "Total with taxes"),
]
#: Where its expected closing comes from.
CLOSINGS = [
    ("appointment", "Day of the appointment"),
    ("validity", "Last day of the quotation"),
    ("commitment", "Promised delivery"),
    ("today", "Day on which the state is reached"),
]


class CrmSegnalazioneOpportunityRule(models.Model):
    """What becomes of an opportunity when its document reaches a state.

    The first rule that fits holds: for its type and state before one for all. The
    other way round, an opportunity that somebody marks as lost brings its open
    documents to a lost state, by a step of theirs; nothing else goes back.
    """

    _name = "crm.segnalazione.opportunity.rule"
    _description = "Opportunity in Step with the Document"
    _order = "sequence, id"
    _rec_name = "state_id"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: all companies.")
    type_id = fields.Many2one(
        "crm.segnalazione.type",
        "Document Type",
        ondelete="cascade",
        index=True,
        help="Empty: documents of all types.",
    )
    state_id = fields.Many2one(
        "crm.segnalazione.state",
        "Document State",
        ondelete="cascade",
        index=True,
        help="Empty: all states of the category.",
    )
    category = fields.Selection(
        selection=lambda self: (
            self.env["crm.segnalazione.state"]
            ._fields["category"]
            ._description_selection(self.env)
        ),
        help="Used where no state is chosen.",
    )
    result = fields.Selection(
        [("won", "Won"), ("lost", "Lost"), ("open", "Open Again")],
        "Opportunity Is",
        help="Empty: it stays as it is. It is lost only when no other document of it is"
        " open or won.",
    )
    lost_reason_id = fields.Many2one("crm.lost.reason", ondelete="restrict")
    stage_id = fields.Many2one(
        "crm.stage",
        ondelete="restrict",
        domain="[('is_won', '=', False)]",
        help="Empty: the stage doesn't change. A won opportunity gets the won stage of"
        " its team.",
    )
    sets_probability = fields.Boolean("Changes the Probability")
    probability = fields.Float(help="In percent.")
    revenue_from = fields.Selection(
        REVENUES,
        "Expected Revenue",
        help="Followed as long as the document is in this state. Empty: unchanged.",
    )
    closing_from = fields.Selection(
        CLOSINGS, "Expected Closing", help="Empty: unchanged."
    )

    _probability_range = models.Constraint(
        "CHECK (probability BETWEEN 0 AND 100)",
        "A probability lies between 0 and 100 percent.",
    )

    @api.constrains("state_id", "category", "sequence")
    def _check_state(self):
        for rule in self:
            if not rule.state_id and not rule.category:
                raise ValidationError(
                    self.env._("Choose the state, or the category of states, first.")
                )

    @api.model
    def _rule_of(self, order):
        """Return the rule for a document in its present state.

        :param sale.order order: one document
        :return: the rule; empty if the opportunity stays as it is
        :rtype: crm.segnalazione.opportunity.rule
        """
        state = order.segnalazione_state_id
        rules = self.search(
            [
                ("type_id", "in", (order.segnalazione_type_id.id, False)),
                ("company_id", "in", (order.company_id.id, False)),
                "|",
                ("state_id", "=", state.id),
                "&",
                ("state_id", "=", False),
                ("category", "=", state.category),
            ]
        )
        return rules.sorted(
            lambda rule: (not rule.state_id, not rule.type_id, rule.sequence, rule.id)
        )[:1]

    def _apply(self, order):
        """Bring the opportunity of a document in step with it.

        :param sale.order order: one document, in the state of this rule
        """
        lead = order.opportunity_id
        values = {
            name: value
            for name, value in self._opportunity_values(order).items()
            if lead._fields[name].convert_to_write(lead[name], lead) != value
        }
        if values:
            lead.write(values)
        if self.result == "won" and lead.won_status != "won":
            lead.action_set_won()
        elif self.result == "lost" and not order._rivals():
            if lead.won_status != "lost":
                lead.action_set_lost(lost_reason_id=self.lost_reason_id.id)
        elif self.result == "open" and not lead.active:
            lead.action_unarchive()

    def _opportunity_values(self, order):
        """Return what the opportunity gets.

        :param sale.order order: one document
        :rtype: dict
        """
        values = self._revenue_values(order)
        team = order.opportunity_id.team_id
        stage = self.stage_id
        if stage and (not stage.team_ids or team in stage.team_ids):
            values["stage_id"] = stage.id
        if self.sets_probability:
            values["probability"] = self.probability
        day = self._closing_day(order)
        if day:
            values["date_deadline"] = day
        return values

    def _revenue_values(self, order):
        """Return the expected revenue, in the currency of the opportunity.

        :param sale.order order: one document
        :rtype: dict
        """
        if not self.revenue_from:
            return {}
        total = self.revenue_from == "total"
        amount = order.amount_total if total else order.amount_untaxed
        lead = order.opportunity_id
        return {
            "expected_revenue": order.currency_id._convert(
                amount,
                lead.company_currency,
                order.company_id,
                fields.Date.context_today(order),
            )
        }

    def _closing_day(self, order):
        """Return the expected closing.

        :param sale.order order: one document
        :rtype: datetime.date
        """
        moment = {
            "appointment": order.date_appointment,
            "validity": order.validity_date,
            "commitment": order.commitment_date,
            "today": fields.Datetime.now(),
        }.get(self.closing_from)
        return moment and fields.Date.to_date(moment)
