import re

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize

from .crm_campaign_step_field import KEY_FIELDS

#: Main fields that the desk may correct, by their name there, with their longest text.
LENGTHS = {
    "contact_name": 120,
    "partner_name": 120,
    "street": 120,
    "zip": 10,
    "city": 80,
    "province": 2,
    "email_from": 120,
    "fiscal_code": 16,
    "vat_number": 13,
}
#: The field of a name that keeps each of them.
FIELD_OF = {name: "state_id" if name == "province" else name for name in LENGTHS}


class CrmDesk(models.AbstractModel):
    """Main fields of the name in hand, corrected with the customer on the line."""

    _inherit = "crm.desk"

    @api.model
    def _payload(self, claim):
        payload = super()._payload(claim)
        # sudo: see there
        lead = self.env["crm.lead"].sudo().browse(claim["lead_id"])
        return {**payload, "key_fields": self._payload_key_fields(lead)}

    @api.model
    def _payload_key_fields(self, lead):
        """Describe the main fields of a name that the desk may correct.

        :param crm.lead lead: in sudo
        :return: ``name``, ``label``, ``value``, ``most`` letters and ``readonly``
        :rtype: list[dict]
        """
        closed = set()
        if self.env.user._is_restricted_operator():
            closed = set(FIELD_OF.values()) - lead._operator_editable_fields()
        labels = dict(
            self.env["crm.campaign.step.field"]
            ._fields["name"]
            ._description_selection(self.env)
        )
        return [
            {
                "name": name,
                "label": labels[name],
                "value": (lead.state_id.code if name == "province" else lead[name])
                or "",
                "most": LENGTHS[name],
                "readonly": FIELD_OF[name] in closed,
            }
            for name, _label in KEY_FIELDS
        ]

    @api.model
    def confirm(self, line_id, claim_token, token, outcome_id, *args, **details):
        """Register the outcome; see ``crm.desk``.

        :param dict lead_values: main fields that the operator corrected: texts, by the
            names of the payload's ``key_fields``; the province by its code
        :raise AccessError: another field is among them
        :raise UserError: a value can't be right; nothing has been saved
        """
        if details.get("lead_values"):
            details["lead_values"] = self._checked_lead_values(details["lead_values"])
        return super().confirm(
            line_id, claim_token, token, outcome_id, *args, **details
        )

    @api.model
    def _checked_lead_values(self, values):
        """Return corrected main fields as ``write`` takes them.

        :param dict values: see ``confirm``
        :rtype: dict
        """
        if not isinstance(values, dict) or not set(values) <= set(LENGTHS):
            raise AccessError(
                self.env._(
                    "At the desk only the main fields of a name are corrected. Open its"
                    " card to change others."
                )
            )
        written = {name: self._key_text(name, text) for name, text in values.items()}
        if written.get("email_from") and not email_normalize(written["email_from"]):
            raise UserError(
                self.env._(
                    "%(text)s is no e-mail address. Ask again, or leave it empty.",
                    text=written["email_from"],
                )
            )
        if written.get("zip") and not re.fullmatch(r"[0-9A-Za-z -]+", written["zip"]):
            raise UserError(
                self.env._("%(text)s is no ZIP code. Ask again.", text=written["zip"])
            )
        if "province" in written:
            written["state_id"] = self._province_id(written.pop("province"))
        return self._normalised_key_values(written)

    @api.model
    def _key_text(self, name, text):
        """Return the text of a main field, without blanks around it.

        :rtype: str | bool
        :raise UserError: it is no text, or too long
        """
        if text in (None, False):
            text = ""
        if not isinstance(text, str) or "\0" in text or len(text) > LENGTHS[name]:
            raise UserError(
                self.env._(
                    "%(field)s can't be so long: %(most)s letters at most.",
                    field=dict(KEY_FIELDS)[name],
                    most=LENGTHS[name],
                )
            )
        return " ".join(text.split()) or False

    @api.model
    def _province_id(self, code):
        if not code:
            return False
        state_id = self.env["crm.normaliser"]._ids_of_provinces().get(code.upper())
        if not state_id:
            raise UserError(
                self.env._(
                    "%(code)s is no province. Write its two letters, for instance MI.",
                    code=code,
                )
            )
        return state_id

    @api.model
    def _normalised_key_values(self, values):
        """Write values in one way, as forms do, where the company wants it.

        :param dict values: by field of the name
        :return: the same fields
        :rtype: dict
        """
        given = {name: value for name, value in values.items() if value}
        found = self.env["crm.normaliser"]._normalise_values(given, "form").values
        return {name: found.get(name, value) for name, value in values.items()}
