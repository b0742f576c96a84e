import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class CrmInteraction(models.Model):
    """The ledger: one row per registered outcome, whose facts never change.

    Written by ``crm.lead._register_outcome`` alone. A mistake is mended by a new
    row. History, points and campaign figures all read this table.
    """

    _name = "crm.interaction"
    _description = "Interaction"
    _inherit = ["crm.monitored.mixin"]
    _order = "date desc, id desc"
    _rec_name = "outcome_id"
    _log_access = False

    lead_id = fields.Many2one("crm.lead", "Name", required=True, ondelete="restrict")
    partner_id = fields.Many2one(
        "res.partner", "Customer", index="btree_not_null", ondelete="restrict"
    )
    date = fields.Datetime(required=True)
    user_id = fields.Many2one("res.users", required=True, ondelete="restrict")
    team_id = fields.Many2one("crm.team", ondelete="restrict")
    campaign_id = fields.Many2one("utm.campaign", ondelete="restrict")
    activity_type_id = fields.Many2one(
        "mail.activity.type", "Type", ondelete="restrict"
    )
    outcome_id = fields.Many2one("crm.outcome", required=True, ondelete="restrict")
    outcome_kind = fields.Selection(
        selection=lambda self: self.env["crm.outcome"]._fields["kind"].selection,
        string="Kind",
    )
    outcome_color = fields.Char(related="outcome_id.color", string="Color")
    state_before_id = fields.Many2one("crm.commercial.state", ondelete="restrict")
    state_after_id = fields.Many2one("crm.commercial.state", ondelete="restrict")
    points = fields.Integer()
    note = fields.Text("Conversation Note")
    token = fields.Char(help="Given by the client; makes a repeated request harmless.")
    call_id = fields.Many2one("crm.call", ondelete="restrict")
    # A plain id: an event may be deleted from the calendar, the fact stays.
    event_id = fields.Integer("Appointment Number")

    _token_once = models.UniqueIndex(
        "(token) WHERE token IS NOT NULL", "This outcome has been registered already."
    )
    _lead_history = models.Index("(lead_id, date DESC, id DESC)")
    _campaign_figures = models.Index("(campaign_id, date)")
    _user_figures = models.Index("(user_id, date)")

    def write(self, vals):
        """Refuse: facts of the ledger never change, whoever asks."""
        if self:
            raise UserError(
                self.env._(
                    "The history can't be changed. Register a new outcome to correct"
                    " it."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Refuse: facts of the ledger are never deleted, whoever asks."""
        raise UserError(
            self.env._(
                "The history can't be deleted. Register a new outcome to correct it."
            )
        )

    @api.model
    def _relink_leads(self, source_ids, target_id):
        """Move the links of ledger rows and calls when names are merged.

        The facts stay as they were. The move itself is written to the log.

        :param list source_ids: ids of the names that go
        :param int target_id: id of the name that stays
        """
        self.flush_model()
        self.env["crm.call"].flush_model()
        for table in ("crm_interaction", "crm_call"):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET lead_id = %s WHERE lead_id = ANY(%s) RETURNING id",
                    SQL.identifier(table),
                    target_id,
                    list(source_ids),
                )
            )
            _logger.info(
                "merge of names %s into %s: %s rows of %s moved",
                source_ids,
                target_id,
                self.env.cr.rowcount,
                table,
            )
        self.invalidate_model(["lead_id"])
        self.env["crm.call"].invalidate_model(["lead_id"])
