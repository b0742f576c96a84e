from odoo import api, models
from odoo.http import request


class CrmLead(models.Model):
    """Names are written in one way where people, or web forms, enter them."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.normalise.mixin"]
    _original_model = "crm.lead.original"

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_from_outside():
            return super().create(vals_list)
        found = [
            self.env["crm.normaliser"]._normalise_values(vals, "web")
            for vals in vals_list
        ]
        leads = super().create([row.values for row in found])
        # sudo: what was written is kept by the system
        self.env["crm.lead.original"].sudo()._store_originals(
            (lead.id, row.originals) for lead, row in zip(leads, found, strict=True)
        )
        return leads

    def _is_from_outside(self):
        """Tell whether values come from a web form, or from whoever says so.

        :rtype: bool
        """
        if "normalise_values" in self.env.context:
            return bool(self.env.context["normalise_values"])
        return bool(request) and request.httprequest.path.startswith("/website/form")

    def message_new(self, msg_dict, custom_values=None):
        # A sender's name in the address, and the subject, stay as they are; what an
        # alias gives besides is written in one way.
        if custom_values:
            found = self.env["crm.normaliser"]._normalise_values(custom_values, "web")
            custom_values = {**custom_values, **found.values}
        return super().message_new(msg_dict, custom_values=custom_values)

    def _hints_open_to_me(self):
        fields_of_form = super()._hints_open_to_me()
        if self.env.user._is_restricted_operator():
            return fields_of_form & self._operator_editable_fields()
        return fields_of_form

    # ------------------------------------------------------------
    # FORM
    # ------------------------------------------------------------

    def _check_write_by_role(self, vals):
        """What was typed is kept beside fields whose own write is asked about."""
        own = {name: value for name, value in vals.items() if name != "typed_originals"}
        return super()._check_write_by_role(own)

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        # Operators' forms are closed but for some fields; this one only goes along.
        for node in arch.xpath("//field[@name='typed_originals']"):
            node.attrib.pop("readonly", None)
        return arch, view

    @api.onchange("contact_name")
    def _onchange_contact_name_normalise(self):
        self._normalise_form_name("contact_name")

    @api.onchange("partner_name")
    def _onchange_partner_name_normalise(self):
        self._normalise_form_name("partner_name")

    @api.onchange("name")
    def _onchange_name_normalise(self):
        # The title of a name is who it is; that of an opportunity is free.
        if self.type == "lead":
            self._normalise_form_title(self.lead_kind == "company")

    @api.onchange("phone")
    def _onchange_phone_normalise(self):
        self._normalise_form_number("phone")

    @api.onchange("mobile")
    def _onchange_mobile_normalise(self):
        self._normalise_form_number("mobile")

    @api.onchange("phone_second")
    def _onchange_phone_second_normalise(self):
        self._normalise_form_number("phone_second")

    @api.onchange("email_from")
    def _onchange_email_normalise(self):
        self._normalise_form(["email_from"])

    @api.onchange("fiscal_code")
    def _onchange_fiscal_code_normalise(self):
        self._normalise_form(["fiscal_code"])

    @api.onchange("vat_number")
    def _onchange_vat_number_normalise(self):
        self._normalise_form(["vat_number"])

    @api.onchange("street", "street2")
    def _onchange_street_normalise(self):
        self._normalise_form(["street", "street2"])

    @api.onchange("city", "zip", "state_id")
    def _onchange_place_normalise(self):
        self._normalise_form(["city", "zip", "state_id"])
