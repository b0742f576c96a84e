from odoo import api, fields, models

ROW_STATES = [
    ("pending", "To Do"),
    ("accepted", "New Name"),
    ("existing", "Known Name"),
    ("rejected", "Rejected"),
]
PROBLEMS = [
    ("empty", "Empty row"),
    ("above_header", "Above the header"),
    ("repeated_header", "Repeated header"),
    ("total", "Total line"),
    ("no_name", "No name"),
    ("no_number", "No number"),
    ("unreadable_number", "Unreadable number"),
    ("too_few_cells", "Too few columns"),
    ("too_many_cells", "Too many columns"),
    ("too_long", "Value too long"),
    ("shifted", "Columns shifted"),
    ("in_list", "Already in the list"),
    ("archived", "Archived name"),
    ("mandatory", "Mandatory field missing"),
    ("unknown_portfolio", "Unknown portfolio"),
    ("outside_portfolio", "Outside the portfolio of the list"),
]


class CrmListImportRow(models.Model):
    """A row of an imported file and what became of it.

    Narrow, and filled by COPY: three million of them must not weigh more than the
    names that they become. The names that an import created are the leads of its
    accepted rows.
    """

    _name = "crm.list.import.row"
    _description = "Row of a List Import"
    _order = "import_id, row_number"
    _rec_name = "row_number"
    _log_access = False

    import_id = fields.Many2one("crm.list.import", required=True, ondelete="cascade")
    row_number = fields.Integer("Row", required=True, aggregator=None)
    cells = fields.Json()
    summary = fields.Char("Row in the File", compute="_compute_summary")
    state = fields.Selection(ROW_STATES, "Result", required=True, default="pending")
    problem = fields.Selection(PROBLEMS, "Kind of Reason")
    reason = fields.Char()
    left_out = fields.Selection(
        selection="_selection_left_out",
        string="Left Out of the List",
        help="The name is in the archive, but the list leaves it out.",
    )
    lead_id = fields.Many2one("crm.lead", "Name", ondelete="set null")

    _once = models.Constraint(
        "UNIQUE (import_id, row_number)", "A row of a file is imported once."
    )
    _queue = models.Index("(import_id, row_number) WHERE state = 'pending'")
    _rejected = models.Index("(import_id, row_number) WHERE state = 'rejected'")
    _lead = models.Index("(lead_id) WHERE lead_id IS NOT NULL")

    @api.model
    def _selection_left_out(self):
        labels = self.env["crm.list.rule.mixin"]._reason_labels()
        return [(reason, label.capitalize()) for reason, label in labels.items()]

    @api.depends("cells")
    def _compute_summary(self):
        for row in self:
            row.summary = " · ".join(cell for cell in row.cells or () if cell)

    def action_open_lead(self):
        """Button: the name that the row became, or that it was found to be."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "view_mode": "form",
        }
