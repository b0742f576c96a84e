from odoo import api, fields, models

TARGETS = [
    ("full_name", "Name (person or company)"),
    ("company", "Company"),
    ("first_name", "First Name"),
    ("last_name", "Last Name"),
    ("phone", "Phone"),
    ("mobile", "Mobile"),
    ("phone_second", "Second Phone"),
    ("email", "E-mail"),
    ("street", "Street"),
    ("street2", "Address, Second Line"),
    ("zip", "Postcode (CAP)"),
    ("city", "City"),
    ("province", "Province (code or name)"),
    ("salesperson", "Salesperson (name or login)"),
    ("contact_user", "Contact Person (name or login)"),
    ("technician", "Technician (name or login)"),
    ("vat", "Partita IVA or Codice Fiscale"),
    ("fiscal_code", "Codice Fiscale"),
    ("birth_date", "Birth Date"),
    ("consent_date", "Consent: Given On"),
    ("consent_source", "Consent: From Where"),
    ("portfolio", "Portfolio (name or full name)"),
    ("zone", "Zone (name)"),
    ("function", "Job Position"),
    ("website", "Website"),
    ("note", "Notes"),
    ("ignore", "Leave out"),
]


class CrmListImportColumn(models.Model):
    """A column of a file of names, and the field of a name that it fills."""

    _name = "crm.list.import.column"
    _description = "Column of a List Import"
    _order = "import_id, position"

    import_id = fields.Many2one(
        "crm.list.import", required=True, index=True, ondelete="cascade"
    )
    position = fields.Integer(readonly=True)
    name = fields.Char("Column in the File", readonly=True)
    samples = fields.Char("Values in the File", readonly=True)
    target = fields.Selection(
        "_selection_target",
        "Goes Into",
        required=True,
        default="ignore",
        help="Several columns may go into the same field: numbers fill the free phones,"
        " the others are joined.",
    )
    guessed_from = fields.Selection(
        [
            ("header", "Header"),
            ("content", "Values"),
            ("mapping", "Saved columns"),
            ("nothing", "Not recognised"),
        ],
        readonly=True,
    )
    update_mode = fields.Selection(
        [
            ("never", "Never"),
            ("empty", "If empty"),
            ("always", "Always"),
        ],
        "Known Names Get It",
        required=True,
        default="empty",
        help="When known names are updated: never, only where theirs is empty, or"
        " always. Numbers go into a free phone in any case but never.",
    )

    @api.model
    def _selection_target(self):
        """Return the fields of a name, and the custom fields that the user may fill."""
        custom = self.env["crm.custom.field"]
        modes = custom._my_modes()
        return (
            TARGETS[:-1]
            + [
                (name, entry["label"])
                for name, entry in custom._catalogue().items()
                if name in self.env["crm.lead"]._fields
                and not entry["compute_expression"]
                and (self.env.su or modes.get(name) in ("edit", "required"))
            ]
            + TARGETS[-1:]
        )
