from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from ..tools.phone import to_e164


class CrmLeadContact(models.Model):
    """Somebody beside the name: who speaks for a company, or lives in a household."""

    _name = "crm.lead.contact"
    _description = "Contact of a Name"
    _inherit = ["crm.lead.row.mixin", "crm.consent.holder.mixin"]

    kind = fields.Selection(
        [("contact", "Contact"), ("household", "Member of the Household")],
        required=True,
        default="contact",
    )
    name = fields.Char(required=True)
    role = fields.Char(help="For instance: owner, administration, husband, daughter.")
    phone = fields.Char()
    phone_e164 = fields.Char(
        "Phone (E.164)",
        compute="_compute_phone_e164",
        store=True,
        index="btree_not_null",
    )
    email = fields.Char()
    birth_date = fields.Date()
    consent_summary = fields.Char("Consent", compute="_compute_consent_summary")

    # Not on the name's country: every name that is written would look for contacts.
    @api.depends("phone")
    def _compute_phone_e164(self):
        for contact in self:
            country = contact.lead_id._phone_country_code() if contact.lead_id else "IT"
            contact.phone_e164 = to_e164(contact.phone, country)

    @api.depends("phone_e164", "email")
    def _compute_consent_summary(self):
        for contact in self:
            contact.consent_summary = ", ".join(
                f"{row['purpose']}: {row['state_label']}"
                for row in contact._consent_rows()
            )

    def _consent_values(self):
        self.ensure_one()
        email = email_normalize(self.email or "") or None
        return list(filter(None, [self.phone_e164, email]))

    @api.constrains("phone", "email", "birth_date")
    def _check_reachable(self):
        for contact in self:
            if contact.phone and not contact.phone_e164:
                raise ValidationError(
                    self.env._(
                        "%(phone)s, the phone of %(name)s, is no valid number. Correct"
                        " it, or leave it empty.",
                        phone=contact.phone,
                        name=contact.name,
                    )
                )
            if contact.email and not email_normalize(contact.email):
                raise ValidationError(
                    self.env._(
                        "%(email)s, the e-mail of %(name)s, is no valid address."
                        " Correct it, or leave it empty.",
                        email=contact.email,
                        name=contact.name,
                    )
                )
            if contact.birth_date and (
                contact.birth_date > fields.Date.context_today(contact)
            ):
                raise ValidationError(
                    self.env._(
                        "The birth date of %(name)s lies in the future.",
                        name=contact.name,
                    )
                )

    def _prepare_partner_values(self):
        """Return the values of the contact of the customer that this row becomes.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "name": self.name,
            "parent_id": self.lead_id.partner_id.commercial_partner_id.id,
            "type": "contact",
            "function": self.role,
            "phone": self.phone,
            "email": self.email,
            "birth_date": self.birth_date,
        }

    # ------------------------------------------------------------
    # WHO IS THE SAME
    # ------------------------------------------------------------

    @api.model
    def _may_become(self, partner):
        return partner.type == "contact" and not partner.is_company

    def _facts(self):
        self.ensure_one()
        return {
            "name": self._key(self.name),
            "phones": {self.phone_e164} - {False},
            "email": email_normalize(self.email or "") or False,
        }

    @api.model
    def _facts_of_partner(self, partner):
        return {
            "name": self._key(partner.name),
            "phones": {
                value for value in partner._consent_values() if value.startswith("+")
            },
            "email": email_normalize(partner.email or "") or False,
        }

    @api.model
    def _is_same(self, facts, known):
        # A number or address alone tells nobody apart: switchboards, info@, landlines
        # of households. With it half of the name is enough.
        if facts["name"] == known["name"]:
            return True
        reached = not facts["phones"].isdisjoint(known["phones"]) or (
            facts["email"] and facts["email"] == known["email"]
        )
        return bool(
            reached
            and (facts["name"] <= known["name"] or known["name"] <= facts["name"])
        )
