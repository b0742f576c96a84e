from odoo import api, fields, models
from odoo.exceptions import UserError

#: What stays as it was when the prize was awarded.
_FACTS = {
    "prize_id",
    "user_id",
    "team_id",
    "date_from",
    "date_to",
    "start",
    "stop",
    "rank",
    "points",
    "awarded_date",
    "awarded_by_id",
}


class CrmPrizeAward(models.Model):
    """A prize that somebody has won in a period, until it has been handed over."""

    _name = "crm.prize.award"
    _description = "Award"
    _inherit = ["crm.monitored.mixin"]
    _order = "date_to desc, prize_id, rank, id"

    prize_id = fields.Many2one(
        "crm.prize", required=True, index=True, ondelete="restrict"
    )
    reward = fields.Text(related="prize_id.reward")
    user_id = fields.Many2one(
        "res.users", "Operator", index="btree_not_null", ondelete="restrict"
    )
    team_id = fields.Many2one("crm.team", index="btree_not_null", ondelete="restrict")
    date_from = fields.Date("First Day", required=True)
    date_to = fields.Date("Last Day", required=True)
    start = fields.Datetime(
        required=True, help="When the first day began where the company works."
    )
    stop = fields.Datetime(required=True, help="When the last day was over.")
    rank = fields.Integer()
    points = fields.Integer()
    state = fields.Selection(
        [("awarded", "Awarded"), ("delivered", "Delivered")],
        default="awarded",
        required=True,
    )
    awarded_date = fields.Datetime("Awarded On", readonly=True)
    awarded_by_id = fields.Many2one("res.users", readonly=True)
    delivered_date = fields.Datetime("Delivered On", readonly=True)
    delivered_by_id = fields.Many2one("res.users", readonly=True)

    _one_winner = models.Constraint(
        "CHECK ((user_id IS NULL) != (team_id IS NULL))",
        "A prize is won by an operator or by a team.",
    )
    _once_per_user = models.UniqueIndex(
        "(prize_id, date_from, date_to, user_id) WHERE user_id IS NOT NULL",
        "This operator has this prize for this period already.",
    )
    _once_per_team = models.UniqueIndex(
        "(prize_id, date_from, date_to, team_id) WHERE team_id IS NOT NULL",
        "This team has this prize for this period already.",
    )

    @api.depends("prize_id", "user_id", "team_id")
    def _compute_display_name(self):
        for award in self:
            # sudo: the names of a prize that is one's own
            own = award.sudo()
            winner = (own.user_id or own.team_id).display_name or ""
            award.display_name = f"{own.prize_id.name}: {winner}"

    def write(self, vals):
        if _FACTS & vals.keys():
            raise UserError(
                self.env._(
                    "What an award was given for stays as it is. Archive the prize and"
                    " set up a new one."
                )
            )
        return super().write(vals)

    def action_deliver(self):
        """Record that the reward was handed over, by whom and when."""
        for award in self:
            if award.state == "delivered":
                raise UserError(
                    self.env._(
                        "%(award)s was delivered already, by %(user)s.",
                        award=award.display_name,
                        user=award.delivered_by_id.name,
                    )
                )
        self.write(
            {
                "state": "delivered",
                "delivered_date": fields.Datetime.now(),
                "delivered_by_id": self.env.uid,
            }
        )

    def action_explain(self):
        """Open the rows of the ledger whose points the award adds up.

        :return: the action that shows them
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: what the prize counts; the rows have rules of their own
        filters = self.sudo().prize_id._filters()
        points = self.env["crm.points"]
        if "category_ids" in filters:
            filters["category_ids"] = points._with_below(filters["category_ids"])
        names = {
            "team_ids": "team_id",
            "campaign_ids": "campaign_id",
            "category_ids": "operator_category_id",
        }
        report = self.env["crm.interaction.report"]
        domain = report._counted_domain(
            self.start, self.stop, **{names[name]: ids for name, ids in filters.items()}
        )
        winner = "user_id" if self.user_id else "team_id"
        domain.append((winner, "=", self[winner].id))
        return points._rows_action(domain)
