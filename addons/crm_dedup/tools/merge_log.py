"""What a merge did, in the order in which it did it."""

from odoo.tools import SQL


class MergeLog:
    """Collects what merges change, so that each can be undone to the letter.

    Merges are carried out many at a time: whatever is recorded carries the key of its
    merge, the number of the record that goes. The entries of a merge are lists, kept
    as JSON:

    - ``["move", table, column, ids, old, new]``: rows got another value in a column
    - ``["delete", table, rows]``: whole rows that went
    - ``["insert", table, rows]``: whole rows that came, of tables without an ``id``
    - ``["create", table, ids]``: rows that came
    - ``["change", table, id, before, after]``: columns of a row

    :param Cursor cr: the transaction of the merges
    """

    def __init__(self, cr):
        self.cr = cr
        self.entries = {}
        self._watched = []

    def add(self, key, *entry):
        """Record something that a merge did."""
        self.entries.setdefault(key, []).append(list(entry))

    def of(self, key):
        """Return what a merge did, in its order.

        :rtype: list[list]
        """
        return self.entries.get(key, [])

    def rows(self, table, ids):
        """Return whole rows of a table.

        :rtype: dict[int, dict]
        """
        if not ids:
            return {}
        self.cr.execute(
            SQL(
                "SELECT id, to_jsonb(t) FROM %s t WHERE id = ANY(%s)",
                SQL.identifier(table),
                list(ids),
            )
        )
        return dict(self.cr.fetchall())

    def watch(self, table, key_by_id):
        """Look at rows before they are changed; ``settle`` looks at them again.

        Whoever looked at a row for a merge knows how it was: looking again, when some
        of it has changed already, adds nothing.

        :param dict key_by_id: the merge that each row is about
        """
        known = {
            (row_id, keys[row_id])
            for watched, keys, before in self._watched
            if watched == table
            for row_id in before
        }
        new = {
            row_id: key
            for row_id, key in key_by_id.items()
            if (row_id, key) not in known
        }
        if new:
            self._watched.append((table, new, self.rows(table, new)))

    def settle(self):
        """Record what changed on the rows that are watched."""
        while self._watched:
            table, key_by_id, before = self._watched.pop()
            after = self.rows(table, before)
            for row_id, old in before.items():
                self.changed(key_by_id[row_id], table, row_id, old, after.get(row_id))

    def changed(self, key, table, row_id, old, new):
        """Record the columns of a row that are not what they were."""
        if new is None:
            self.add(key, "delete", table, [old])
            return
        names = [name for name in new if new[name] != old.get(name)]
        if names:
            self.add(
                key,
                "change",
                table,
                row_id,
                {name: old.get(name) for name in names},
                {name: new[name] for name in names},
            )

    def update(self, table, key_by_id, assignments):
        """Change rows and record it.

        :param dict key_by_id: the merge that each row is about
        :param SQL assignments: what stands after SET
        """
        if not key_by_id:
            return
        before = self.rows(table, key_by_id)
        self.cr.execute(
            SQL(
                "UPDATE %s AS t SET %s WHERE id = ANY(%s)",
                SQL.identifier(table),
                assignments,
                list(before),
            )
        )
        after = self.rows(table, before)
        for row_id, old in before.items():
            self.changed(key_by_id[row_id], table, row_id, old, after[row_id])

    def delete(self, table, key_by_id):
        """Delete rows and keep them whole.

        :param dict key_by_id: the merge that each row is about
        """
        if not key_by_id:
            return
        self.cr.execute(
            SQL(
                "DELETE FROM %s t WHERE id = ANY(%s) RETURNING id, to_jsonb(t)",
                SQL.identifier(table),
                list(key_by_id),
            )
        )
        gone = {}
        for row_id, row in self.cr.fetchall():
            gone.setdefault(key_by_id[row_id], []).append(row)
        for key, rows in gone.items():
            self.add(key, "delete", table, rows)

    def last_id(self, table):
        """Return the number of the newest row of a table, 0 when it is empty."""
        self.cr.execute(
            SQL("SELECT COALESCE(max(id), 0) FROM %s", SQL.identifier(table))
        )
        return self.cr.fetchone()[0]

    def created(self, table, ids, column, key_by_value):
        """Record rows that merges made, by the record that they belong to.

        :param list ids: numbers of the rows
        :param str column: the column that holds the record
        :param dict key_by_value: the merge by that record
        """
        if not ids:
            return
        self.cr.execute(
            SQL(
                "SELECT %(column)s, array_agg(id ORDER BY id) FROM %(table)s"
                " WHERE id = ANY(%(ids)s) AND %(column)s = ANY(%(values)s) GROUP BY 1",
                column=SQL.identifier(column),
                table=SQL.identifier(table),
                ids=list(ids),
                values=list(key_by_value),
            )
        )
        for value, found in self.cr.fetchall():
            self.add(key_by_value[value], "create", table, found)

    def created_since(self, table, last_id, column, key_by_value):
        """Record rows that came since, by the record that they belong to.

        Only where nobody else can make such rows meanwhile: what belongs to records
        that are locked.

        :param int last_id: as ``last_id`` returned it
        :param str column: the column that holds the record
        :param dict key_by_value: the merge by that record
        """
        self.cr.execute(
            SQL(
                "SELECT %(column)s, array_agg(id ORDER BY id) FROM %(table)s"
                " WHERE id > %(last)s AND %(column)s = ANY(%(values)s) GROUP BY 1",
                column=SQL.identifier(column),
                table=SQL.identifier(table),
                last=last_id,
                values=list(key_by_value),
            )
        )
        for value, ids in self.cr.fetchall():
            self.add(key_by_value[value], "create", table, ids)
