from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmCommission(models.Model):
    """The account of commissions: what is due, corrected or taken back, for whom.

    Rows are never changed nor deleted. What a person has earned on a document is the
    sum of its rows; a document that changes adds the difference.

    Not under the rule of individual monitoring: commissions are pay. Everybody sees
    its own, back office and campaign managers see all.
    """

    _name = "crm.commission"
    _description = "Commission"
    _order = "date desc, id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", "Document", required=True, index=True, ondelete="restrict"
    )
    rule_id = fields.Many2one(
        "crm.commission.rule", required=True, index=True, ondelete="restrict"
    )
    person_id = fields.Many2one(
        "res.users", required=True, index=True, ondelete="restrict"
    )
    pay_to = fields.Selection(
        selection=lambda self: (
            self.env["crm.commission.rule"]
            ._fields["pay_to"]
            ._description_selection(self.env)
        ),
        string="Paid as",
        required=True,
    )
    kind = fields.Selection(
        [
            ("due", "Due"),
            ("correction", "Correction"),
            ("reversal", "Reversal"),
        ],
        required=True,
    )
    date = fields.Date(required=True, index=True)
    base = fields.Monetary(
        "Basis", help="Untaxed amount or units that the row adds or takes back."
    )
    amount = fields.Monetary(required=True)
    reason = fields.Char()
    number = fields.Integer(
        required=True, help="Which time the document's commissions were computed."
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="restrict")
    currency_id = fields.Many2one(related="company_id.currency_id")
    # Facts of the day, so that figures of the past stay.
    type_id = fields.Many2one(
        "crm.segnalazione.type", "Document Type", ondelete="restrict"
    )
    campaign_id = fields.Many2one("utm.campaign", ondelete="restrict")
    zone_id = fields.Many2one("crm.zone", ondelete="restrict")
    agent_id = fields.Many2one("res.users", ondelete="restrict")
    operator_id = fields.Many2one("res.users", ondelete="restrict")
    statement_id = fields.Many2one(
        "crm.commission.statement", index="btree_not_null", ondelete="set null"
    )
    statement_state = fields.Selection(related="statement_id.state")

    # Two who compute the same document at once can't both write.
    _once = models.UniqueIndex(
        "(order_id, rule_id, person_id, number)",
        "This commission has been computed already.",
    )
    _open_rows = models.Index(
        "(company_id, person_id, date) WHERE statement_id IS NULL"
    )

    def write(self, vals):
        """Refuse: only the statement that a row stands on is ever set.

        :raise UserError: anything else would change, or a statement is closed
        """
        locked = self.statement_id.filtered(lambda one: one.state != "draft")
        if vals.keys() - {"statement_id"} or locked:
            raise UserError(
                self.env._(
                    "Commissions can't be changed. Change the document, and the"
                    " difference is added."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Refuse: what was due once stays on record, whoever asks."""
        raise UserError(
            self.env._(
                "Commissions can't be deleted. Cancelled documents reverse them."
            )
        )
