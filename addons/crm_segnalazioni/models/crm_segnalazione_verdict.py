from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .crm_segnalazione_verdict_rule import VERDICTS


class CrmSegnalazioneVerdict(models.Model):
    """What the agent found of an appointment, and what the coordinator says to it.

    Points move through the ledger only: a row of the system for the operator who fixed
    the appointment, whenever what counts changes.
    """

    _name = "crm.segnalazione.verdict"
    _description = "Verdict on an Appointment"
    _inherit = ["crm.monitored.mixin"]
    _order = "id desc"
    _rec_name = "order_id"
    _monitored_fields = ("operator_id",)

    order_id = fields.Many2one(
        "sale.order", "Document", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    partner_id = fields.Many2one(related="order_id.partner_id")
    lead_id = fields.Many2one(related="order_id.opportunity_id", string="Name")
    date_appointment = fields.Datetime(related="order_id.date_appointment", store=True)
    campaign_id = fields.Many2one(
        related="order_id.campaign_id", store=True, index="btree_not_null"
    )
    team_id = fields.Many2one(
        "crm.team",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Team of the operator at the time of the call.",
    )
    operator_id = fields.Many2one(
        "res.users", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    agent_id = fields.Many2one(
        "res.users", readonly=True, index=True, ondelete="restrict"
    )
    given = fields.Selection(VERDICTS, "Verdict of the Agent", readonly=True)
    note = fields.Text("Note of the Agent", readonly=True)
    given_on = fields.Datetime(readonly=True)
    state = fields.Selection(
        [
            ("given", "To Look At"),
            ("agreed", "Agreed"),
            ("overruled", "Overruled"),
        ],
        default="given",
        required=True,
        readonly=True,
    )
    final = fields.Selection(
        VERDICTS,
        "What Counts",
        readonly=True,
        index=True,
        help="The verdict of the agent, unless the coordinator has overruled it.",
    )
    is_valid = fields.Integer(
        "Valid Appointments", readonly=True, help="One if it counts as valid."
    )
    decided_by_id = fields.Many2one(
        "res.users", "Coordinator", readonly=True, ondelete="restrict"
    )
    decided_on = fields.Datetime(readonly=True)
    reason = fields.Text("Reason of the Coordinator", readonly=True)
    interaction_ids = fields.One2many(
        "crm.interaction", "verdict_id", "Points in the History", readonly=True
    )
    points = fields.Integer(
        "Points Moved",
        readonly=True,
        help="What the verdict has added to, or taken from, the operator's points.",
    )

    _once = models.UniqueIndex(
        "(order_id)", "There is a verdict on this appointment already."
    )

    # ------------------------------------------------------------
    # AGENT
    # ------------------------------------------------------------

    @api.model
    def _give(self, order, verdict, note=None):
        """Take down what the agent of an appointment found.

        Until the coordinator has looked at it, the agent may change it.

        :param sale.order order: document with an appointment
        :param str verdict: one of ``VERDICTS``
        :param str note: mandatory unless the appointment was valid
        :rtype: crm.segnalazione.verdict
        :raise AccessError: it is somebody else's appointment
        :raise UserError: it can't be given, with a sentence
        """
        order._check_may_give_verdict()
        if verdict not in dict(VERDICTS):
            raise UserError(self.env._("Choose one of the verdicts."))
        note = (note or "").strip()
        if verdict != "valid" and not note:
            raise UserError(self.env._("Write in a few words what you found, please."))
        # sudo: agents only read verdicts; whose appointment it is was looked at above
        verdicts, order = self.sudo(), order.sudo()
        order._lock_for_verdict()
        record = verdicts.search([("order_id", "=", order.id)])
        if record.state in ("agreed", "overruled"):
            raise UserError(
                self.env._(
                    "%(user)s has decided about this verdict already.",
                    user=record.decided_by_id.name,
                )
            )
        values = {
            "given": verdict,
            "note": note,
            "given_on": fields.Datetime.now(),
            "agent_id": self.env.uid,
        }
        if record:
            record.write(values)
        else:
            record = verdicts.create({**values, **order._new_verdict_values()})
        record._count(verdict)
        return record

    # ------------------------------------------------------------
    # COORDINATOR
    # ------------------------------------------------------------

    def action_agree(self):
        """Button: the verdict of the agent counts.

        :rtype: bool
        """
        for verdict in self:
            verdict._decide("agreed", verdict.given)
        return True

    def action_overrule(self):
        """Button: open the window that asks what counts instead, and why.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Overrule the Verdict"),
            "res_model": "crm.segnalazione.verdict.wizard",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_verdict_id": self.id,
                "default_order_id": self.order_id.id,
            },
        }

    def _overrule(self, verdict, reason):
        """Let another verdict count than the agent's.

        :param str verdict: one of ``VERDICTS``
        :param str reason: why
        :raise UserError: it is the same, or no reason is given
        """
        self.ensure_one()
        if verdict == self.given:
            raise UserError(self.env._("This is what the agent says. Agree instead."))
        if verdict not in dict(VERDICTS) or not (reason or "").strip():
            raise UserError(
                self.env._("Choose what counts instead, and write the reason, please.")
            )
        self._decide("overruled", verdict, reason.strip())

    def _decide(self, state, final, reason=None):
        """Take down what the coordinator says, and let it count.

        :raise AccessError: the user is none of those who decide
        :raise UserError: somebody else was quicker
        """
        self.ensure_one()
        self._check_may_decide()
        # sudo: coordinators only read verdicts; that they may decide was looked at
        verdict = self.sudo()
        verdict.order_id._lock_for_verdict()
        if verdict.state != "given":
            raise UserError(
                self.env._(
                    "%(user)s has decided about this verdict already.",
                    user=verdict.decided_by_id.name,
                )
            )
        verdict.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_on": fields.Datetime.now(),
                "reason": reason,
            }
        )
        verdict._count(final)

    def _check_may_decide(self):
        self.check_access("read")
        user = self.env.user
        if not self.env.su and not any(
            user.has_group(f"crm_callcenter.{group}")
            for group in ("group_coordinator", "group_campaign_manager")
        ):
            raise AccessError(
                self.env._("Coordinators decide about verdicts. Ask one of them.")
            )

    # ------------------------------------------------------------
    # WHAT FOLLOWS
    # ------------------------------------------------------------

    def _count(self, final):
        """Let a verdict count: in the figures, in the points, and for the name.

        :param str final: one of ``VERDICTS``
        """
        self.ensure_one()
        rule = self.env["crm.segnalazione.verdict.rule"]._rule_of(final, self.order_id)
        self.write({"final": final, "is_valid": int(final == "valid")})
        if rule.waits_for_coordinator and self.state == "given":
            self._move_points(0)
            return
        row = self.order_id.interaction_id
        wanted = rule.points - (row.points if rule.takes_points_back else 0)
        # Of an outcome that was taken back, its points are taken back already.
        self._move_points(0 if row.is_reversed else wanted)
        self._apply_to_name(rule)

    def _move_points(self, wanted):
        """Write the row of the ledger that is missing to the wanted points.

        :param int wanted: what this verdict is to have moved altogether
        """
        row, missing = self.order_id.interaction_id, wanted - self.points
        if not row or not missing:
            return
        lead = self.order_id.opportunity_id or row.lead_id
        state = lead.commercial_state_id
        self.env["crm.interaction"].create(
            {
                "lead_id": lead.id,
                "partner_id": lead.partner_id.id,
                "date": fields.Datetime.now(),
                "user_id": row.user_id.id,
                "team_id": row.team_id.id,
                "operator_category_id": row.operator_category_id.id,
                "campaign_id": row.campaign_id.id,
                "activity_type_id": self.env.ref(
                    "crm_callcenter.activity_type_correction"
                ).id,
                "outcome_id": self.env.ref("crm_segnalazioni.crm_outcome_verdict").id,
                "state_before_id": state.id,
                "state_after_id": state.id,
                "points": missing,
                "note": self._sentence(),
                "verdict_id": self.id,
            }
        )
        self.points = wanted

    def _apply_to_name(self, rule):
        """Do with the name what a rule says; addons that know lists add to it.

        :param crm.segnalazione.verdict.rule rule: may be empty
        """

    def _sentence(self):
        """Return what the ledger says of the verdict.

        :rtype: str
        """
        labels = dict(self._fields["final"]._description_selection(self.env))
        return self.env._(
            "Verdict on the appointment %(document)s: %(verdict)s. %(why)s",
            document=self.order_id.name,
            verdict=labels[self.final],
            why=self.reason or self.note or "",
        ).strip()


class CrmInteraction(models.Model):
    _inherit = "crm.interaction"

    verdict_id = fields.Many2one(
        "crm.segnalazione.verdict",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The verdict on an appointment that moved these points.",
    )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    verdict_ids = fields.One2many(
        "crm.segnalazione.verdict", "order_id", "Verdicts", readonly=True
    )
    verdict = fields.Selection(
        related="verdict_ids.final", string="Verdict on the Appointment"
    )
    may_give_verdict = fields.Boolean(compute="_compute_may_give_verdict")

    @api.depends("user_id", "date_appointment", "verdict_ids.state")
    @api.depends_context("uid")
    def _compute_may_give_verdict(self):
        """Tell whether the user may say now how the appointment was, or correct it."""
        user, now = self.env.user, fields.Datetime.now()
        is_manager = user.has_group("crm_callcenter.group_campaign_manager")
        for order in self:
            # sudo: only whether there is one, and whether it is decided
            verdicts = order.sudo().verdict_ids
            order.may_give_verdict = bool(
                order.ids
                and order.date_appointment
                and order.date_appointment <= now
                and (order.user_id == user or (is_manager and not verdicts))
                and all(verdict.state == "given" for verdict in verdicts)
            )

    def _check_may_give_verdict(self):
        """Refuse verdicts on what is no appointment, or somebody else's.

        :raise AccessError: it is somebody else's
        :raise UserError: there is no appointment, or it is still to come
        """
        self.ensure_one()
        self.check_access("read")
        user = self.env.user
        if self.user_id != user and not user.has_group(
            "crm_callcenter.group_campaign_manager"
        ):
            raise AccessError(
                self.env._("The agent who had the appointment says how it was.")
            )
        if not self.date_appointment:
            raise UserError(
                self.env._("%(document)s has no appointment.", document=self.name)
            )
        if self.date_appointment > fields.Datetime.now():
            raise UserError(
                self.env._(
                    "The appointment is on %(date)s. Say how it was when it is over.",
                    date=self._local_moment(self.date_appointment),
                )
            )

    def _lock_for_verdict(self):
        self.env.cr.execute(
            SQL("SELECT id FROM sale_order WHERE id = %s FOR UPDATE", self.id),
            log_exceptions=False,
        )

    def _new_verdict_values(self):
        """Return what a verdict knows of the appointment.

        :rtype: dict
        """
        return {
            "order_id": self.id,
            "operator_id": self.operator_id.id,
            "team_id": self.interaction_id.team_id.id,
        }

    def action_give_verdict(self):
        """Button of the agent: open the window that asks how the appointment was.

        :rtype: dict
        """
        self._check_may_give_verdict()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("How Was the Appointment?"),
            "res_model": "crm.segnalazione.verdict.wizard",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": self.id},
        }
