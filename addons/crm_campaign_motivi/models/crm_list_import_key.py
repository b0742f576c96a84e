from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: Parts of a key that few names share, so that the archive is asked for them.
TELLING = ("by_phone", "by_email", "by_fiscal_code", "by_vat", "custom_field_id")
#: Targets of columns of which a part of a key needs one.
NEEDED = {
    "by_name": ("full_name", "first_name", "last_name", "company"),
    "by_phone": ("phone", "mobile", "phone_second"),
    "by_email": ("email",),
    "by_fiscal_code": ("fiscal_code", "vat"),
    "by_vat": ("vat",),
    "by_city": ("city",),
}


class CrmListImportKey(models.Model):
    """What a row and a name must have in common to mean the same: all of it.

    An import asks its keys in their order; the first that finds a name decides.
    """

    _name = "crm.list.import.key"
    _description = "Key of a List Import"
    _order = "sequence, id"

    import_id = fields.Many2one("crm.list.import", index=True, ondelete="cascade")
    mapping_id = fields.Many2one(
        "crm.list.import.mapping", index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    by_name = fields.Boolean(
        "Name", help="The same words, in any order, but for small typing errors."
    )
    by_phone = fields.Boolean("A Phone", help="Any number of the one is the other's.")
    by_email = fields.Boolean("E-mail")
    by_fiscal_code = fields.Boolean("Codice Fiscale")
    by_vat = fields.Boolean("Partita IVA")
    by_city = fields.Boolean("City")
    custom_field_id = fields.Many2one(
        "crm.custom.field",
        domain="[('state', '=', 'active'), ('is_indexed', '=', True)]",
        ondelete="cascade",
        help="A code of your own, for instance the customer's number of a seller. It"
        " needs an index.",
    )

    missing = fields.Char(
        "Not in the File",
        compute="_compute_missing",
        help="What the file has no column for: the line finds nobody.",
    )

    @api.depends(*NEEDED, "custom_field_id", "import_id.column_ids.target")
    def _compute_missing(self):
        labels = {
            name: self._fields[name]._description_string(self.env) for name in NEEDED
        }
        for key in self:
            targets = set(key.import_id.column_ids.mapped("target"))
            [parts] = key._parts()
            lacking = [
                # sudo: a column's label, whoever imports
                labels.get(part) or key.sudo().custom_field_id.label
                for part in parts
                if targets and not targets.intersection(NEEDED.get(part, (part,)))
            ]
            key.missing = ", ".join(lacking) or False

    @api.constrains(*NEEDED, "custom_field_id")
    def _check_telling(self):
        for key in self:
            if not any(key[part] for part in TELLING):
                raise ValidationError(
                    self.env._(
                        "A name and a city are no key: thousands share them. Add a"
                        " phone, an e-mail or a code."
                    )
                )

    @api.constrains("custom_field_id")
    def _check_custom_field(self):
        for key in self:
            field = key.custom_field_id
            if field and field.field_type not in ("text", "integer"):
                raise ValidationError(
                    self.env._(
                        "%(field)s can't be a key: a text or a whole number can.",
                        field=field.label,
                    )
                )

    @api.depends("by_name", "by_phone", "by_email", "by_fiscal_code", "by_vat")
    def _compute_display_name(self):
        labels = {
            name: self._fields[name]._description_string(self.env) for name in NEEDED
        }
        for key in self:
            parts = [label for name, label in labels.items() if key[name]]
            parts += [key.custom_field_id.label] if key.custom_field_id else []
            key.display_name = " + ".join(parts)

    @api.model
    def _default_values(self):
        """Return the keys of an import about which nobody said anything.

        :rtype: list[dict]
        """
        return [
            {"sequence": 1, "by_name": True, "by_phone": True},
            {"sequence": 2, "by_name": True, "by_fiscal_code": True},
            {"sequence": 3, "by_name": True, "by_vat": True},
        ]

    def _copy_values(self):
        """Return the values of these keys for another import or mapping.

        :rtype: list[dict]
        """
        names = ("sequence", *NEEDED)
        return [
            {
                **{name: key[name] for name in names},
                "custom_field_id": key.custom_field_id.id,
            }
            for key in self
        ]

    def _parts(self):
        """Return what is compared, for the matching.

        :return: for each key the names of its parts; a custom field by its column
        :rtype: list[tuple[str]]
        """
        return [
            (
                *(name for name in NEEDED if key[name]),
                # sudo: a column's name, whoever imports
                *([key.sudo().custom_field_id.name] if key.custom_field_id else []),
            )
            for key in self
        ]


class CrmListImport(models.Model):
    """By which keys rows are recognised."""

    _inherit = "crm.list.import"

    key_ids = fields.One2many(
        "crm.list.import.key",
        "import_id",
        "Known By",
        copy=True,
        default=lambda self: [
            fields.Command.create(values)
            for values in self.env["crm.list.import.key"]._default_values()
        ],
        help="A row is a known name when all of one line agrees. The lines are asked"
        " in their order.",
    )

    without_keys = fields.Boolean(
        "Every Row Is a New Name",
        copy=False,
        help="No row is compared with the archive, nor with other rows: whoever is"
        " known becomes a double, and the same file twice brings every name twice.",
    )

    def _check_keys(self, targets):
        """Refuse keys that no row of the file can have.

        :param set targets: what the columns mean
        :raise UserError: no key can find anybody
        """
        usable = self._usable_keys(targets)
        if self.only_update and not usable:
            raise UserError(
                self.env._(
                    "No key can find a known name, since the file has no column for it."
                    " Choose keys that the file has."
                )
            )
        if not usable and not self.without_keys:
            raise UserError(
                self.env._(
                    "No key can find a known name, since the file has no column for it:"
                    " every row would be new. Choose keys that the file has, or say"
                    " that every row is a new name."
                )
            )

    def _usable_keys(self, targets):
        """Return the parts of the keys for which the file has columns.

        :param set targets: what the columns mean
        :rtype: list[tuple[str]]
        """
        if self.without_keys:
            return []
        return [
            parts
            for parts in self.key_ids.sorted()._parts()
            if all(targets.intersection(NEEDED.get(part, (part,))) for part in parts)
        ]
