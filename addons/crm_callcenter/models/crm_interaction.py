from odoo import api, fields, models
from odoo.exceptions import UserError


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
    partner_id = fields.Many2one("res.partner", "Customer", ondelete="restrict")
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
    operator_category_id = fields.Many2one(
        "crm.operator.category",
        ondelete="restrict",
        help="Category of the user at that time.",
    )
    lead_process_id = fields.Many2one(
        "crm.lead.process",
        "Process",
        index="btree_not_null",
        ondelete="restrict",
    )
    # Plain ids: what is done is cleaned up some day, the fact stays.
    activity_ref = fields.Integer("Number of the Planned Action")
    reversed_id = fields.Many2one(
        "crm.interaction",
        "Reverses",
        ondelete="restrict",
        help="The earlier row that this one takes back.",
    )
    # A plain id: an event may be deleted from the calendar, the fact stays.
    event_id = fields.Integer("Appointment Number")
    type_color = fields.Char(related="activity_type_id.color", string="Type Color")
    state_after_color = fields.Char(
        related="state_after_id.color", string="State Color"
    )

    _token_once = models.UniqueIndex(
        "(token) WHERE token IS NOT NULL", "This outcome has been registered already."
    )
    _reversed_once = models.UniqueIndex(
        "(reversed_id) WHERE reversed_id IS NOT NULL",
        "This outcome has been taken back already.",
    )
    _action_closed = models.Index("(activity_ref) WHERE activity_ref > 0")
    _partner_history = models.Index("(partner_id, date DESC) WHERE partner_id > 0")
    _lead_history = models.Index("(lead_id, date DESC, id DESC)")
    _campaign_figures = models.Index("(campaign_id, date)")
    _user_figures = models.Index("(user_id, date)")
    # Figures of a period, and the history from its end. Rows come in the order of
    # their date, so that a new one is appended at the end of the index.
    _period_figures = models.Index("(date, id)")

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
