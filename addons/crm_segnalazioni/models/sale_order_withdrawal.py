from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ..tools.legal_terms import last_day_of_term

#: What is accepted, and what counts: written by the back office only.
PROTECTED = (
    "is_phone_sale",
    "acceptance_date",
    "acceptance_document",
    "acceptance_filename",
    "is_unsolicited_visit",
    "is_consumer",
    "withdrawn_on",
)


class SaleOrder(models.Model):
    """Sales by phone, and the time in which a customer may withdraw.

    D.Lgs. 206/2005 (Codice del consumo), article 51, paragraph 6: an offer made by
    phone binds the consumer only once it is signed or accepted in writing. Article 52:
    the consumer withdraws within fourteen days from the conclusion of a contract of
    services, or from the delivery of the goods; thirty for visits at home that were not
    asked for (paragraph 1-bis, D.Lgs. 26/2023). Before the goods are there the term
    hasn't begun, and the consumer may withdraw as well.
    """

    _inherit = "sale.order"

    is_phone_sale = fields.Boolean(
        "Sale by Phone",
        compute="_compute_is_phone_sale",
        store=True,
        readonly=False,
        copy=False,
        help="The customer is bound only after having accepted in writing.",
    )
    is_consumer = fields.Boolean(
        compute="_compute_is_consumer",
        store=True,
        readonly=False,
        copy=False,
        help="Bought for purposes outside one's trade: who does may withdraw.",
    )
    is_unsolicited_visit = fields.Boolean(
        "Visit Not Asked For",
        copy=False,
        help="Signed at a visit at home that the customer hadn't asked for: the term is"
        " thirty days instead of fourteen.",
    )
    acceptance_date = fields.Date(
        "Accepted in Writing on",
        copy=False,
        help="The day on which the customer signed or accepted the offer in writing.",
    )
    acceptance_document = fields.Binary(
        "Written Acceptance", attachment=True, copy=False
    )
    acceptance_filename = fields.Char("Name of the Acceptance", copy=False)
    concluded_on = fields.Date(compute="_compute_withdrawal", store=True)
    withdrawal_until = fields.Date(
        compute="_compute_withdrawal",
        store=True,
        index="btree_not_null",
        help="The last day on which the customer may withdraw. Empty while the term"
        " hasn't begun.",
    )
    withdrawn_on = fields.Date("Withdrew on", copy=False)
    withdrawal_state = fields.Selection(
        [
            ("none", "No right of withdrawal"),
            ("unaccepted", "Not accepted in writing yet"),
            ("open", "Term not begun: goods not delivered"),
            ("running", "May still withdraw"),
            ("over", "Bound"),
            ("withdrawn", "Withdrawn"),
        ],
        "Withdrawal",
        compute="_compute_withdrawal_state",
        search="_search_withdrawal_state",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("segnalazione_type_id", "interaction_id")
    def _compute_is_phone_sale(self):
        for order in self:
            if order.segnalazione_type_id:
                # Once sold by phone, a document stays so whatever it becomes.
                order.is_phone_sale = (
                    order.is_phone_sale
                    or order.segnalazione_type_id.is_phone_sale
                    or order.interaction_id.outcome_kind == "C"
                )
            else:
                order.is_phone_sale = False

    @api.depends("segnalazione_type_id", "partner_id")
    def _compute_is_consumer(self):
        for order in self:
            order.is_consumer = bool(
                order.segnalazione_type_id
                and not order.partner_id.commercial_partner_id.is_company
            )

    @api.depends(
        "segnalazione_type_id",
        "is_phone_sale",
        "is_consumer",
        "is_unsolicited_visit",
        "acceptance_date",
        "signed_on",
        "acceptance_document",
        "date_signature",
        "date_installation",
        "order_line.product_id",
        "order_line.line_state_id.category",
    )
    def _compute_withdrawal(self):
        for order in self:
            if not order.segnalazione_type_id:
                order.concluded_on = order.withdrawal_until = False
                continue
            order.concluded_on = order._conclusion_date()
            start = order._withdrawal_start() if order._may_withdraw() else False
            order.withdrawal_until = start and last_day_of_term(
                start, order._withdrawal_days()
            )

    def _conclusion_date(self):
        """Return when the contract was concluded: signed, or accepted in writing.

        :rtype: datetime.date or bool
        """
        self.ensure_one()
        # The day where the company is, whoever looks at it, and from wherever.
        planner = self.env["crm.planner"].with_company(self.company_id)
        signed = self.signed_on and planner._local_day(self.signed_on)
        written = self.acceptance_date or signed or False
        if self.is_phone_sale and not self._is_signed():
            return written
        # What was signed on paper was signed when the state says so.
        return written or self.date_signature

    def _may_withdraw(self):
        """Tell whether the law lets this customer withdraw from this document at all.

        :rtype: bool
        """
        self.ensure_one()
        document_type = self.segnalazione_type_id
        return self.is_consumer and (document_type.has_withdrawal or self.is_phone_sale)

    def _withdrawal_start(self):
        """Return the day from which the term runs, if it does already.

        :rtype: datetime.date or bool
        """
        self.ensure_one()
        concluded = self.concluded_on
        if not concluded or not self._counts_from_delivery():
            return concluded
        delivered = self._goods_received_on()
        return max(concluded, delivered) if delivered else False

    def _counts_from_delivery(self):
        """Tell whether the term of this document runs from the delivery.

        :rtype: bool
        """
        self.ensure_one()
        start = self.segnalazione_type_id.withdrawal_start
        if start != "law":
            return start == "delivery"
        return any(
            line.product_id.type in ("consu", "combo")
            for line in self.order_line
            if line.line_state_id and line.line_state_id.category != "refused"
        )

    def _goods_received_on(self):
        """Return when the customer has got all goods; installed plants are there.

        :rtype: datetime.date or bool
        """
        self.ensure_one()
        return self.date_installation

    def _withdrawal_days(self):
        """Return how many days this customer has, the longest that applies.

        :rtype: int
        """
        self.ensure_one()
        company = self.company_id
        days = self.segnalazione_type_id.withdrawal_days or company.withdrawal_days
        if self.is_unsolicited_visit:
            days = max(days, company.withdrawal_days_home)
        return days

    # ------------------------------------------------------------
    # STATE
    # ------------------------------------------------------------

    @api.depends(
        "segnalazione_type_id",
        "is_phone_sale",
        "is_consumer",
        "concluded_on",
        "withdrawal_until",
        "withdrawn_on",
    )
    def _compute_withdrawal_state(self):
        for order in self:
            order.withdrawal_state = order._withdrawal_state_on(
                fields.Date.context_today(order)
            )

    def _withdrawal_state_on(self, day):
        """Return where a document stands on a day.

        :param datetime.date day: local
        :return: as in ``withdrawal_state``; empty for orders without a type
        :rtype: str or bool
        """
        self.ensure_one()
        if not self.segnalazione_type_id:
            return False
        if self.withdrawn_on:
            return "withdrawn"
        if self.is_phone_sale and not self.concluded_on:
            return "unaccepted"
        if not self._may_withdraw():
            return "none"
        if not self.concluded_on:
            return "unaccepted"
        if not self.withdrawal_until:
            return "open"
        return "running" if day <= self.withdrawal_until else "over"

    @api.model
    def _search_withdrawal_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        may = Domain("is_consumer", "=", True) & (
            Domain("segnalazione_type_id.has_withdrawal", "=", True)
            | Domain("is_phone_sale", "=", True)
        )
        typed = Domain("segnalazione_type_id", "!=", False)
        staying = Domain("withdrawn_on", "=", False)
        concluded = Domain("concluded_on", "!=", False)
        phone = Domain("is_phone_sale", "=", True)
        by_state = {
            False: ~typed,
            "withdrawn": Domain("withdrawn_on", "!=", False),
            "unaccepted": staying & ~concluded & (phone | may),
            "none": staying & ~may & (~phone | concluded),
            "open": staying & may & concluded & Domain("withdrawal_until", "=", False),
            "running": staying & may & Domain("withdrawal_until", ">=", today),
            "over": staying & may & Domain("withdrawal_until", "<", today),
        }
        return Domain.OR(
            by_state[state] & typed if state else by_state[False] for state in value
        )

    def _is_bound(self, day=None):
        """Tell whether the customer is bound, and can't withdraw any more.

        :param datetime.date day: today by default
        :rtype: bool
        """
        self.ensure_one()
        state = self._withdrawal_state_on(day or fields.Date.context_today(self))
        return state in (False, "none", "over")

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    def write(self, vals):
        if any(name in vals for name in PROTECTED):
            self._check_may_change_acceptance()
        return super().write(vals)

    def _check_may_change_acceptance(self):
        """Let the back office say what was accepted, and nobody else.

        :raise AccessError: the user is somebody else
        """
        user = self.env.user
        if (
            self.env.su
            or not self.filtered("segnalazione_type_id")
            or user.has_group("crm_callcenter.group_back_office")
            or user.has_group("crm_callcenter.group_campaign_manager")
        ):
            return
        raise AccessError(
            self.env._(
                "Only the back office registers acceptances and withdrawals of"
                " customers."
            )
        )

    # ------------------------------------------------------------
    # WORKFLOW
    # ------------------------------------------------------------

    def _transition_obstacles(self, transition):
        obstacles = super()._transition_obstacles(transition)
        # sudo: agents take steps on documents of which they don't see everything
        sentence = self.sudo()._withdrawal_obstacle(transition)
        return [*obstacles, sentence] if sentence else obstacles

    def _withdrawal_obstacle(self, transition):
        """Return why a step has to wait for the customer.

        :param crm.segnalazione.transition transition: the step
        :return: a sentence; empty when there is no reason
        :rtype: str
        """
        self.ensure_one()
        state = self._withdrawal_state_on(fields.Date.context_today(self))
        waits = transition.waits_for_withdrawal or transition.is_after_withdrawal
        wins = transition.to_state_id.category == "won"
        if (waits or wins) and state == "withdrawn":
            return self.env._(
                "The customer has withdrawn from %(document)s on %(day)s.",
                document=self.name,
                day=format_date(self.env, self.withdrawn_on),
            )
        if state == "unaccepted" and (waits or (wins and self.is_phone_sale)):
            if self.is_phone_sale:
                return self.env._(
                    "%(document)s is a sale by phone: the customer isn't bound before"
                    " having accepted in writing (D.Lgs. 206/2005, article 51)."
                    " Register the acceptance first.",
                    document=self.name,
                )
            return self.env._(
                "%(document)s isn't signed by the customer yet.", document=self.name
            )
        until = self._waits_until(transition) if waits else False
        if until and fields.Date.context_today(self) <= until:
            return self.env._(
                "The customer may withdraw from %(document)s: this waits until"
                " %(day)s.",
                document=self.name,
                day=format_date(self.env, until),
            )
        if transition.is_after_withdrawal and state == "open":
            return self.env._(
                "The customer may withdraw from %(document)s: the term begins with the"
                " delivery, which isn't registered yet.",
                document=self.name,
            )
        return ""

    def _waits_until(self, transition):
        """Return the last day on which a step still waits.

        What is to be delivered can't wait for a term that begins with the delivery:
        such a step waits for the days of reflection after the conclusion. The customer
        may withdraw later all the same, and commissions wait for that
        (``_is_bound``).

        :param crm.segnalazione.transition transition: the step
        :rtype: datetime.date or bool
        """
        self.ensure_one()
        if not self._may_withdraw() or not self.concluded_on:
            return False
        if self.withdrawal_until or transition.is_after_withdrawal:
            return self.withdrawal_until
        return last_day_of_term(self.concluded_on, self._withdrawal_days())

    def action_register_withdrawal(self):
        """Open the dialog in which the back office registers a withdrawal.

        :return: the action
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("The Customer Withdraws"),
            "res_model": "crm.segnalazione.withdraw",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }
