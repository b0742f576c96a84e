from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .crm_lead_callable import WATCHED


class CrmLead(models.Model):
    """Erasure: everything that says who a name was goes, the figures stay."""

    _inherit = "crm.lead"

    erased_on = fields.Datetime(
        readonly=True, copy=False, index="btree_not_null", help="Personal data erased."
    )

    def _erase(self, reason, never_again=True):
        """Erase the personal data of these names and their customers, for good.

        The one method of the law (GDPR art. 17): anonymises names, customers, notes of
        the ledger, calls, consents, appointments and messages, and writes the log. Of
        the numbers that must not be called only digests stay.

        :param str reason: who asked, when and how
        :param bool never_again: remember all their numbers, not only those on the
            do-not-call list
        :return: the row of the log
        :rtype: crm.privacy.log
        :raise AccessError: the user is no campaign manager
        :raise UserError: the law wants documents of a customer kept
        """
        if not self.env.su and not self.env.user.has_group(
            "crm_callcenter.group_campaign_manager"
        ):
            raise AccessError(
                self.env._("Only a campaign manager may erase personal data.")
            )
        self.check_access("write")
        # sudo: erasing goes through tables that are closed to everybody
        leads, partners = self.sudo()._erased_with()
        leads._check_erasable(partners)
        numbers = leads._all_numbers(partners)
        listed = set(self.env["phone.blacklist"]._why_forbidden(numbers))
        self.env["crm.forgotten.number"].sudo()._remember(
            numbers if never_again else sorted(listed)
        )
        traces = leads._erase_traces(partners)
        details = leads._erase_batch(partners) | traces
        details["do-not-call entries"] = leads._forget_listed(numbers)
        return self.env["crm.privacy.log"]._record(
            "erasure",
            self[:1].id,
            name_count=len(leads),
            reason=reason,
            details=details,
        )

    def _erased_with(self):
        """Return all names and customers that are erased with these names.

        :rtype: tuple[crm.lead, res.partner]
        """
        leads = self._same_persons()
        return leads, leads._partners_to_erase()

    def _same_persons(self):
        """Return these names and all others of the same person, archived ones too.

        The other names of the customer; names with the same codice fiscale or partita
        IVA; and names with one of the numbers or addresses who are called the same. A
        household shares its landline: a number alone doesn't tell.
        """
        names = self.with_context(active_test=False)
        customers = self.partner_id | self._converted_partners()
        found = self | names.search([("partner_id", "in", customers.ids)])
        codes = [
            (field, found.filtered(field).mapped(field))
            for field in ("fiscal_code", "vat_number")
        ]
        found |= names.search(
            Domain.OR(Domain(field, "in", values) for field, values in codes)
        )
        numbers = {number for lead in found for number in lead._e164_numbers()}
        addresses = found.filtered("email_normalized").mapped("email_normalized")
        reached_as_well = names.search(
            Domain.OR(
                [
                    Domain("email_normalized", "in", addresses),
                    *(Domain(column, "in", list(numbers)) for column in WATCHED[:3]),
                ]
            )
        )
        called = {key for lead in found for key in lead._called_keys()}
        return found | reached_as_well.filtered(
            lambda lead: not called.isdisjoint(lead._called_keys())
        )

    def _called_keys(self):
        """Return how this name is called, without order of words and capitals.

        :rtype: set[tuple]
        """
        self.ensure_one()
        written = (self.name, self.contact_name, self.partner_name)
        return {tuple(sorted(text.casefold().split())) for text in written if text}

    def _converted_partners(self):
        """Return the customers that conversions made, also those taken back."""
        conversions = self.env["crm.conversion"].search(
            [("lead_id", "in", self.ids), ("partner_created", "=", True)]
        )
        return conversions.partner_id

    def _partners_to_erase(self):
        """Return the customers of these names, with contacts and addresses.

        The company of a contact stays when the name is a person, or when other names
        belong to it.
        """
        partners = self.env["res.partner"].with_context(active_test=False)
        found = partners.browse()
        companies = self.filtered(lambda lead: lead.lead_kind == "company").partner_id
        for partner in self.partner_id | self._converted_partners():
            family = partners.search(
                [("id", "child_of", partner.commercial_partner_id.ids)]
            )
            below = partners.search([("id", "child_of", partner.ids)])
            own = family if partner in companies else below
            others = self.with_context(active_test=False).search_count(
                [("partner_id", "in", own.ids), ("id", "not in", self.ids)], limit=1
            )
            found |= below if others else own
        return found | self._row_partners()

    def _row_partners(self):
        rows = self.with_context(active_test=False)
        return (
            rows.contact_ids.partner_id
            | rows.household_ids.partner_id
            | rows.site_ids.partner_id
        )

    def _check_erasable(self, partners):
        """Refuse when something of these customers must stay.

        :raise UserError: names the customer and what it is
        """
        of_user = partners.with_context(active_test=False).filtered("user_ids")
        if of_user:
            raise UserError(
                self.env._(
                    "%(name)s is a user of this system. Delete the user first.",
                    name=of_user[0].name,
                )
            )
        # sudo: our own companies, whoever erases
        of_us = self.env["res.company"].sudo().with_context(active_test=False)
        own_company = of_us.search([("partner_id", "in", partners.ids)], limit=1)
        if own_company:
            raise UserError(
                self.env._(
                    "%(name)s is a company of this system and can't be erased.",
                    name=own_company.name,
                )
            )
        if "account.move" not in self.env or not partners:
            return
        invoice = (
            self.env["account.move"]
            .sudo()  # sudo: whether there is one, whoever erases
            .search(
                [("partner_id", "in", partners.ids), ("state", "=", "posted")], limit=1
            )
        )
        if invoice:
            raise UserError(
                self.env._(
                    "%(name)s has invoices (%(invoice)s), which the law wants kept for"
                    " ten years. Put its numbers on the do-not-call list and rectify"
                    " what is wrong instead.",
                    name=invoice.partner_id.name,
                    invoice=invoice.name,
                )
            )

    def _all_numbers(self, partners):
        """Return every number of these names, their contacts and customers.

        :rtype: list[str]
        """
        numbers = set()
        for lead in self:
            numbers.update(lead._e164_numbers())
        contacts = self.contact_ids | self.household_ids
        numbers.update(filter(None, contacts.mapped("phone_e164")))
        for partner in partners:
            numbers.update(
                value for value in partner._consent_values() if value[0] == "+"
            )
        return sorted(numbers)

    def _forget_listed(self, numbers):
        """Take numbers off the list; where need be their digests are kept instead.

        Entries that were taken back go as well: they say whose number it was.

        :param list numbers: in E.164
        :return: how many entries went
        :rtype: int
        """
        # sudo: the list is closed; the digests go on forbidding these numbers
        entries = (
            self.env["phone.blacklist"]
            .sudo()
            .with_context(active_test=False)
            .search([("number", "in", numbers)])
        )
        count = len(entries)
        entries.unlink()
        self.env["crm.phone.number"].sudo().search(
            [("number", "in", numbers)]
        )._drop_unused()
        return count
