from odoo import api, fields, models
from odoo.tools import SQL

ROW_STATES = [
    ("accepted", "New Name"),
    ("updated", "Updated Name"),
    ("existing", "Known Name"),
    ("merged", "Merged"),
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
    ("not_known", "Nobody in the archive"),
    ("hidden", "Name that the user doesn't see"),
]


class CrmListImportRow(models.Model):
    """What became of a row of an imported file.

    Narrow, and written once, by COPY: three million of them must not weigh more than
    the names that they become. The names that an import created are the leads of its
    accepted rows. The cells are kept of rows that somebody will look at; those of the
    others stay in ``crm.list.import.stage`` for some days.
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
    state = fields.Selection(ROW_STATES, "Result", required=True)
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
    _remarked = models.Index("(import_id, row_number) WHERE reason IS NOT NULL")
    _rejected = models.Index("(import_id, row_number) WHERE state = 'rejected'")
    _lead = models.Index("(lead_id) WHERE lead_id IS NOT NULL")

    @api.model
    def _selection_left_out(self):
        labels = self.env["crm.list.rule.mixin"]._reason_labels()
        return [(reason, label.capitalize()) for reason, label in labels.items()]

    @api.depends("cells")
    def _compute_summary(self):
        staged = self.filtered(lambda row: not row.cells)._staged_cells()
        for row in self:
            cells = row.cells or staged.get((row.import_id.id, row.row_number)) or ()
            row.summary = " · ".join(cell for cell in cells if cell)

    def _staged_cells(self):
        """Return the cells of rows, as long as they are kept.

        :return: by import and number of the row
        :rtype: dict[tuple[int, int], list[str]]
        """
        if not self:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT stage.import_id, stage.row_number, stage.cells
                     FROM unnest(%s::int[], %s::int[]) AS wanted(import_id, row_number)
                     JOIN crm_list_import_stage stage USING (import_id, row_number)""",
                [row.import_id.id for row in self],
                [row.row_number for row in self],
            )
        )
        return {(import_id, number): cells for import_id, number, cells in rows}

    def action_open_lead(self):
        """Button: the name that the row became, or that it was found to be."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "view_mode": "form",
        }


class CrmListImportStage(models.Model):
    """A row of a file as it stands there, before anything is made of it."""

    _name = "crm.list.import.stage"
    _description = "Staged Row of a List Import"
    _log_access = False

    import_id = fields.Many2one("crm.list.import", required=True, ondelete="cascade")
    row_number = fields.Integer(required=True, aggregator=None)
    cells = fields.Json()

    _once = models.Constraint(
        "UNIQUE (import_id, row_number)", "A row of a file is staged once."
    )
