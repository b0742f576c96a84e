from odoo import models
from odoo.tools import SQL

from ..tools.engine import ENGINE, ENGINE_KEY
from .crm_consent import ERASING
from .res_partner_custom_field import contact_links

#: What stays of an erased name: nothing that says who it was.
_KEPT = frozenset(
    ("name", "phone_state", "email_state", "date_deadline", "complete_name")
)
_PERSONAL_TYPES = frozenset(
    ("char", "text", "html", "date", "json", "properties", "binary")
)
#: What says who somebody was in a column of another type.
_PERSONAL_COLUMNS = frozenset(
    ("legal_form", "employee_count", "partner_latitude", "partner_longitude")
)


class CrmLead(models.Model):
    """What is erased beside names and customers, set-based; addons add to it."""

    _inherit = "crm.lead"

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
        ) | self.env["mail.activity"].search(
            [("res_model", "=", "res.partner"), ("res_id", "in", partners.ids)]
        )
        open_activities.unlink()
        self.env.flush_all()
        files = self._erased_files(partners)
        details = {
            "names": self._blank("crm.lead", self.ids),
            "customers": self._blank("res.partner", partners.ids),
            "open actions": len(open_activities),
        }
        statements = {
            **self._erasing_statements(partners),
            **self._erasing_customers_statements(partners),
            **self._erasing_custom_statements(partners),
        }
        for label, statement in statements.items():
            details[label] = len(self.env.execute_query(statement))
        details["consents"] = self._blank_consents(values)
        details["files"] = len(files)
        files.unlink()
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
            and (
                field.type in _PERSONAL_TYPES
                or field.name in _PERSONAL_COLUMNS
                or field.manual
            )
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
        of = {
            "leads": self.ids,
            "partners": partners.ids,
            "events": self._erased_events(partners),
            "erased": self.env._("Erased"),
        }
        # The model of a document is in a column of one name or another.
        mine = self._sql_of_erased("model", partners)
        mine_too = self._sql_of_erased("res_model", partners)
        return {
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
            # With what changed in them, and who was told.
            "messages": SQL("DELETE FROM mail_message WHERE %s RETURNING id", mine),
            "followers": SQL(
                "DELETE FROM mail_followers WHERE %s OR partner_id = ANY(%s)"
                " RETURNING id",
                mine_too,
                partners.ids,
            ),
            "appointments": SQL(
                """UPDATE calendar_event
                      SET name = %(erased)s, description = NULL, location = NULL,
                          notes = NULL, confirmation_note = NULL
                    WHERE id = ANY(%(events)s) RETURNING id""",
                **of,
            ),
            "mails about appointments": SQL(
                """DELETE FROM mail_message
                    WHERE model = 'crm.appointment.notice'
                      AND res_id IN (SELECT id FROM crm_appointment_notice
                                      WHERE lead_id = ANY(%(leads)s))
                RETURNING id""",
                **of,
            ),
            "notices of appointments": SQL(
                """DELETE FROM crm_appointment_notice
                    WHERE lead_id = ANY(%(leads)s) RETURNING id""",
                **of,
            ),
            "done actions": SQL(
                """UPDATE mail_activity
                      SET summary = NULL, note = NULL, feedback = NULL,
                          res_name = %(erased)s
                    WHERE %(mine)s RETURNING id""",
                mine=mine_too,
                **of,
            ),
            "conversions": SQL(
                """UPDATE crm_conversion SET before = NULL
                    WHERE (lead_id = ANY(%(leads)s) OR partner_id = ANY(%(partners)s))
                      AND before IS NOT NULL
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

    def _erased_events(self, partners):
        """Return the ids of the appointments of these names and customers.

        What other customers take part in as well stays theirs.

        :rtype: list[int]
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM calendar_event
                    WHERE opportunity_id = ANY(%(leads)s)
                    UNION
                   SELECT id FROM calendar_event
                    WHERE (res_model = 'crm.lead' AND res_id = ANY(%(leads)s))
                       OR (res_model = 'res.partner' AND res_id = ANY(%(partners)s))
                    UNION
                   SELECT mine.event_id FROM calendar_attendee mine
                    WHERE mine.partner_id = ANY(%(partners)s)
                      AND NOT EXISTS (
                          SELECT 1 FROM calendar_attendee other
                           WHERE other.event_id = mine.event_id
                             AND other.partner_id != ALL(%(partners)s)
                             AND NOT EXISTS (
                                 SELECT 1 FROM res_users colleague
                                  WHERE colleague.partner_id = other.partner_id
                                    AND NOT colleague.share))""",
                leads=self.ids,
                partners=partners.ids,
            )
        )
        return [event_id for (event_id,) in rows]

    def _erasing_customers_statements(self, partners):
        """Return what else is kept of customers: where they took part, what they sent.

        :param res.partner partners: the customers that are erased
        :rtype: dict[str, SQL]
        """
        if not partners:
            return {}
        return {
            "attendees": SQL(
                "UPDATE calendar_attendee SET common_name = %s"
                " WHERE partner_id = ANY(%s) RETURNING id",
                self.env._("Erased"),
                partners.ids,
            ),
            "sent messages": SQL(
                "UPDATE mail_message SET email_from = NULL, author_guest_id = NULL"
                " WHERE author_id = ANY(%s) RETURNING id",
                partners.ids,
            ),
            "notifications": SQL(
                "DELETE FROM mail_notification WHERE res_partner_id = ANY(%s)"
                " RETURNING id",
                partners.ids,
            ),
            "bank accounts": SQL(
                """UPDATE res_partner_bank
                      SET acc_number = 'erased ' || id, acc_holder_name = NULL,
                          sanitized_acc_number = 'ERASED' || id, note = NULL,
                          active = false
                    WHERE partner_id = ANY(%s) RETURNING id""",
                partners.ids,
            ),
            "customer tags": SQL(
                "DELETE FROM res_partner_res_partner_category_rel"
                " WHERE partner_id = ANY(%s) RETURNING partner_id",
                partners.ids,
            ),
        }

    def _erasing_custom_statements(self, partners):
        """Return what custom fields say beside the columns of these records.

        Several choices have tables of their own; links lead to an erased contact from
        other names and customers.

        :param res.partner partners: the customers that are erased
        :rtype: dict[str, SQL]
        """
        statements = {
            "fields added": SQL(
                "DELETE FROM crm_custom_field_added WHERE lead_id = ANY(%s)"
                " RETURNING id",
                self.ids,
            )
        }
        for model, ids in ((self, self.ids), (partners, partners.ids)):
            for name, field in model._fields.items():
                if field.type == "many2many" and field.manual and field.store and ids:
                    statements[f"{model._name} {name}"] = SQL(
                        "DELETE FROM %(table)s WHERE %(column)s = ANY(%(ids)s)"
                        " RETURNING %(column)s",
                        table=SQL.identifier(field.relation),
                        column=SQL.identifier(field.column1),
                        ids=ids,
                    )
        if not partners:
            return statements
        for model, name in contact_links(self.env):
            statements[f"{model._name} {name}"] = SQL(
                "UPDATE %(table)s SET %(column)s = NULL"
                " WHERE %(column)s = ANY(%(ids)s) RETURNING id",
                table=SQL.identifier(model._table),
                column=SQL.identifier(name),
                ids=partners.ids,
            )
        return statements

    def _blank_consents(self, values):
        """Leave of consents nobody else shares only a digest of whose they were.

        :param list values: numbers and addresses that these names had
        :rtype: int
        """
        if not values:
            return 0
        self.env["crm.forgotten.number"].sudo()._ensure_secret()
        # The database itself lets nobody else change a consent.
        self.env.cr.execute(SQL("SELECT set_config(%s, 'on', true)", ERASING))
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
        self.env.cr.execute(SQL("SELECT set_config(%s, '', true)", ERASING))
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

    def _shared_value(self, value):
        """Return the condition that another name still has a number or address.

        Odoo's index of addresses is one of trigrams, which only ILIKE uses.
        """
        unaccent = self.env.registry.unaccent
        return SQL(
            """EXISTS (SELECT 1 FROM crm_lead other
                        WHERE other.phone_e164 = %(value)s
                           OR other.mobile_e164 = %(value)s
                           OR other.phone_second_e164 = %(value)s
                           OR (%(address)s ILIKE %(pattern)s
                               AND other.email_normalized = %(value)s))""",
            value=value,
            address=unaccent(SQL("other.email_normalized::text")),
            pattern=unaccent(value),
        )

    def _erased_files(self, partners):
        """Return the files of these names, customers, appointments and messages.

        :rtype: ir.attachment
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM ir_attachment WHERE %(of_records)s
                    UNION
                   SELECT rel.attachment_id
                     FROM message_attachment_rel rel
                     JOIN mail_message ON mail_message.id = rel.message_id
                    WHERE %(of_messages)s""",
                of_records=self._sql_of_erased("res_model", partners),
                of_messages=self._sql_of_erased("model", partners),
            )
        )
        # sudo: files of the erased go, whoever may see them
        files = self.env["ir.attachment"].sudo()
        return files.browse([row_id for (row_id,) in rows])

    def _sql_of_erased(self, column, partners):
        """Return the condition that a row hangs on what is erased.

        :param str column: holds the model; its record is in ``res_id``
        :rtype: SQL
        """
        return SQL(
            """((%(model)s = 'crm.lead' AND res_id = ANY(%(leads)s))
            OR (%(model)s = 'res.partner' AND res_id = ANY(%(partners)s))
            OR (%(model)s = 'calendar.event' AND res_id = ANY(%(events)s)))""",
            model=SQL.identifier(column),
            leads=self.ids,
            partners=partners.ids,
            events=self._erased_events(partners),
        )

    def _erase_numbers(self, values):
        """Forget what calls taught about numbers that no other name has."""
        known = self.env["crm.phone.number"].sudo()  # sudo: see ``_erase``
        known.search([("number", "in", values)])._drop_unused()
