import hashlib
import re

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_dedup.tools.plain_text import normalise

from .crm_list_import import READING

#: Options of an import that a mapping remembers.
OPTIONS = (
    "update_existing",
    "fill_custom",
    "only_update",
    "normalise_names",
    "normalise_addresses",
    "merge_sure",
)

#: What belongs to a source besides, and fills only what nobody has filled.
OF_SOURCE = ("seller_id", "consent_source")
#: The same, but computed: it is taken unless the mapping has none.
OF_SOURCE_COMPUTED = ("consent_purpose_id", "portfolio_id")


class CrmListImportMapping(models.Model):
    """What the columns of a seller's files mean, so that it is said once."""

    _name = "crm.list.import.mapping"
    _description = "Saved Columns of a Source of Lists"
    _order = "name, id"

    name = fields.Char(
        "Source", required=True, help="Who sends such files, for instance the seller."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Left empty, all companies use it.",
    )
    signature = fields.Char(
        readonly=True, index=True, help="Files with these columns get it by themselves."
    )
    headers = fields.Char(
        "Columns of Its Files", compute="_compute_headers", help="As they are called."
    )
    line_ids = fields.One2many(
        "crm.list.import.mapping.line", "mapping_id", "Columns", copy=True
    )
    key_ids = fields.One2many(
        "crm.list.import.key", "mapping_id", "Known By", copy=True
    )
    update_existing = fields.Boolean("Update Known Names")
    only_update = fields.Boolean("Only Known Names")
    normalise_names = fields.Boolean("Put Names Right", default=True)
    normalise_addresses = fields.Boolean("Put Addresses Right", default=True)
    merge_sure = fields.Boolean("Merge Sure Duplicates")
    seller_id = fields.Many2one("crm.list.seller", ondelete="set null")
    consent_source = fields.Char("Consents Come From")
    consent_purpose_id = fields.Many2one(
        "crm.consent.purpose",
        "Consents Are For",
        domain="[('channel', '!=', 'email')]",
        ondelete="set null",
    )
    portfolio_id = fields.Many2one(
        "crm.portfolio",
        "Portfolio of New Names",
        domain="[('unit', '=', 1)]",
        ondelete="set null",
    )
    last_used = fields.Datetime(readonly=True, copy=False)
    use_count = fields.Integer("Times Used", readonly=True, copy=False, default=0)

    @api.depends("line_ids.name")
    def _compute_headers(self):
        for mapping in self:
            mapping.headers = ", ".join(filter(None, mapping.line_ids.mapped("name")))

    @api.model
    def _signature_of(self, headers):
        """Return what files with the same columns have in common.

        Capitals, accents and the order of the columns don't matter.

        :param list[str] headers: names of the columns
        :return: empty for a file whose columns have no names
        :rtype: str
        """
        words = sorted(filter(None, map(normalise, headers)))
        if not words:
            return ""
        return hashlib.sha256("\n".join(words).encode()).hexdigest()

    @api.model
    def _find_for(self, headers, filename=""):
        """Return the mapping of a file: of the same columns, else of the same name.

        :param list[str] headers: names of the columns
        :param str filename: the mapping whose name begins it, if half of its columns
            are in the file
        :rtype: crm.list.import.mapping
        """
        signature = self._signature_of(headers)
        if signature:
            found = self.search(
                [("signature", "=", signature)],
                order="last_used desc, id desc",
                limit=1,
            )
            if found:
                return found
        stem = normalise(re.sub(r"[_-]", " ", filename.rsplit(".", 1)[0]))
        known = set(filter(None, map(normalise, headers)))
        for mapping in self.search([], order="last_used desc, id desc", limit=500):
            name = normalise(mapping.name)
            columns = set(filter(None, map(normalise, mapping.line_ids.mapped("name"))))
            if (
                name
                and stem.startswith(name)
                and columns
                and 2 * len(columns & known) >= len(columns)
            ):
                return mapping
        return self.browse()


class CrmListImportMappingLine(models.Model):
    """A column of a source, and the field of a name that it fills."""

    _name = "crm.list.import.mapping.line"
    _description = "Saved Column of a Source of Lists"
    _order = "mapping_id, sequence, id"

    mapping_id = fields.Many2one(
        "crm.list.import.mapping", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    name = fields.Char("Column in the File")
    target = fields.Selection(
        lambda self: self.env["crm.list.import.column"]._selection_target(),
        "Goes Into",
        required=True,
        default="ignore",
    )
    update_mode = fields.Selection(
        lambda self: (
            self.env["crm.list.import.column"]
            ._fields["update_mode"]
            ._description_selection(self.env)
        ),
        "Known Names Get It",
        required=True,
        default="empty",
    )


class CrmListImport(models.Model):
    """An import takes its columns from a saved mapping, and saves them."""

    _inherit = "crm.list.import"

    mapping_id = fields.Many2one(
        "crm.list.import.mapping",
        "Saved Columns",
        index="btree_not_null",
        ondelete="set null",
        help="What the columns mean, from an earlier file of the same source. Chosen by"
        " itself when the file has the same columns.",
    )
    mapping_name = fields.Char(
        "Save Columns As",
        copy=False,
        help="The next file with these columns is read in the same way.",
    )

    def action_read_file(self):
        """Button: read the file, and let a saved mapping say what its columns mean."""
        again = self.state == "mapped"
        filled_in = {} if again else {name: self[name] for name in READING}
        result = super().action_read_file()
        if not again:
            self.found_out = {
                name: False if value else self[name]
                for name, value in filled_in.items()
            }
        if not again and not self.header_row and self._find_saved_header():
            super().action_read_file()
        if not again:
            mapping = self.mapping_id or self.env["crm.list.import.mapping"]._find_for(
                self.column_ids.sorted("position").mapped("name")
                if self.header_row
                else [],
                self.filename or "",
            )
            if mapping:
                if self._take_reading(mapping, [*filter(filled_in.get, filled_in)]):
                    super().action_read_file()
                self._apply_mapping(mapping)
        return result

    def _find_saved_header(self):
        """Take for the header the row whose words somebody has saved before.

        :return: whether there is one: the file has to be read once more
        :rtype: bool
        """
        mappings = self.env["crm.list.import.mapping"]
        for number, cells in (self.sample_rows or [])[:15]:
            if mappings._find_for(cells, self.filename or ""):
                self.header_row = number
                return True
        return False

    def action_apply_mapping(self):
        """Button: let the chosen mapping say what the columns mean."""
        self.ensure_one()
        if self.state != "mapped" or not self.mapping_id:
            raise UserError(
                self.env._("Read the file and choose a saved mapping first.")
            )
        self._apply_mapping(self.mapping_id)
        return True

    def _apply_mapping(self, mapping):
        """Take targets, keys and options from a mapping.

        A column that the mapping doesn't know keeps what was guessed.
        """
        by_name = {}
        for line in mapping.line_ids:
            by_name.setdefault(normalise(line.name or ""), []).append(line)
        allowed = dict(self.column_ids._selection_target())
        for column in self.column_ids.sorted("position"):
            lines = by_name.get(normalise(column.name or ""), [])
            # Columns of the same name are known by their order.
            line = lines.pop(0) if len(lines) > 1 else lines and lines[0]
            if line and line.target in allowed:
                column.write(
                    {
                        "target": line.target,
                        "update_mode": line.update_mode,
                        "guessed_from": "mapping",
                    }
                )
        values = {name: mapping[name] for name in OPTIONS}
        values.update(self._values_of_source(mapping))
        if mapping.key_ids:
            values["key_ids"] = [
                Command.clear(),
                *map(Command.create, mapping.key_ids._copy_values()),
            ]
        self.write({"mapping_id": mapping.id, **values})

    def _values_of_source(self, mapping):
        """Return what a source has in common besides its columns.

        :rtype: dict
        """
        values = {
            name: mapping[name]
            for name in OF_SOURCE
            if mapping[name] and not self[name]
        }
        values.update(
            (name, mapping[name]) for name in OF_SOURCE_COMPUTED if mapping[name]
        )
        bound = self.list_id.portfolio_id
        portfolio = mapping.portfolio_id
        if portfolio and not (
            portfolio._is_open_to_user()
            and (bound.unit != 1 or portfolio._is_inside(bound))
        ):
            del values["portfolio_id"]
        return {
            name: value.id if isinstance(value, models.Model) else value
            for name, value in values.items()
        }

    def action_save_mapping(self):
        """Button: remember what the columns of this file mean."""
        self.ensure_one()
        name = (self.mapping_name or self.mapping_id.name or "").strip()
        if not name:
            raise UserError(
                self.env._("Write the name under which the columns are saved.")
            )
        mapping = self.mapping_id
        if not mapping or mapping.name != name:
            mapping = self.env["crm.list.import.mapping"].search(
                [("name", "=ilike", name)], limit=1
            )
        columns = self.column_ids.sorted("position")
        values = {
            "name": name,
            "signature": mapping._signature_of(columns.mapped("name")),
            "line_ids": [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "sequence": column.position,
                            "name": column.name,
                            "target": column.target,
                            "update_mode": column.update_mode,
                        }
                    )
                    for column in columns
                ),
            ],
            "key_ids": [
                Command.clear(),
                *map(Command.create, self.key_ids.sorted()._copy_values()),
            ],
            **{option: self[option] for option in OPTIONS},
            "seller_id": self.seller_id.id,
            "consent_source": self.consent_source,
            "consent_purpose_id": self.consent_purpose_id.id,
            "portfolio_id": self.portfolio_id.id,
            **self._reading_to_save(),
        }
        if mapping:
            mapping.write(values)
        else:
            mapping = mapping.create(
                {**values, "company_id": self.company_id.id or self.env.company.id}
            )
        self.write({"mapping_id": mapping.id, "mapping_name": False})
        return True

    def _start(self):
        begun = self.state == "mapped"
        result = super()._start()
        if begun and self.mapping_id:
            self.mapping_id.write(
                {
                    "last_used": fields.Datetime.now(),
                    "use_count": self.mapping_id.use_count + 1,
                }
            )
        return result
