from odoo import models
from odoo.tools import SQL


class ResPartner(models.Model):
    """Contacts and addresses of a customer are rows of the name that it gets."""

    _inherit = "res.partner"

    def _copy_rows(self):
        """Give the new names of these customers rows for their contacts and addresses.

        The rows know their partner, so a later conversion makes none twice.
        """
        self.env.flush_all()
        contacts = self._insert_rows(
            "crm.lead.contact",
            {
                "kind": SQL(
                    "CASE WHEN partner.is_company THEN 'contact' ELSE 'household' END"
                ),
                "name": SQL("child.name"),
                "role": SQL("child.function"),
                "phone": SQL("child.phone"),
                "email": SQL("child.email"),
                "birth_date": SQL("child.birth_date"),
            },
            SQL("child.type = 'contact' AND child.name IS NOT NULL"),
        )
        sites = self._insert_rows(
            "crm.lead.site",
            {
                "name": SQL("COALESCE(child.name, child.street, child.city, '-')"),
                "street": SQL("child.street"),
                "zip": SQL("child.zip"),
                "city": SQL("child.city"),
                "state_id": SQL("child.state_id"),
                "pod": SQL("child.pod"),
            },
            SQL("child.type != 'contact'"),
        )
        # Not by ``create``, which refuses a number that nobody can read.
        self.env.add_to_compute(contacts._fields["phone_e164"], contacts)
        self.env.add_to_compute(sites._fields["zone_id"], sites)
        (contacts.lead_id | sites.lead_id)._mark_rows()

    def _insert_rows(self, model_name, columns, condition):
        """Insert a row for each partner below these customers that has none.

        :param str model_name: of the rows
        :param dict columns: expression of each column over ``child`` and ``partner``
        :param SQL condition: which children
        :return: the new rows
        """
        rows = self.env[model_name]
        found = self.env.execute_query(
            SQL(
                """INSERT INTO %(table)s (lead_id, sequence, partner_id, create_uid,
                                          write_uid, create_date, write_date, %(names)s)
                   SELECT lead.id, 10, child.id, %(uid)s, %(uid)s,
                          now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC',
                          %(values)s
                     FROM res_partner child
                     JOIN res_partner partner ON partner.id = child.parent_id
                     JOIN crm_lead lead
                       ON lead.partner_id = partner.id AND lead.active
                    WHERE child.parent_id = ANY(%(ids)s) AND child.active
                      AND %(condition)s
                      AND NOT EXISTS (SELECT 1 FROM %(table)s known
                                       WHERE known.partner_id = child.id)
                 ORDER BY child.id
                RETURNING id""",
                table=SQL.identifier(rows._table),
                names=SQL(", ").join(map(SQL.identifier, columns)),
                values=SQL(", ").join(columns.values()),
                uid=self.env.uid,
                ids=self.ids,
                condition=condition,
            )
        )
        return rows.browse([row_id for (row_id,) in found])
