from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError

from ..tools.workflow import CUSTOMER_KEY, WORKFLOW, is_workflow

#: What makes the prices of a document, beside its lines.
PRICING_FIELDS = {"partner_id", "pricelist_id", "fiscal_position_id", "company_id"}


class SaleOrder(models.Model):
    """The ways round the workflow: for documents they lead through its steps.

    Odoo confirms, cancels and opens orders from many places: buttons, the portal,
    payments, the mass cancellation. For a document each of them takes the step with
    that effect on the order, under its conditions, or is refused.
    """

    _inherit = "sale.order"

    # ------------------------------------------------------------
    # WRITING
    # ------------------------------------------------------------

    def write(self, vals):
        if not is_workflow(self.env):
            self._check_document_write(vals)
        return super().write(vals)

    def _check_document_write(self, vals):
        """Refuse what only the workflow may write.

        :param dict vals: as given to ``write``
        :raise UserError: it moves a document past its steps, or changes the prices of
            one whose lines are locked
        """
        if "segnalazione_state_id" in vals or "segnalazione_type_id" in vals:
            self._check_moved_by_hand(vals)
        guarded = PRICING_FIELDS | {"state", "locked", "name"}
        if not guarded & set(vals):
            return
        documents = self.filtered("segnalazione_type_id")
        for document in documents:
            if "name" in vals and vals["name"] != document.name:
                raise UserError(
                    self.env._(
                        "%(document)s is a protocol number and stays.",
                        document=document.name,
                    )
                )
            if "state" in vals and vals["state"] != document.state:
                document._check_odoo_state(vals["state"])
            if "locked" in vals and bool(vals["locked"]) != document.locked:
                raise UserError(document._lock_sentence())
            if any(
                name in vals and vals[name] != document[name].id
                for name in PRICING_FIELDS
            ):
                document._check_lines_open()

    def _check_moved_by_hand(self, vals):
        """Refuse a state or a type written past the workflow."""
        state_id = vals.get("segnalazione_state_id")
        type_id = vals.get("segnalazione_type_id")
        for order in self:
            moves = (
                "segnalazione_state_id" in vals
                and (state_id or False) != order.segnalazione_state_id.id
            )
            becomes = (
                "segnalazione_type_id" in vals
                and (type_id or False) != order.segnalazione_type_id.id
            )
            if moves or becomes:
                raise UserError(
                    self.env._(
                        "%(document)s moves by its steps only. Use the buttons of the"
                        " document.",
                        document=order.name,
                    )
                )

    def _check_odoo_state(self, state):
        """Refuse to move Odoo's order past the document's steps.

        A quotation that goes out by mail is marked as sent by Odoo; that closes
        nothing, and is left to it.
        """
        if state == "sent" and self.segnalazione_type_id.is_quotation:
            return
        raise UserError(
            self.env._(
                "%(document)s is a document: its order moves with its steps only. Use"
                " the buttons of the document.",
                document=self.name,
            )
        )

    def _lock_sentence(self):
        return self.env._(
            "Whether the lines of %(document)s are locked is said by its state,"
            " %(state)s.",
            document=self.name,
            state=self.segnalazione_state_id.name,
        )

    def _check_lines_open(self):
        """Refuse to change what a document in a locking state sells, and for how much.

        :raise UserError: its state locks its lines
        """
        if is_workflow(self.env):
            return
        for order in self:
            if order.segnalazione_type_id and order.segnalazione_state_id.locks_lines:
                raise UserError(
                    self.env._(
                        "The lines of %(document)s are locked since it is in %(state)s."
                        " Bring it back to a state that leaves them open first.",
                        document=order.name,
                        state=order.segnalazione_state_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_numbered(self):
        for order in self:
            if order.segnalazione_type_id:
                raise UserError(
                    self.env._(
                        "%(document)s has a protocol number, and numbers leave no hole."
                        " Cancel it instead.",
                        document=order.name,
                    )
                )

    def _should_be_locked(self):
        if self.segnalazione_type_id:
            return self.segnalazione_state_id.locks_lines
        return super()._should_be_locked()

    # ------------------------------------------------------------
    # ODOO'S BUTTONS
    # ------------------------------------------------------------

    def _documents_on_their_way(self):
        """Return those of these that must take a step, not what Odoo does by itself.

        :rtype: sale.order
        """
        if is_workflow(self.env):
            return self.browse()
        return self.filtered("segnalazione_type_id")

    def action_confirm(self):
        documents = self._documents_on_their_way()
        orders = self - documents
        result = super(SaleOrder, orders).action_confirm() if orders else True
        documents._take_steps_to("confirm")
        return result

    def action_draft(self):
        documents = self._documents_on_their_way()
        documents._take_steps_to("draft")
        return super(SaleOrder, self - documents).action_draft()

    def action_cancel(self):
        documents = self._documents_on_their_way()
        orders = self - documents
        result = super(SaleOrder, orders).action_cancel() if orders else True
        documents._take_steps_to("cancel")
        return result

    def _action_cancel(self):
        documents = self._documents_on_their_way()
        orders = self - documents
        result = super(SaleOrder, orders)._action_cancel() if orders else True
        documents._take_steps_to("cancel")
        return result

    def action_lock(self):
        for document in self._documents_on_their_way():
            raise UserError(document._lock_sentence())
        return super().action_lock()

    def action_unlock(self):
        for document in self._documents_on_their_way():
            raise UserError(document._lock_sentence())
        return super().action_unlock()

    def action_quotation_send(self):
        self._check_is_quotation()
        return super().action_quotation_send()

    def action_quotation_sent(self):
        self._check_is_quotation()
        return super().action_quotation_sent()

    def _check_is_quotation(self):
        for order in self:
            kind = order.segnalazione_type_id
            if kind and not kind.is_quotation:
                raise UserError(
                    self.env._(
                        "%(document)s is no quotation but %(type)s: there is nothing to"
                        " send.",
                        document=order.name,
                        type=kind.name,
                    )
                )

    def _take_steps_to(self, effect):
        """Take, with each document, the step that does this to Odoo's order.

        :param str effect: as in ``crm.segnalazione.transition.order_effect``
        :raise UserError: there is no such step from here, or it may not be taken
        """
        if self._is_by_customer():
            for document in self:
                document._take_step_for_customer(effect)
            return
        for document in self:
            document._take_transition(document._step_for_effect(effect))

    def _step_for_effect(self, effect):
        """Return the step from here that does this to Odoo's order.

        Where there are several, one that the user may take and that asks nothing
        comes first, and a cancellation before a loss.

        :param str effect: as in ``crm.segnalazione.transition.order_effect``
        :rtype: crm.segnalazione.transition
        :raise UserError: there is none, or it asks for a reason
        """
        steps = self._steps_from_here()
        fitting = steps.filtered(lambda step: step.order_effect == effect).sorted(
            lambda step: (
                bool(self._group_obstacles(step)),
                step.asks_reason,
                step.to_state_id.category != "cancelled",
            )
        )[:1]
        if not fitting:
            raise UserError(self._no_step_sentence(effect, steps))
        if fitting.asks_reason and not self._group_obstacles(fitting):
            raise UserError(
                self.env._(
                    "%(step)s asks for the reason. Use its button in %(document)s.",
                    step=fitting.name,
                    document=self.name,
                )
            )
        return fitting

    def _no_step_sentence(self, effect, steps):
        """Return that nothing leads there from here, and what does lead on.

        :rtype: str
        """
        effects = self.env["crm.segnalazione.transition"]._fields["order_effect"]
        return self.env._(
            "%(document)s is in %(state)s: no step from there does this to its order"
            " (%(effect)s). Steps from there: %(steps)s.",
            document=self.name,
            state=self.segnalazione_state_id.name,
            effect=dict(effects._description_selection(self.env))[effect],
            steps=", ".join(steps.mapped("name")) or self.env._("none"),
        )

    # ------------------------------------------------------------
    # THE CUSTOMER ON THE PORTAL
    # ------------------------------------------------------------

    def _is_by_customer(self):
        """Tell whether it is a customer who acts: on the portal, or by paying.

        :rtype: bool
        """
        return self.env.user.share or self.env.context.get(CUSTOMER_KEY) is WORKFLOW

    def _validate_order(self):
        # Called when the customer has signed, or owes nothing, on the portal.
        documents = self._documents_on_their_way()
        for document in documents:
            document._take_step_for_customer("confirm")
        orders = self - documents
        return super(SaleOrder, orders)._validate_order() if orders else None

    def _take_step_for_customer(self, effect):
        """Take the step that a customer's signature, payment or refusal leads to.

        It is one marked as taken by the customer, or else one without groups that
        confirms the order: a signature on the portal is no way round the groups of the
        back office. If there is none, or it still needs something, what the customer
        did is kept, the state stays, and a note tells who looks after the document.

        :param str effect: what Odoo does to the order by itself
        :return: the row of the trace, empty if the state stays
        :rtype: crm.segnalazione.move
        """
        # The step is the system's, for a customer who is no user of it.
        document = self.with_user(SUPERUSER_ID)
        steps = document._steps_from_here()
        marked = steps.filtered(
            lambda step: (
                step.by_customer
                and (
                    step.order_effect == effect
                    or (effect == "confirm" and not step.order_effect)
                )
            )
        )
        open_to_all = steps.filtered(
            lambda step: step.order_effect == effect and not step.group_ids
        )
        step = (marked or open_to_all)[:1]
        obstacles = (
            document._transition_obstacles(step)
            if step
            else [document._no_step_sentence(effect, steps)]
        )
        if obstacles:
            document.message_post(body="\n".join(obstacles))
            return self.env["crm.segnalazione.move"]
        return document._take_transition(
            step, reason=self.env._("The customer, on the portal")
        )
