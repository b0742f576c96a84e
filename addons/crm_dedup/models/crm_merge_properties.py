from odoo import api, models, tools
from odoo.tools import SQL

from .crm_merge import MODELS


class CrmMergeLinks(models.AbstractModel):
    """Links in properties follow a merge as well.

    A property is no column: its record defines it, and its value stands in one column
    of JSON with those of all others.
    """

    _inherit = "crm.merge.links"

    @api.model
    def _relink(self, table, pairs, log):
        result = super()._relink(table, pairs, log)
        if table in {self.env[name]._table for name in MODELS}:
            for (model_name, name), parts in self._properties_to(table).items():
                field = self.env[model_name]._fields[name]
                self._move_properties(field, parts, pairs, log)
        return result

    @api.model
    @tools.ormcache()
    def _properties_fields(self):
        """Return the fields of properties that have a column.

        :return: names of the model and of the field
        :rtype: tuple[tuple[str, str]]
        """
        return tuple(
            (model_name, name)
            for _table, model_name in sorted(self._models_of_tables().items())
            if not self.env[model_name].is_transient()
            for name, field in self.env[model_name]._fields.items()
            if field.type == "properties" and field.store and field.definition_record
        )

    @api.model
    def _properties_to(self, table):
        """Return the properties that hold records of a table.

        :param str table: its name
        :return: by model and field the names of properties, with the ids of the records
            that define them
        :rtype: dict[tuple[str, str], dict[str, list[int]]]
        """
        fields = self._properties_fields()
        if not fields:
            return {}
        found = {}
        for at, name, ids in self.env.execute_query(
            SQL(" UNION ALL ").join(
                self._definitions_sql(at, *field, self._models_of_tables()[table])
                for at, field in enumerate(fields)
            )
        ):
            found.setdefault(fields[at], {})[name] = ids
        return found

    @api.model
    def _definitions_sql(self, at, model_name, name, comodel_name):
        """Return the query of the properties of one field that hold such records.

        :param int at: number of the field in the answer
        :rtype: SQL
        """
        field = self.env[model_name]._fields[name]
        holder = self.env[model_name]._fields[field.definition_record]
        return SQL(
            """SELECT %(at)s::int, part.value->>'name', array_agg(t.id)
                 FROM %(table)s AS t
           CROSS JOIN LATERAL jsonb_array_elements(
                      CASE jsonb_typeof(t.%(column)s) WHEN 'array' THEN t.%(column)s
                      END) AS part
                WHERE part.value->>'type' IN ('many2one', 'many2many')
                  AND part.value->>'comodel' = %(comodel)s
             GROUP BY 2""",
            at=at,
            table=SQL.identifier(self.env[holder.comodel_name]._table),
            column=SQL.identifier(field.definition_record_field),
            comodel=comodel_name,
        )

    @api.model
    def _move_properties(self, field, names, pairs, log):
        """Give the properties of one field to the rows that stay.

        :param odoo.fields.Field field: of properties
        :param dict names: of those that hold such records, with who defines them
        """
        model, column = self.env[field.model_name], SQL.identifier(field.name)
        holder = model._fields[field.definition_record]
        # An index finds the rows of a definition; a base definition has no column.
        defined = SQL("true")
        if holder.store and holder.column_type:
            defined = SQL(
                "t.%s = ANY(%s)",
                SQL.identifier(holder.name),
                sorted({number for ids in names.values() for number in ids}),
            )
        self.env.cr.execute(
            SQL(
                """SELECT DISTINCT pair.key, pair.kept, pair.lost, t.id
                     FROM %(table)s AS t
               CROSS JOIN LATERAL jsonb_each(
                          CASE jsonb_typeof(t.%(column)s) WHEN 'object'
                          THEN t.%(column)s END) AS part
                     JOIN %(pairs)s ON part.value @> to_jsonb(pair.lost)
                    WHERE %(defined)s AND part.key = ANY(%(names)s)""",
                table=SQL.identifier(model._table),
                column=column,
                pairs=self._pairs_sql(pairs),
                defined=defined,
                names=list(names),
            )
        )
        met = {}
        for key, kept, lost, row_id in self.env.cr.fetchall():
            met.setdefault((key, kept, lost), {})[row_id] = key
        for (_key, kept, lost), key_by_id in met.items():
            value = self._moved_properties(column, list(names), kept, lost)
            log.update(model._table, key_by_id, value)

    @api.model
    def _moved_properties(self, column, names, kept, lost):
        """Return the assignment that puts one record into the place of another one.

        Who stands in a list already stands there once.

        :rtype: SQL
        """
        return SQL(
            """%(column)s = (
               SELECT jsonb_object_agg(
                      part.key,
                      CASE WHEN part.key <> ALL(%(names)s)
                             OR NOT part.value @> to_jsonb(%(lost)s::int)
                           THEN part.value
                           WHEN jsonb_typeof(part.value) <> 'array'
                           THEN to_jsonb(%(kept)s::int)
                           ELSE (SELECT jsonb_agg(one.item ORDER BY one.place)
                                   FROM (SELECT CASE WHEN item = to_jsonb(%(lost)s::int)
                                                     THEN to_jsonb(%(kept)s::int)
                                                     ELSE item END AS item,
                                                min(place) AS place
                                           FROM jsonb_array_elements(part.value)
                                                WITH ORDINALITY AS old(item, place)
                                       GROUP BY 1) AS one) END)
                 FROM jsonb_each(t.%(column)s) AS part)""",
            column=column,
            names=names,
            kept=kept,
            lost=lost,
        )
