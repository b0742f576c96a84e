from odoo import api, models


class ResPartner(models.Model):
    """Customers are written in one way where people enter them."""

    _name = "res.partner"
    _inherit = ["res.partner", "crm.normalise.mixin"]
    _original_model = "res.partner.original"

    @api.onchange("name")
    def _onchange_name_normalise(self):
        text = self.name or ""
        if not text.isupper():
            return
        normaliser = self.env["crm.normaliser"]._normaliser("form")
        country = self.country_id.code or normaliser.country
        if "names" in normaliser.parts and country == "IT":
            values = {"name": text, "is_company": self.is_company}
            self.name = normaliser.normalise(values).values["name"]

    @api.onchange("email")
    def _onchange_email_normalise(self):
        self._normalise_form(["email"])

    @api.onchange("street", "street2")
    def _onchange_street_normalise(self):
        self._normalise_form(["street", "street2"])

    @api.onchange("city", "zip", "state_id")
    def _onchange_place_normalise(self):
        self._normalise_form(["city", "zip", "state_id"])
