from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: Label by target. No pairs: whoever collects terms would take the targets for some.
TARGETS = {
    "full_name": _lt("Name (person or company)"),
    "company": _lt("Company"),
    "first_name": _lt("First Name"),
    "last_name": _lt("Last Name"),
    "phone": _lt("Phone"),
    "mobile": _lt("Mobile"),
    "phone_second": _lt("Second Phone"),
    "email": _lt("E-mail"),
    "street": _lt("Street"),
    "street2": _lt("Address, Second Line"),
    "zip": _lt("Postcode (CAP)"),
    "city": _lt("City"),
    "province": _lt("Province (code or name)"),
    "salesperson": _lt("Salesperson (name or login)"),
    "contact_user": _lt("Contact Person (name or login)"),
    "technician": _lt("Technician (name or login)"),
    "vat": _lt("Partita IVA or Codice Fiscale"),
    "fiscal_code": _lt("Codice Fiscale"),
    "birth_date": _lt("Birth Date"),
    "consent_date": _lt("Consent: Given On"),
    "consent_source": _lt("Consent: From Where"),
    "portfolio": _lt("Portfolio (name or full name)"),
    "zone": _lt("Zone (code or name)"),
    "function": _lt("Job Position"),
    "website": _lt("Website"),
    "note": _lt("Notes"),
    "ignore": _lt("Leave out"),
}


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
        plain = [(name, self.env._(label)) for name, label in TARGETS.items()]
        own = [
            (name, entry["label"])
            for name, entry in custom._catalogue().items()
            if name in self.env["crm.lead"]._fields
            and not entry["compute_expression"]
            and (self.env.su or modes.get(name) in ("edit", "required"))
        ]
        return [*plain[:-1], *own, plain[-1]]
