from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date

#: What nobody writes by hand: steps and commissions say it.
FOLLOWS = {
    "amount_due",
    "amount_taken_back",
    "amount_total",
    "approved_by_id",
    "approved_on",
    "commission_ids",
    "company_id",
    "document_count",
    "month",
    "paid_on",
    "person_id",
    "state",
}


class CrmCommissionStatement(models.Model):
    """What a person has earned in a month: draft, approved, paid.

    A draft takes up what becomes due. Once approved it is locked, and whatever
    changes later stands on the next one.
    """

    _name = "crm.commission.statement"
    _description = "Commission Statement"
    _inherit = ["mail.thread"]
    _order = "month desc, person_id, id"

    name = fields.Char(compute="_compute_name")
    person_id = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, ondelete="restrict"
    )
    month = fields.Date(required=True, readonly=True, help="First day of the month.")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved"), ("paid", "Paid")],
        required=True,
        default="draft",
        readonly=True,
        tracking=True,
        index=True,
    )
    commission_ids = fields.One2many(
        "crm.commission", "statement_id", "Commissions", readonly=True
    )
    amount_due = fields.Monetary("Earned", compute="_compute_amounts", store=True)
    amount_taken_back = fields.Monetary(
        "Taken Back", compute="_compute_amounts", store=True
    )
    amount_total = fields.Monetary("Total", compute="_compute_amounts", store=True)
    document_count = fields.Integer("Documents", compute="_compute_amounts", store=True)
    approved_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    approved_on = fields.Datetime(readonly=True)
    paid_on = fields.Date(readonly=True)
    note = fields.Text(help="Printed on the statement.")

    _one_a_month = models.UniqueIndex(
        "(company_id, person_id, month)",
        "There is a statement of this person for this month already.",
    )

    @api.depends("person_id", "month")
    def _compute_name(self):
        for statement in self:
            statement.name = self.env._(
                "%(person)s, %(month)s",
                person=statement.person_id.name,
                month=format_date(self.env, statement.month, date_format="MMMM y"),
            )

    @api.depends("commission_ids.amount", "commission_ids.statement_id")
    def _compute_amounts(self):
        for statement in self:
            rows = statement.commission_ids
            statement.amount_due = sum(row.amount for row in rows if row.amount > 0)
            statement.amount_taken_back = sum(
                row.amount for row in rows if row.amount < 0
            )
            statement.amount_total = sum(rows.mapped("amount"))
            statement.document_count = len(rows.order_id)

    def write(self, vals):
        """Keep what was approved as it is; its state is changed by its steps alone.

        :raise UserError: a statement is locked, or something is written that only
            follows from its steps and its commissions
        """
        if not self.env.su and (FOLLOWS & vals.keys()):
            raise UserError(
                self.env._("A statement is changed by its buttons, but for its note.")
            )
        if vals.keys() & {"commission_ids", "month", "person_id", "company_id", "note"}:
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft_only(self):
        self._check_draft()

    def _check_draft(self):
        for statement in self:
            if statement.state != "draft":
                raise UserError(
                    self.env._(
                        "The statement %(statement)s has been approved. What changes"
                        " now stands on the next one.",
                        statement=statement.name,
                    )
                )

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def action_collect(self):
        """Take up what has become due meanwhile."""
        self._check_draft()
        # sudo: the system writes which statement a commission stands on
        self.env["crm.commission.statement"].sudo()._collect_open()

    def action_approve(self):
        """Approve drafts, with all that is due until now.

        :raise UserError: nothing is on it, or it was approved already
        """
        self.check_access("write")
        self._check_manager()
        self.action_collect()
        for statement in self:
            if not statement.commission_ids:
                raise UserError(
                    self.env._(
                        "There is no commission on the statement %(statement)s yet.",
                        statement=statement.name,
                    )
                )
        # sudo: the right to approve was checked above
        self.sudo().write(
            {
                "state": "approved",
                "approved_by_id": self.env.uid,
                "approved_on": fields.Datetime.now(),
            }
        )

    def action_pay(self):
        """Mark approved statements as paid.

        :raise UserError: one of them isn't approved, or was paid already
        """
        self.check_access("write")
        for statement in self:
            if statement.state != "approved":
                raise UserError(
                    self.env._(
                        "%(statement)s can't be paid: only an approved statement can,"
                        " once.",
                        statement=statement.name,
                    )
                )
        # sudo: the right to write was checked above
        self.sudo().write({"state": "paid", "paid_on": fields.Date.context_today(self)})

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group(
            "crm_callcenter.group_campaign_manager"
        ):
            raise UserError(
                self.env._("Commission statements are approved by campaign managers.")
            )

    def action_print(self):
        """Print the statements.

        :return: the action of the report
        :rtype: dict
        """
        return self.env.ref(
            "crm_segnalazioni.crm_commission_statement_report"
        ).report_action(self)

    # ------------------------------------------------------------
    # WHICH COMMISSION STANDS WHERE
    # ------------------------------------------------------------

    @api.model
    def _collect_open(self):
        """Put every commission that stands nowhere on the statement of its month, or
        on the first later one that isn't approved.

        Two who collect at once: the second one fails and is repeated by Odoo.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT id FROM crm_commission WHERE statement_id IS NULL
                 ORDER BY id FOR UPDATE"""
            ),
            log_exceptions=False,
        )
        self.env.cr.execute(
            SQL(
                """SELECT company_id, person_id, date_trunc('month', date)::date
                     FROM crm_commission WHERE statement_id IS NULL
                 GROUP BY 1, 2, 3 ORDER BY 3, 1, 2"""
            )
        )
        for company_id, person_id, month in self.env.cr.fetchall():
            statement = self._open_statement(company_id, person_id, month)
            self.env["crm.commission"].search(
                [
                    ("statement_id", "=", False),
                    ("company_id", "=", company_id),
                    ("person_id", "=", person_id),
                    ("date", ">=", month),
                    ("date", "<", month + relativedelta(months=1)),
                ]
            ).write({"statement_id": statement.id})

    @api.model
    def _open_statement(self, company_id, person_id, month):
        """Return the draft of a month or of the next one that isn't approved.

        :rtype: crm.commission.statement
        """
        later = self.search(
            [
                ("company_id", "=", company_id),
                ("person_id", "=", person_id),
                ("month", ">=", month),
            ],
            order="month",
        )
        for statement in later:
            if statement.month > month:
                break
            if statement.state == "draft":
                return statement
            month += relativedelta(months=1)
        # Where somebody else has just made it: fails, and is repeated by Odoo.
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_commission_statement
                          (company_id, person_id, month, state, create_uid, write_uid,
                           create_date, write_date)
                   VALUES (%s, %s, %s, 'draft', %s, %s, %s, %s)
                       ON CONFLICT DO NOTHING RETURNING id""",
                company_id,
                person_id,
                month,
                self.env.uid,
                self.env.uid,
                *[fields.Datetime.now()] * 2,
            ),
            log_exceptions=False,
        )
        return self.browse(self.env.cr.fetchone()[0])
