from psycopg2.errors import UniqueViolation

from odoo import fields, models
from odoo.exceptions import ConcurrencyError, UserError

from ..tools.engine import ENGINE, ENGINE_KEY


class CrmLead(models.Model):
    """The engine: every outcome of a contact, from wherever it comes, ends here."""

    _inherit = "crm.lead"

    def _register_outcome(
        self,
        outcome,
        activity_type=None,
        *,
        user=None,
        campaign=None,
        note=None,
        date=None,
        token=None,
        call=None,
    ):
        """Register how a contact with this name ended, and apply what follows from it.

        The single entry for calls, visits, e-mails, forms and the dialler. It
        writes one row of the ledger and moves the commercial state. The caller
        has checked that its user may do so: the ledger itself is closed to all.

        :param crm.outcome outcome: how it ended
        :param mail.activity.type activity_type: of the action that ended, if any
        :param res.users user: who had the contact; the current user by default
        :param utm.campaign campaign: in whose frame it was, if any
        :param str note: the conversation note
        :param datetime.datetime date: when it ended, naive UTC; now by default
        :param str token: given by the client; the same token twice registers once
        :param crm.call call: the dial that it came from, if any
        :return: the row of the ledger, the earlier one if the token is known
        :rtype: crm.interaction
        :raise UserError: the token belongs to another name, or the outcome is
            not active
        :raise ConcurrencyError: the same token is being registered at this
            moment; Odoo then runs the request again, which finds the row
        """
        self.ensure_one()
        # sudo: nobody has write access to the ledger, this method is its only writer
        ledger = self.env["crm.interaction"].sudo()
        known = token and ledger.search([("token", "=", token)], limit=1)
        if known:
            return self._check_known_interaction(known)
        if not outcome.active:
            raise UserError(
                self.env._(
                    "The outcome %(outcome)s is no longer in use. Choose another one.",
                    outcome=outcome.name,
                )
            )
        effects = self._get_outcome_effects(outcome, activity_type)
        values = self._prepare_interaction_values(outcome, effects)
        values.update(
            activity_type_id=activity_type.id if activity_type else False,
            campaign_id=campaign.id if campaign else False,
            note=(note or "").strip() or False,
            token=token,
            call_id=call.id if call else False,
        )
        if user:
            values.update(user_id=user.id, team_id=user.sale_team_id.id)
        if date:
            values["date"] = date
        try:
            interaction = ledger.create(values)
        except UniqueViolation as error:
            raise ConcurrencyError(
                "outcome token is being registered by another request"
            ) from error
        self._apply_outcome_effects(effects)
        return interaction.sudo(self.env.su)

    def _check_known_interaction(self, interaction):
        if interaction.lead_id != self:
            raise UserError(
                self.env._(
                    "This outcome was registered on another name already."
                    " Reload the page and register it again."
                )
            )
        return interaction.sudo(self.env.su)

    def _get_outcome_effects(self, outcome, activity_type=None):
        """Look up what follows from an outcome.

        Here nothing does. The relations (type x outcome) extend this method.

        :param crm.outcome outcome: how the contact ended
        :param mail.activity.type activity_type: of the action that ended, if any
        :return: ``state`` (``crm.commercial.state``, empty: unchanged), ``points``
            (int) and ``do_not_call`` (bool)
        :rtype: dict
        """
        return {
            "state": self.env["crm.commercial.state"],
            "points": 0,
            "do_not_call": outcome.do_not_call,
        }

    def _prepare_interaction_values(self, outcome, effects):
        self.ensure_one()
        return {
            "lead_id": self.id,
            "partner_id": self.partner_id.id,
            "date": fields.Datetime.now(),
            "user_id": self.env.uid,
            "team_id": self.env.user.sale_team_id.id,
            "outcome_id": outcome.id,
            "outcome_kind": outcome.kind,
            "state_before_id": self.commercial_state_id.id,
            "state_after_id": (effects["state"] or self.commercial_state_id).id,
            "points": effects["points"],
        }

    def _apply_outcome_effects(self, effects):
        """Move what an outcome moves on the name itself.

        :param dict effects: as ``_get_outcome_effects`` returns them
        """
        state = effects["state"]
        if state and state != self.commercial_state_id:
            # sudo: the caller checked the user; an operator may not write states by
            # hand
            self.sudo().with_context(**{ENGINE_KEY: ENGINE}).commercial_state_id = state
        if effects["do_not_call"]:
            numbers = self._e164_numbers()
            # sudo: the customer's word counts, whatever the rights of who takes it down
            self.env["phone.blacklist"].sudo()._add(
                numbers,
                message=self.env._(
                    "Asked for in a conversation about %(name)s.", name=self.name
                ),
            )
