"""What in the database points to a record: read from PostgreSQL's own catalogue."""

from dataclasses import dataclass, field

from odoo.tools import SQL


@dataclass(slots=True, frozen=True)
class Link:
    """A column that points to records of one model.

    :param str table: where it is
    :param str column: its name
    :param tuple condition: column and value that tell which rows mean this model, of
        a pair such as ``res_model`` and ``res_id``; empty for a foreign key
    :param str prefix: what stands before the number in a reference (``crm.lead,``)
    :param bool has_id: the table has a column ``id``, which tables of relations lack
    """

    table: str
    column: str
    condition: tuple[str, object] | tuple = ()
    prefix: str = ""
    has_id: bool = True

    def filter_sql(self, alias):
        """Return the condition that a row of this alias means the model."""
        if not self.condition:
            return SQL("TRUE")
        name, value = self.condition
        return SQL("%s = %s", SQL.identifier(alias, name), value)

    def value_sql(self, number):
        """Return what stands in the column for the number of a record.

        :param SQL number: an expression
        """
        return SQL("%s || %s", self.prefix, number) if self.prefix else number


@dataclass(slots=True)
class UniqueKey:
    """A unique index, or an exclusion constraint, over a column of a link.

    :param str name: of the index
    :param list parts: per part of the key its expression and operator
    :param str predicate: of a partial index, or ``None``
    :param bool nulls_equal: two rows without a value are the same
    """

    name: str
    predicate: str | None
    nulls_equal: bool
    parts: list[tuple[str, str]] = field(default_factory=list)


def foreign_keys(cr, table):
    """Return the columns with a foreign key to ``id`` of a table.

    :rtype: list[Link]
    """
    cr.execute(
        SQL(
            """SELECT child.relname, col.attname,
                      EXISTS (SELECT 1 FROM pg_attribute pk
                               WHERE pk.attrelid = child.oid AND pk.attname = 'id'
                                 AND NOT pk.attisdropped)
                 FROM pg_constraint con
                 JOIN pg_class child ON child.oid = con.conrelid
                 JOIN pg_class parent ON parent.oid = con.confrelid
                 JOIN pg_attribute col
                   ON col.attrelid = child.oid AND col.attnum = con.conkey[1]
                WHERE con.contype = 'f' AND cardinality(con.conkey) = 1
                  AND parent.relname = %s
                  AND parent.relnamespace = current_schema::regnamespace
                  AND child.relnamespace = current_schema::regnamespace
             ORDER BY 1, 2""",
            table,
        )
    )
    return [Link(name, column, has_id=has_id) for name, column, has_id in cr.fetchall()]


def unique_keys(cr, table, column):
    """Return what may not be twice in a table and has this column in its key.

    :rtype: list[UniqueKey]
    """
    cr.execute(
        SQL(
            """SELECT i.indexrelid::regclass::text,
                      pg_get_expr(i.indpred, i.indrelid),
                      COALESCE((to_jsonb(i)->>'indnullsnotdistinct')::bool, false),
                      pg_get_indexdef(i.indexrelid, part::int, true),
                      COALESCE((SELECT operator.oprname FROM pg_constraint con
                                  JOIN pg_operator operator
                                    ON operator.oid = con.conexclop[part]
                                 WHERE con.conindid = i.indexrelid
                                   AND con.contype = 'x'), '=')
                 FROM pg_index i
                 JOIN pg_attribute a
                   ON a.attrelid = i.indrelid AND a.attname = %(column)s
           CROSS JOIN generate_series(1, i.indnkeyatts) AS part
                WHERE i.indrelid = %(table)s::regclass
                  AND (i.indisunique OR i.indisexclusion)
                  AND (a.attnum = ANY(i.indkey)
                       OR EXISTS (SELECT 1 FROM pg_depend dep
                                   WHERE dep.objid = i.indexrelid
                                     AND dep.refobjid = i.indrelid
                                     AND dep.refobjsubid = a.attnum))
             ORDER BY i.indexrelid, part""",
            table=table,
            column=column,
        )
    )
    keys = {}
    for name, predicate, nulls_equal, expression, operator in cr.fetchall():
        key = keys.setdefault(name, UniqueKey(name, predicate, nulls_equal))
        key.parts.append((expression, operator))
    return list(keys.values())
