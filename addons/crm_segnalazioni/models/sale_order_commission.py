from odoo import api, fields, models
from odoo.tools import SQL

#: What commissions of a document depend on, as one text: when it differs from what
#: they were last computed by, they are computed again.
BASIS_SQL = SQL(
    """(SELECT concat_ws(
                   '|', doc.segnalazione_type_id, doc.user_id, doc.operator_id,
                   doc.campaign_id, doc.company_id,
                   string_agg(
                       concat_ws(':', line.product_id, line.product_uom_qty,
                                 line.price_subtotal), ',' ORDER BY line.id))
         FROM sale_order doc
    LEFT JOIN sale_order_line line
           ON line.order_id = doc.id AND line.display_type IS NULL
          AND line.line_state_id IN (SELECT id FROM crm_segnalazione_line_state
                                      WHERE category = 'confirmed')
        WHERE doc.id = sale_order.id
        GROUP BY doc.id)"""
)
#: Fields of a document that its commissions depend on.
WATCHED = {"user_id", "operator_id", "campaign_id", "segnalazione_type_id"}
#: Documents that one step of the nightly work looks at.
BATCH = 200


class SaleOrder(models.Model):
    _inherit = "sale.order"

    commission_ids = fields.One2many(
        "crm.commission", "order_id", "Commissions", readonly=True
    )
    commission_date = fields.Date(
        "Commissions Due on",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Commissions of the document are due since then.",
    )
    commission_number = fields.Integer(default=0, readonly=True, copy=False)
    commission_basis = fields.Char(readonly=True, copy=False)

    def _state_reached(self, transition, move):
        result = super()._state_reached(transition, move)
        self._update_commission_date(transition)
        return result

    def write(self, vals):
        result = super().write(vals)
        if WATCHED & vals.keys():
            self._synchronize_due_commissions()
        return result

    def _synchronize_due_commissions(self):
        """Correct commissions that are due already, after a change by a user."""
        # sudo: the account is the system's, whoever changes the document
        self.sudo().filtered("commission_date")._synchronize_commissions(
            reason=self.env._("Document changed")
        )

    def _update_commission_date(self, transition=None):
        """Make commissions due, or take them back, as the state says.

        They stay due through later states without the flag, until the document is
        lost, cancelled, or goes back by a step that opens it again.

        :param crm.segnalazione.transition transition: the step that was taken
        """
        self.ensure_one()
        state = self.segnalazione_state_id
        if state.is_commission_due and not self.commission_date:
            if self._is_commission_earned():
                self.commission_date = self.env["crm.points"]._today()
        elif self.commission_date and (
            state.category in ("lost", "cancelled")
            or (transition and transition.is_backward and not state.is_commission_due)
        ):
            self.commission_date = False
            self._synchronize_commissions(reason=state.name)
        if self.commission_date:
            self._synchronize_commissions(reason=state.name)

    def _is_commission_earned(self):
        """Tell whether the sale binds the customer; by phone it may not do so yet.

        :rtype: bool
        """
        self.ensure_one()
        # Looked up: sales by phone are a subject of their own.
        is_bound = getattr(self, "_is_bound", None)
        return is_bound is None or bool(is_bound())

    # ------------------------------------------------------------
    # THE ACCOUNT OF A DOCUMENT
    # ------------------------------------------------------------

    def _synchronize_commissions(self, reason=None):
        """Bring what is on account to what is due now, by rows of the difference.

        :param str reason: why, for the rows
        """
        for order in self:
            order._synchronize_commission(reason)

    def _synchronize_commission(self, reason):
        self.ensure_one()
        due = self._commissions_due() if self.commission_date else {}
        known = self._commissions_known()
        currency = self.company_id.currency_id
        changed = [
            key
            for key in {**known, **due}
            if not currency.is_zero(due.get(key, (0, 0))[0] - known.get(key, (0, 0))[0])
        ]
        basis = self._commission_basis() if self.commission_date else False
        if changed:
            self._next_commission_number()
            self.env["crm.commission"].create(
                [
                    self._commission_values(key, due, known, reason)
                    for key in sorted(changed, key=lambda key: (key[0].id, key[1].id))
                ]
            )
        if basis != self.commission_basis:
            self.commission_basis = basis

    def _next_commission_number(self):
        """Count that the document is computed once more.

        Whoever else computes it from an older state of it fails here, and is repeated
        by Odoo.
        """
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """UPDATE sale_order SET commission_number = commission_number + 1
                    WHERE id = %s""",
                self.id,
            ),
            log_exceptions=False,
        )
        self.invalidate_recordset(["commission_number"])

    def _commission_values(self, key, due, known, reason):
        """Return the row that brings one account to what is due.

        :param tuple key: rule and person
        :param dict due: amount and basis by key
        :param dict known: the same, as it stands
        :rtype: dict
        """
        rule, person = key
        amount, base = due.get(key, (0.0, 0.0))
        known_amount, known_base = known.get(key, (0.0, 0.0))
        kind = "correction" if known_amount else "due"
        if not amount:
            kind = "reversal"
        return {
            "order_id": self.id,
            "rule_id": rule.id,
            "person_id": person.id,
            "pay_to": rule.pay_to,
            "kind": kind,
            "date": self.env["crm.points"]._today(),
            "base": base - known_base,
            "amount": amount - known_amount,
            "reason": reason,
            "number": self.commission_number,
            "company_id": self.company_id.id,
            "type_id": self.segnalazione_type_id.id,
            "campaign_id": self.campaign_id.id,
            "zone_id": self.zone_id.id,
            "agent_id": self.user_id.id,
            "operator_id": self.operator_id.id,
        }

    def _commissions_known(self):
        """Return amount and basis on account by rule and person.

        :rtype: dict
        """
        return {
            (rule, person): (amount, base)
            for rule, person, amount, base in self.env["crm.commission"]._read_group(
                [("order_id", "=", self.id)],
                ["rule_id", "person_id"],
                ["amount:sum", "base:sum"],
            )
        }

    def _commissions_due(self):
        """Return amount (company currency) and basis due by rule and person.

        :rtype: dict
        """
        rules = self.env["crm.commission.rule"]._valid_rules(
            self.company_id, self.commission_date, self.commission_ids.rule_id
        )
        rules = rules.filtered(lambda rule: rule._fits_document(self))
        due = {}
        for line in self._commission_lines():
            for rule, person in self._winning_rules(rules, line.product_id):
                amount, base = self._line_commission(rule, line)
                known_amount, known_base = due.get((rule, person), (0.0, 0.0))
                if rule.method == "document":
                    due[rule, person] = (rule.amount, 1.0)
                else:
                    due[rule, person] = (known_amount + amount, known_base + base)
        rounded = self.company_id.currency_id.round
        return {key: (rounded(amount), base) for key, (amount, base) in due.items()}

    def _commission_lines(self):
        """Return the confirmed lines; one empty line for a document without any.

        An appointment may be paid though nothing was sold. Where all lines were
        refused nothing is due.

        :rtype: iterable
        """
        lines = self.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment
        )
        if not lines:
            return [self.env["sale.order.line"]]
        return lines.filtered(lambda line: line.line_state_id.category == "confirmed")

    def _winning_rules(self, rules, product):
        """Yield which rules pay whom for a product.

        A rule for an earlier type of the document goes on paying beside those for its
        present type, and instead of those for all types.

        :param crm.commission.rule rules: the most specific first
        :param product.product product: empty for a document without lines
        :return: rules and persons
        :rtype: iterator
        """
        present, paid = self.segnalazione_type_id, {}
        # Rules for earlier types first: they are here only because they paid already.
        earlier = rules.filtered(lambda one: one.type_id and one.type_id != present)
        for rule in earlier + (rules - earlier):
            person = rule._paid_person(self)
            if not person or not rule._fits_product(product):
                continue
            if not product and rule.method != "document":
                continue
            if not rule.is_additional:
                # Types of the rules that pay this person for this line; 0 for all.
                types = paid.setdefault((rule.pay_to, person), set())
                if types & {0, rule.type_id.id} or (types and not rule.type_id):
                    continue
                types.add(rule.type_id.id or 0)
            yield rule, person

    def _line_commission(self, rule, line):
        """Return amount (company currency) and basis of one line by one rule.

        :rtype: tuple[float, float]
        """
        if rule.method == "unit":
            return rule.amount * line.product_uom_qty, line.product_uom_qty
        base = self.currency_id._convert(
            line.price_subtotal,
            self.company_id.currency_id,
            self.company_id,
            self.commission_date,
        )
        return base * rule.percent / 100.0, base

    def _commission_basis(self):
        """Return what the commissions depend on, as the nightly work compares it.

        :rtype: str
        """
        self.flush_recordset()
        self.order_line.flush_recordset()
        self.env.cr.execute(
            SQL("SELECT %s FROM sale_order WHERE id = %s", BASIS_SQL, self.id)
        )
        return self.env.cr.fetchone()[0]

    # ------------------------------------------------------------
    # WHAT FALLS DUE LATER, AND WHAT WAS CHANGED IN BULK
    # ------------------------------------------------------------

    @api.model
    def _cron_commissions(self):
        """Make due what has become binding, correct what was changed in bulk, and
        bring the statements of the running month up to date."""
        for order_id in self._commission_waiting() + self._commission_outdated():
            order = self.browse(order_id)
            if not order.commission_date:
                order._update_commission_date()
            else:
                order._synchronize_commissions(reason=self.env._("Document changed"))
            self._commit_commissions()
        self.env["crm.commission.statement"]._collect_open()
        self._commit_commissions()

    @api.model
    def _commit_commissions(self):
        if self.env.context.get("cron_id"):
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _commission_waiting(self):
        """Return documents in a state that pays commissions, without any so far.

        :rtype: list[int]
        """
        return self.search(
            [
                ("segnalazione_type_id", "!=", False),
                ("segnalazione_state_id.is_commission_due", "=", True),
                ("commission_date", "=", False),
            ],
            order="id",
            limit=BATCH * 50,
        ).ids

    @api.model
    def _commission_outdated(self):
        """Return documents whose commissions were computed by other amounts.

        :rtype: list[int]
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT id FROM sale_order
                    WHERE commission_date IS NOT NULL
                      AND commission_basis IS DISTINCT FROM %(basis)s
                 ORDER BY id LIMIT %(limit)s""",
                basis=BASIS_SQL,
                limit=BATCH * 50,
            )
        )
        return [order_id for [order_id] in self.env.cr.fetchall()]
