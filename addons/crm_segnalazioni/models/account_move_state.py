from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

CUSTOMER_TYPES = ("out_invoice", "out_refund")
#: What ends a state that was set by hand.
FINAL = ("paid", "reversed", "cancelled")
#: So many invoices are brought in step before a commit.
BATCH = 500


class AccountMove(models.Model):
    """Invoices of customers have a state from a table of the company's own."""

    _inherit = "account.move"

    invoice_state_id = fields.Many2one(
        "crm.segnalazione.invoice.state",
        compute="_compute_invoice_state_id",
        inverse="_inverse_invoice_state_id",
        store=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="It follows the invoice: issued, paid, overdue. Whoever may gives it"
        " another by hand.",
    )
    manual_invoice_state_id = fields.Many2one(
        "crm.segnalazione.invoice.state",
        "Set by Hand",
        copy=False,
        ondelete="restrict",
        readonly=True,
    )
    invoice_state_color = fields.Char(related="invoice_state_id.color")

    @api.depends(
        "move_type",
        "state",
        "payment_state",
        "invoice_date_due",
        "manual_invoice_state_id",
    )
    def _compute_invoice_state_id(self):
        invoices = self.filtered(lambda move: move.move_type in CUSTOMER_TYPES)
        (self - invoices).invoice_state_id = False
        if not invoices:
            return
        # sudo: the table is no secret
        by_mapping = self.env["crm.segnalazione.invoice.state"].sudo()._by_mapping()
        today = fields.Date.context_today(self)
        for move in invoices:
            mapping = move._invoice_mapping(today)
            manual = move.manual_invoice_state_id
            if manual and (manual.stays_when_paid or mapping not in FINAL):
                move.invoice_state_id = manual
            else:
                move.invoice_state_id = by_mapping.get(mapping) or (
                    by_mapping.get("issued")
                    if mapping in ("partial", "overdue", "in_payment")
                    else False
                )

    def _invoice_mapping(self, today):
        """Return what Odoo knows of this invoice.

        :param datetime.date today: local
        :return: as in ``crm.segnalazione.invoice.state.mapping``
        :rtype: str
        """
        self.ensure_one()
        if self.state in ("draft", "cancel"):
            return {"draft": "draft", "cancel": "cancelled"}[self.state]
        if self.payment_state in ("paid", "in_payment", "reversed"):
            return self.payment_state
        if self.payment_state == "invoicing_legacy":
            return "paid"
        if self.payment_state == "blocked":
            return "issued"
        if (
            self.move_type == "out_invoice"
            and self.invoice_date_due
            and self.invoice_date_due < today
        ):
            return "overdue"
        return "partial" if self.payment_state == "partial" else "issued"

    def _inverse_invoice_state_id(self):
        """Keep what somebody has set; a mapped state lets the invoice follow again.

        :raise AccessError: the group of the state doesn't say that one may
        """
        for move in self:
            state = move.invoice_state_id
            move._check_may_set_state(state | move.manual_invoice_state_id)
            # sudo: who may set the state by hand is said by the state, checked above
            move.sudo().manual_invoice_state_id = (
                state if state and not state.mapping else False
            )

    def write(self, vals):
        if "manual_invoice_state_id" in vals:
            # Past the field that asks for the right; a constraint runs as superuser.
            states = self.env["crm.segnalazione.invoice.state"]
            states = states.browse(vals["manual_invoice_state_id"] or ())
            self._check_may_set_state(states | self.manual_invoice_state_id)
        return super().write(vals)

    def _check_may_set_state(self, states):
        user = self.env.user
        if self.env.su:
            return
        for state in states:
            # sudo: names of groups are no secret
            groups = state.sudo().group_ids
            if groups and not groups & user.all_group_ids:
                raise AccessError(
                    self.env._(
                        "Only %(groups)s may give invoices the state %(state)s or take"
                        " it from them.",
                        groups=", ".join(groups.mapped("name")),
                        state=state.name,
                    )
                )

    def set_invoice_state(self, state_id):
        """Give invoices a state by hand, also for those who can't change invoices.

        :param int state_id: ``crm.segnalazione.invoice.state``; empty: follow the
            invoice again
        :rtype: bool
        :raise AccessError: the user may not
        """
        self.check_access("read")
        state = self.env["crm.segnalazione.invoice.state"].browse(state_id or ())
        for move in self:
            move._check_may_set_state(state | move.manual_invoice_state_id)
            if not state.group_ids and not move.has_access("write"):
                move._check_back_office()
        # sudo: checked just above; nothing else of the invoice is written
        self.sudo().manual_invoice_state_id = state if not state.mapping else False
        return True

    def _check_back_office(self):
        if not self.env.user.has_group("crm_callcenter.group_back_office"):
            raise AccessError(
                self.env._("Only the back office gives invoices a state by hand.")
            )

    @api.model
    def _cron_invoice_states(self):
        """Bring invoices in step with the day and with the table of states."""
        self.env.flush_all()
        while stale := self._stale_invoices():
            self.env.add_to_compute(self._fields["invoice_state_id"], stale)
            stale.flush_recordset(["invoice_state_id"])
            if not self.env["ir.cron"]._commit_progress(len(stale)):
                return

    @api.model
    def _stale_invoices(self):
        """Return invoices whose state isn't what it would be today.

        The same decision as ``_invoice_mapping``, for all invoices at once.

        :rtype: account.move
        """
        today = fields.Date.context_today(self)
        query = SQL(
            """
            WITH known AS (
                SELECT move.id, move.invoice_state_id, manual.id AS manual_id,
                       manual.stays_when_paid,
                       CASE WHEN move.state = 'draft' THEN 'draft'
                            WHEN move.state = 'cancel' THEN 'cancelled'
                            WHEN move.payment_state
                                 IN ('paid', 'in_payment', 'reversed')
                                 THEN move.payment_state
                            WHEN move.payment_state = 'invoicing_legacy' THEN 'paid'
                            WHEN move.payment_state = 'blocked' THEN 'issued'
                            WHEN move.move_type = 'out_invoice'
                                 AND move.invoice_date_due < %(today)s THEN 'overdue'
                            WHEN move.payment_state = 'partial' THEN 'partial'
                            ELSE 'issued' END AS mapping
                  FROM account_move move
             LEFT JOIN crm_segnalazione_invoice_state manual
                    ON manual.id = move.manual_invoice_state_id
                 WHERE move.move_type IN ('out_invoice', 'out_refund'))
            SELECT known.id
              FROM known
         LEFT JOIN crm_segnalazione_invoice_state state
                ON state.mapping = known.mapping AND state.active
         LEFT JOIN crm_segnalazione_invoice_state issued
                ON issued.mapping = 'issued' AND issued.active
               AND known.mapping IN ('partial', 'overdue', 'in_payment')
             WHERE known.invoice_state_id IS DISTINCT FROM
                   CASE WHEN known.manual_id IS NOT NULL
                             AND (known.stays_when_paid OR known.mapping NOT IN
                                  ('paid', 'reversed', 'cancelled'))
                        THEN known.manual_id
                        ELSE COALESCE(state.id, issued.id) END
             LIMIT %(limit)s""",
            today=today,
            limit=BATCH,
        )
        rows = self.env.execute_query(query)
        return self.browse([row[0] for row in rows])
