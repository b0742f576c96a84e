from odoo import api, models
from odoo.tools import email_normalize_all

from odoo.addons.crm_callcenter.tools.engine import ENGINE, ENGINE_KEY

from .crm_merge_values import NUMBERS

#: The field of the e-mail of each model.
_EMAIL = {"crm.lead": "email_from", "res.partner": "email"}


class CrmMerge(models.AbstractModel):
    """Numbers of customers, and e-mails, that find no place become a contact.

    So whoever calls or writes from there is still known. Numbers of names: see
    ``_keep_further_numbers``.
    """

    _inherit = "crm.merge"

    @api.model
    def _take_values(self, records, pairs, rows, log, choices):
        # Before: rows are as they were, so is what is taken over of them.
        left = {
            lost: found
            for _key, kept, lost in pairs
            if any(found := self._left_over(records, rows[kept], rows[lost], choices))
        }
        result = super()._take_values(records, pairs, rows, log, choices)
        for key, kept, lost in pairs:
            if lost in left:
                record = records.browse(kept)
                self._keep_contact(record, key, rows[lost], *left[lost], log)
        return result

    @api.model
    def _left_over(self, records, kept, lost, choices):
        """Return the numbers and e-mails of two rows that find no place.

        :param dict kept: the row that stays
        :param dict lost: the row that goes
        :return: numbers, of customers alone, and e-mails
        :rtype: tuple[list[str], list[str]]
        """
        name = _EMAIL[records._name]
        emails = dict.fromkeys(
            email for row in (kept, lost) for email in email_normalize_all(row[name])
        )
        is_customer = records._name == "res.partner"
        if len(emails) < 2 and not is_customer:
            return [], []
        changes = self._merged_values(records, kept, lost, choices)
        merged = {**kept, **changes}
        known = set(email_normalize_all(merged[name]))
        numbers = []
        if is_customer:
            numbers = self._placed_numbers(kept, merged, lost)[1]
        return numbers, [email for email in emails if email not in known]

    @api.model
    def _keep_contact(self, record, key, lost, numbers, emails, log):
        """Make a contact of what found no place.

        :param record: the name or customer that stays
        :param int key: of the merge
        :param dict lost: the row that went
        """
        # sudo: as all of a merge
        record = record.sudo().with_context(
            tracking_disable=True, mail_create_nosubscribe=True, **{ENGINE_KEY: ENGINE}
        )
        customer = record if record._name == "res.partner" else record.partner_id
        name = lost.get("contact_name") or lost["name"]
        if not customer:
            self._keep_emails_of_name(record, key, name, emails, log)
            return
        family = customer.commercial_partner_id
        family |= family.child_ids
        emails = [
            email for email in emails if email not in family.mapped("email_normalized")
        ]
        known = {self._number_key(one[field]) for one in family for field in NUMBERS}
        numbers = [one for one in numbers if self._number_key(one) not in known]
        for place in range(max(len(emails), min(len(numbers), 1))):
            places = zip(NUMBERS, numbers, strict=False) if not place else ()
            contact = customer.create(
                {
                    "name": name,
                    "parent_id": customer.id,
                    "type": "contact",
                    "email": emails[place] if place < len(emails) else False,
                    **dict(places),
                }
            )
            log.add(key, "create", "res_partner", contact.ids)

    @api.model
    def _keep_emails_of_name(self, lead, key, name, emails, log):
        """Make contacts of a name of e-mails, or add them to what is there of it."""
        known = {
            email
            for contact in lead.contact_ids
            for email in email_normalize_all(contact.email)
        }
        # What this merge made for a number goes with it when it is taken back.
        made = lead.contact_ids.filtered(
            lambda contact: any(
                entry[:2] == ["create", "crm_lead_contact"] and contact.id in entry[2]
                for entry in log.of(key)
            )
        )
        log.watch("crm_lead", {lead.id: key})
        for email in emails:
            if email in known:
                continue
            free = made.filtered(lambda contact: not contact.email)[:1]
            if free:
                free.email = email
                continue
            contact = lead.contact_ids.create(
                {"lead_id": lead.id, "kind": "contact", "name": name, "email": email}
            )
            log.add(key, "create", "crm_lead_contact", contact.ids)
