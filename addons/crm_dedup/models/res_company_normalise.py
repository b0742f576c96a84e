from odoo import fields, models


class ResCompany(models.Model):
    """What is written in one way, and where."""

    _inherit = "res.company"

    normalise_forms = fields.Boolean(
        "Normalise in Forms", default=True, help="While somebody types."
    )
    normalise_web = fields.Boolean(
        "Normalise Web Forms and E-Mail",
        default=True,
        help="Names that come in by web forms.",
    )
    normalise_imports = fields.Boolean("Normalise Imported Lists", default=True)
    normalise_names = fields.Boolean(
        "Names", default=True, help="Capitals, titles, legal forms."
    )
    normalise_phones = fields.Boolean("Numbers", default=True)
    normalise_email = fields.Boolean("E-Mail", default=True)
    normalise_codes = fields.Boolean("Codice Fiscale and Partita IVA", default=True)
    normalise_addresses = fields.Boolean(
        "Addresses", default=True, help="Streets, municipalities, postcodes, provinces."
    )

    def write(self, vals):
        result = super().write(vals)
        if "country_id" in vals or any(name.startswith("normalise_") for name in vals):
            # Settings of the normaliser are kept in memory.
            self.env.registry.clear_cache()
        return result
