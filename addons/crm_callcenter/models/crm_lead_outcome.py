from psycopg2.errors import UniqueViolation

from odoo import fields, models
from odoo.exceptions import ConcurrencyError, UserError

from ..tools.engine import ENGINE, ENGINE_KEY, is_engine

#: In the context of the engine: number of the appointment that a row is about.
ABOUT_EVENT = "ledger_about_event"


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
        activity=None,
        event=None,
    ):
        """Register how a contact with this name ended, and apply what follows from it.

        The single entry for calls, visits, e-mails, forms and the dialler. It
        writes one row of the ledger, moves the commercial state and the processes,
        and plans the next action, as the relation of type and outcome says. The
        caller has checked that its user may do so: the ledger itself is closed to
        all.

        :param crm.outcome outcome: how it ended
        :param mail.activity.type activity_type: of the action that ended, if any
        :param res.users user: who had the contact; the current user by default
        :param utm.campaign campaign: in whose frame it was, if any
        :param str note: the conversation note
        :param datetime.datetime date: when it ended, naive UTC; now by default
        :param str token: given by the client; the same token twice registers once
        :param crm.call call: the dial that it came from, if any
        :param mail.activity activity: the planned action that ends with it
        :param calendar.event event: an appointment that was fixed during the contact
            and is the next action
        :return: the row of the ledger, the earlier one if the token is known
        :rtype: crm.interaction
        :raise UserError: the token belongs to another name, the outcome is not
            active, the type is the system's, or somebody else closed the action
        :raise ConcurrencyError: the same token is being registered at this
            moment; Odoo then runs the request again, which finds the row
        """
        self.ensure_one()
        # sudo: nobody has write access to the ledger, this method is its only writer
        ledger = self.env["crm.interaction"].sudo()
        known = token and ledger.search([("token", "=", token)], limit=1)
        if known:
            return self._check_known_interaction(known)
        if activity:
            activity._lock_open()
            activity_type = activity.activity_type_id
        self._check_may_register(outcome, activity_type, activity)
        user = user or self.env.user
        effects = self._get_outcome_effects(outcome, activity_type)
        process = self._move_processes(effects, activity_type, activity, date)
        values = self._prepare_interaction_values(outcome, effects, user)
        values.update(
            activity_type_id=activity_type.id if activity_type else False,
            campaign_id=campaign.id if campaign else False,
            note=(note or "").strip() or False,
            token=token,
            call_id=call.id if call else False,
            activity_ref=activity.id if activity else 0,
            lead_process_id=process.id,
            event_id=event.id if event else self._ledger_event_number(),
        )
        if date:
            values["date"] = date
        try:
            interaction = ledger.create(values)
        except UniqueViolation as error:
            raise ConcurrencyError(
                "outcome token is being registered by another request"
            ) from error
        self._apply_outcome_effects(effects)
        if activity:
            activity._complete(outcome, note)
        self._take_charge_by_outcome(effects, user)
        self._plan_next_action(effects, user, date, process, event)
        return interaction.sudo(self.env.su)

    def _ledger_event_number(self):
        """Return the appointment that a row of the system is about, zero for none."""
        return self.env.context.get(ABOUT_EVENT, 0) if is_engine(self.env) else 0

    def _check_known_interaction(self, interaction):
        if interaction.lead_id != self:
            raise UserError(
                self.env._(
                    "This outcome was registered on another name already."
                    " Reload the page and register it again."
                )
            )
        return interaction.sudo(self.env.su)

    def _check_may_register(self, outcome, activity_type, activity):
        """Refuse outcomes that nobody may register by hand, or not with this type."""
        if is_engine(self.env):
            return
        if not outcome.active:
            raise UserError(
                self.env._(
                    "The outcome %(outcome)s is no longer in use. Choose another one.",
                    outcome=outcome.name,
                )
            )
        if outcome.is_system or (activity_type and activity_type.is_system):
            raise UserError(
                self.env._(
                    "%(outcome)s is registered by the system itself. Choose another"
                    " outcome.",
                    outcome=outcome.name,
                )
            )
        if (
            activity
            and activity_type._asks_outcome()
            and not self.env["crm.relation"]._get(activity_type, outcome)
        ):
            raise UserError(
                self.env._(
                    "%(type)s can't end with %(outcome)s: they have no relation."
                    " Choose another outcome.",
                    type=activity_type.name,
                    outcome=outcome.name,
                )
            )

    def _get_outcome_effects(self, outcome, activity_type=None):
        """Look up what follows from an outcome: the relation of type and outcome.

        :param crm.outcome outcome: how the contact ended
        :param mail.activity.type activity_type: of the action that ended, if any
        :return: ``relation`` (``crm.relation``, may be empty), ``state``
            (``crm.commercial.state``, empty: unchanged), ``points`` (int) and
            ``do_not_call`` (bool)
        :rtype: dict
        """
        relation = self.env["crm.relation"]._get(activity_type, outcome)
        return {
            "relation": relation,
            "state": relation.commercial_state_id,
            "points": relation.points,
            "do_not_call": outcome.do_not_call,
        }

    def _prepare_interaction_values(self, outcome, effects, user):
        self.ensure_one()
        user = user.sudo()  # sudo: team and category of a colleague
        return {
            "lead_id": self.id,
            "partner_id": self.partner_id.id,
            "date": fields.Datetime.now(),
            "user_id": user.id,
            "team_id": user.sale_team_id.id,
            "operator_category_id": user.operator_category_id.id,
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
            lead = self.sudo().with_context(**{ENGINE_KEY: ENGINE})
            lead.commercial_state_id = state
        if state:
            self._keep_customer_in_step()
        if effects["do_not_call"]:
            numbers = self._e164_numbers()
            # sudo: the customer's word counts, whatever the rights of who takes it down
            self.env["phone.blacklist"].sudo()._forbid_numbers(
                numbers,
                "asked",
                self.env._(
                    "Asked for in a conversation about %(name)s.", name=self.name
                ),
            )

    def _plan_next_action(self, effects, user, date=None, process=None, event=None):
        """Plan what the relation says, or take a fixed appointment for it.

        :param dict effects: as ``_get_outcome_effects`` returns them
        :param res.users user: who registered the outcome
        :param datetime.datetime date: when the contact ended, naive UTC
        :param crm.lead.process process: the process that the outcome moved
        :param calendar.event event: the appointment that was fixed, if any
        :rtype: mail.activity
        """
        relation = effects["relation"]
        if event:
            return self._plan_visit_of(event, relation)
        next_type = relation.next_type_id
        if not next_type or not next_type.active:
            return self.env["mail.activity"]
        planner = self.env["crm.planner"]
        due = planner._due(relation.delay_days, relation.delay_hours, date)
        assignee = planner._assignee(
            relation.next_assignee, self.sudo(), user, relation.next_user_id
        )
        goes_on = process and next_type in process.process_id.type_ids
        activity = planner._plan(
            self,
            next_type,
            assignee,
            due,
            lead_process=process if goes_on and not process.date_close else None,
        )
        if next_type.automatic_outcome_id:
            activity._close_automatically()
        return activity

    def _plan_visit_of(self, event, relation):
        """Let a fixed appointment be the next action of the graph.

        :param calendar.event event: the appointment
        :param crm.relation relation: of the outcome that led to it, may be empty
        :rtype: mail.activity
        """
        next_type = event.action_type_id
        if relation.next_type_id.is_meeting:
            next_type = relation.next_type_id
        if not next_type:
            next_type = self.env["mail.activity.type"]._default_visit()
        if not next_type:
            return self.env["mail.activity"]
        # sudo: the event belongs to the agent, the engine names its kind
        event.sudo().action_type_id = next_type
        [activity_id] = self.env["crm.planner"]._insert_actions(
            next_type,
            event.start,
            self.env["crm.planner"]._one_source(self, event.sudo().user_id),
            event=event,
        )
        return self.env["mail.activity"].browse(activity_id)
