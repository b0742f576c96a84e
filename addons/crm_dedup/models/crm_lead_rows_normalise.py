from odoo import api, models


class CrmLeadSite(models.Model):
    """Addresses of sites are written in one way while somebody types."""

    _name = "crm.lead.site"
    _inherit = ["crm.lead.site", "crm.value.hints.mixin"]

    def _country_to_normalise(self):
        return self.lead_id.country_id.code or ""

    @api.onchange("street", "city", "zip", "state_id")
    def _onchange_address_normalise(self):
        normaliser = self.env["crm.normaliser"]._normaliser("form")
        country = self._country_to_normalise() or normaliser.country
        if "addresses" not in normaliser.parts or country != "IT":
            return
        found = normaliser.normalise(
            {
                "street": self.street or "",
                "city": self.city or "",
                "zip": self.zip or "",
                "province": self.state_id.code or "",
            }
        ).values
        for name in ("street", "city", "zip"):
            if found[name] != (self[name] or ""):
                self[name] = found[name]
        state_id = self.env["crm.normaliser"]._ids_of_provinces().get(found["province"])
        if state_id and state_id != self.state_id.id:
            self.state_id = state_id


class CrmLeadContact(models.Model):
    """Contacts and members of households, too."""

    _name = "crm.lead.contact"
    _inherit = ["crm.lead.contact", "crm.value.hints.mixin"]

    def _country_to_normalise(self):
        return self.lead_id.country_id.code or ""

    @api.onchange("name", "phone", "email")
    def _onchange_values_normalise(self):
        normaliser = self.env["crm.normaliser"]._normaliser("form")
        country = self._country_to_normalise() or normaliser.country
        if country != "IT":
            return
        written = {"phone": self.phone or "", "email": self.email or ""}
        if self.name and self.name.isupper():
            written |= {"name": self.name, "is_company": False}
        found = normaliser.normalise(written).values
        for name in written:
            if name != "is_company" and found[name] != (self[name] or ""):
                self[name] = found[name]
