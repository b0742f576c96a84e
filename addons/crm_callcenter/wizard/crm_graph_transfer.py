import base64
import binascii
import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.graph_file import LARGEST_FILE


class CrmGraphTransfer(models.TransientModel):
    """Takes the configuration of the commercial graph out of here, or into here."""

    _name = "crm.graph.transfer"
    _description = "Export and Import of the Commercial Graph"
    _rec_name = "file_name"

    file = fields.Binary(
        attachment=False, help="The file that the export made, here or elsewhere."
    )
    file_name = fields.Char()
    switch_off = fields.Boolean(
        "Switch Off What the File Does Not Contain",
        default=True,
        help="After the import the configuration is exactly that of the file. Without"
        " it, what the file doesn't name stays as it is.",
    )
    state = fields.Selection(
        [("file", "File"), ("checked", "What Would Change"), ("done", "Imported")],
        default="file",
        readonly=True,
    )
    line_ids = fields.One2many("crm.graph.transfer.line", "transfer_id", readonly=True)
    digest = fields.Char(readonly=True)
    create_count = fields.Integer("New", compute="_compute_counts")
    change_count = fields.Integer("Changed", compute="_compute_counts")
    off_count = fields.Integer("Switched Off", compute="_compute_counts")
    wrong_count = fields.Integer("Wrong", compute="_compute_counts")

    @api.depends("line_ids.kind")
    def _compute_counts(self):
        for transfer in self:
            kinds = transfer.line_ids.mapped("kind")
            transfer.create_count = kinds.count("create")
            transfer.change_count = kinds.count("change")
            transfer.off_count = kinds.count("off")
            transfer.wrong_count = kinds.count("wrong")

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_size(vals.get("file"))
        return super().create(vals_list)

    def write(self, vals):
        self._check_size(vals.get("file"))
        return super().write(vals)

    def _check_size(self, content):
        """Refuse a large file before it is stored or decoded."""
        # Base64 makes four characters of three bytes.
        if content and len(content) > LARGEST_FILE * 4 // 3 + 4:
            raise UserError(self.env["crm.graph.file"]._describe_broken("large"))

    @api.onchange("file", "switch_off")
    def _onchange_file(self):
        self.state = "file"
        self.line_ids = False

    # ------------------------------------------------------------
    # EXPORT
    # ------------------------------------------------------------

    @api.model
    def action_export(self):
        """Make the file of this configuration and download it.

        :return: the download
        :rtype: dict
        :raise AccessError: the user configures nothing
        """
        day = fields.Date.context_today(self)
        raw = self.env["crm.graph.file"]._export()
        transfer = self.create(
            {
                "file": base64.b64encode(raw),
                "file_name": f"commercial-graph-{day}.json",
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{transfer.id}/file"
            f"/{transfer.file_name}?download=true",
            "target": "download",
        }

    # ------------------------------------------------------------
    # IMPORT
    # ------------------------------------------------------------

    def action_check(self):
        """Say what the file would change; nothing is changed.

        :return: this window again, with the list
        :rtype: dict
        :raise UserError: the file can't be read
        """
        self.ensure_one()
        lines = self._dry_run()
        self.write(
            {
                "state": "checked",
                "digest": self._digest(lines),
                "line_ids": [
                    fields.Command.clear(),
                    *(fields.Command.create(line) for line in lines),
                ],
            }
        )
        return self._open()

    def action_apply(self):
        """Do what was listed, all of it or nothing.

        :return: this window again
        :rtype: dict
        :raise UserError: the file can't be read, something is wrong in it, or the
            configuration has changed since it was compared
        """
        self.ensure_one()
        importer = self.env["crm.graph.import"].with_context(graph_rebuilt=True)
        importer._serialize()
        lines = self._dry_run()
        if any(line["kind"] == "wrong" for line in lines):
            raise UserError(
                self.env._(
                    "The file can't be imported: %(sentence)s",
                    sentence=next(
                        line["new"] for line in lines if line["kind"] == "wrong"
                    ),
                )
            )
        if self._digest(lines) != self.digest:
            raise UserError(
                self.env._(
                    "The configuration has changed since the file was compared with"
                    " it. Check the file again, and look at the list."
                )
            )
        importer._apply(importer._plan(self._content(), self.switch_off))
        self.state = "done"
        return self._open()

    def action_back(self):
        """Return to the choice of the file.

        :rtype: dict
        """
        self.write({"state": "file", "line_ids": [fields.Command.clear()]})
        return self._open()

    def _dry_run(self):
        return (
            self.env["crm.graph.import"]
            .with_context(graph_rebuilt=True)
            ._dry_run(self._content(), self.switch_off)
        )

    def _content(self):
        if not self.file:
            raise UserError(self.env._("Choose the file first."))
        try:
            raw = base64.b64decode(self.file, validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(
                self.env["crm.graph.file"]._describe_broken("json")
            ) from error
        return self.env["crm.graph.file"]._read(raw)

    @api.model
    def _digest(self, lines):
        return hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import a Configuration"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }


class CrmGraphTransferLine(models.TransientModel):
    """One thing that an import would do, or that is wrong in the file."""

    _name = "crm.graph.transfer.line"
    _description = "Line of an Import of the Commercial Graph"

    transfer_id = fields.Many2one(
        "crm.graph.transfer", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("wrong", "Wrong"),
            ("create", "New"),
            ("change", "Changed"),
            ("off", "Switched off"),
            ("left", "Left out"),
        ],
        required=True,
    )
    section = fields.Char("What")
    name = fields.Char()
    field = fields.Char()
    old = fields.Char("Now")
    new = fields.Char("After the Import")
