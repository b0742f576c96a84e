from odoo import api, models


class ResPartner(models.Model):
    """Customers are written in one way where people enter them."""

    _name = "res.partner"
    _inherit = ["res.partner", "crm.normalise.mixin"]
    _original_model = "res.partner.original"

    @api.onchange("name")
    def _onchange_name_normalise(self):
        self._normalise_form_title(self.is_company)

    @api.onchange("phone")
    def _onchange_phone_normalise(self):
        self._normalise_form_number("phone")

    @api.onchange("mobile")
    def _onchange_mobile_normalise(self):
        self._normalise_form_number("mobile")

    @api.onchange("phone_second")
    def _onchange_phone_second_normalise(self):
        self._normalise_form_number("phone_second")

    @api.onchange("fiscal_code")
    def _onchange_fiscal_code_normalise(self):
        self._normalise_form(["fiscal_code"])

    @api.onchange("vat")
    def _onchange_vat_normalise(self):
        self._normalise_form(["vat"])

    @api.onchange("email")
    def _onchange_email_normalise(self):
        self._normalise_form(["email"])

    @api.onchange("street", "street2")
    def _onchange_street_normalise(self):
        self._normalise_form(["street", "street2"])

    @api.onchange("city", "zip", "state_id")
    def _onchange_place_normalise(self):
        self._normalise_form(["city", "zip", "state_id"])
