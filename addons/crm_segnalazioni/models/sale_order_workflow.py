from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class SaleOrder(models.Model):
    """A document moves by its transitions, and in no other way."""

    _inherit = "sale.order"

    def take_transition(self, transition_id, expected_state_id=None, reason=None):
        """Take a step, as the buttons on the screen do.

        :param int transition_id: ``crm.segnalazione.transition``
        :param int expected_state_id: the state that the user saw
        :param str reason: why, where the user was asked
        :rtype: bool
        :raise UserError: the step may not be taken; the sentence says why
        """
        self.ensure_one()
        self.check_access("read")
        transition = self.env["crm.segnalazione.transition"].browse(transition_id)
        expected = self.env["crm.segnalazione.state"].browse(expected_state_id or ())
        self._take_transition(transition.exists(), expected=expected, reason=reason)
        return True

    def _take_transition(self, transition, expected=None, reason=None):
        """Bring one document to the next state, with all that follows, or not at all.

        :param crm.segnalazione.transition transition: the step
        :param crm.segnalazione.state expected: the state that the user saw, if any
        :param str reason: why
        :return: the row of the trace
        :rtype: crm.segnalazione.move
        :raise UserError: it may not be taken
        """
        self.ensure_one()
        self._lock_for_transition(expected)
        obstacles = self._transition_obstacles(transition)
        if obstacles:
            raise UserError("\n".join(obstacles))
        # sudo: who may take a step is said by the transition, checked just above
        order = self.sudo()
        move = order._write_state(transition.to_state_id, transition, reason)
        order._state_reached(transition, move)
        return move

    def _lock_for_transition(self, expected):
        """Let two who move the same document come one after the other.

        :raise UserError: somebody else was first
        """
        self.env.cr.execute(
            SQL("SELECT 1 FROM sale_order WHERE id = %s FOR UPDATE", self.id),
            log_exceptions=False,
        )
        if expected and self.segnalazione_state_id != expected:
            last = self.sudo().move_ids[:1]
            raise UserError(
                self.env._(
                    "%(user)s has brought %(document)s to %(state)s meanwhile. Look at"
                    " it again.",
                    user=last.user_id.name,
                    document=self.name,
                    state=self.segnalazione_state_id.name,
                )
            )

    def _transition_obstacles(self, transition):
        """Return why a step may not be taken, one sentence for each reason.

        :param crm.segnalazione.transition transition: the step
        :rtype: list[str]
        """
        self.ensure_one()
        if (
            transition.type_id != self.segnalazione_type_id
            or transition.from_state_id != self.segnalazione_state_id
        ):
            return [
                self.env._(
                    "%(document)s can't go from %(state)s this way.",
                    document=self.name,
                    state=self.segnalazione_state_id.name,
                )
            ]
        if (
            transition.group_ids
            and not transition.group_ids & self.env.user.all_group_ids
        ):
            return [
                self.env._(
                    "Only %(groups)s may do this.",
                    groups=", ".join(transition.sudo().group_ids.mapped("name")),
                )
            ]
        return []

    def _write_state(self, state, transition, reason):
        """Write the new state and its trace.

        :rtype: crm.segnalazione.move
        """
        move = self.env["crm.segnalazione.move"].create(
            {
                "order_id": self.id,
                "type_id": self.segnalazione_type_id.id,
                "transition_id": transition.id,
                "from_state_id": self.segnalazione_state_id.id,
                "to_state_id": state.id,
                "user_id": self.env.uid,
                "date": fields.Datetime.now(),
                "reason": reason,
            }
        )
        self.segnalazione_state_id = state
        return move

    def _state_reached(self, transition, move):
        """Do what follows from a state; each subject extends this in its own file.

        Runs as the superuser, in the transaction of the step: what can't be done
        raises, and then nothing is.

        :param crm.segnalazione.transition transition: the step that was taken; empty
            for a new document
        :param crm.segnalazione.move move: its trace
        """

    @api.model
    def _new_segnalazione_values(self, document_type):
        """Return what a new document of a type begins with.

        :param crm.segnalazione.type document_type: its type
        :rtype: dict
        """
        return {
            "segnalazione_type_id": document_type.id,
            "segnalazione_state_id": document_type.default_state_id.id,
        }
