from collections import Counter

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_dedup.tools.plain_text import normalise

from ..tools.column_guess import guess_columns
from ..tools.name_row import NAME_TARGETS, PHONE_TARGETS, RowReader
from ..tools.name_row_other import PEOPLE_TARGETS

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
    ("cp850", "MS-DOS (850)"),
    ("mac_roman", "Mac Roman"),
]
#: How a file is written, as an import and a saved mapping name it.
READING = ("encoding", "separator", "sheet_name", "header_row")
SAMPLE_ROWS = 30
#: Characters of a cell that are kept for the preview.
SAMPLE_LENGTH = 2000
#: What a row may become.
RESULTS = ("accepted", "updated", "existing", "merged", "rejected")


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
            ("stopped", "Stopped"),
            ("done", "Report"),
            ("undone", "Taken Back"),
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
    destination = fields.Selection(
        [("list", "A call list"), ("archive", "The archive only")],
        "Names Go Into",
        default="list",
        required=True,
        help="The archive only: the names are in no list until somebody builds one.",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        index=True,
        help="Whose names they are; that of the campaign, if it has one.",
    )
    # What is done
    only_update = fields.Boolean(
        "Only Known Names",
        help="No name is created: rows that nobody in the archive matches are"
        " rejected.",
    )
    update_existing = fields.Boolean(
        "Update Known Names",
        help="Known names get values of the file, for each column as it says.",
    )
    normalise_names = fields.Boolean("Put Names Right", default=True)
    normalise_addresses = fields.Boolean("Put Addresses Right", default=True)
    # How the file is written
    filename = fields.Char()
    encoding = fields.Selection(ENCODINGS, copy=False)
    separator = fields.Selection(SEPARATORS, copy=False)
    sheet_name = fields.Char(
        "Sheet",
        copy=False,
        help="The sheet of a workbook, table of a database, file in an archive.",
    )
    sheet_names = fields.Char("Sheets in the File", readonly=True, copy=False)
    header_row = fields.Integer(
        copy=False, help="The row that names the columns; 0 when there is none."
    )
    column_ids = fields.One2many("crm.list.import.column", "import_id", "Columns")
    sample_rows = fields.Json(copy=False)
    # What became of it
    row_ids = fields.One2many("crm.list.import.row", "import_id", "Rows")
    lead_template = fields.Json(copy=False)
    row_count = fields.Integer("Number of Rows", readonly=True, copy=False)
    accepted_count = fields.Integer("New Names", readonly=True, copy=False)
    updated_count = fields.Integer(
        "Updated Names",
        readonly=True,
        copy=False,
        help="Known names that got values of the file.",
    )
    existing_count = fields.Integer(
        "Known Names",
        readonly=True,
        copy=False,
        help="Names that were in the archive already, and stayed as they were.",
    )
    merged_count = fields.Integer(
        "Merged Rows",
        readonly=True,
        copy=False,
        help="Rows that mean the same name as an earlier row of the file.",
    )
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

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends("filename")
    def _compute_name(self):
        for record in self:
            record.name = record.filename or record.name or self.env._("New Import")

    @api.depends("campaign_id.company_id")
    def _compute_company_id(self):
        for record in self:
            record.company_id = record.campaign_id.company_id or self.env.company

    @api.depends("campaign_id")
    def _compute_list_id(self):
        for record in self:
            lists = record.campaign_id.call_list_ids
            if record.list_id not in lists:
                record.list_id = lists if len(lists) == 1 else False

    @api.depends("row_count", *(f"{state}_count" for state in RESULTS))
    def _compute_pending_count(self):
        for record in self:
            record.pending_count = record.row_count - sum(
                record[f"{state}_count"] for state in RESULTS
            )

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

    # ------------------------------------------------------------
    # ORM
    # ------------------------------------------------------------

    def write(self, vals):
        self._check_server_path(vals)
        if "file" in vals:
            begun = self.filtered(lambda one: one.state not in ("draft", "mapped"))
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
                "file_hash": False,
                "sheet_names": False,
                **dict.fromkeys(READING, False),
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
        with self._open_table(corrected) as table:
            sample = table.sample()
        guesses = guess_columns(
            table.headers,
            [cells for number, cells in sample if number > table.header_row],
        )
        known = {column.position: column for column in self.column_ids}
        commands = [Command.clear()]
        for position, header in enumerate(table.headers):
            target, guessed_from = guesses[position]
            name = header or self.env._("Column %(number)s", number=position + 1)
            before = known.get(position)
            same = before and before.name == name
            if corrected and header and same:
                target, guessed_from = before.target, before.guessed_from
            commands.append(
                Command.create(
                    {
                        "position": position,
                        "name": name,
                        "samples": self._samples(sample, position, table.header_row),
                        "target": target,
                        "guessed_from": guessed_from,
                        "update_mode": before.update_mode if same else "empty",
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
                "file_hash": self._hash_file(),
                "column_ids": commands,
                "sample_rows": [
                    [number, [cell[:SAMPLE_LENGTH] for cell in cells]]
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
            self._reader_options(targets),
        )

    def _reader_options(self, targets):
        """Return what a :class:`RowReader` needs to know besides.

        :param list targets: what the columns mean
        :rtype: dict
        """
        needs = () if self.only_update else ("name", "number")
        return {
            "needs": needs,
            "names_as_written": not self.normalise_names,
            "places_as_written": not self.normalise_addresses,
            "zones": self._zones_by_name() if "zone" in targets else {},
        }

    @api.model
    def _zones_by_name(self):
        """Return the zones by code, full name and name; an ambiguous name is none.

        :rtype: dict[str, int]
        """
        zones = self.env["crm.zone"].search([("name", "!=", False)])
        count = Counter(normalise(zone.name) for zone in zones)
        found = {normalise(zone.display_name): zone.id for zone in zones}
        for zone in zones:
            if count[normalise(zone.name)] == 1:
                found[normalise(zone.name)] = zone.id
        # Somebody gave it for such files: a code is meant before a name.
        return found | {normalise(zone.code): zone.id for zone in zones if zone.code}

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
        if not self.only_update:
            self._check_new_names(targets)
        self._check_keys(targets)

    def _check_new_names(self, targets):
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
