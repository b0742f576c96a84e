import hashlib
import os
import tempfile
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.http import DEFAULT_MAX_CONTENT_LENGTH
from odoo.tools import human_size

from ..tools.table_reader import TableProblem, open_table

#: Files up to this size are imported while the user waits, in bytes.
SMALL_FILE = 200_000


class CrmListImport(models.Model):
    """The file of an import, which stays on the disk while it is read."""

    _inherit = "crm.list.import"

    file = fields.Binary(attachment=True, copy=False)
    filename = fields.Char()
    server_path = fields.Char(
        "File on the Server",
        readonly=True,
        copy=False,
        help="Of an import from the command line, whose file is read where it is.",
    )
    file_hash = fields.Char("Checksum (SHA-256)", readonly=True, copy=False, index=True)
    file_size = fields.Integer("Size (bytes)", compute="_compute_file_size")
    same_file_id = fields.Many2one(
        "crm.list.import", compute="_compute_same_file_id", string="Imported Before"
    )
    upload_hint = fields.Text(compute="_compute_upload_hint")
    file_kind = fields.Selection(
        [
            ("csv", "CSV"),
            ("xlsx", "XLSX"),
            ("xls", "XLS"),
            ("ods", "ODS"),
            ("mdb", "Access"),
        ],
        readonly=True,
    )

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        # Whoever calls a method says the defaults of its context.
        self._check_server_path(defaults)
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_server_path(vals)
        return super().create(vals_list)

    @api.depends("file", "server_path")
    def _compute_file_size(self):
        for record in self:
            with record._file_on_disk(missing=True) as path:
                size = os.path.getsize(path) if path else 0
            # A file of more than two gigabytes is no integer of PostgreSQL's.
            record.file_size = min(size, 2**31 - 1)

    @api.depends_context("uid")
    def _compute_upload_hint(self):
        """Say how large a file may be here, and how a larger one comes in."""
        # sudo: a setting of the web client, which every user's session has
        parameters = self.env["ir.config_parameter"].sudo()
        limit = parameters.get_param("web.max_file_upload_size") or ""
        limit = int(limit) if limit.isdecimal() else DEFAULT_MAX_CONTENT_LENGTH
        database = self.env.cr.dbname
        self.upload_hint = self.env._(
            "Files of up to %(limit)s are uploaded here. A larger one is imported on"
            " the server, by whoever looks after it:\n%(command)s",
            limit=human_size(limit),
            command=f"odoo import_names -d {database} FILE --campaign … --list …",
        )

    @api.depends("file_hash")
    def _compute_same_file_id(self):
        for record in self:
            record.same_file_id = bool(record.file_hash) and self.search(
                [
                    ("file_hash", "=", record.file_hash),
                    ("id", "!=", record._origin.id),
                    ("state", "=", "done"),
                ],
                order="id desc",
                limit=1,
            )

    @api.model
    def _check_server_path(self, vals):
        """Refuse a path on the server from anybody but its command line.

        :raise AccessError: somebody else gives one
        """
        if vals.get("server_path") and not self.env.su:
            raise AccessError(
                self.env._("Only the server's command line reads files of the server.")
            )

    @contextmanager
    def _file_on_disk(self, missing=False):
        """Give the path of the file; one that is kept in the database is written out.

        :param bool missing: give ``None`` where there is no file
        :raise UserError: there is none
        """
        self.ensure_one()
        # sudo: the file is the import's, and a path was checked when it was given; one
        # that a form has, but nobody has saved, was not
        record = self.sudo()
        path = record._origin.server_path
        if path:
            if not os.path.isfile(path):
                if not missing:
                    raise UserError(self.env._("The file %(path)s is gone.", path=path))
                path = None
            yield path
            return
        attachment = record.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_field", "=", "file"),
                ("res_id", "=", record._origin.id or 0),
            ],
            limit=1,
        )
        if attachment.store_fname:
            yield attachment._full_path(attachment.store_fname)
        elif attachment and attachment.file_size:
            with tempfile.NamedTemporaryFile(prefix="list_import_") as file:
                file.write(attachment.raw)
                file.flush()
                yield file.name
        elif missing:
            yield None
        else:
            raise UserError(self.env._("Upload a file first."))

    def _hash_file(self):
        """Return the checksum of the file, by which it is known again.

        :rtype: str
        """
        with self._file_on_disk() as path, open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _check_same_file(self):
        """Refuse to go on in another file than the one that was begun.

        :raise UserError: the file on the server was replaced
        """
        if self.file_hash and self._hash_file() != self.file_hash:
            raise UserError(
                self.env._(
                    "The file %(name)s is another one since its import began. Put the"
                    " first one back and go on, or go back to the columns and press"
                    " Read Again.",
                    name=self.filename or "",
                )
            )

    @contextmanager
    def _open_table(self, corrected=True):
        """Give the reader of the file.

        :param bool corrected: read it as the settings say; otherwise find out
        :raise UserError: the file can't be read, with a sentence
        """
        self.ensure_one()
        chosen = self._chosen_reading(corrected)
        with self._file_on_disk() as path:
            try:
                yield open_table(path, self.filename or "", isolated=True, **chosen)
            except TableProblem as problem:
                raise UserError(self._sentence_of_table(problem)) from problem

    def _chosen_reading(self, corrected):
        """Return how the file is written, as far as it needn't be found out.

        :param bool corrected: as the settings say
        :rtype: dict
        """
        if not corrected:
            # Nothing is known of the file, but what somebody has filled in himself.
            return {
                "encoding": self.encoding,
                "separator": self.separator,
                "sheet": self.sheet_name,
                "header_row": self.header_row or None,
            }
        return {
            "encoding": self.encoding,
            "separator": self.separator,
            "sheet": self.sheet_name,
            "header_row": self.header_row,
        }

    def _sentence_of_table(self, problem):
        """Return the sentence that tells why a file can't be read.

        :param TableProblem problem: what the reader found
        :rtype: str
        """
        sentences = {**self._sentences_of_files(), **self._sentences_of_tables()}
        return sentences[problem.code] % {
            "kind": "",
            "limit": "",
            "columns": "",
            "files": "",
            "row": "",
            "sheet": "",
            "sheets": "",
            **problem.details,
        }

    @api.model
    def _sentences_of_files(self):
        return {
            "empty": self.env._("The file is empty."),
            "not_text": self.env._(
                "This is neither a text file nor a workbook or a database of Access."
                " Save the list as CSV or XLSX and upload that."
            ),
            "unknown_format": self.env._(
                "This is a document and no workbook. Save the list as CSV or XLSX and"
                " upload that."
            ),
            "old_office": self.env._(
                "This is a file of an old Office, and no workbook. Save the list as"
                " XLSX or CSV and upload that."
            ),
            "other_archive": self.env._(
                "This is a compressed file. Unpack it, or pack it as ZIP, and upload"
                " that."
            ),
            "protected": self.env._(
                "The file is protected by a password. Open it, save it without the"
                " password and upload that."
            ),
            "corrupt": self.env._(
                "The file is damaged and can't be read. Open it with its own program,"
                " save it again and upload that."
            ),
            "unreadable": self.env._(
                "The file can't be read: it is damaged, or needs more memory or time"
                " than a list does. Save it as CSV and upload that."
            ),
            "too_large": self.env._(
                "The file is too large when unpacked. Save the list as CSV and upload"
                " that."
            ),
            "nested": self.env._(
                "The archive holds another archive. Unpack it and upload the list."
            ),
            "too_many_files": self.env._(
                "The archive holds %(files)s files, more than %(limit)s. Pack only the"
                " list and upload that."
            ),
            "no_list_in_archive": self.env._("No file in the archive is a list."),
            "no_reader": self.env._(
                "This server has no reader for files of the kind %(kind)s. Save the"
                " list as XLSX or CSV and upload that."
            ),
        }

    @api.model
    def _sentences_of_tables(self):
        return {
            "too_few_columns": self.env._(
                "Only one column was found; a list needs a name and a phone number at"
                " least. Check the separator."
            ),
            "too_many_columns": self.env._(
                "%(columns)s columns were found, more than the %(limit)s that a list"
                " may have. Check the separator."
            ),
            "too_many_rows": self.env._(
                "The file has more than %(limit)s rows. Split it and import its parts."
            ),
            "line_too_long": self.env._(
                "A line of the file is longer than %(limit)s characters: this is no"
                " list with one name to a line."
            ),
            "no_header_row": self.env._(
                "Row %(row)s holds no header. Write the number of the row that names"
                " the columns, or 0 when there is none."
            ),
            "no_table": self.env._("The database has no table."),
            "no_sheet": self.env._(
                "The file has no sheet %(sheet)s. Its sheets are: %(sheets)s."
            ),
        }
