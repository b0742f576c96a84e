from odoo import fields, models

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
        TARGETS,
        "Goes Into",
        required=True,
        default="ignore",
        help="Several columns may go into the same field: numbers fill the free phones,"
        " the others are joined.",
    )
    guessed_from = fields.Selection(
        [("header", "Header"), ("content", "Values"), ("nothing", "Not recognised")],
        readonly=True,
    )
