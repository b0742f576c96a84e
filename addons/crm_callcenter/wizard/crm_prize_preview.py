from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmPrizePreview(models.TransientModel):
    """Who wins a prize in a period, before anybody is told."""

    _name = "crm.prize.preview"
    _description = "Preview of a Prize"

    prize_id = fields.Many2one("crm.prize", required=True, ondelete="cascade")
    date_from = fields.Date("First Day", required=True)
    date_to = fields.Date("Last Day", required=True)
    winner_kind = fields.Selection(related="prize_id.winner_kind")
    has_new = fields.Boolean(
        compute="_compute_has_new", help="Somebody wins who has no award yet."
    )
    line_ids = fields.One2many(
        "crm.prize.preview.line",
        "preview_id",
        "Winners",
        compute="_compute_line_ids",
        store=True,
    )

    @api.depends("prize_id", "date_from", "date_to")
    def _compute_line_ids(self):
        for preview in self:
            preview.line_ids = [fields.Command.clear()] + [
                fields.Command.create(values) for values in preview._line_values()
            ]

    @api.depends("line_ids.is_awarded")
    def _compute_has_new(self):
        for preview in self:
            preview.has_new = not all(line.is_awarded for line in preview.line_ids)

    def _line_values(self):
        self.prize_id._refuse_closed()
        field_name = f"{self.prize_id.winner_kind}_id"
        # sudo: awards of persons are compared, not shown
        awards = (
            self.env["crm.prize.award"]
            .sudo()
            .search(
                [
                    ("prize_id", "=", self.prize_id.id),
                    ("date_from", "=", self.date_from),
                    ("date_to", "=", self.date_to),
                ]
            )
        )
        known = set(awards[field_name].ids)
        return [
            {
                "rank": line["rank"],
                field_name: line["id"],
                "points": line["points"],
                "is_awarded": line["id"] in known,
            }
            for line in self.prize_id._winners(self.date_from, self.date_to)
        ]

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Winners of %(prize)s", prize=self.prize_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_award(self):
        """Award the prize to whoever wins it now, and open the awards.

        :return: the action of the awards
        :rtype: dict
        :raise UserError: nobody has won, or everybody has the prize already
        """
        self.ensure_one()
        prize = self.prize_id
        prize.check_access("write")
        prize._refuse_closed()
        # sudo: awards are made by the system only, for whom the ledger says
        awards = prize.sudo()._award(self.date_from, self.date_to)
        if not awards:
            raise UserError(
                self.env._(
                    "Nobody is left to be given %(prize)s for this period.",
                    prize=prize.name,
                )
            )
        return prize.action_open_awards()


class CrmPrizePreviewLine(models.TransientModel):
    _name = "crm.prize.preview.line"
    _description = "Winner in the Preview of a Prize"
    _inherit = ["crm.monitored.mixin"]
    _order = "rank, id"

    preview_id = fields.Many2one(
        "crm.prize.preview", required=True, index=True, ondelete="cascade"
    )
    rank = fields.Integer()
    user_id = fields.Many2one("res.users", "Operator", ondelete="cascade")
    team_id = fields.Many2one("crm.team", ondelete="cascade")
    points = fields.Integer()
    is_awarded = fields.Boolean("Awarded Already")
