from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL


class CrmSegnalazioneCheck(models.Model):
    """One round of the quality check of a document, by the back office."""

    _name = "crm.segnalazione.check"
    _description = "Quality Check"
    _inherit = ["crm.monitored.mixin"]
    _order = "id desc"
    _rec_name = "order_id"
    _monitored_fields = ("operator_id",)

    order_id = fields.Many2one(
        "sale.order",
        "Document",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    type_id = fields.Many2one(
        related="order_id.segnalazione_type_id", string="Document Type", store=True
    )
    partner_id = fields.Many2one(related="order_id.partner_id")
    agent_id = fields.Many2one(related="order_id.user_id", string="Agent")
    date_appointment = fields.Datetime(related="order_id.date_appointment")
    call_note = fields.Text(related="order_id.call_note")
    campaign_id = fields.Many2one(
        related="order_id.campaign_id", store=True, index="btree_not_null"
    )
    operator_id = fields.Many2one(
        "res.users",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="To whom it goes back.",
    )
    state = fields.Selection(
        [
            ("pending", "To Check"),
            ("passed", "Passed"),
            ("returned", "Sent Back"),
        ],
        default="pending",
        required=True,
        readonly=True,
    )
    line_ids = fields.One2many("crm.segnalazione.check.line", "check_id", "Items")
    user_id = fields.Many2one(
        "res.users", "Checked By", readonly=True, ondelete="restrict"
    )
    date = fields.Datetime("Checked On", readonly=True)
    reason = fields.Text(readonly=True, help="Why it went back to the operator.")
    answer = fields.Text(readonly=True, help="What the operator has put right.")
    answered_on = fields.Datetime(readonly=True)

    _open_once = models.UniqueIndex(
        "(order_id) WHERE state = 'pending'", "This document is being checked already."
    )
    _sent_back = models.Index(
        "(operator_id) WHERE state = 'returned' AND answered_on IS NULL"
    )

    @api.model
    def _begin(self, order):
        """Open a round of the check of a document.

        :param sale.order order: the document
        :rtype: crm.segnalazione.check
        """
        items = self.env["crm.segnalazione.check.item"]._items_of(
            order.segnalazione_type_id
        )
        return self.create(
            {
                "order_id": order.id,
                "operator_id": order.operator_id.id,
                "line_ids": [
                    fields.Command.create(
                        {"item_id": item.id, "is_mandatory": item.is_mandatory}
                    )
                    for item in items
                ],
            }
        )

    # ------------------------------------------------------------
    # BACK OFFICE
    # ------------------------------------------------------------

    @api.model
    def _check_may_decide(self):
        user = self.env.user
        if not self.env.su and not any(
            user.has_group(f"crm_callcenter.{group}")
            for group in ("group_back_office", "group_campaign_manager")
        ):
            raise AccessError(
                self.env._("Only the back office checks documents. Ask them.")
            )

    def _lock_open(self):
        """Let two who decide about the same document come one after the other.

        :raise UserError: somebody else was first
        """
        self.ensure_one()
        self._check_may_decide()
        self.check_access("write")
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM crm_segnalazione_check WHERE id = %s FOR UPDATE",
                self.id,
            ),
            log_exceptions=False,
        )
        if self.state != "pending":
            raise UserError(
                self.env._(
                    "%(user)s has checked %(document)s already: %(state)s.",
                    user=self.user_id.name,
                    document=self.order_id.name,
                    state=dict(self._fields["state"]._description_selection(self.env))[
                        self.state
                    ],
                )
            )

    def action_pass(self):
        """Button: the document may go to the agent, and the customer be written to.

        :rtype: bool
        :raise UserError: something is not right yet, or somebody was quicker
        """
        for check in self:
            check._lock_open()
            obstacles = check._obstacles()
            if obstacles:
                raise UserError("\n".join(obstacles))
            check._decide("passed")
            # sudo: the document follows the check, whose user was looked at above
            check.order_id.sudo()._check_passed()
        return True

    def _obstacles(self):
        """Return what keeps a document from passing, one sentence for each thing.

        :rtype: list[str]
        """
        self.ensure_one()
        missing = self.line_ids.filtered(lambda line: not line.result)
        wrong = self.line_ids.filtered(
            lambda line: line.is_mandatory and line.result == "wrong"
        )
        found = []
        if missing:
            found.append(
                self.env._(
                    "Not looked at yet: %(items)s.",
                    items=", ".join(missing.item_id.mapped("name")),
                )
            )
        if wrong:
            found.append(
                self.env._(
                    "Not right: %(items)s. Send the document back to the operator.",
                    items=", ".join(wrong.item_id.mapped("name")),
                )
            )
        return found

    def _decide(self, state, reason=None):
        self.write(
            {
                "state": state,
                "user_id": self.env.uid,
                "date": fields.Datetime.now(),
                "reason": reason,
            }
        )

    def _send_back(self, reason):
        """Give the document back to its operator.

        :param str reason: what is to be put right
        :raise UserError: no reason is given, or somebody was quicker
        """
        self._lock_open()
        if not (reason or "").strip():
            raise UserError(
                self.env._("Write what the operator is to put right, please.")
            )
        self._decide("returned", reason.strip())
        # sudo: see action_pass
        self.order_id.sudo()._check_returned(self)

    def action_send_back(self):
        """Button: open the window that asks why the document goes back.

        :rtype: dict
        """
        return self._ask("return", self.env._("Send Back to the Operator"))

    # ------------------------------------------------------------
    # OPERATOR
    # ------------------------------------------------------------

    def action_answer(self):
        """Button of the operator: it is put right, check again.

        :rtype: dict
        """
        return self._ask("answer", self.env._("Put Right"))

    def _ask(self, kind, title):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "crm.segnalazione.check.wizard",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_check_id": self.id, "default_kind": kind},
        }

    def _put_right(self, answer):
        """Take down what the operator has put right, and open the next round.

        :param str answer: what was done
        :return: the next round
        :rtype: crm.segnalazione.check
        :raise UserError: it isn't the operator's, is answered already, or says nothing
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.su and self.operator_id != self.env.user:
            self._check_may_decide()
        if not (answer or "").strip():
            raise UserError(self.env._("Write what you have put right, please."))
        # sudo: operators may only read checks; whose it is was looked at above
        check = self.sudo()
        check.env.cr.execute(
            SQL("SELECT id FROM sale_order WHERE id = %s FOR UPDATE", self.order_id.id),
            log_exceptions=False,
        )
        if check.state != "returned" or check.answered_on:
            raise UserError(
                self.env._(
                    "%(document)s waits for the back office already.",
                    document=check.order_id.name,
                )
            )
        check.write({"answer": answer.strip(), "answered_on": fields.Datetime.now()})
        return check.order_id._check_answered(check)


class CrmSegnalazioneCheckLine(models.Model):
    """How one item of a check was found."""

    _name = "crm.segnalazione.check.line"
    _description = "Result of the Quality Check"
    _order = "check_id, id"
    _rec_name = "item_id"

    check_id = fields.Many2one(
        "crm.segnalazione.check", required=True, index=True, ondelete="cascade"
    )
    item_id = fields.Many2one(
        "crm.segnalazione.check.item", required=True, readonly=True, ondelete="restrict"
    )
    description = fields.Text(related="item_id.description")
    is_mandatory = fields.Boolean("Must Be Right", readonly=True)
    result = fields.Selection(
        [("right", "Right"), ("wrong", "Not Right"), ("na", "Doesn't Apply")]
    )
    note = fields.Char()

    def write(self, vals):
        closed = self.check_id.filtered(lambda check: check.state != "pending")
        if closed and not self.env.su:
            raise UserError(
                self.env._(
                    "The check of %(document)s is closed and can't be changed.",
                    document=closed[0].order_id.name,
                )
            )
        return super().write(vals)
