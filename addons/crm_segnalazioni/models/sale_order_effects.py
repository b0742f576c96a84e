from odoo import models

from ..tools.workflow import WORKFLOW, WORKFLOW_KEY


class SaleOrder(models.Model):
    """What a step does besides: to the order, to the customer's state, to others.

    All of it runs in the transaction of the step, as the superuser. Mails are posted,
    and leave only when the transaction is committed.
    """

    _inherit = "sale.order"

    def _is_signed(self):
        """Tell whether the customer has signed: on a screen, or on the paper attached.

        :rtype: bool
        """
        self.ensure_one()
        # sudo: whether there is one; the scans themselves are large and not read
        files = self.env["ir.attachment"].sudo()
        return bool(
            files.search_count(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("res_field", "in", ["signature", "acceptance_document"]),
                ],
                limit=1,
            )
        )

    # ------------------------------------------------------------
    # THE ORDER
    # ------------------------------------------------------------

    def _apply_order_effects(self, transition, move):
        """Confirm, cancel or open the order again, and run the server action.

        :param crm.segnalazione.transition transition: the step
        :param crm.segnalazione.move move: its trace
        """
        effect = transition.order_effect
        if (
            not effect
            and move._is_confirming()
            and move.type_id.confirm_effect == "confirm"
        ):
            effect = "confirm"
        order = self.with_context(**{WORKFLOW_KEY: WORKFLOW})
        if effect == "confirm" and self.state in ("draft", "sent"):
            order.action_confirm()
        elif effect == "sent" and self.state == "draft":
            order.action_quotation_sent()
        elif effect == "cancel" and self.state != "cancel":
            order._action_cancel()
        elif effect == "draft" and self.state != "draft":
            if self.state == "sale":
                order._action_cancel()
            order.action_draft()
        if transition.server_action_id:
            transition.server_action_id.with_context(
                active_model=self._name, active_id=self.id, active_ids=self.ids
            ).run()

    def _confirming_becomes(self, move):
        """Let a document become what confirming its type makes of it.

        :param crm.segnalazione.move move: the trace of the step
        """
        kind = move.type_id
        if (
            move._is_confirming()
            and kind == self.segnalazione_type_id
            and kind.confirm_effect == "become"
        ):
            self._become_type(kind.confirm_type_id, reason=move.reason)

    # ------------------------------------------------------------
    # THE CUSTOMER AND THE OTHERS
    # ------------------------------------------------------------

    def _apply_other_effects(self, transition, move):
        """Register the outcome, plan the next action, write to the customer.

        :param crm.segnalazione.transition transition: the step
        :param crm.segnalazione.move move: its trace
        """
        lead = self.opportunity_id
        if lead and transition.outcome_id.active:
            self._register_step_outcome(transition, move.reason)
        activity_type = transition.activity_type_id
        if lead and activity_type.active:
            planner = self.env["crm.planner"]
            planner._plan(
                lead,
                activity_type,
                self._step_assignee(transition),
                planner._due(transition.delay_days, transition.delay_hours),
            )
        if transition.mail_template_id:
            self.message_post_with_source(
                transition.mail_template_id,
                email_layout_xmlid=(
                    "mail.mail_notification_layout_with_responsible_signature"
                ),
                subtype_xmlid="mail.mt_comment",
            )

    def _step_assignee(self, transition):
        """Return who gets the action that a step plans; empty is the pool.

        :rtype: res.users
        """
        kind = transition.activity_assignee
        users = {"agent": self.user_id, "operator": self.operator_id}
        if kind in users:
            user = users[kind]
            return user if user.active and not user.share else user.browse()
        return self.env["crm.planner"]._assignee(
            kind, self.opportunity_id, self.env.user, transition.activity_user_id
        )

    def _register_step_outcome(self, transition, reason):
        """Register what a step means in the commercial graph.

        An appointment that nobody has closed is closed with it, as its agent's own
        "Close" does, if that may end so; otherwise the outcome stands alone.

        :param crm.segnalazione.transition transition: the step
        :param str reason: why; it becomes the note of the history
        """
        outcome, event = transition.outcome_id, self.appointment_event_id
        if not event.active or event.outcome_id:
            event = event.browse()
        action = event and event._open_action().sudo()
        asks = action and action.asks_outcome
        if asks and self.env["crm.relation"]._get(action.activity_type_id, outcome):
            action._close_with_outcome(outcome, note=reason)
            return
        activity_type = transition.outcome_type_id or event.action_type_id
        self.opportunity_id._register_outcome(
            outcome,
            activity_type if activity_type.active else None,
            campaign=self.campaign_id or None,
            note=reason,
        )
        if event and not asks:
            event._close(outcome)
