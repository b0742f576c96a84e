from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """The steps that whoever looks at a document may take now, for its buttons."""

    _inherit = "sale.order"

    available_transitions = fields.Json(
        compute="_compute_available_transitions",
        help="What the widget of the steps shows; the step itself is checked again.",
    )
    quick_transitions = fields.Json(compute="_compute_available_transitions")

    @api.depends("segnalazione_type_id", "segnalazione_state_id", "signature")
    @api.depends_context("uid", "lang")
    def _compute_available_transitions(self):
        """List the steps that lead on from the state of each document."""
        for order in self:
            steps = [
                self._transition_button(transition)
                for transition in order._origin._transitions_of_user()
            ]
            order.available_transitions = steps
            order.quick_transitions = [step for step in steps if step["quick"]]

    def _transitions_of_user(self):
        """Return the steps from the present state that the user's groups may take.

        What else stands in the way (a field that is missing, a signature) is no
        reason to hide a step: it is said when the step is asked for.

        :rtype: crm.segnalazione.transition
        """
        if not self.segnalazione_state_id:
            return self.env["crm.segnalazione.transition"]
        return self._steps_from_here().filtered(
            lambda step: not self._group_obstacles(step)
        )

    @api.model
    def _transition_button(self, transition):
        """Return what the browser shows of a step.

        :param crm.segnalazione.transition transition: the step
        :rtype: dict
        """
        return {
            "id": transition.id,
            "name": transition.name,
            "color": transition.to_state_id.color,
            "category": transition.to_state_id.category,
            "to_state_id": transition.to_state_id.id,
            "quick": transition.is_quick,
            "asks_reason": transition.asks_reason,
            "confirm": self._transition_question(transition),
        }

    @api.model
    def _transition_question(self, transition):
        """Return what is asked before a step that can't be taken back at once.

        :param crm.segnalazione.transition transition: the step
        :return: the question, or False when nothing is asked
        """
        if transition.asks_reason or transition.to_state_id.category != "cancelled":
            return False
        return self.env._("The document will be cancelled. Go on?")

    def take_transition_to(self, to_state_id, expected_state_id=None, reason=None):
        """Take the one step that leads to a state, as a card that is dragged does.

        :param int to_state_id: ``crm.segnalazione.state`` of the column
        :param int expected_state_id: the state that the user saw
        :param str reason: why, where the user was asked
        :rtype: bool
        :raise UserError: no step leads there, or it may not be taken
        """
        self.ensure_one()
        self.check_access("read")
        step = self._transitions_of_user().filtered(
            lambda transition: transition.to_state_id.id == to_state_id
        )[:1]
        if not step:
            state = self.env["crm.segnalazione.state"].browse(to_state_id).exists()
            raise UserError(
                self.env._(
                    "%(document)s can't go from %(state)s to %(target)s, or you may"
                    " not bring it there.",
                    document=self.name,
                    state=self.segnalazione_state_id.name,
                    target=state.name,
                )
            )
        return self.take_transition(step.id, expected_state_id, reason)
