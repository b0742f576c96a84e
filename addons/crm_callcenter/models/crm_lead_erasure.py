from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools.engine import ENGINE, ENGINE_KEY

#: What stays of an erased name: nothing that says who it was.
_KEPT = frozenset(
    ("name", "phone_state", "email_state", "date_deadline", "complete_name")
)
_PERSONAL_TYPES = frozenset(
    ("char", "text", "html", "date", "json", "properties", "binary")
)


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
        leads = self.sudo()._same_persons()
        partners = leads._partners_to_erase()
        leads._check_erasable(partners)
        numbers = leads._all_numbers(partners)
        listed = set(self.env["phone.blacklist"]._why_forbidden(numbers))
        self.env["crm.forgotten.number"].sudo()._remember(
            numbers if never_again else sorted(listed)
        )
        details = leads._erase_batch(partners)
        details["do-not-call entries"] = leads._forget_listed(sorted(listed))
        return self.env["crm.privacy.log"]._record(
            "erasure",
            self[:1].id,
            name_count=len(leads),
            reason=reason,
            details=details,
        )

    def _same_persons(self):
        """Return these names and the other names of their customers."""
        others = self.with_context(active_test=False).search(
            [("partner_id", "in", self.partner_id.ids)]
        )
        return self | others

    def _partners_to_erase(self):
        """Return the customers of these names, with contacts and addresses.

        The company of a contact stays when other names belong to it.
        """
        partners = self.env["res.partner"].with_context(active_test=False)
        found = partners.browse()
        for partner in self.partner_id:
            family = partners.search(
                [("id", "child_of", partner.commercial_partner_id.ids)]
            )
            others = self.with_context(active_test=False).search_count(
                [("partner_id", "in", family.ids), ("id", "not in", self.ids)], limit=1
            )
            found |= (
                partners.search([("id", "child_of", partner.ids)]) if others else family
            )
        return found | self._row_partners()

    def _row_partners(self):
        rows = self.with_context(active_test=False)
        return rows.contact_ids.partner_id | rows.household_ids.partner_id

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
        """Take numbers off the list whose digests are kept instead.

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

    # ------------------------------------------------------------
    # SET-BASED
    # ------------------------------------------------------------

    def _erase_batch(self, partners=None):
        """Anonymise these names and customers in a few statements.

        :param res.partner partners: customers to anonymise as well
        :return: how many rows of what were touched
        :rtype: dict[str, int]
        """
        partners = partners if partners is not None else self.env["res.partner"]
        self.env.flush_all()
        values = self._all_values(partners)
        open_activities = self.env["mail.activity"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "in", self.ids)]
        )
        open_activities.unlink()
        self.env.flush_all()
        details = {
            "names": self._blank("crm.lead", self.ids),
            "customers": self._blank("res.partner", partners.ids),
            "open actions": len(open_activities),
        }
        for label, statement in self._erasing_statements(partners).items():
            details[label] = len(self.env.execute_query(statement))
        details["consents"] = self._blank_consents(values)
        details["files"] = self._erase_files(partners)
        self._erase_numbers(values)
        self.env.invalidate_all()
        return details

    def _all_values(self, partners):
        """Return numbers and addresses of these names, set-based.

        :rtype: list[str]
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT unnest(ARRAY[phone_e164, mobile_e164, phone_second_e164,
                                       email_normalized])
                     FROM crm_lead WHERE id = ANY(%(ids)s)
                    UNION
                   SELECT unnest(ARRAY[phone_e164, lower(email)])
                     FROM crm_lead_contact WHERE lead_id = ANY(%(ids)s)""",
                ids=self.ids,
            )
        )
        values = {value for (value,) in rows if value}
        for partner in partners:
            values.update(partner._consent_values())
        return sorted(values)

    def _blank(self, model, ids):
        """Empty every column that can say who somebody was, custom fields included.

        :param str model: ``crm.lead`` or ``res.partner``
        :return: how many rows
        :rtype: int
        """
        if not ids:
            return 0
        fields_ = self.env[model]._fields.values()
        columns = [
            field.name
            for field in fields_
            if field.store
            and field.column_type
            and not field.required
            and field.name not in _KEPT
            and (field.type in _PERSONAL_TYPES or field.manual)
        ]
        own_name = SQL("%s || ' ' || id", self.env._("Erased"))
        sets = [SQL("%s = NULL", SQL.identifier(column)) for column in columns]
        sets += [SQL("name = %s", own_name), SQL("active = false")]
        if model == "crm.lead":
            sets.append(SQL("erased_on = now() AT TIME ZONE 'UTC'"))
        else:
            sets.append(SQL("complete_name = %s", own_name))
        rows = self.env.execute_query(
            SQL(
                "UPDATE %s SET %s WHERE id = ANY(%s) RETURNING id",
                SQL.identifier(self.env[model]._table),
                SQL(", ").join(sets),
                ids,
            )
        )
        return len(rows)

    def _erasing_statements(self, partners):
        """Return what is erased beside names and customers; addons add to it.

        :param res.partner partners: the customers that are erased
        :return: statement by label; each returns the rows that it touched
        :rtype: dict[str, SQL]
        """
        of = {"leads": self.ids, "partners": partners.ids}
        mine = SQL(
            """((%(model)s = 'crm.lead' AND res_id = ANY(%(leads)s))
                OR (%(model)s = 'res.partner' AND res_id = ANY(%(partners)s))
                OR (%(model)s = 'calendar.event' AND res_id IN (
                    SELECT id FROM calendar_event
                     WHERE opportunity_id = ANY(%(leads)s))))""",
            model=SQL.identifier("model"),
            **of,
        )
        statements = {
            "history notes": SQL(
                """UPDATE crm_interaction SET note = NULL
                    WHERE (lead_id = ANY(%(leads)s) OR partner_id = ANY(%(partners)s))
                      AND note IS NOT NULL RETURNING id""",
                **of,
            ),
            "calls": SQL(
                """UPDATE crm_call SET number_e164 = 'erased'
                    WHERE lead_id = ANY(%(leads)s) RETURNING id""",
                **of,
            ),
            "contacts": SQL(
                "DELETE FROM crm_lead_contact WHERE lead_id = ANY(%(leads)s)"
                " RETURNING id",
                **of,
            ),
            "sites": SQL(
                "DELETE FROM crm_lead_site WHERE lead_id = ANY(%(leads)s) RETURNING id",
                **of,
            ),
            "messages": SQL("DELETE FROM mail_message WHERE %s RETURNING id", mine),
            "appointments": SQL(
                """UPDATE calendar_event
                      SET name = %(erased)s, description = NULL, location = NULL
                    WHERE opportunity_id = ANY(%(leads)s) RETURNING id""",
                erased=self.env._("Erased"),
                **of,
            ),
            "done actions": SQL(
                """UPDATE mail_activity
                      SET summary = NULL, note = NULL, feedback = NULL,
                          res_name = %(erased)s
                    WHERE res_model = 'crm.lead' AND res_id = ANY(%(leads)s)
                RETURNING id""",
                erased=self.env._("Erased"),
                **of,
            ),
            "conversions": SQL(
                """UPDATE crm_conversion SET before = NULL
                    WHERE lead_id = ANY(%(leads)s) AND before IS NOT NULL
                RETURNING id""",
                **of,
            ),
            "rectifications": SQL(
                """UPDATE crm_privacy_log SET details = NULL, reason = NULL
                    WHERE lead_ref = ANY(%(leads)s) RETURNING id""",
                **of,
            ),
            "tags": SQL(
                "DELETE FROM crm_tag_rel WHERE lead_id = ANY(%(leads)s)"
                " RETURNING lead_id",
                **of,
            ),
        }
        return statements

    def _blank_consents(self, values):
        """Leave of consents nobody else shares only a digest of whose they were.

        :param list values: numbers and addresses that these names had
        :rtype: int
        """
        if not values:
            return 0
        self.env["crm.forgotten.number"].sudo()._ensure_secret()
        rows = self.env.execute_query(
            SQL(
                """UPDATE crm_consent
                      SET value = callcenter_digest(value), source_note = NULL,
                          proof_name = NULL
                    WHERE value = ANY(%(values)s)
                      AND (lead_ref = ANY(%(leads)s) OR NOT %(shared)s)
                RETURNING id""",
                values=values,
                leads=self.ids,
                shared=self._shared_value(SQL("crm_consent.value")),
            )
        )
        ids = [row_id for (row_id,) in rows]
        # sudo: the proof says who it was; this is the one place that may delete it
        proofs = self.env["ir.attachment"].sudo()
        proofs.search(
            [
                ("res_model", "=", "crm.consent"),
                ("res_id", "in", ids),
                ("res_field", "=", "proof"),
            ]
        ).with_context(**{ENGINE_KEY: ENGINE}).unlink()
        return len(ids)

    @staticmethod
    def _shared_value(value):
        """Return the condition that another name still has a number or address."""
        return SQL(
            """EXISTS (SELECT 1 FROM crm_lead other
                        WHERE other.phone_e164 = %(value)s
                           OR other.mobile_e164 = %(value)s
                           OR other.phone_second_e164 = %(value)s
                           OR other.email_normalized = %(value)s)""",
            value=value,
        )

    def _erase_files(self, partners):
        # sudo: files of the erased go, whoever may see them
        files = (
            self.env["ir.attachment"]
            .sudo()
            .with_context(skip_res_field_check=True)
            .search(
                [
                    "|",
                    "&",
                    ("res_model", "=", "crm.lead"),
                    ("res_id", "in", self.ids),
                    "&",
                    ("res_model", "=", "res.partner"),
                    ("res_id", "in", partners.ids),
                ]
            )
        )
        count = len(files)
        files.unlink()
        return count

    def _erase_numbers(self, values):
        """Forget what calls taught about numbers that no other name has."""
        known = self.env["crm.phone.number"].sudo()  # sudo: see ``_erase``
        known.search([("number", "in", values)])._drop_unused()
