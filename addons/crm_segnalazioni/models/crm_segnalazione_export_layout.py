from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: Separators as they stand in the file; a file of fixed widths has none.
SEPARATORS = {"semicolon": ";", "comma": ",", "tab": "\t", "pipe": "|"}


class CrmSegnalazioneExportLayout(models.Model):
    """How documents leave for another program: which columns, in which form.

    Synthetic ones have a row for each document, the others one for each line.
    """

    _name = "crm.segnalazione.export.layout"
    _description = "Export Layout"
    _order = "sequence, id"
    _rec_names_search = ["name"]

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", ondelete="cascade", help="Empty: for all companies."
    )
    row_kind = fields.Selection(
        [
            ("order", "Synthetic: a row for each document"),
            ("line", "A row for each line"),
        ],
        "Rows",
        required=True,
        default="order",
    )
    model_name = fields.Char(compute="_compute_model_name")
    file_format = fields.Selection(
        [("csv", "Text (CSV)"), ("xlsx", "Workbook (XLSX)")],
        required=True,
        default="csv",
    )
    file_name = fields.Char(
        required=True,
        default="orders_{date}_{number}",
        help="{date}, {time} and {number} (of the export) are filled in; the ending"
        " comes by itself.",
    )
    encoding = fields.Selection(
        [
            ("utf-8-sig", "UTF-8 with mark, for Excel"),
            ("utf-8", "UTF-8"),
            ("cp1252", "Windows (1252)"),
            ("iso-8859-15", "ISO 8859-15"),
        ],
        required=True,
        default="utf-8-sig",
        help="Characters that it doesn't have are written as a question mark.",
    )
    separator = fields.Selection(
        [
            ("semicolon", "Semicolon"),
            ("comma", "Comma"),
            ("tab", "Tabulator"),
            ("pipe", "Vertical bar"),
            ("fixed", "None: fixed widths"),
        ],
        required=True,
        default="semicolon",
    )
    decimal_separator = fields.Selection(
        [("comma", "Comma"), ("point", "Point")], required=True, default="comma"
    )
    date_format = fields.Char(
        required=True,
        default="%d/%m/%Y",
        help="As for strftime: %d day, %m month, %Y year, %H:%M time.",
    )
    has_header = fields.Boolean("Titles in the First Row", default=True)
    type_ids = fields.Many2many(
        "crm.segnalazione.type",
        "crm_segnalazione_export_layout_type_rel",
        "layout_id",
        "type_id",
        "Document Types",
        help="Empty: all.",
    )
    state_ids = fields.Many2many(
        "crm.segnalazione.state",
        "crm_segnalazione_export_layout_state_rel",
        "layout_id",
        "state_id",
        "Document States",
        help="Documents in these states are exported. Empty: all.",
    )
    line_category = fields.Selection(
        [("all", "All lines"), ("confirmed", "Confirmed lines only")],
        "Lines",
        required=True,
        default="all",
    )
    column_ids = fields.One2many(
        "crm.segnalazione.export.column", "layout_id", "Columns", copy=True
    )

    @api.depends("row_kind")
    def _compute_model_name(self):
        for layout in self:
            is_line = layout.row_kind == "line"
            layout.model_name = "sale.order.line" if is_line else "sale.order"

    @api.constrains("date_format")
    def _check_date_format(self):
        for layout in self:
            try:
                fields.Date.today().strftime(layout.date_format)
            except ValueError as error:
                raise ValidationError(
                    self.env._("This is no form of a date: %(text)s.", text=error)
                ) from error

    @api.constrains("row_kind", "column_ids")
    def _check_columns(self):
        for layout in self:
            layout.column_ids._check_path()

    def _check_exportable(self):
        """Say why nothing can be exported with this layout.

        :raise UserError: it has no columns, or one that the user may not read
        """
        self.ensure_one()
        if not self.column_ids:
            raise UserError(
                self.env._("%(layout)s has no columns yet.", layout=self.name)
            )
        if self.separator == "fixed" and self.file_format == "csv":
            wide = self.column_ids.filtered(lambda column: column.width <= 0)
            if wide:
                raise UserError(
                    self.env._(
                        "In a file of fixed widths each column has one. It is missing"
                        " for: %(columns)s.",
                        columns=", ".join(wide.mapped("title")),
                    )
                )
        for column in self.column_ids:
            problem = column._problem(with_rights=True)
            if problem:
                raise UserError(problem)

    def _file_name(self, batch):
        """Return the name of the file of an export.

        :rtype: str
        """
        now = fields.Datetime.context_timestamp(self, batch.date)
        filled = (
            self.file_name.replace("{date}", now.strftime("%Y%m%d"))
            .replace("{time}", now.strftime("%H%M%S"))
            .replace("{number}", str(batch.id))
        )
        kept = "".join(c if c.isalnum() or c in "-_. " else "_" for c in filled)
        return f"{kept.strip('. ') or batch.id}.{self.file_format}"
