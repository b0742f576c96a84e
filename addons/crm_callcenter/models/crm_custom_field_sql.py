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
        new, condition = self._sql_new_value(operation, value, old)
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

    def _sql_new_value(self, operation, value, old):
        """Return what a row gets, and the condition that it changes.

        :return: expressions over a row aliased row, which is a column's
        :rtype: tuple[SQL, SQL]
        """
        column = SQL("row.%s", SQL.identifier(self.name))
        if operation == "clear":
            return SQL("NULL"), SQL("%s IS NOT NULL", column)
        if operation == "replace":
            return SQL("%s", value), SQL("%s = %s", column, old)
        if operation == "add" and self.field_type in NUMBER_TYPES:
            return SQL("COALESCE(%s, 0) + %s", column, value), SQL("TRUE")
        if operation == "add":
            empty = SQL("(%s IS NULL OR %s::text = '')", column, column)
            return SQL("%s", value), empty
        return SQL("%s", value), SQL("%s IS DISTINCT FROM %s", column, value)

    def _sql_count_changes(self, model, source, operation, value=None, old=None):
        """Count what ``_sql_change`` would change, without changing it.

        :return: how many records there are, and how many would be changed
        :rtype: tuple[int, int]
        """
        _new, condition = self._sql_new_value(operation, value, old)
        [row] = self.env.execute_query(
            SQL(
                """SELECT count(*), count(*) FILTER (WHERE %s)
                     FROM %s AS row WHERE row.id IN (%s)""",
                condition,
                SQL.identifier(model._table),
                source,
            )
        )
        return row

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

    def _sql_copy_to_customers(self, lead_ids, find_later=None):
        """Give customers, and their other names, what these names have.

        :param list lead_ids: names that were changed
        :param find_later: a function that returns which of some names are changed by
            themselves later on; none are by default
        """
        self.ensure_one()
        pairs = self.env.execute_query(
            SQL(
                """SELECT lead.id, lead.partner_id FROM crm_lead lead
                    WHERE lead.id = ANY(%s) AND lead.partner_id IS NOT NULL
                 ORDER BY lead.id""",
                lead_ids,
            )
        )
        if not pairs:
            return
        # Of two names of one customer the last one counts, for customer and names.
        lead_of = {partner_id: lead_id for lead_id, partner_id in pairs}
        self._sql_copy(self.env["res.partner"], lead_of)
        others = dict(
            self.env.execute_query(
                SQL(
                    """SELECT other.id, other.partner_id FROM crm_lead other
                        WHERE other.partner_id = ANY(%s) AND NOT other.id = ANY(%s)""",
                    list(lead_of),
                    lead_ids,
                )
            )
        )
        for lead_id in find_later(list(others)) if others and find_later else ():
            del others[lead_id]
        if others:
            self._sql_copy(
                self.env["crm.lead"],
                {other: lead_of[partner_id] for other, partner_id in others.items()},
            )

    def _sql_copy(self, model, lead_of):
        """Copy values from names to other records.

        :param model: names or customers, as an empty recordset
        :param dict lead_of: id of the name by id of the record
        """
        pairs = SQL(
            "SELECT * FROM unnest(%s, %s) AS pair (id, lead_id)",
            list(lead_of),
            list(lead_of.values()),
        )
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
