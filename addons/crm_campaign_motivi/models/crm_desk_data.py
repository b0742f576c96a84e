import re

from odoo import api, models, tools
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
#: In the context of a write: fields that the desk opens to its operator.
OPEN_KEY = "desk_open_fields"


class OpenFields(frozenset):
    """Proof that fields were opened by the desk: a client can't send one."""


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model
    def _operator_editable_fields(self):
        names = super()._operator_editable_fields()
        opened = self.env.context.get(OPEN_KEY)
        return names | opened if isinstance(opened, OpenFields) else names


class CrmDesk(models.AbstractModel):
    """Main fields of the name in hand, corrected with the customer on the line."""

    _inherit = "crm.desk"

    @api.model
    def _payload(self, claim):
        payload = super()._payload(claim)
        # sudo: see there
        lead = self.env["crm.lead"].sudo().browse(claim["lead_id"])
        campaign = self.env["utm.campaign"].sudo().browse(claim["campaign_id"])
        return {**payload, "key_fields": self._payload_key_fields(lead, campaign)}

    @api.model
    def _payload_key_fields(self, lead, campaign):
        """Describe the main fields of a name that the desk may correct.

        :param crm.lead lead: in sudo
        :param utm.campaign campaign: in sudo
        :return: ``name``, ``label``, ``value``, ``most`` letters and ``readonly``
        :rtype: list[dict]
        """
        opened = self._open_key_fields(campaign)
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
                "readonly": name not in opened,
            }
            for name, _label in KEY_FIELDS
        ]

    @api.model
    def _open_key_fields(self, campaign):
        """Return the main fields that the current user may correct at the desk.

        Those of the settings, the province with the city, and what a data check of the
        campaign asks for: there its manager wants it.

        :param utm.campaign campaign: in sudo
        :rtype: set[str]
        """
        if not self.env.user._is_restricted_operator():
            return set(LENGTHS)
        opened = set(self._main_fields_of_settings()) & set(LENGTHS)
        if "city" in opened:
            opened.add("province")
        for step in campaign._workflow()["steps"] if campaign else ():
            opened.update(step["fields"])
        return opened

    @api.model
    @tools.ormcache("self.env.company.id", cache="templates")
    def _main_fields_of_settings(self):
        # That cache is emptied when the setting changes.
        # sudo: the names of the fields, and nothing else, are read from the settings
        return tuple(self.env.company.sudo().lead_main_field_ids.mapped("name"))

    @api.model
    def confirm(self, line_id, claim_token, token, outcome_id, **details):
        """Register the outcome; see ``crm.desk``.

        :param dict lead_values: main fields that the operator corrected: texts, by the
            names of the payload's ``key_fields``; the province by its code
        :raise AccessError: another field is among them
        :raise UserError: a value can't be right; nothing has been saved
        """
        desk = self
        if details.get("lead_values"):
            details["lead_values"] = self._checked_lead_values(details["lead_values"])
            # sudo: a line is closed to operators; confirm looks whose hands it is in
            lines = self.env["crm.call.list.line"].sudo()
            line = lines.browse(self._line_after_merge(line_id, claim_token)).exists()
            opened = self._open_key_fields(line.campaign_id)
            fields_ = OpenFields(FIELD_OF[name] for name in opened)
            desk = self.with_context(**{OPEN_KEY: fields_})
        return super(CrmDesk, desk).confirm(
            line_id, claim_token, token, outcome_id, **details
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
