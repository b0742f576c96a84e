from odoo import models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.consent.holder.mixin"]

    def _consent_values(self):
        self.ensure_one()
        email = self.email_normalized or None
        return list(dict.fromkeys(filter(None, [*self._e164_numbers(), email])))

    def _numbers_without_consent(self, numbers, company=None):
        """Return those of the numbers for which the company wants a consent and has
        none.

        The one question of whatever serves or dials. Without a purpose in the
        settings of the company no number is without.

        :param list numbers: in E.164
        :param res.company company: for which one calls; by default the user's
        :rtype: set[str]
        """
        # sudo: what the settings ask for, whoever dials
        company = (company or self.env.company).sudo()
        purpose = company.call_consent_purpose_id
        if not purpose or not numbers:
            return set()
        # sudo: a yes or no about numbers that the caller has
        ledger = self.env["crm.consent"].sudo().with_company(company)
        return set(numbers) - ledger._given_among(numbers, purpose)
