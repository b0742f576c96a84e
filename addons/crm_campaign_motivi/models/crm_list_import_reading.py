from odoo import fields, models
from odoo.exceptions import UserError

from .crm_list_import import ENCODINGS, READING, SEPARATORS

#: The header row is found out.
FIND_OUT = -1


class CrmListImportMapping(models.Model):
    """How the files of a source are written, where that can't be found out."""

    _inherit = "crm.list.import.mapping"

    sheet_name = fields.Char(
        "Sheet",
        help="The sheet of a workbook, table of a database or file in an archive that"
        " is read, if the file has it. Empty: the first that looks like a list.",
    )
    header_row = fields.Integer(
        default=FIND_OUT,
        help="The row that names the columns; 0 when there is none, -1 to find it out.",
    )
    separator = fields.Selection(SEPARATORS, help="Empty: it is found out.")
    encoding = fields.Selection(ENCODINGS, help="Empty: it is found out.")


class CrmListImport(models.Model):
    """A file is read as a person corrected it in an earlier file of its source."""

    _inherit = "crm.list.import"

    found_out = fields.Json(copy=False, help="How the file seemed to be written.")
    columns_read_as = fields.Json(
        copy=False, help="How the file was read when its columns were found."
    )

    def action_read_file(self):
        """Button: read the file, and note how its columns were found."""
        result = super().action_read_file()
        self.columns_read_as = {name: self[name] for name in READING}
        return result

    def _chosen_reading(self, corrected):
        chosen = super()._chosen_reading(corrected)
        mapping = self.mapping_id
        if corrected or not mapping:
            return chosen
        # The wrong separator finds no column, and no mapping by them.
        return {
            **chosen,
            "encoding": self.encoding or mapping.encoding,
            "separator": self.separator or mapping.separator,
        }

    def _start(self):
        """Refuse columns that were read otherwise than the rows would be."""
        read_as = self.columns_read_as
        if (
            self.state == "mapped"
            and read_as
            and any((self[name] or 0) != (read_as.get(name) or 0) for name in READING)
        ):
            raise UserError(
                self.env._(
                    "How the file is written was changed after its columns had been"
                    " found. Press Read Again and check the columns."
                )
            )
        return super()._start()

    def _take_reading(self, mapping, filled_in=()):
        """Let a mapping say how the file is written, as far as the file allows it.

        :param crm.list.import.mapping mapping: of the source
        :param filled_in: names of fields about which somebody has the last word
        :return: whether that is something else: the file has to be read again
        :rtype: bool
        """
        before = {name: self[name] for name in READING}
        wanted = {
            name: mapping[name]
            for name in ("encoding", "separator")
            if mapping[name] and self.file_kind == "csv"
        }
        if mapping.sheet_name in (self.sheet_names or "").split(", "):
            wanted["sheet_name"] = mapping.sheet_name
        if mapping.header_row != FIND_OUT:
            wanted["header_row"] = mapping.header_row
        wanted = {name: wanted[name] for name in wanted if name not in filled_in}
        if all(before[name] == value for name, value in wanted.items()):
            return False
        self.write(wanted)
        try:
            with self._open_table():
                return True
        except UserError:
            # This file is another one: what was found out about it holds.
            self.write(before)
            return False

    def _reading_to_save(self):
        """Return how files of this source are written, for its mapping.

        The sheet, and whatever somebody corrected: the rest is better found out again.

        :rtype: dict
        """
        found = self.found_out or {}
        values = {
            name: self[name] if name in found and found[name] != self[name] else False
            for name in ("encoding", "separator")
        }
        corrected = "header_row" in found and found["header_row"] != self.header_row
        return {
            **values,
            "sheet_name": self.sheet_name,
            "header_row": self.header_row if corrected else FIND_OUT,
        }
