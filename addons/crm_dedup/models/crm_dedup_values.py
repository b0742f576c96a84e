from odoo import api, models
from odoo.tools import SQL, email_normalize

from odoo.addons.crm_callcenter.tools.custom_field import PREFIX
from odoo.addons.crm_callcenter.tools.italian_codes import (
    read_fiscal_code,
    read_vat_number,
)
from odoo.addons.crm_callcenter.tools.phone import to_e164

from ..tools.known_record import (
    SAME,
    Kin,
    KnownRecord,
    known_of_lead,
    person_key,
    place_key,
)
from ..tools.matching.record import MatchRecord

#: What a merged record has become, after however many merges. Nothing is looked up of
#: what was never merged.
_END = """
    CASE WHEN %(merged)s IS NOT NULL THEN (
         WITH RECURSIVE way AS (
             SELECT %(merged)s AS id
              UNION
             SELECT next.merged_into_id FROM way JOIN %(table)s next ON next.id = way.id
              WHERE next.merged_into_id IS NOT NULL)
         SELECT way.id FROM way JOIN %(table)s target ON target.id = way.id
          WHERE target.merged_into_id IS NULL) END"""

_LEAD = """
    SELECT lead.id, lead.contact_name, lead.partner_name, lead.name, lead.type,
           lead.lead_kind, lead.phone_e164, lead.mobile_e164, lead.phone_second_e164,
           lead.email_normalized, lead.fiscal_code, lead.vat_number, lead.birth_date,
           lead.street, lead.street2, lead.zip, lead.city, state.code AS province,
           lead.company_id, lead.active, partner.commercial_partner_id AS customer_id,
           lead.has_rows,
           lead.create_date > now() AT TIME ZONE 'UTC' - interval '7 days' AS is_fresh,
           %(end)s AS end_id %(extras)s
      FROM crm_lead lead
 LEFT JOIN res_country_state state ON state.id = lead.state_id
 LEFT JOIN res_partner partner ON partner.id = lead.partner_id
     WHERE lead.id = ANY(%(ids)s)"""

#: Not compared: addresses of a customer, colleagues, and companies of the database.
_PARTNER = """
    SELECT partner.id, partner.name, partner.is_company, partner.parent_id,
           partner.commercial_partner_id AS customer_id, partner.phone, partner.mobile,
           partner.phone_second, partner.email, partner.fiscal_code, partner.vat,
           partner.birth_date, partner.street, partner.street2, partner.zip,
           partner.city, state.code AS province, country.code AS country,
           partner.company_id, partner.active, %(end)s AS end_id %(extras)s
      FROM res_partner partner
 LEFT JOIN res_country_state state ON state.id = partner.state_id
 LEFT JOIN res_country country ON country.id = partner.country_id
     WHERE partner.id = ANY(%(ids)s)
       AND (partner.parent_id IS NULL OR partner.type = 'contact')
       AND NOT EXISTS (SELECT 1 FROM res_users WHERE partner_id = partner.id
                          AND share IS NOT TRUE)
       AND NOT EXISTS (SELECT 1 FROM res_company WHERE partner_id = partner.id)"""


class CrmDedup(models.AbstractModel):
    """How names and customers are read to be compared."""

    _inherit = "crm.dedup"

    @api.model
    def _record_values(self, lead_ids=(), partner_ids=()):
        """Return names and customers as they are compared.

        Customers have their id with a minus sign. What is no person or company of its
        own, such as an address of a customer, is left out.

        :param lead_ids: ids of names
        :param partner_ids: ids of customers
        :rtype: list[MatchRecord]
        """
        holders = [*lead_ids, *(-partner_id for partner_id in partner_ids)]
        return [known.record for known in self._records_of(holders)]

    @api.model
    def _records_of(self, holders):
        """Read the records of holders of keys: a statement for each of the two models.

        :param holders: ids of names, and of customers with a minus sign
        :rtype: list[KnownRecord]
        """
        lead_ids = sorted(holder for holder in holders if holder > 0)
        partner_ids = sorted(-holder for holder in holders if holder < 0)
        found = []
        if lead_ids:
            rows = self._read_rows(_LEAD, "lead", "crm.lead", lead_ids)
            found += [known_of_lead(row) for row in rows]
        if partner_ids:
            rows = self._read_rows(_PARTNER, "partner", "res.partner", partner_ids)
            found += [self._record_of_partner(row) for row in rows]
        return found

    @api.model
    def _read_rows(self, statement, alias, model_name, ids):
        """Return the rows of a model by column; custom fields are in ``extras``."""
        query, names = self._reading(statement, alias, model_name, list(ids))
        self.env.cr.execute(query)
        rows = self.env.cr.dictfetchall()
        for row in rows:
            row["extras"] = {name: row[name] for name in names}
        return rows

    @api.model
    def _reading(self, statement, alias, model_name, ids):
        """Return the statement that reads records, and the custom fields in it.

        :rtype: tuple[SQL, list[str]]
        """
        fields = self.env[model_name]._fields
        names = [
            name
            for name in self._extra_names()
            if name in fields and fields[name].column_type
        ]
        query = SQL(
            statement,
            ids=ids,
            end=SQL(
                _END,
                merged=SQL.identifier(alias, "merged_into_id"),
                table=SQL.identifier(self.env[model_name]._table),
            ),
            extras=SQL(
                "".join([", %s::text"] * len(names)),
                *(SQL.identifier(alias, name) for name in names),
            ),
        )
        return query, names

    @api.model
    def _reading_of_leads(self):
        """Return how other processes read names.

        :return: a statement with one place for the list of ids, and the custom fields
        :rtype: tuple[str, list[str]]
        """
        query, names = self._reading(_LEAD, "lead", "crm.lead", [])
        return query.code, names

    @api.model
    def _extra_names(self):
        """Return the custom fields that rules ask for, one on trial included.

        :rtype: list[str]
        """
        names = {name for rule in self._rules() for name in rule.fields}
        names.update(self.env.context.get("dedup_extra_names", ()))
        return sorted(name for name in names if name.startswith(PREFIX))

    @api.model
    def _record_of_partner(self, row):
        name, is_company = row["name"] or "", row["is_company"]
        country = row["country"] or "IT"
        phones = (
            to_e164(row[field], country)
            for field in ("phone", "mobile", "phone_second")
        )
        # Odoo copies the company's number for taxes to its contacts.
        vat_number = None if row["parent_id"] else read_vat_number(row["vat"])
        record = MatchRecord(
            id=-row["id"],
            person="" if is_company else name,
            company=name if is_company else "",
            phones=tuple(dict.fromkeys(filter(None, phones))),
            email=email_normalize(row["email"] or "") or "",
            fiscal_code=read_fiscal_code(row["fiscal_code"]) or "",
            vat_number=vat_number or "",
            birth_date=row["birth_date"],
            **{name: row[name] or "" for name in SAME},
        )
        return KnownRecord(
            record,
            row["extras"],
            row["company_id"] or 0,
            row["customer_id"] or row["id"],
            is_contact=bool(row["parent_id"]) and not is_company,
            active=bool(row["active"]),
            end_id=-(row["end_id"] or 0),
        )

    # ------------------------------------------------------------
    # HOUSEHOLDS AND BRANCHES
    # ------------------------------------------------------------

    @api.model
    def _kin_of(self, records):
        """Return the people and places known below records, by holder.

        :param list records: as ``_records_of`` returns them
        :rtype: dict[int, Kin]
        """
        kin = {}
        lead_ids = [known.record.id for known in records if known.has_rows]
        if lead_ids:
            self._kin_of_leads(lead_ids, kin)
        partner_ids = [
            -known.record.id
            for known in records
            if known.record.id < 0 and not known.is_contact
        ]
        if partner_ids:
            self._kin_of_partners(partner_ids, kin)
        return kin

    @api.model
    def _kin_of_leads(self, lead_ids, kin):
        rows = self.env.execute_query(
            SQL(
                # A merge makes a contact of what finds no place: the same person.
                """WITH RECURSIVE merged AS (
                       SELECT merged_into_id AS end_id, id, contact_name, name
                         FROM crm_lead WHERE merged_into_id = ANY(%(ids)s)
                        UNION
                       SELECT merged.end_id, lost.id, lost.contact_name, lost.name
                         FROM merged
                         JOIN crm_lead lost ON lost.merged_into_id = merged.id)
                   SELECT lead_id, name, NULL, NULL FROM crm_lead_contact contact
                    WHERE lead_id = ANY(%(ids)s)
                      AND NOT EXISTS (
                          SELECT FROM merged
                           WHERE merged.end_id = contact.lead_id
                             AND contact.name IN (merged.contact_name, merged.name))
                UNION ALL
                   SELECT lead_id, NULL, street, city FROM crm_lead_site
                    WHERE lead_id = ANY(%(ids)s)""",
                ids=lead_ids,
            )
        )
        self._collect_kin(rows, kin)

    @api.model
    def _kin_of_partners(self, partner_ids, kin):
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE merged AS (
                       SELECT merged_into_id AS end_id, id, name
                         FROM res_partner WHERE merged_into_id = ANY(%(ids)s)
                        UNION
                       SELECT merged.end_id, lost.id, lost.name
                         FROM merged
                         JOIN res_partner lost ON lost.merged_into_id = merged.id)
                   SELECT -parent_id,
                          CASE WHEN type = 'contact' THEN name END,
                          CASE WHEN type <> 'contact' THEN street END,
                          CASE WHEN type <> 'contact' THEN city END
                     FROM res_partner partner
                    WHERE parent_id = ANY(%(ids)s) AND active
                      AND NOT EXISTS (
                          SELECT FROM merged
                           WHERE merged.end_id = partner.parent_id
                             AND merged.name = partner.name)""",
                ids=partner_ids,
            )
        )
        self._collect_kin(rows, kin)

    @api.model
    def _collect_kin(self, rows, kin):
        for holder, name, street, city in rows:
            known = kin.setdefault(holder, Kin())
            if name:
                known.people.add(person_key(name))
            if place := place_key(street, city):
                known.places.add(place)
