from odoo import models
from odoo.tools import SQL

from ..tools.custom_field import NUMBER_TYPES


class CrmCustomField(models.Model):
    """Values of many records written by one statement."""

    _inherit = "crm.custom.field"

    def _sql_change(self, model, source, operation, value=None, old=None):
        """Change this field on many records of a model.

        :param model: names or customers, as an empty recordset
        :param SQL source: a query that yields the column ``id`` of the records
        :param str operation: ``set``, ``clear``, ``add`` or ``replace``
        :param value: as a column holds it; ids of values for several choices
        :param old: what ``replace`` looks for, in the same form
        :return: the ids of the records that were changed
        :rtype: list[int]
        """
        self.ensure_one()
        if self.field_type == "choices":
            return self._sql_change_choices(model, source, operation, value, old)
        column = SQL("row.%s", SQL.identifier(self.name))
        new, condition = SQL("%s", value), SQL("%s IS DISTINCT FROM %s", column, value)
        if operation == "clear":
            new, condition = SQL("NULL"), SQL("%s IS NOT NULL", column)
        elif operation == "replace":
            condition = SQL("%s = %s", column, old)
        elif operation == "add" and self.field_type in NUMBER_TYPES:
            new, condition = SQL("COALESCE(%s, 0) + %s", column, value), SQL("TRUE")
        elif operation == "add":
            condition = SQL("(%s IS NULL OR %s::text = '')", column, column)
        rows = self.env.execute_query(
            SQL(
                """UPDATE %(table)s AS row
                      SET %(name)s = %(new)s, write_uid = %(uid)s,
                          write_date = now() AT TIME ZONE 'UTC'
                    WHERE row.id IN (%(source)s) AND %(condition)s
                RETURNING row.id""",
                table=SQL.identifier(model._table),
                name=SQL.identifier(self.name),
                new=new,
                uid=self.env.uid,
                source=source,
                condition=condition,
            )
        )
        return [row[0] for row in rows]

    def _sql_change_choices(self, model, source, operation, value, old):
        """Change a field of several choices; see ``_sql_change``."""
        relation = model._fields[self.name]
        names = {
            "relation": SQL.identifier(relation.relation),
            "record": SQL.identifier(relation.column1),
            "choice": SQL.identifier(relation.column2),
            "source": source,
            "value": list(value or ()),
            "old": list(old or ()),
        }
        changed = []
        if operation == "replace":
            changed += self._rows(
                """DELETE FROM %(relation)s rel WHERE rel.%(choice)s = ANY(%(old)s)
                      AND rel.%(record)s IN (%(source)s)
                RETURNING rel.%(record)s""",
                names,
            )
            names["source"] = SQL("SELECT unnest(%s) AS id", list(set(changed)))
        elif operation in ("set", "clear"):
            changed += self._rows(
                """DELETE FROM %(relation)s rel
                    WHERE NOT rel.%(choice)s = ANY(%(value)s)
                      AND rel.%(record)s IN (%(source)s)
                RETURNING rel.%(record)s""",
                {**names, "value": names["value"] if operation == "set" else []},
            )
        if operation != "clear":
            changed += self._rows(
                """INSERT INTO %(relation)s (%(record)s, %(choice)s)
                   SELECT source.id, choice.id FROM (%(source)s) AS source
                    CROSS JOIN unnest(%(value)s) AS choice (id)
                       ON CONFLICT DO NOTHING
                RETURNING %(record)s""",
                names,
            )
        return list(set(changed))

    def _sql_copy_to_customers(self, lead_ids, later):
        """Give customers, and their other names, what these names have.

        :param list lead_ids: names that were changed
        :param SQL later: a query of the ids of names that are changed by themselves
        """
        self.ensure_one()
        customers = SQL(
            """SELECT lead.partner_id AS id, lead.id AS lead_id FROM crm_lead lead
                WHERE lead.id = ANY(%s) AND lead.partner_id IS NOT NULL""",
            lead_ids,
        )
        others = SQL(
            """SELECT other.id, lead.id AS lead_id FROM crm_lead lead
                 JOIN crm_lead other ON other.partner_id = lead.partner_id
                                    AND other.id != lead.id
                WHERE lead.id = ANY(%s) AND NOT other.id = ANY(%s)
                  AND other.id NOT IN (%s)""",
            lead_ids,
            lead_ids,
            later,
        )
        [[some]] = self.env.execute_query(SQL("SELECT EXISTS (%s)", customers))
        if some:
            self._sql_copy(self.env["res.partner"], customers)
            self._sql_copy(self.env["crm.lead"], others)

    def _sql_copy(self, model, pairs):
        """Copy values from names to other records.

        :param model: names or customers, as an empty recordset
        :param SQL pairs: a query that yields ``id`` of the record and ``lead_id``
        """
        lead_field = self.env["crm.lead"]._fields[self.name]
        names = {
            "pairs": pairs,
            "table": SQL.identifier(model._table),
            "column": SQL.identifier(self.name),
        }
        if self.field_type != "choices":
            self._rows(
                """UPDATE %(table)s AS row SET %(column)s = lead.%(column)s
                     FROM (%(pairs)s) AS pair JOIN crm_lead lead ON lead.id = lead_id
                    WHERE row.id = pair.id
                      AND row.%(column)s IS DISTINCT FROM lead.%(column)s
                RETURNING row.id""",
                names,
            )
            return
        field = model._fields[self.name]
        names.update(
            relation=SQL.identifier(field.relation),
            lead_relation=SQL.identifier(lead_field.relation),
            record=SQL.identifier(field.column1),
            choice=SQL.identifier(field.column2),
        )
        self._rows(
            """DELETE FROM %(relation)s rel USING (%(pairs)s) AS pair
                WHERE rel.%(record)s = pair.id AND NOT EXISTS (
                      SELECT FROM %(lead_relation)s own
                       WHERE own.%(record)s = pair.lead_id
                         AND own.%(choice)s = rel.%(choice)s)
            RETURNING rel.%(record)s""",
            names,
        )
        self._rows(
            """INSERT INTO %(relation)s (%(record)s, %(choice)s)
               SELECT pair.id, own.%(choice)s FROM (%(pairs)s) AS pair
                 JOIN %(lead_relation)s own ON own.%(record)s = pair.lead_id
                   ON CONFLICT DO NOTHING
            RETURNING %(record)s""",
            names,
        )

    def _rows(self, query, names):
        return [row[0] for row in self.env.execute_query(SQL(query, **names))]
