from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.engine import ENGINE, ENGINE_KEY


class CrmLead(models.Model):
    """The engine in bulk: the same facts and effects for many names, set-based."""

    _inherit = "crm.lead"

    def _register_outcome_batch(
        self,
        outcome,
        activity_type=None,
        *,
        state=None,
        user=None,
        campaign=None,
        note=None,
        date=None,
        activity_ref=0,
        lead_process_ids=None,
    ):
        """Register the same outcome on all of these names, in a few statements.

        As ``_register_outcome``, with two differences: meetings wait to be
        scheduled instead of looking for free time name by name, and a state may be
        given, by the system's own types only. The caller commits in batches of at
        most a few thousand names, so that nobody waits for it.

        :param crm.outcome outcome: how it ended
        :param mail.activity.type activity_type: of the action, if any
        :param crm.commercial.state state: given instead of the relation's, by the
            system's own types
        :param res.users user: who did it; the current user by default
        :param utm.campaign campaign: in whose frame it was, if any
        :param str note: the same for all
        :param datetime.datetime date: naive UTC; now by default
        :param int activity_ref: number of the planned action that it is about
        :param list lead_process_ids: ids of the processes that it is about, beside
            those that it moves
        :return: how many rows of the ledger were written
        :rtype: int
        :raise UserError: the outcome may not be registered, or a state is given
            without a type of the system
        """
        if not self:
            return 0
        self._check_may_register(outcome, activity_type, None)
        if state and not (activity_type and activity_type.is_system):
            raise UserError(
                self.env._("A state is moved by the relation of an outcome only.")
            )
        user = (user or self.env.user).sudo()  # sudo: team and category of a colleague
        effects = self._get_outcome_effects(outcome, activity_type)
        if state:
            effects["state"] = state
        self.env.flush_all()
        process_ids = self._move_processes_batch(effects, activity_type, date)
        rows = self._insert_ledger_rows(
            SQL("SELECT unnest(%s) AS lead_id", self.ids),
            outcome,
            activity_type,
            effects,
            user,
            campaign=campaign,
            note=note,
            date=date,
            activity_ref=activity_ref,
            process_ids=[*process_ids, *(lead_process_ids or ())],
        )
        if effects["state"]:
            self._move_states_batch(effects["state"])
        if effects["do_not_call"]:
            self._block_numbers_batch()
        if effects["relation"].takes_charge:
            self._take_charge_batch(user)
        self._plan_next_batch(effects, user, date)
        # Flushed: customers were written through the ORM.
        self.env.invalidate_all()
        return len(rows)

    def _register_system_outcome(self, outcome, activity_type, **values):
        """Register what only the system may: corrections, merges, cancellations.

        :param crm.outcome outcome: an outcome of the system
        :param mail.activity.type activity_type: a type of the system
        :return: how many rows of the ledger were written
        :rtype: int
        """
        leads = self.with_context(**{ENGINE_KEY: ENGINE})
        return leads._register_outcome_batch(outcome, activity_type, **values)

    def _correct_state(self, state, reason="correction", note=None):
        """Move the commercial state of these names past the graph, with a trace.

        :param crm.commercial.state state: where they get
        :param str reason: ``correction``, ``import``, ``merge``, ``undo``,
            ``document`` or ``customer``: names the system type
        :param str note: why
        :return: how many names were moved
        :rtype: int
        """
        moved = self.filtered(lambda lead: lead.commercial_state_id != state)
        return moved._register_system_outcome(
            self.env.ref("crm_callcenter.crm_outcome_state_changed"),
            self.env.ref(f"crm_callcenter.activity_type_{reason}"),
            state=state,
            note=note,
        )

    def _insert_ledger_rows(
        self,
        source,
        outcome,
        activity_type,
        effects,
        user,
        *,
        campaign=None,
        note=None,
        date=None,
        activity_ref=0,
        process_ids=None,
    ):
        """Write one row of the ledger per name of a query that yields ``lead_id``.

        Note and number of the action may be columns of that query, as ``SQL``.

        :return: ids of the rows
        :rtype: list[int]
        """
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_interaction (
                    lead_id, partner_id, date, user_id, team_id, operator_category_id,
                    campaign_id, activity_type_id, outcome_id, outcome_kind,
                    state_before_id, state_after_id, points, note, activity_ref,
                    lead_process_id)
                SELECT lead.id, lead.partner_id, %(date)s, %(user)s, %(team)s,
                       %(category)s, %(campaign)s, %(type)s, %(outcome)s, %(kind)s,
                       lead.commercial_state_id,
                       COALESCE(%(state)s, lead.commercial_state_id), %(points)s,
                       %(note)s, %(activity_ref)s,
                       (SELECT max(lp.id) FROM crm_lead_process lp
                         WHERE lp.lead_id = lead.id AND lp.id = ANY(%(processes)s))
                  FROM (%(source)s) AS source
                  JOIN crm_lead lead ON lead.id = source.lead_id
             RETURNING id
                """,
                source=source,
                date=date or fields.Datetime.now(),
                user=user.id,
                team=user.sale_team_id.id or None,
                category=user.operator_category_id.id or None,
                campaign=campaign.id if campaign else None,
                type=activity_type.id if activity_type else None,
                outcome=outcome.id,
                kind=outcome.kind or None,
                state=effects["state"].id or None,
                points=effects["points"],
                note=note if isinstance(note, SQL) else (note or "").strip() or None,
                activity_ref=activity_ref,
                processes=list(process_ids or ()),
            )
        )
        return [row_id for (row_id,) in rows]

    def _move_states_batch(self, state):
        """Write a state on these names, their customers and the customers' names."""
        self.flush_model(["commercial_state_id", "partner_id"])
        self.env.execute_query(
            SQL(
                """UPDATE crm_lead
                      SET commercial_state_id = %(state)s, write_uid = %(uid)s,
                          write_date = now() AT TIME ZONE 'UTC'
                    WHERE id = ANY(%(ids)s)
                      AND commercial_state_id IS DISTINCT FROM %(state)s
                RETURNING id""",
                state=state.id,
                uid=self.env.uid,
                ids=self.ids,
            )
        )
        self.invalidate_model(["commercial_state_id"])
        # sudo: who is a customer, whoever may see it. Searched, so that the names
        # that aren't need not be read.
        names = self.sudo().with_context(active_test=False)
        with_customer = names.search(
            [("id", "in", self.ids), ("partner_id", "!=", False)]
        )
        with_customer._keep_customer_in_step()

    def _block_numbers_batch(self):
        # sudo: the customer's word counts, whatever the rights of who takes it down
        blacklist = self.env["phone.blacklist"].sudo()
        numbers = {number for lead in self.sudo() for number in lead._e164_numbers()}
        blacklist._forbid_numbers(
            sorted(numbers), "asked", self.env._("Asked for in a conversation.")
        )

    def _plan_next_batch(self, effects, user, date=None):
        """Plan the next action of the relation with all of these names."""
        relation = effects["relation"]
        next_type = relation.next_type_id
        if not next_type or not next_type.active:
            return
        planner = self.env["crm.planner"]
        planner._insert_actions(
            next_type,
            planner._due(relation.delay_days, relation.delay_hours, date),
            SQL(
                "SELECT lead.id AS lead_id, %s AS user_id"
                " FROM crm_lead lead WHERE lead.id = ANY(%s)",
                planner._assignee_sql(
                    relation.next_assignee, user, relation.next_user_id
                ),
                self.ids,
            ),
        )
