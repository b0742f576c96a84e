from odoo import api, models, tools
from odoo.tools import SQL

from ..tools.merge_catalogue import Link, foreign_keys, unique_keys

#: Pairs of columns, number and model, of fields that are no references of Odoo's.
_PLAIN_PAIRS = (("res_id", "res_model"), ("res_id", "model"))


class CrmMergeLinks(models.AbstractModel):
    """Gives what points to one record to another one, whatever addon it belongs to.

    Nothing is listed by hand: foreign keys come from PostgreSQL's catalogue, pairs such
    as model and number, and texts such as ``crm.lead,5``, from the fields of all
    models. What has neither is declared by its model (``_merge_plain_references``).
    """

    _name = "crm.merge.links"
    _description = "Links of Merged Records"

    # ------------------------------------------------------------
    # WHAT POINTS TO A MODEL
    # ------------------------------------------------------------

    @api.model
    @tools.ormcache("table")
    def _links(self, table):
        """Return the columns that point to the rows of a table.

        :param str table: its name
        :rtype: tuple[Link]
        """
        models_of = self._models_of_tables()
        own = models_of.get(table)
        links = {(link.table, link.column): link for link in self._keys_of(table)}
        if own:
            for model in models_of.values():
                for link in self._field_links(model, own):
                    links.setdefault((link.table, link.column), link)
        self.env.cr.execute(
            SQL(
                """SELECT table_name, column_name FROM information_schema.columns
                    WHERE table_schema = current_schema
                      AND table_name = ANY(%s)""",
                list({link.table for link in links.values()}),
            )
        )
        real = set(self.env.cr.fetchall())
        left = {
            (name, column)
            for name, model in models_of.items()
            for column in self.env[model]._merge_left_alone()
        }
        return tuple(
            link
            for place, link in sorted(links.items())
            if place in real
            and place not in left
            and not self._is_transient(models_of, link.table)
        )

    @api.model
    @tools.ormcache("table")
    def _company_columns(self, table):
        """Return the columns with a row of a table for each company.

        :param str table: its name
        :return: table and column of each
        :rtype: tuple[tuple[str, str]]
        """
        models_of = self._models_of_tables()
        target = models_of.get(table)
        return tuple(
            (name, field.name)
            for name, model in sorted(models_of.items())
            if target and not self.env[model].is_transient()
            for field in self.env[model]._fields.values()
            if field.company_dependent
            and field.type == "many2one"
            and field.comodel_name == target
            and field.name not in self.env[model]._merge_left_alone()
        )

    @api.model
    def _keys_of(self, table):
        return foreign_keys(self.env.cr, table)

    @api.model
    def _is_transient(self, models_of, table):
        """Tell whether a table belongs to a dialog, which nobody opens again."""
        model = models_of.get(table)
        return bool(model and self.env[model].is_transient())

    @api.model
    def _models_of_tables(self):
        """Return the model whose table it is, by name of the table.

        :rtype: dict[str, str]
        """
        return {
            model._table: name
            for name, model in self.env.registry.models.items()
            if model._auto and not model._abstract
        }

    @api.model
    def _field_links(self, model_name, target):
        """Return the columns of a model that point to another one without a key.

        :param str model_name: where to look
        :param str target: the model that is pointed to
        :rtype: list[Link]
        """
        model = self.env[model_name]
        links, fields = [], model._fields
        for name, field in fields.items():
            if not field.store or not field.column_type or field.company_dependent:
                continue
            if field.type == "many2one" and field.comodel_name == target:
                links.append(Link(model._table, name))
            elif field.type == "many2one_reference" and field.model_field:
                holder = fields[field.model_field]
                if holder.store and holder.type in ("char", "selection"):
                    condition = (field.model_field, target)
                    links.append(Link(model._table, name, condition))
            elif field.type == "reference":
                links.append(Link(model._table, name, prefix=f"{target},"))
        for number, holder in _PLAIN_PAIRS:
            if (
                {number, holder} <= set(fields)
                and fields[number].type == "integer"
                and fields[number].store
                and fields[holder].store
                and fields[holder].type in ("char", "selection")
            ):
                links.append(Link(model._table, number, (holder, target)))
        links += [
            Link(model._table, column)
            for column, meant in model._merge_plain_references()
            if meant == target
        ]
        return links

    @api.model
    @tools.ormcache("table", "column")
    def _unique_keys(self, table, column):
        """Return what may not be twice in a table and has this column in its key.

        :rtype: tuple[UniqueKey]
        """
        return tuple(unique_keys(self.env.cr, table, column))

    # ------------------------------------------------------------
    # MOVING
    # ------------------------------------------------------------

    @api.model
    def _relink(self, table, pairs, log):
        """Give what points to rows of a table to other rows of it.

        :param str table: its name
        :param list pairs: key of the merge, number of the row that stays and of the
            one that goes; each goes once, and each stays once
        :param MergeLog log: what is done is recorded in it
        """
        # A record that met itself would lose all that it can have once only.
        pairs = [(key, kept, lost) for key, kept, lost in pairs if kept != lost]
        if not pairs:
            return
        for link in self._links(table):
            if not self._points(link, pairs):
                continue
            if self._unique_keys(link.table, link.column):
                self._settle_conflicts(link, pairs, log)
            if link.has_id:
                self._move(link, pairs, log)
            else:
                self._move_relation(link, pairs, log)
        for name, column in self._company_columns(table):
            self._move_company_values(name, column, pairs, log)

    @api.model
    def _pairs_sql(self, pairs):
        return SQL(
            "unnest(%s::int[], %s::int[], %s::int[]) AS pair(key, kept, lost)",
            [pair[0] for pair in pairs],
            [pair[1] for pair in pairs],
            [pair[2] for pair in pairs],
        )

    @api.model
    def _points(self, link, pairs):
        """Tell whether anything in this column points to what goes.

        :rtype: bool
        """
        lost = [f"{link.prefix}{pair[2]}" if link.prefix else pair[2] for pair in pairs]
        self.env.cr.execute(
            SQL(
                "SELECT 1 FROM %s AS t WHERE %s = ANY(%s) AND %s LIMIT 1",
                SQL.identifier(link.table),
                SQL.identifier("t", link.column),
                lost,
                link.filter_sql("t"),
            )
        )
        return bool(self.env.cr.rowcount)

    @api.model
    def _move(self, link, pairs, log):
        """Give the rows of a table with numbers to the rows that stay."""
        column = SQL.identifier(link.column)
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s AS t SET %(column)s = %(kept)s
                     FROM %(pairs)s
                    WHERE %(of)s = %(lost)s AND %(condition)s
                RETURNING pair.key, pair.kept, pair.lost, t.id""",
                table=SQL.identifier(link.table),
                column=column,
                kept=link.value_sql(SQL("pair.kept")),
                pairs=self._pairs_sql(pairs),
                of=SQL.identifier("t", link.column),
                lost=link.value_sql(SQL("pair.lost")),
                condition=link.filter_sql("t"),
            )
        )
        moved, key_by_id = {}, {}
        for key, kept, lost, row_id in self.env.cr.fetchall():
            moved.setdefault((key, kept, lost), []).append(row_id)
            key_by_id[row_id] = key
        for (key, kept, lost), ids in moved.items():
            values = [
                f"{link.prefix}{value}" if link.prefix else value
                for value in (lost, kept)
            ]
            log.add(key, "move", link.table, link.column, sorted(ids), *values)
        model = self._models_of_tables().get(link.table)
        if model and key_by_id:
            self.env[model]._merge_moved(link.column, key_by_id, log)

    @api.model
    def _move_company_values(self, table, column, pairs, log):
        """Give the values of single companies to the rows that stay.

        Such a field is one column of JSON, with a number for each company.
        """
        self.env.cr.execute(
            SQL(
                """SELECT DISTINCT pair.key, pair.kept, pair.lost, t.id
                     FROM %(table)s AS t
               CROSS JOIN LATERAL jsonb_each(t.%(column)s) AS company
                     JOIN %(pairs)s ON company.value = to_jsonb(pair.lost)
                    WHERE jsonb_typeof(t.%(column)s) = 'object'""",
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                pairs=self._pairs_sql(pairs),
            )
        )
        met = {}
        for key, kept, lost, row_id in self.env.cr.fetchall():
            met.setdefault((key, kept, lost), {})[row_id] = key
        for (_key, kept, lost), key_by_id in met.items():
            value = SQL(
                """%(column)s = (
                   SELECT jsonb_object_agg(
                          company.key, CASE WHEN company.value = to_jsonb(%(lost)s::int)
                                            THEN to_jsonb(%(kept)s::int)
                                            ELSE company.value END)
                     FROM jsonb_each(t.%(column)s) AS company)""",
                column=SQL.identifier(column),
                lost=lost,
                kept=kept,
            )
            log.update(table, key_by_id, value)

    @api.model
    def _move_relation(self, link, pairs, log):
        """Give the rows of a table of a relation to the rows that stay."""
        self.env.cr.execute(
            SQL(
                """WITH gone AS (
                       DELETE FROM %(table)s AS t USING %(pairs)s
                        WHERE %(of)s = pair.lost
                    RETURNING pair.key, pair.kept, to_jsonb(t) AS row
                   ), came AS (
                       INSERT INTO %(table)s
                       SELECT (jsonb_populate_record(NULL::%(table)s, row
                               || jsonb_build_object(%(column)s::text, kept))).*
                         FROM gone)
                   SELECT key, row, kept FROM gone""",
                table=SQL.identifier(link.table),
                pairs=self._pairs_sql(pairs),
                of=SQL.identifier("t", link.column),
                column=link.column,
            )
        )
        gone, came = {}, {}
        for key, row, kept in self.env.cr.fetchall():
            gone.setdefault(key, []).append(row)
            came.setdefault(key, []).append({**row, link.column: kept})
        for key, rows in gone.items():
            log.add(key, "delete", link.table, rows)
            log.add(key, "insert", link.table, came[key])

    # ------------------------------------------------------------
    # WHAT CAN'T STAND BESIDE EACH OTHER
    # ------------------------------------------------------------

    @api.model
    def _settle_conflicts(self, link, pairs, log):
        """Make room for the rows that come: each key stays unique.

        What points to a row that goes points to the survivor's row afterwards, by the
        same means as the records themselves.
        """
        if not link.has_id:
            self._drop_doubled_relations(link, pairs, log)
            return
        for key in self._unique_keys(link.table, link.column):
            met = self._conflicts(link, key, pairs)
            if not met:
                continue
            model = self.env.get(self._models_of_tables().get(link.table))
            if model is not None:
                model._merge_keep_both(met, log)
                met = self._conflicts(link, key, pairs)
            if met:
                self._relink(link.table, met, log)
                if model is not None:
                    model._merge_take_over(met, log)
                log.delete(link.table, {lost: merge for merge, _kept, lost in met})

    @api.model
    def _conflicts(self, link, key, pairs):
        """Return the rows that would meet one of the survivor's.

        :return: key of the merge, number of the survivor's row and of the other
        :rtype: list[tuple[int, int, int]]
        """
        parts = SQL(", ").join(
            SQL("%s AS %s", SQL(expression), SQL.identifier(f"part_{number}"))
            for number, (expression, _operator) in enumerate(key.parts)
        )
        same = SQL(" AND ").join(
            SQL(
                "%s IS NOT DISTINCT FROM %s"
                if key.nulls_equal
                else f"%s {operator} %s",
                SQL.identifier("mine", f"part_{number}"),
                SQL.identifier("theirs", f"part_{number}"),
            )
            for number, (_expression, operator) in enumerate(key.parts)
        )
        self.env.cr.execute(
            SQL(
                """WITH pair AS (SELECT * FROM %(pairs)s),
                        moved AS (
                       SELECT pair.key AS merge_key_, row.*
                         FROM pair JOIN %(table)s AS t
                           ON %(of)s = %(lost)s AND %(condition)s
                   CROSS JOIN LATERAL jsonb_populate_record(t, jsonb_build_object(
                              %(column)s::text, %(kept)s)) AS row
                   ), there AS (
                       SELECT t.* FROM %(table)s AS t
                        WHERE %(of)s IN (SELECT %(kept)s FROM pair) AND %(condition)s)
                   SELECT DISTINCT ON (theirs.id_) theirs.key_, mine.id_, theirs.id_
                     FROM (SELECT merge_key_ AS key_, id AS id_, %(parts)s FROM moved
                            WHERE %(predicate)s) AS theirs
                     JOIN (SELECT id AS id_, %(parts)s FROM there
                            WHERE %(predicate)s) AS mine ON %(same)s
                 ORDER BY theirs.id_, mine.id_""",
                pairs=self._pairs_sql(pairs),
                table=SQL.identifier(link.table),
                of=SQL.identifier("t", link.column),
                lost=link.value_sql(SQL("pair.lost")),
                kept=link.value_sql(SQL("pair.kept")),
                condition=link.filter_sql("t"),
                column=link.column,
                parts=parts,
                predicate=SQL(key.predicate.replace("%", "%%") or "TRUE")
                if key.predicate
                else SQL("TRUE"),
                same=same,
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _drop_doubled_relations(self, link, pairs, log):
        """Delete rows of a relation that the survivor has already."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM %(table)s AS t USING %(pairs)s
                    WHERE %(of)s = pair.lost
                      AND EXISTS (SELECT 1 FROM %(table)s AS own
                                   WHERE %(own)s = pair.kept
                                     AND to_jsonb(own) - %(column)s
                                         = to_jsonb(t) - %(column)s)
                RETURNING pair.key, to_jsonb(t)""",
                table=SQL.identifier(link.table),
                pairs=self._pairs_sql(pairs),
                of=SQL.identifier("t", link.column),
                own=SQL.identifier("own", link.column),
                column=link.column,
            )
        )
        gone = {}
        for key, row in self.env.cr.fetchall():
            gone.setdefault(key, []).append(row)
        for key, rows in gone.items():
            log.add(key, "delete", link.table, rows)
