from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.workflow import WORKFLOW, WORKFLOW_KEY


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
        reason = (reason or "").strip() or None
        obstacles = self._transition_obstacles(transition)
        if not obstacles and transition.asks_reason and not reason:
            obstacles = [
                self.env._(
                    "%(step)s asks for the reason. Write why.", step=transition.name
                )
            ]
        if obstacles:
            raise UserError("\n".join(obstacles))
        # sudo: who may take a step is said by the transition, checked just above
        order, transition = self.sudo(), transition.sudo()
        move = order._write_state(transition.to_state_id, transition, reason)
        order._state_reached(transition, move)
        return move.sudo(self.env.su)

    def _lock_for_transition(self, expected):
        """Let two who move the same document come one after the other.

        Who comes second finds the row changed since its snapshot; PostgreSQL refuses,
        Odoo runs the request again, and it gets the sentence.

        :raise UserError: somebody else was first
        """
        self.flush_recordset(["segnalazione_state_id", "segnalazione_type_id"])
        # Who comes second is expected: nothing for the log.
        self.env.cr.execute(
            SQL("SELECT 1 FROM sale_order WHERE id = %s FOR UPDATE", self.id),
            log_exceptions=False,
        )
        if expected and self.segnalazione_state_id != expected:
            raise UserError(self._somebody_was_first())

    def _somebody_was_first(self):
        """Return the sentence that names who has moved this document.

        :rtype: str
        """
        last = self._last_move()
        return self.env._(
            "%(user)s has brought %(document)s to %(state)s meanwhile. Look at it"
            " again.",
            user=last.user_id.name,
            document=self.name,
            state=self.segnalazione_state_id.name,
        )

    def _last_move(self):
        """Return the row of the trace that brought this document where it is.

        :rtype: crm.segnalazione.move
        """
        # sudo: the trace names colleagues
        trace = self.env["crm.segnalazione.move"].sudo()
        return trace.search([("order_id", "=", self.id)], limit=1)

    def _steps_from_here(self):
        """Return the steps that lead on from the present state.

        :rtype: crm.segnalazione.transition
        """
        self.ensure_one()
        return self.segnalazione_type_id.transition_ids.filtered(
            lambda step: step.from_state_id == self.segnalazione_state_id
        )

    # ------------------------------------------------------------
    # CONDITIONS
    # ------------------------------------------------------------

    def _transition_obstacles(self, transition):
        """Return why a step may not be taken, one sentence for each reason.

        :param crm.segnalazione.transition transition: the step
        :rtype: list[str]
        """
        self.ensure_one()
        if not self.segnalazione_type_id:
            return [
                self.env._(
                    "%(document)s is an order of Odoo without a document type: it has"
                    " no steps.",
                    document=self.name,
                )
            ]
        if not transition or not transition.active:
            return [self.env._("This step is no longer in use. Reload the page.")]
        if (
            transition.type_id != self.segnalazione_type_id
            or transition.from_state_id != self.segnalazione_state_id
        ):
            return [
                self.env._(
                    "%(step)s leads on from %(from)s, but %(user)s has brought"
                    " %(document)s to %(state)s.",
                    step=transition.name,
                    document=self.name,
                    state=self.segnalazione_state_id.name,
                    user=self._last_move().user_id.name,
                    **{"from": transition.from_state_id.name},
                )
            ]
        return self._group_obstacles(transition) or self._condition_obstacles(
            transition.sudo()  # sudo: conditions hold for everybody
        )

    def _group_obstacles(self, transition):
        """Return why the current user is not among those who may take a step.

        :rtype: list[str]
        """
        if self.env.su:
            # The system itself: what made the document, or the customer's signature.
            return []
        groups = transition.sudo().group_ids  # sudo: the configuration
        if groups:
            if groups & self.env.user.all_group_ids:
                return []
            return [
                self.env._(
                    "%(step)s is for %(groups)s only.",
                    step=transition.name,
                    groups=", ".join(groups.mapped("name")),
                )
            ]
        if self.has_access("write"):
            return []
        return [
            self.env._(
                "%(step)s is for those who may change %(document)s.",
                step=transition.name,
                document=self.name,
            )
        ]

    def _condition_obstacles(self, transition):
        """Return what a step still needs.

        :rtype: list[str]
        """
        order = self.sudo()  # sudo: conditions hold for everybody
        obstacles = []
        missing = [
            field.field_description
            for field in transition.mandatory_field_ids
            if field.name in order._fields and not order[field.name]
        ]
        if missing:
            obstacles.append(
                self.env._(
                    "%(document)s lacks for %(step)s: %(fields)s.",
                    document=self.name,
                    step=transition.name,
                    fields=", ".join(missing),
                )
            )
        if transition.needs_signature and not order._is_signed():
            obstacles.append(
                self.env._(
                    "%(step)s needs a signed document: let the customer sign on the"
                    " screen, or attach the signed paper to %(document)s, under"
                    " Acceptance.",
                    document=self.name,
                    step=transition.name,
                )
            )
        foreign = transition.next_type_id and order._products_not_of(
            transition.next_type_id
        )
        if foreign:
            obstacles.append(transition.next_type_id._products_sentence(foreign))
        return obstacles

    # ------------------------------------------------------------
    # THE STEP
    # ------------------------------------------------------------

    def _move_values(self, document_type, state, transition, reason=None):
        """Return the row of the trace for a state that is reached now.

        :rtype: dict
        """
        return {
            "order_id": self.id,
            "type_id": document_type.id,
            "transition_id": transition.id,
            "from_state_id": self.segnalazione_state_id.id,
            "to_state_id": state.id,
            "user_id": self.env.uid,
            "date": fields.Datetime.now(),
            "reason": reason,
        }

    def _write_state(self, state, transition, reason=None, document_type=None):
        """Write the new state, and the new type if it changes, with the trace.

        :param crm.segnalazione.state state: where it goes
        :param crm.segnalazione.transition transition: by which step; may be empty
        :param str reason: why
        :param crm.segnalazione.type document_type: what it becomes; by default what
            the step says, or what it is
        :rtype: crm.segnalazione.move
        """
        old_type = self.segnalazione_type_id
        document_type = document_type or transition.next_type_id or old_type
        move = self.env["crm.segnalazione.move"].create(
            self._move_values(document_type, state, transition, reason)
        )
        values = {"segnalazione_state_id": state.id}
        if self.locked != state.locks_lines:
            values["locked"] = state.locks_lines
        if document_type != old_type:
            values["segnalazione_type_id"] = document_type.id
            values["name"] = self._number_as(document_type)
        self.with_context(**{WORKFLOW_KEY: WORKFLOW}).write(values)
        return move

    def _number_as(self, document_type):
        """Return the number of this document as one of a type, taken if it has none.

        :rtype: str
        """
        known = self.protocol_ids.filtered(lambda row: row.type_id == document_type)
        if known:
            return known[0].name
        register = self.env["crm.segnalazione.protocol"]
        return register._take_numbers(self, document_type)[self.id]

    def _become_type(self, document_type, reason=None):
        """Make this document one of another type, in the first state of it.

        It takes a number of that type, and keeps the old ones in the register.

        :param crm.segnalazione.type document_type: what it becomes
        :param str reason: why
        :rtype: crm.segnalazione.move
        :raise UserError: the type doesn't allow products of its lines
        """
        self.ensure_one()
        order = self.sudo()  # sudo: called by steps, which were checked
        foreign = order._products_not_of(document_type)
        if foreign:
            raise UserError(document_type._products_sentence(foreign))
        nothing = self.env["crm.segnalazione.transition"]
        move = order._write_state(
            document_type.default_state_id, nothing, reason, document_type
        )
        order._state_reached(nothing, move)
        return move

    def _state_reached(self, transition, move):
        """Do what follows from a state; each subject extends this in its own file.

        Runs as the superuser, in the transaction of the step: what can't be done
        raises, and then nothing is. Here are the effects of the step itself, so that
        an extension does before them what they need, and after them what needs them.

        :param crm.segnalazione.transition transition: the step that was taken; empty
            for a new document, and for one that has become another type
        :param crm.segnalazione.move move: its trace
        """
        self._apply_order_effects(transition, move)
        self._apply_other_effects(transition, move)
        if transition:
            self._confirming_becomes(move)
