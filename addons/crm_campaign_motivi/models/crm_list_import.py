import base64
from collections import Counter

from markupsafe import Markup, escape

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_dedup.tools.plain_text import normalise

from ..tools.column_guess import guess_columns
from ..tools.name_row import NAME_TARGETS, PEOPLE_TARGETS, PHONE_TARGETS, RowReader
from ..tools.table_reader import TableProblem, open_table

SEPARATORS = [
    (";", "Semicolon ;"),
    (",", "Comma ,"),
    ("\t", "Tab"),
    ("|", "Bar |"),
]
ENCODINGS = [
    ("utf-8", "UTF-8"),
    ("utf-8-sig", "UTF-8 with BOM"),
    ("cp1252", "Windows-1252"),
    ("utf-16", "UTF-16"),
]
SAMPLE_ROWS = 30
PREVIEW_ROWS = 10


class CrmListImport(models.Model):
    """A file of names on its way into a call list.

    The file is read, the meaning of its columns guessed and shown for correction,
    every row staged and then imported batch by batch, set-based. Each row ends
    accepted, existing or rejected with a reason; a later batch goes on where the
    last one ended, whoever starts it.
    """

    _name = "crm.list.import"
    _description = "List Import"
    _order = "id desc"

    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    state = fields.Selection(
        [
            ("draft", "File"),
            ("mapped", "Columns"),
            ("running", "Import"),
            ("done", "Report"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    # Where the names go
    campaign_id = fields.Many2one(
        "utm.campaign",
        domain="[('is_call_campaign', '=', True), ('is_template', '=', False)]",
        index=True,
        ondelete="restrict",
    )
    list_id = fields.Many2one(
        "crm.call.list",
        domain="[('campaign_id', '=', campaign_id), ('owner_id', '=', False)]",
        compute="_compute_list_id",
        store=True,
        readonly=False,
        index=True,
        ondelete="restrict",
        help="Leave it empty to create a new list.",
    )
    new_list_name = fields.Char("New List", help="Name of a list to create.")
    # The file and how it is written
    file = fields.Binary(attachment=True, copy=False)
    filename = fields.Char()
    file_kind = fields.Selection([("csv", "CSV"), ("xlsx", "XLSX")], readonly=True)
    encoding = fields.Selection(ENCODINGS)
    separator = fields.Selection(SEPARATORS)
    sheet_name = fields.Char("Sheet")
    sheet_names = fields.Char("Sheets in the File", readonly=True)
    header_row = fields.Integer(
        help="The row that names the columns; 0 when there is none."
    )
    column_ids = fields.One2many("crm.list.import.column", "import_id", "Columns")
    sample_rows = fields.Json(copy=False)
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    # What became of it
    row_ids = fields.One2many("crm.list.import.row", "import_id", "Rows")
    lead_template = fields.Json(copy=False)
    row_count = fields.Integer("Number of Rows", readonly=True, copy=False)
    accepted_count = fields.Integer("New Names", readonly=True, copy=False)
    existing_count = fields.Integer("Known Names", readonly=True, copy=False)
    rejected_count = fields.Integer("Rejected", readonly=True, copy=False)
    remark_count = fields.Integer(
        "With a Remark",
        readonly=True,
        copy=False,
        help="Rows that came in without a value that can't be right.",
    )
    left_out_count = fields.Integer(
        "Left Out",
        readonly=True,
        copy=False,
        help="Names, new or known, that came in but are not in the list: customers,"
        " recent refusals and whoever else the list leaves out.",
    )
    pending_count = fields.Integer("To Do", compute="_compute_pending_count")
    has_operators = fields.Boolean(compute="_compute_has_operators")
    left_out_summary = fields.Text("Why Not in the List", compute="_compute_left_out")
    rejected_summary = fields.Html(
        "Why", compute="_compute_rejected_summary", sanitize=False
    )
    rejected_file = fields.Binary(
        "Rejected Rows", compute="_compute_rejected_file", attachment=False
    )

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends("filename")
    def _compute_name(self):
        for record in self:
            record.name = record.filename or record.name or self.env._("New Import")

    @api.depends("campaign_id")
    def _compute_list_id(self):
        for record in self:
            lists = record.campaign_id.call_list_ids
            if record.list_id not in lists:
                record.list_id = lists if len(lists) == 1 else False

    @api.depends("row_count", "accepted_count", "existing_count", "rejected_count")
    def _compute_pending_count(self):
        for record in self:
            record.pending_count = (
                record.row_count
                - record.accepted_count
                - record.existing_count
                - record.rejected_count
            )

    @api.depends("sample_rows", "column_ids.target", "column_ids.position")
    def _compute_preview(self):
        for record in self:
            record.preview = record._render_preview()

    @api.depends("list_id.operator_ids")
    def _compute_has_operators(self):
        for record in self:
            record.has_operators = bool(record.list_id.operator_ids)

    @api.depends("left_out_count")
    def _compute_left_out(self):
        for record in self:
            record.left_out_summary = (
                record._left_out_sentences() if record.left_out_count else False
            )

    @api.depends("rejected_count")
    def _compute_rejected_summary(self):
        for record in self:
            record.rejected_summary = (
                record._render_rejected() if record.rejected_count else False
            )

    @api.depends("rejected_count")
    def _compute_rejected_file(self):
        for record in self:
            content = record._rejected_csv() if record.rejected_count else b""
            record.rejected_file = base64.b64encode(content)

    # ------------------------------------------------------------
    # ORM
    # ------------------------------------------------------------

    def write(self, vals):
        if "file" in vals:
            begun = self.filtered(lambda record: record.state in ("running", "done"))
            if begun:
                raise UserError(
                    self.env._(
                        "%(name)s has begun already. Create a new import for another"
                        " file.",
                        name=begun[0].name,
                    )
                )
            # Another file: what was found out about the last one is void.
            vals = {
                "state": "draft",
                "file_kind": False,
                "column_ids": [Command.clear()],
                "sample_rows": False,
                **vals,
            }
        return super().write(vals)

    # ------------------------------------------------------------
    # READ THE FILE
    # ------------------------------------------------------------

    def action_read_file(self):
        """Button: find out how the file is written and what its columns mean.

        Settings that a person corrected after the first reading are respected.
        """
        self.ensure_one()
        if self.state not in ("draft", "mapped"):
            raise UserError(
                self.env._("The import has begun, so its file can't be read again.")
            )
        corrected = self.state == "mapped"
        table = self._open_table(corrected)
        sample = table.sample()
        guesses = guess_columns(
            table.headers,
            [cells for number, cells in sample if number > table.header_row],
        )
        known = {column.position: column for column in self.column_ids}
        commands = [Command.clear()]
        for position, header in enumerate(table.headers):
            target, guessed_from = guesses[position]
            before = known.get(position)
            if corrected and header and before and before.name == header:
                target, guessed_from = before.target, before.guessed_from
            commands.append(
                Command.create(
                    {
                        "position": position,
                        "name": header
                        or self.env._("Column %(number)s", number=position + 1),
                        "samples": self._samples(sample, position, table.header_row),
                        "target": target,
                        "guessed_from": guessed_from,
                    }
                )
            )
        self.write(
            {
                "state": "mapped",
                "file_kind": table.kind,
                "encoding": table.encoding,
                "separator": table.separator,
                "sheet_name": table.sheet,
                "sheet_names": ", ".join(table.sheets),
                "header_row": table.header_row,
                "column_ids": commands,
                "sample_rows": [
                    [number, cells]
                    for number, cells in sample
                    if number != table.header_row
                ][:SAMPLE_ROWS],
            }
        )

    @api.model
    def _samples(self, sample, position, header_row):
        """Return some different values of a column, for the eye."""
        values = dict.fromkeys(
            cells[position]
            for number, cells in sample
            if number > header_row and position < len(cells) and cells[position]
        )
        return " · ".join(value[:40] for value in list(values)[:4])

    def _open_table(self, corrected=True):
        """Return the reader of the file.

        :param bool corrected: read it as the settings say; otherwise find out
        :raise UserError: the file can't be read, with a sentence
        """
        self.ensure_one()
        chosen = {}
        if corrected:
            chosen = {
                "encoding": self.encoding,
                "separator": self.separator,
                "sheet": self.sheet_name,
                "header_row": self.header_row,
            }
        try:
            return open_table(self._file_content(), self.filename or "", **chosen)
        except TableProblem as problem:
            raise UserError(self._sentence_of_table(problem)) from problem

    def _file_content(self):
        if not self.file:
            raise UserError(self.env._("Upload a file first."))
        return base64.b64decode(self.with_context(bin_size=False).file)

    def _sentence_of_table(self, problem):
        """Return the sentence that tells why a file can't be read."""
        sentences = {
            "empty": self.env._("The file is empty."),
            "not_text": self.env._(
                "This is neither a text file nor an Excel workbook. Save the list as"
                " CSV or XLSX and upload that."
            ),
            "unknown_format": self.env._(
                "This archive is no Excel workbook. Save the list as CSV or XLSX and"
                " upload that."
            ),
            "old_excel": self.env._(
                "This is a file of an old Office. Open it, save it as XLSX or CSV and"
                " upload that."
            ),
            "protected": self.env._(
                "The workbook is protected by a password. Open it, save it without the"
                " password and upload that."
            ),
            "corrupt": self.env._(
                "The workbook is damaged and can't be read. Open it in Excel, save it"
                " again and upload that."
            ),
            "too_large": self.env._(
                "The workbook is too large when unpacked. Save the list as CSV and"
                " upload that."
            ),
            "too_few_columns": self.env._(
                "Only one column was found; a list needs a name and a phone number at"
                " least. Check the separator."
            ),
            "too_many_columns": self.env._(
                "%(columns)s columns were found, more than the %(limit)s that a list"
                " may have. Check the separator.",
                columns=problem.details.get("columns"),
                limit=problem.details.get("limit"),
            ),
            "no_header_row": self.env._(
                "Row %(row)s holds no header. Write the number of the row that names"
                " the columns, or 0 when there is none.",
                row=problem.details.get("row"),
            ),
            "no_sheet": self.env._(
                "The workbook has no sheet %(sheet)s. Its sheets are: %(sheets)s.",
                sheet=problem.details.get("sheet"),
                sheets=problem.details.get("sheets"),
            ),
        }
        return sentences[problem.code]

    # ------------------------------------------------------------
    # WHAT THE COLUMNS MEAN
    # ------------------------------------------------------------

    def _row_reader(self):
        """Return the reader that makes names of the rows of this file."""
        self.ensure_one()
        columns = self.column_ids.sorted("position")
        targets = columns.mapped("target")
        return RowReader(
            columns.mapped("name"),
            targets,
            {normalise(state.name): state.code for state in self._provinces().values()},
            self.header_row,
            self._colleagues() if set(PEOPLE_TARGETS) & set(targets) else None,
            self._portfolios_by_name() if "portfolio" in targets else None,
        )

    @api.model
    def _colleagues(self):
        """Return who can look after a name, by login and by name.

        A name that two colleagues share stands for none of them.

        :return: ids by normalised login or name
        :rtype: dict[str, int]
        """
        # sudo: an importer may not see every user; only ids leave this method
        users = self.env["res.users"].sudo().search([("share", "=", False)])
        count = Counter(normalise(user.name) for user in users)
        found = {
            normalise(user.name): user.id
            for user in users
            if count[normalise(user.name)] == 1
        }
        return found | {normalise(user.login): user.id for user in users}

    @api.model
    def _provinces(self):
        """Return the Italian provinces by their code.

        :rtype: dict[str, res.country.state]
        """
        italy = self.env.ref("base.it")
        return {state.code: state for state in italy.state_ids}

    def _check_mapping(self):
        targets = set(self.column_ids.mapped("target"))
        if not targets & set(NAME_TARGETS):
            raise UserError(
                self.env._(
                    "No column goes into the name. Choose the column that holds it."
                )
            )
        if not targets & set(PHONE_TARGETS):
            raise UserError(
                self.env._(
                    "No column goes into a phone. Choose the column that holds it."
                )
            )

    def _render_preview(self):
        """Return a table of the first rows as they would be imported."""
        self.ensure_one()
        if not self.sample_rows or not self.column_ids:
            return False
        reader = self._row_reader()
        rows = [
            (reader.read_row(number, cells), cells)
            for number, cells in self.sample_rows[:PREVIEW_ROWS]
        ]
        columns = [
            (title, show)
            for title, show in self._preview_columns()
            if any(not row.problem and show(row) for row, _cells in rows)
        ]
        return self._render_table(
            [self.env._("Row"), *(title for title, _show in columns)],
            [self._render_preview_row(row, cells, columns) for row, cells in rows],
        )

    def _preview_columns(self):
        """Return title and content of each column of the preview.

        :rtype: list[tuple[str, callable]]
        """
        target = self.column_ids._fields["target"]
        labels = dict(target._description_selection(self.env))
        return [
            (self.env._("Name"), self._preview_name),
            *(
                (labels[name], lambda row, name=name: row.values[name])
                for name in (*PHONE_TARGETS, "street", "street2")
            ),
            (
                labels["city"],
                lambda row: " ".join(
                    filter(None, (row.values["zip"], row.values["city"], row.province))
                ),
            ),
            (labels["email"], lambda row: row.values["email_from"]),
            (labels["fiscal_code"], lambda row: row.values["fiscal_code"]),
            (self.env._("Partita IVA"), lambda row: row.values["vat_number"]),
            (labels["birth_date"], lambda row: row.values["birth_date"] or ""),
            (self.env._("Consent"), self._preview_consent),
            (self.env._("Left Out"), lambda row: self._remarks_sentence(row.remarks)),
            (
                labels["note"],
                lambda row: Markup("<br/>").join(escape(note) for note in row.notes),
            ),
        ]

    @api.model
    def _preview_name(self, row):
        icon = "building-o" if row.values["lead_kind"] == "company" else "user-o"
        return (
            Markup('<i class="fa fa-%s text-muted me-1"/>') % icon + row.values["name"]
        )

    @api.model
    def _preview_consent(self, row):
        if not row.consent:
            return ""
        day, source = row.consent
        return " ".join(filter(None, (day.strftime("%d/%m/%Y"), source)))

    def _render_preview_row(self, row, cells, columns):
        if row.problem:
            return Markup(
                '<tr class="text-muted"><td>%s</td><td colspan="%s">'
                '<i class="fa fa-times-circle text-danger me-1"/>%s '
                "<small>%s</small></td></tr>"
            ) % (
                row.number,
                len(columns),
                self._reason(row.problem, row.details),
                " · ".join(cell for cell in cells if cell),
            )
        return Markup("<tr><td>%s</td>%s</tr>") % (
            row.number,
            Markup("").join(Markup("<td>%s</td>") % show(row) for _t, show in columns),
        )

    @api.model
    def _render_table(self, titles, lines):
        return Markup(
            '<div class="o_list_import_preview table-responsive">'
            '<table class="table table-sm table-striped mb-0">'
            "<thead><tr>%s</tr></thead><tbody>%s</tbody></table></div>"
        ) % (
            Markup("").join(Markup("<th>%s</th>") % title for title in titles),
            Markup("").join(lines),
        )
