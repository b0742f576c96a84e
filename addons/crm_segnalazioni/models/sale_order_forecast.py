from odoo import api, fields, models


class CrmSegnalazioneNeed(models.Model):
    """What customers need (Esigenza), for instance a lower bill or a battery."""

    _name = "crm.segnalazione.need"
    _description = "Need of a Customer"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()

    _name_once = models.UniqueIndex("(name)", "There is this need already.")


class CrmSegnalazioneCompetitor(models.Model):
    """Who sells the same."""

    _name = "crm.segnalazione.competitor"
    _description = "Competitor"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    note = fields.Text()

    _name_once = models.UniqueIndex("(name)", "There is this competitor already.")


class CrmSegnalazioneCompetitorOffer(models.Model):
    """What a competitor offers the customer of a document, and whether it won."""

    _name = "crm.segnalazione.competitor.offer"
    _description = "Offer of a Competitor"
    _order = "order_id, id"
    _rec_name = "competitor_id"

    order_id = fields.Many2one(
        "sale.order", "Document", required=True, index=True, ondelete="cascade"
    )
    competitor_id = fields.Many2one(
        "crm.segnalazione.competitor", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    price = fields.Monetary()
    reason = fields.Char(help="What the customer likes about it, or doesn't.")
    is_winner = fields.Boolean("Won", help="The customer took this offer.")

    _price_positive = models.Constraint(
        "CHECK (price >= 0)", "The price of a competitor can't be below zero."
    )
    _one_winner = models.UniqueIndex(
        "(order_id) WHERE is_winner", "Only one competitor can have won."
    )


class CrmSegnalazioneState(models.Model):
    _inherit = "crm.segnalazione.state"

    probability = fields.Integer(
        "Probability (%)",
        default=-1,
        help="How likely documents in this state are won. -1: they keep what they"
        " have. States that are won stand for 100, lost and cancelled ones for 0.",
    )

    _probability_range = models.Constraint(
        "CHECK (probability BETWEEN -1 AND 100)",
        "A probability lies between 0 and 100; -1 leaves it as it is.",
    )

    def _stands_for(self):
        """Return the probability that documents get in this state.

        :return: per cent; None leaves it as it is
        :rtype: int or None
        """
        self.ensure_one()
        if self.category != "open":
            return 100 if self.category == "won" else 0
        return None if self.probability < 0 else self.probability


class SaleOrder(models.Model):
    """Needs, competitors and forecast of a document."""

    _inherit = "sale.order"

    need_ids = fields.Many2many(
        "crm.segnalazione.need",
        "crm_segnalazione_need_order_rel",
        "order_id",
        "need_id",
        "Needs",
        copy=False,
    )
    need_text = fields.Text("Needs in the Customer's Words", copy=False)
    competitor_offer_ids = fields.One2many(
        "crm.segnalazione.competitor.offer", "order_id", "Competitors", copy=False
    )
    probability = fields.Integer("Probability (%)", copy=False)
    expected_closing = fields.Date(
        copy=False, help="When the customer is expected to decide."
    )
    expected_amount = fields.Monetary(
        compute="_compute_expected_amount",
        store=True,
        readonly=False,
        copy=False,
        help="What the document is expected to bring, without taxes. It follows the"
        " lines that aren't refused; without lines it is entered by hand.",
    )
    weighted_amount = fields.Monetary(
        compute="_compute_weighted_amount",
        store=True,
        help="Expected amount times probability.",
    )

    _probability_range = models.Constraint(
        "CHECK (probability BETWEEN 0 AND 100)",
        "A probability lies between 0 and 100.",
    )

    @api.depends(
        "segnalazione_type_id",
        "order_line.price_subtotal",
        "order_line.line_state_id.category",
    )
    def _compute_expected_amount(self):
        for order in self:
            if not order.segnalazione_type_id:
                order.expected_amount = 0
                continue
            lines = order.order_line.filtered("line_state_id")
            if lines:
                order.expected_amount = sum(
                    line.price_subtotal
                    for line in lines
                    if line.line_state_id.category != "refused"
                )
            else:
                order.expected_amount = order.expected_amount

    @api.depends("expected_amount", "probability")
    def _compute_weighted_amount(self):
        for order in self:
            order.weighted_amount = order.expected_amount * order.probability / 100

    def _state_reached(self, transition, move):
        result = super()._state_reached(transition, move)
        probability = move.to_state_id._stands_for()
        if probability is not None and self.probability != probability:
            self.probability = probability
        return result
