from odoo import api, fields, models


class CrmLeadProcess(models.Model):
    """A process that was opened with a name, with a state and a date of its own."""

    _name = "crm.lead.process"
    _description = "Process of a Name"
    _order = "date_open desc, id desc"
    _rec_name = "process_id"
    _log_access = False

    lead_id = fields.Many2one("crm.lead", "Name", required=True, ondelete="restrict")
    partner_id = fields.Many2one(
        "res.partner", "Customer", index="btree_not_null", ondelete="restrict"
    )
    process_id = fields.Many2one("crm.process", required=True, ondelete="restrict")
    commercial_state_id = fields.Many2one(
        "crm.commercial.state", "State", index="btree_not_null", ondelete="restrict"
    )
    state_date = fields.Datetime("Date of the State")
    date_open = fields.Datetime("Opened", required=True)
    date_close = fields.Datetime("Closed")
    result = fields.Selection(
        [
            ("open", "Open"),
            ("won", "Won"),
            ("lost", "Lost"),
            ("merged", "Merged into Another"),
        ],
        required=True,
        default="open",
    )

    activity_ids = fields.One2many(
        "mail.activity", "lead_process_id", "Planned", readonly=True
    )
    interaction_ids = fields.One2many(
        "crm.interaction", "lead_process_id", "Done", readonly=True
    )
    process_color = fields.Char(related="process_id.color")
    state_color = fields.Char(related="commercial_state_id.color", string="State Color")
    next_activity_id = fields.Many2one(
        "mail.activity", "Next Action", compute="_compute_next_activity"
    )
    next_activity_date = fields.Datetime(
        "Planned For", compute="_compute_next_activity"
    )

    _open_once = models.UniqueIndex(
        "(lead_id, process_id) WHERE date_close IS NULL",
        "This process is open already with this name.",
    )
    _of_lead = models.Index("(lead_id)")
    _by_result = models.Index("(process_id, result)")
    _closed_has_date = models.Constraint(
        "CHECK ((result = 'open') = (date_close IS NULL))",
        "A closed process has a closing date and a result.",
    )

    @api.depends("activity_ids.date_planned")
    def _compute_next_activity(self):
        for instance in self:
            planned = instance.activity_ids.filtered("date_planned")
            following = planned.sorted("date_planned")[:1]
            instance.next_activity_id = following
            instance.next_activity_date = following.date_planned
