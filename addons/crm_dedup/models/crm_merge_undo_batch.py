import json
import logging
from collections import Counter

from psycopg2 import IntegrityError

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

_logger = logging.getLogger(__name__)


class CrmMergeJournal(models.Model):
    """Takes many merges back at a time, by the statements of a single one.

    Each merge is undone from its end; what many of them did next to the same table is
    undone by one statement.
    """

    _inherit = "crm.merge.journal"

    def _undo_many(self):
        """Take these merges of one model back, those that can be.

        :return: how many were taken back
        :rtype: int
        """
        return sum(journals._undo_layer() for journals in self._undo_layers())

    def _undo_layers(self):
        """Part the merges, the newest first, so that no record is in a part twice.

        :rtype: list[crm.merge.journal]
        """
        depth, layers = Counter(), {}
        for journal in self.sorted("id", reverse=True):
            refs = {journal.survivor_ref, journal.loser_ref}
            layer = max(depth[ref] for ref in refs)
            depth.update({ref: layer + 1 - depth[ref] for ref in refs})
            layers[layer] = layers.get(layer, self.browse()) + journal
        return [layers[layer] for layer in sorted(layers)]

    def _undo_layer(self):
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                return self._undo_at_once()
        except IntegrityError:
            # Something has taken the place of one of them: the others return alone.
            self.env.invalidate_all(flush=False)
        done = 0
        for journal in self:
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                    journal._undo()
                done += 1
            except UserError as error:
                self.env.invalidate_all(flush=False)
                _logger.info("merge %s stays: %s", journal.id, error)
        return done

    def _undo_at_once(self):
        """Take merges back that have no record in common.

        :return: how many could be taken back
        :rtype: int
        :raise psycopg2.IntegrityError: one of them has no place to return to
        """
        self.env.flush_all()
        merge = self.env["crm.merge"]
        refs = {*self.mapped("survivor_ref"), *self.mapped("loser_ref")}
        merge._lock(self[0].model, sorted(refs))
        self.env.cr.execute(
            SQL(
                "SELECT id FROM crm_merge_journal WHERE id = ANY(%s)"
                " ORDER BY id FOR UPDATE",
                self.ids,
            )
        )
        self.invalidate_recordset()
        journals = self.filtered(lambda journal: journal._may_be_undone())
        if not journals:
            return 0
        journals._before_undo()
        stacks = [list(journal.entries or []) for journal in journals]
        while any(stacks):
            self._undo_next_entries([stack for stack in stacks if stack])
        self.env.invalidate_all(flush=False)
        journals._after_undo()
        journals._write_undone()
        self.env.flush_all()
        return len(journals)

    def _may_be_undone(self):
        try:
            self._check_undo()
        except UserError as error:
            _logger.info("merge %s stays: %s", self.id, error)
            return False
        return True

    def _undo_next_entries(self, stacks):
        """Undo the last entries of those merges that did the same to the same table.

        :param list stacks: entries of each merge that has some left; they get shorter
        """
        tops = Counter(_same(stack[-1]) for stack in stacks)
        below = {_same(entry) for stack in stacks for entry in stack[:-1]}
        # What no other merge did earlier comes first, and all of them have it then.
        free = [top for top in tops if top not in below] or list(tops)
        chosen = max(free, key=lambda top: tops[top])
        entries = [stack.pop()[1:] for stack in stacks if _same(stack[-1]) == chosen]
        kind, table = chosen[:2]
        if kind == "move":
            self._undo_moves(table, chosen[2], entries)
        elif kind == "change":
            self._undo_changes(table, entries)
        else:
            rows = [row for _table, found in entries for row in found]
            getattr(self, f"_undo_{kind}")(table, rows)

    def _undo_moves(self, table, column, entries):
        """Give rows their value in a column back, where it is as the merges left it.

        :param list entries: table, column, ids, old and new value of each
        """
        rows = [
            (row_id, old, new)
            for _table, _column, ids, old, new in entries
            for row_id in ids
        ]
        # Ids of records, or texts such as "crm.lead,5".
        type_ = SQL("text" if isinstance(rows[0][1], str) else "int")
        ids, olds, news = map(list, zip(*rows, strict=True))
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s AS t SET %(column)s = row.old
                     FROM unnest(%(ids)s::int[], %(olds)s::%(type)s[],
                                 %(news)s::%(type)s[]) AS row(id, old, new)
                    WHERE t.id = row.id AND t.%(column)s = row.new""",
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                type=type_,
                ids=ids,
                olds=olds,
                news=news,
            )
        )

    def _undo_changes(self, table, entries):
        """Give rows their values back, those that nobody has changed since.

        :param list entries: table, id, values before and after of each
        """
        names = sorted({name for entry in entries for name in entry[2]})
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s AS t SET %(sets)s
                     FROM jsonb_to_recordset(%(rows)s::jsonb)
                          AS row(id int, before jsonb, after jsonb)
                     JOIN %(table)s AS now ON now.id = row.id
               CROSS JOIN LATERAL (
                          SELECT coalesce(jsonb_object_agg(kept.key, kept.value), '{}')
                                 AS values
                            FROM jsonb_each(row.before) AS kept
                           WHERE to_jsonb(now)->kept.key = row.after->kept.key) AS kept
               CROSS JOIN LATERAL jsonb_populate_record(now, kept.values) AS old
                    WHERE t.id = row.id""",
                table=SQL.identifier(table),
                sets=SQL(", ").join(
                    SQL("%s = old.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in names
                ),
                rows=json.dumps(
                    [
                        {"id": row_id, "before": before, "after": after}
                        for _table, row_id, before, after in entries
                    ]
                ),
            )
        )


def _same(entry):
    """Return what entries have in common that one statement undoes."""
    return tuple(entry[:3]) if entry[0] == "move" else tuple(entry[:2])
