from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmInteractionAnswer(models.Model):
    """An answer given during a call, with the question as it was asked: a fact."""

    _name = "crm.interaction.answer"
    _description = "Answer"
    _log_access = False
    _order = "interaction_id desc, id"
    _rec_name = "question"

    interaction_id = fields.Many2one(
        "crm.interaction", required=True, index=True, readonly=True, ondelete="cascade"
    )
    campaign_id = fields.Many2one("utm.campaign", readonly=True, ondelete="cascade")
    date = fields.Datetime(required=True, readonly=True)
    question_id = fields.Many2one(
        "crm.campaign.question",
        "Asked Today As",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
    )
    kind = fields.Selection(
        selection=lambda self: (
            self.env["crm.campaign.question"]._fields["kind"].selection
        ),
        string="Answer By",
        readonly=True,
    )
    question = fields.Char(required=True, readonly=True)
    answer = fields.Char(readonly=True)
    number = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Of a question that is answered by a number.",
    )

    _campaign_answers = models.Index("(campaign_id, date)")

    def write(self, vals):
        """Refuse: facts of the ledger never change, whoever asks."""
        if self:
            raise UserError(self.env._("The history can't be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Refuse: facts of the ledger are never deleted, whoever asks."""
        raise UserError(self.env._("The history can't be deleted."))
